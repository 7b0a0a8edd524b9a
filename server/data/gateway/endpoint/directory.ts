/** All that a call needs to know, in memory: keys, live versions, grants in force. Filled from the database, and again whenever it tells of a change. */
import type { Signed } from '@zhenghe/wire/documents.ts'
import { signedDigest } from '@zhenghe/wire/sign.ts'
import type { Pool } from 'pg'
import type { Id } from '../../../kernel/contract.ts'
import type { AccessTerms } from '../access.contract.ts'
import { routeOf } from '../call.rules.ts'
import type { Definition } from '../definition.contract.ts'
import type { SecretBox } from '../secret.ts'
import { Ending } from './ending.ts'
import { CallMac } from './mac.ts'
import { compileProjection, type Projection } from './project.ts'

type Operation = Definition['operations'][number]
export type LiveOperation = {
  name: string
  operation: Operation
  method: string
  steps: readonly (string | { parameter: string })[]
  timeoutMs: number
  cacheSeconds: number
}
export type LiveVersion = {
  api: Id
  code: string
  n: number
  definition: Definition
  operations: readonly LiveOperation[]
  /** null where it has been taken off the list */
  baseUrl: URL | null
  /** the header line by which the platform shows itself there; empty where it does not */
  credential: string
  deprecated: boolean
}
export type LiveGrant = {
  id: Id
  consumer: Id
  terms: AccessTerms
  operations: ReadonlySet<string>
  projection: Projection | undefined
  notBefore: number
  notAfter: number
  signed: Signed | undefined
  digest: string
  node: Id | undefined
  /** ends calls that are under way with the grant */
  ending: Ending
}
export type LiveKey = { id: string; unit: Id; mac: CallMac }

type KeyRow = { id: string; unit: Id; sealed: string }
type VersionRow = {
  api: Id
  code: string
  n: number
  definition: Definition
  upstream: Id | null
  baseUrl: string | null
  header: string | null
  sealed: string | null
  deprecated: boolean
}
type GrantRow = {
  id: Id
  api: Id
  n: number
  consumer: Id
  terms: AccessTerms
  notBefore: string
  notAfter: string
  text: string | null
  key: string | null
  signature: string | null
}

export class Directory {
  readonly #pool: Pool
  readonly #box: SecretBox
  #versions = new Map<string, LiveVersion>()
  #keys = new Map<string, LiveKey>()
  #grants = new Map<string, LiveGrant>()

  constructor(pool: Pool, box: SecretBox) {
    this.#pool = pool
    this.#box = box
  }

  key(id: string): LiveKey | undefined {
    return this.#keys.get(id)
  }
  version(code: string, n: string): LiveVersion | undefined {
    return this.#versions.get(`${code}/v${n}`)
  }
  grant({ api, n }: LiveVersion, unit: Id): LiveGrant | undefined {
    return this.#grants.get(`${api} ${n} ${unit}`)
  }

  /** Reads everything; calls by grants that are gone are ended. */
  async fill(): Promise<void> {
    const [keys, versions, grants] = await Promise.all([
      this.#pool.query<KeyRow>('select id, unit, sealed from gateway.consumer_key where revoked_at is null'),
      this.#pool.query<VersionRow>(VERSIONS),
      this.#pool.query<GrantRow>(GRANTS),
    ])
    const before = this.#grants
    this.#keys = new Map(
      keys.rows.map((row) => [row.id, this.#keys.get(row.id) ?? { id: row.id, unit: row.unit, mac: new CallMac(this.#box.open(row.sealed, row.id)) }]),
    )
    this.#versions = new Map(versions.rows.map((row) => [`${row.code}/v${row.n}`, liveVersion(row, this.#box)]))
    const known = new Map([...before.values()].map((grant) => [grant.id, grant]))
    this.#grants = new Map(grants.rows.map((row) => [`${row.api} ${row.n} ${row.consumer}`, known.get(row.id) ?? liveGrant(row)]))
    const standing = new Set([...this.#grants.values()].map(({ id }) => id))
    for (const grant of before.values()) if (!standing.has(grant.id)) grant.ending.end()
  }
}

const VERSIONS = `
  select v.api, a.code, v.n, v.definition, v.deprecated_at is not null as deprecated,
    u.id as upstream, u.base_url as "baseUrl", u.credential_header as header, u.credential_sealed as sealed
  from gateway.version v join gateway.api a on a.id = v.api left join gateway.upstream u on u.id::text = v.definition->>'upstream' and u.withdrawn_at is null
  where v.published_at is not null and v.withdrawn_at is null`
const GRANTS = `
  select a.id, a.api, a.n, a.consumer, a.terms, a.not_before as "notBefore", a.not_after as "notAfter", a.prepared as text, a.key, a.signature
  from gateway.access a where a.granted_at is not null and a.revoked_at is null`

function liveVersion({ definition, upstream, baseUrl, header, sealed, ...row }: VersionRow, box: SecretBox): LiveVersion {
  const operations = definition.operations.map((operation): LiveOperation => {
    const { method, path } = routeOf(operation)
    const steps = path
      .slice(1)
      .split('/')
      .map((step) => (step.startsWith('{') ? { parameter: step.slice(1, -1) } : step))
    return { name: operation.name, operation, method, steps, timeoutMs: operation.timeoutMs, cacheSeconds: operation.cacheSeconds }
  })
  const credential = upstream && header && sealed ? `${header}: ${box.open(sealed, upstream)}\r\n` : ''
  return { ...row, definition, operations, baseUrl: baseUrl ? new URL(baseUrl) : null, credential }
}

function liveGrant({ id, consumer, terms, notBefore, notAfter, text, key, signature }: GrantRow): LiveGrant {
  const signed = text && key && signature ? { text, key, signature } : undefined
  return {
    ...{ id, consumer, terms, operations: new Set(terms.operations), signed, digest: signed ? signedDigest(signed) : '' },
    ...{ notBefore: Date.parse(notBefore), notAfter: Date.parse(notAfter), ending: new Ending() },
    projection: terms.paths ? compileProjection(terms.paths) : undefined,
    node: signed ? (JSON.parse(signed.text) as { provider: { node: { id: Id } } }).provider.node.id : undefined,
  }
}

/** The operation that a method and the path below the version name, with its path parameters decoded; `wrong_method` where only the method differs. */
export function operationAt(
  version: LiveVersion,
  method: string,
  path: string,
): { live: LiveOperation; parameters: Record<string, string> } | 'wrong_method' | undefined {
  const given = path.slice(1).split('/')
  let misses = false
  for (const live of version.operations) {
    const { steps } = live
    if (steps.length !== given.length) continue
    const parameters: Record<string, string> = {}
    if (!steps.every((step, at) => (typeof step === 'string' ? step === given[at] : take(parameters, step.parameter, given[at]!)))) continue
    if (live.method === method) return { live, parameters }
    misses = true
  }
  return misses ? 'wrong_method' : undefined
}

function take(into: Record<string, string>, name: string, encoded: string): boolean {
  try {
    const value = decodeURIComponent(encoded)
    if (value === '' || value === '.' || value === '..') return false
    into[name] = value
    return true
  } catch {
    return false
  }
}
