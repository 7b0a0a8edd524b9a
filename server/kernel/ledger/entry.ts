import { createHash, hash } from 'node:crypto'
import { canonical } from '@zhenghe/wire/canonical.ts'
import type { Moment } from '../contract.ts'
import type { Actor } from '../module.ts'

/** What one line of the ledger says. */
export type LedgerEntry = {
  at: Moment
  actor: Pick<Actor, 'kind' | 'id' | 'name' | 'unit'>
  /** The endpoint's method and path, or the name of a job. */
  endpoint: string
  right: string
  /** «done», or the code of the refusal. */
  outcome: string
  /** The input with its personal fields redacted. */
  input: unknown
  /** What the act wants proven: counts, digests, signatures. */
  facts: Readonly<Record<string, unknown>>
  /** The records it is about, «kind:id». */
  subjects: readonly string[]
  from?: string
}

const BIG_INPUT = 4096

/** The data that is hashed, canonical. A large input is represented by its digest alone. */
export function ledgerBody({ actor, input, ...entry }: LedgerEntry): Record<string, unknown> {
  const text = canonical(plain(input))
  const digest = createHash('sha256').update(text).digest('hex')
  return plain({
    v: 1,
    ...entry,
    actor: { kind: actor.kind, id: actor.id, name: actor.name, unit: actor.unit },
    inputDigest: digest,
    ...(text.length <= BIG_INPUT ? { input } : {}),
  }) as Record<string, unknown>
}

/** As JSON would carry it: no undefined, dates as text. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

const CHAIN_ORIGIN = 'zhenghe-ledger-v1:'
export const CHAINS = 16

export function chainOrigin(chain: number): Buffer {
  return createHash('sha256').update(`${CHAIN_ORIGIN}${chain}`).digest()
}

const HASH_BYTES = 32
const PLACE_BYTES = 10
let scratch = Buffer.alloc(1 << 12)

/** The hash of a line from the one before it: sha256(previous ‖ chain, 2 bytes ‖ seq, 8 bytes ‖ body in UTF-8). */
export function lineHash(previous: Buffer, chain: number, seq: number, body: string): Buffer {
  const most = HASH_BYTES + PLACE_BYTES + 3 * body.length
  if (scratch.length < most) scratch = Buffer.alloc(2 * most)
  previous.copy(scratch)
  scratch.writeInt16BE(chain, HASH_BYTES)
  scratch.writeBigInt64BE(BigInt(seq), HASH_BYTES + 2)
  const end = HASH_BYTES + PLACE_BYTES + scratch.write(body, HASH_BYTES + PLACE_BYTES)
  return hash('sha256', scratch.subarray(0, end), 'buffer')
}

/** The input with every named field, at any depth, replaced by its keyed digest. */
export function withoutPersonal(value: unknown, personal: readonly string[], redact: (value: unknown) => string): unknown {
  if (personal.length === 0 || typeof value !== 'object' || value === null) return value ?? {}
  if (Array.isArray(value)) return value.map((item) => withoutPersonal(item, personal, redact))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, personal.includes(name) ? { redacted: redact(inner) } : withoutPersonal(inner, personal, redact)]),
  )
}
