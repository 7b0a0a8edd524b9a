/** Proves the whole ledger: every line's hash, every chain's order, every seal's root and signature. Needs nothing but the rows and the public key. */
import type { KeyObject } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { KernelTables } from '../database.ts'
import { CHAINS, chainOrigin, lineHash } from './entry.ts'
import { merkleRoot } from './merkle.ts'
import { type Seal, sealIsSigned } from './seal.ts'

export type Finding =
  | { kind: 'changed'; chain: number; seq: number; at: string }
  | { kind: 'removed'; chain: number; from: number; to: number }
  | { kind: 'inserted'; chain: number; seq: number; at: string }
  | { kind: 'mislabelled'; chain: number; seq: number; at: string }
  | { kind: 'head'; chain: number; seq: number }
  | { kind: 'seal'; n: number; reason: 'root' | 'signature' | 'order' }
export type Verification = { lines: number; seals: number; unsealed: number; findings: Finding[] }

type Line = { chain: number; seq: number; at: string; actor: string; endpoint: string; outcome: string; body: string; hash: Buffer; exactly: string }
const BATCH = 5000
const ENOUGH = 100

export async function verifyLedger(db: Kysely<KernelTables>, publicKey: KeyObject): Promise<Verification> {
  const findings: Finding[] = []
  const seals = await db.selectFrom('kernel.ledgerSeal').selectAll().orderBy('n').execute()
  const leaves = new Map(seals.map((seal) => [seal.n, [] as Buffer[]]))
  let lines = 0
  let unsealed = 0
  for (let chain = 0; chain < CHAINS; chain++) {
    const place = placesOf(seals, chain)
    const walk = await walkChain(db, chain, (line) => {
      lines++
      const seal = place(line.seq)
      if (seal === undefined) unsealed++
      else leaves.get(seal)?.push(line.hash)
    })
    findings.push(...walk)
  }
  findings.push(...checkSeals(seals, leaves, publicKey))
  return { lines, seals: seals.length, unsealed, findings: findings.slice(0, ENOUGH) }
}

/** Answers, for ascending numbers of one chain, the seal that covers each. */
function placesOf(seals: readonly Seal[], chain: number): (seq: number) => number | undefined {
  const covers = seals.flatMap(({ n, heads }) => heads.filter((head) => head.chain === chain).map(({ from, to }) => ({ n, from, to })))
  let at = 0
  return (seq) => {
    while (at < covers.length && seq > covers[at]!.to) at++
    const cover = covers[at]
    return cover && seq >= cover.from ? cover.n : undefined
  }
}

async function walkChain(db: Kysely<KernelTables>, chain: number, seen: (line: Line) => void): Promise<Finding[]> {
  const findings: Finding[] = []
  let previous = chainOrigin(chain)
  let expected = 1
  for (let batch = await readChain(db, chain, undefined); batch.length > 0; ) {
    const next = readChain(db, chain, batch.at(-1)!) // while this one is looked at
    next.catch(() => undefined)
    for (const line of batch) {
      seen(line)
      if (line.seq < expected) {
        findings.push({ kind: 'inserted', chain, seq: line.seq, at: line.at })
        continue
      }
      if (line.seq > expected) findings.push({ kind: 'removed', chain, from: expected, to: line.seq - 1 })
      else if (!lineHash(previous, chain, line.seq, line.body).equals(line.hash)) findings.push({ kind: 'changed', chain, seq: line.seq, at: line.at })
      else if (!labelsAgree(line)) findings.push({ kind: 'mislabelled', chain, seq: line.seq, at: line.at })
      previous = line.hash
      expected = line.seq + 1
    }
    batch = await next
  }
  const { rows } = await sql<{ seq: number; hash: Buffer }>`select seq, hash from kernel.ledger_chain where chain = ${chain}`.execute(db)
  const head = rows[0]
  if (!head || head.seq > expected - 1) findings.push({ kind: 'removed', chain, from: expected, to: head?.seq ?? expected })
  else if (head.seq < expected - 1) findings.push({ kind: 'inserted', chain, seq: expected - 1, at: '' })
  else if (!head.hash.equals(previous)) findings.push({ kind: 'head', chain, seq: head.seq })
  return findings
}

/** The columns by which people search a line must say what its hashed body says. */
function labelsAgree(line: Line): boolean {
  const body = JSON.parse(line.body) as { at: string; actor: { id: string }; endpoint: string; outcome: string }
  return body.at === line.at && body.actor.id === line.actor && body.endpoint === line.endpoint && body.outcome === line.outcome
}

/** The next lines of a chain after one of it: whatever their number, so that none planted beside another is passed over. */
async function readChain(db: Kysely<KernelTables>, chain: number, after: Line | undefined): Promise<Line[]> {
  // a planted line may stand at a moment finer than ours: it is passed by its exact one, or it would be read for ever
  const beyond = after ? sql`and (seq, at) > (${after.seq}::bigint, ${after.exactly}::timestamptz)` : sql``
  const { rows } = await sql<Line>`
    select chain, seq, at, actor, endpoint, outcome, body, hash, at::text as exactly from kernel.ledger where chain = ${chain} ${beyond} order by seq, at limit ${BATCH}`.execute(
    db,
  )
  return rows
}

function checkSeals(seals: readonly Seal[], leaves: ReadonlyMap<number, Buffer[]>, publicKey: KeyObject): Finding[] {
  const findings: Finding[] = []
  let previous: Buffer = Buffer.alloc(32)
  seals.forEach((seal, index) => {
    if (seal.n !== index + 1 || !seal.previous.equals(previous)) findings.push({ kind: 'seal', n: seal.n, reason: 'order' })
    if (!merkleRoot(leaves.get(seal.n) ?? []).equals(seal.root)) findings.push({ kind: 'seal', n: seal.n, reason: 'root' })
    if (!sealIsSigned(seal, publicKey)) findings.push({ kind: 'seal', n: seal.n, reason: 'signature' })
    previous = seal.root
  })
  return findings
}
