/** Answers questions by API grants: checks the grant as this node trusts, reads under its role, masks on bytes, writes JSON. */
import { hash } from 'node:crypto'
import { type ApiGrant, type ApiOperation, VERDICT, type Verdict } from '@zhenghe/wire/api-grant.ts'
import { demandTerm, openApiGrant } from '@zhenghe/wire/api-trust.ts'
import { canonical } from '@zhenghe/wire/canonical.ts'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import { signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import type { TunnelCall } from '@zhenghe/wire/tunnel.ts'
import type pg from 'pg'
import type { NodeConfig } from '../config.ts'
import { RowKernel } from '../kernels/kernel.ts'
import { withClient } from '../pg/connect.ts'
import { Refusal } from '../refusal.ts'
import { checkSource } from '../source/preflight.ts'
import { prepareRole } from '../source/role.ts'
import { storeOf } from '../stores.ts'
import { lastKey, rowsAsJson } from './json.ts'
import { SourcePool } from './pool.ts'
import { type Columns, type Question, questionOf } from './statements.ts'
import { tuples } from './tuples.ts'

type Prepared = { pool: SourcePool; role: string; columns: Columns }
/** `ready`: the source as it was checked; asked again after a failure and every so often, for tables change and rights are taken away. */
type Held = { grant: ApiGrant; ready: Promise<Prepared> | undefined; checkedAt: number }

const CONNECTIONS = 8
const MOST_BYTES = 8 << 20
const MOST_GRANTS = 2000
const CHECK_AGAIN_MS = 5 * 60_000

export class GatewayDesk {
  readonly #config: NodeConfig
  readonly #keys: NodeKeys
  readonly #now: () => number
  readonly #grants = new Map<string, Held>()
  readonly #pools = new Map<string, SourcePool>()

  constructor(config: NodeConfig, keys: NodeKeys, now: () => number = Date.now) {
    this.#config = config
    this.#keys = keys
    this.#now = now
  }

  /** Keeps a grant to answer by. Throws a `WireError` where this node does not trust it. */
  keep(signed: Signed): void {
    const grant = openApiGrant(signed, { approvers: this.#config.approvers, node: this.#keys.identity })
    if (this.#grants.size >= MOST_GRANTS) this.#grants.delete(this.#grants.keys().next().value ?? '')
    const digest = signedDigest(signed)
    if (!this.#grants.has(digest)) this.#grants.set(digest, { grant, ready: undefined, checkedAt: 0 })
  }

  /** The JSON body that answers a question. Throws `WireError`s, `Refusal`s and the database's errors. */
  async answer(call: TunnelCall, signal: AbortSignal): Promise<string> {
    const held = this.#grants.get(call.grant)
    if (!held) throw new WireError('unknown_approver', 'this node has not been shown the grant, or does not trust it')
    const { grant } = held
    demandTerm(grant, this.#now())
    const operation = grant.operations.find(({ name }) => name === call.operation)
    if (!operation) throw new WireError('bad_operation', `the grant does not allow «${call.operation}»`)
    const { pool, role, columns } = await this.#ready(held)
    const question = questionOf(grant, operation, call.input, columns)
    const under = { role, timeoutMs: Math.min(grant.statementSeconds * 1000, call.deadlineMs) }
    const frame = await pool.under(withSteadyTimeout(under, grant), signal, (client) => tuples(client, question.statement, MOST_BYTES))
    if (operation.kind === 'verify') return this.#verdict(grant, operation, call.input, frame.payload)
    return bodyOf(operation, question, frame)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  #ready(held: Held): Promise<Prepared> {
    if (held.ready && this.#now() - held.checkedAt < CHECK_AGAIN_MS) return held.ready
    const ready = this.#prepare(held.grant)
    held.ready = ready
    held.checkedAt = this.#now()
    ready.catch(() => {
      if (held.ready === ready) held.ready = undefined
    })
    return ready
  }

  async #prepare(grant: ApiGrant): Promise<Prepared> {
    const store = storeOf(this.#config.stores, 'source', grant.source.id)
    return withClient(store.url, 'gateway check', async (client) => {
      const table = await checkSource(client, grant)
      const role = await prepareRole(client, grant, false)
      const own = new Map(table.columns.map((column) => [column.column, column.type]))
      const plain = new Set(grant.fields.filter(({ column, type }) => own.get(column) === type && type !== 'text').map(({ column }) => column))
      const indexed = await indexedColumns(client, grant)
      for (const column of await textColumns(client, grant)) plain.add(column)
      return { pool: this.#poolOf(store.id, store.url), role, columns: { plain, indexed } }
    })
  }

  #poolOf(id: string, url: string): SourcePool {
    const pool = this.#pools.get(id) ?? new SourcePool(url, CONNECTIONS)
    this.#pools.set(id, pool)
    return pool
  }

  #verdict({ id, version, api }: ApiGrant, { name }: ApiOperation, input: unknown, tuple: Buffer): string {
    const answer = tuple.at(-1) === 1 ? 'yes' : 'no'
    const question = hash('sha512-256', canonical(input), 'hex')
    const verdict: Verdict = { v: 1, grant: { id, version }, api, operation: name, question, answer, at: new Date(this.#now()).toISOString() }
    return JSON.stringify({ answer, at: verdict.at, proof: signDocument(VERDICT, verdict, this.#keys.sign) })
  }
}

/** A timeout that differs from call to call would cost a statement each time: steps of a second do. */
const withSteadyTimeout = ({ role, timeoutMs }: { role: string; timeoutMs: number }, { statementSeconds }: ApiGrant) => ({
  role,
  timeoutMs: Math.min(Math.ceil(timeoutMs / 1000), statementSeconds) * 1000,
})

function bodyOf(operation: ApiOperation, { fields, shown, most }: Question, frame: { payload: Buffer; rows: number }): string {
  const next = operation.kind === 'find' && frame.rows > most
  const kept = next ? firstRows(frame, most) : frame
  const onward = next ? lastKey(kept, fields) : null
  const rows = rowsAsJson(new RowKernel(fields, 0).run(kept), fields, shown)
  if (operation.kind === 'byKey') {
    if (rows[0] === undefined) throw new Refusal('no_row', 'no row that the grant covers has this key', false)
    return rows[0]
  }
  const items = `"items":[${rows.join(',')}]`
  return operation.kind === 'find' ? `{${items},"next":${JSON.stringify(onward)}}` : `{${items}}`
}

/** The frame without its last row. */
function firstRows({ payload, rows }: { payload: Buffer; rows: number }, most: number): { payload: Buffer; rows: number } {
  let at = 0
  for (let row = 0; row < Math.min(rows, most); row++) {
    const count = payload.readUInt16BE(at)
    at += 2
    for (let field = 0; field < count; field++) at += 4 + Math.max(payload.readInt32BE(at), 0)
  }
  return { payload: payload.subarray(0, at), rows: Math.min(rows, most) }
}

/** Granted columns that lead a whole, valid index. */
async function indexedColumns(client: pg.Client, { source, fields }: ApiGrant): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ column: string }>(
    `select distinct a.attname as column from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
     where n.nspname = $1 and c.relname = $2 and i.indisvalid and i.indpred is null`,
    [source.schema, source.table],
  )
  return new Set(rows.map(({ column }) => column).filter((column) => fields.some((field) => field.column === column)))
}

/** Columns of text or varchar: compared as text without leaving their index. */
async function textColumns(client: pg.Client, { source, fields }: ApiGrant): Promise<readonly string[]> {
  const { rows } = await client.query<{ column: string }>(
    `select a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped and a.atttypid in ('pg_catalog.text'::regtype, 'pg_catalog.varchar'::regtype)`,
    [source.schema, source.table],
  )
  return rows.map(({ column }) => column).filter((column) => fields.some((field) => field.column === column && field.type === 'text'))
}
