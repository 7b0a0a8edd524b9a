/** An HTTP API as a source: one table, read page by page. It has no moment; what can be noticed of changes on the way is, and then it is read again. */
import { randomUUID } from 'node:crypto'
import type { DeliveryMode, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import type { Range } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import { checkCursor, checkGranted } from '../../source/preflight.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { SnapshotFacts } from '../../source/snapshot.ts'
import type { Look, Part, Source, SourceConnector, SourceOptions, SourceReader, SourceSnapshot } from '../connector.ts'
import { below, type FieldRow, Highest } from '../passing.ts'
import { Sieve } from '../sieve.ts'
import { type HoldBack, Unfit } from '../unfit.ts'
import type { Api } from './api.ts'
import { type Bounds, rowsOf } from './pages.ts'

/** An API has no schemas; its table stands in this one. */
export const SCHEMA = 'api'

export class HttpSource implements SourceConnector {
  readonly #url: string
  readonly #api: Api

  constructor(url: string, api: Api) {
    this.#url = url
    this.#api = api
  }

  /** Asks for the first page. */
  async look(): Promise<Look> {
    for await (const _ of rowsOf(this.#url, this.#api, {})) break
    const { host, pathname } = new URL(this.#url)
    return { product: 'HTTP API', database: `${host}${pathname}` }
  }

  async tables(): Promise<SourceTable[]> {
    return [this.#table()]
  }

  async prepare(grant: Grant, mode: DeliveryMode, { overlapSeconds }: SourceOptions): Promise<Source> {
    if (mode === 'incremental') checkCursor(grant)
    const problems = grant.filter ? checkFilter(grant.filter, grant.fields) : []
    if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
    const table = this.#table()
    const { schema, table: name } = grant.source
    if (schema !== SCHEMA || name !== table.table)
      throw refusal('source_missing', `the file of the API describes ${SCHEMA}.${table.table}, not ${schema}.${name}: bind the resource to that`)
    checkGranted(table, grant)
    return { table, snapshot: async () => new HttpSnapshot(this.#url, this.#api, grant, overlapSeconds) }
  }

  #table(): SourceTable {
    const { table, comment = null, columns } = this.#api
    const shown = columns.map(({ name, path = name, type, key }) => ({ column: name, dbType: `${type} ${path}`, type, nullable: !key, key, comment: null }))
    return { schema: SCHEMA, table, kind: 'view', comment, estimatedRows: 0, bytes: 0, columns: shown }
  }
}

class HttpSnapshot implements SourceSnapshot {
  readonly facts: SnapshotFacts
  readonly #url: string
  readonly #api: Api
  readonly #grant: Grant
  readonly #overlapSeconds: number

  constructor(url: string, api: Api, grant: Grant, overlapSeconds: number) {
    this.#url = url
    this.#api = api
    this.#grant = grant
    this.#overlapSeconds = overlapSeconds
    const [system, position] = [new URL(url).host, new Date().toISOString()]
    this.facts = { name: `${system}@${position}/${randomUUID()}`, system, position }
  }

  async plan(): Promise<Range[]> {
    return [{ n: 0, from: null, to: null }]
  }

  async highWater(field: GrantField): Promise<string | null> {
    const highest = new Highest(field)
    for await (const found of rowsOf(this.#url, this.#api, {})) if (!(found instanceof Unfit)) highest.meet(found[field.column] ?? null)
    return highest.value
  }

  async reader(): Promise<SourceReader> {
    return { rows: (part, holdBack) => this.#frames(part, holdBack), end: async () => undefined }
  }

  async end(): Promise<void> {}

  async *#frames(part: Part, holdBack: HoldBack | undefined): AsyncGenerator<RowFrame, number> {
    const { fields } = this.#grant
    const sieve = new Sieve(part, this.#grant, this.#overlapSeconds, holdBack)
    const keys = new Keys(fields)
    for await (const found of rowsOf(this.#url, this.#api, this.#boundsOf(part))) {
      if (found instanceof Unfit) sieve.spoil(found, null)
      else {
        const row = fields.map(({ column }) => found[column])
        keys.meet(row)
        sieve.take(row)
      }
      if (sieve.full) yield sieve.frame()
    }
    if (sieve.pending) yield sieve.frame()
    return sieve.read
  }

  /** The API may be asked for less than all by its query; what it gives besides is passed over. */
  #boundsOf(part: Part): Bounds {
    if (part.by !== 'cursor') return {}
    const type = this.#grant.fields.find(({ name }) => name === this.#grant.cursor)?.type
    return { from: part.from === undefined ? undefined : below(part.from, type, this.#overlapSeconds), to: part.to }
  }
}

/** The keys that have come. One that comes again tells of pages that shifted, and where one shifts another is missed. */
class Keys {
  readonly #names: readonly string[]
  readonly #at: readonly number[]
  readonly #seen = new Set<string>()

  constructor(fields: readonly GrantField[]) {
    this.#names = fields.filter(({ key }) => key).map(({ name }) => name)
    this.#at = fields.flatMap(({ key }, at) => (key ? [at] : []))
  }

  meet(row: FieldRow): void {
    if (this.#at.some((at) => row[at] === null || row[at] === undefined))
      throw refusal(
        'source_key',
        `source: the API gave a row without its key (${this.#names.join(', ')}): check the paths of the columns in the file of the API`,
      )
    const key = JSON.stringify(this.#at.map((at) => String(row[at])))
    if (this.#seen.has(key))
      throw refusal(
        'source_moved',
        `source: the API gave the row with ${this.#names.join(', ')} = ${key.slice(1, 80)} twice: its pages shifted while they were read, or it has two such rows; they are read again`,
      )
    this.#seen.add(key)
  }
}
