/** SQLite as a source: one read transaction is the moment, all readers of a load share it; ranges go by the numbers of rows. */
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
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
import { Highest } from '../passing.ts'
import { Sieve } from '../sieve.ts'
import type { FieldValue } from '../tuples/encode.ts'
import type { HoldBack } from '../unfit.ts'
import { identifier, list, type Side, SqliteFile } from './file.ts'
import { planRows, rangeSql } from './parts.ts'
import { readTable, readTables, SCHEMA, type SqliteTable } from './schema.ts'
import { readSql } from './types.ts'

/** Rows that are passed over before others of this node have their turn. */
const TURN_ROWS = 5000

export function withFile<T>(file: string, side: Side, work: (db: SqliteFile) => T): T {
  const db = new SqliteFile(file, side)
  try {
    return work(db)
  } finally {
    db.end()
  }
}

export function lookAt(file: string, side: Side): Look {
  return withFile(file, side, (db) => ({ product: `SQLite ${String(db.one('select sqlite_version()')?.[0])}`, database: path.basename(file) }))
}

export class SqliteSource implements SourceConnector {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  async look(): Promise<Look> {
    return lookAt(this.#file, 'source')
  }

  async tables(): Promise<SourceTable[]> {
    return withFile(this.#file, 'source', readTables)
  }

  async prepare(grant: Grant, mode: DeliveryMode, options: SourceOptions): Promise<Source> {
    if (mode === 'incremental') checkCursor(grant)
    const problems = grant.filter ? checkFilter(grant.filter, grant.fields) : []
    if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
    const table = withFile(this.#file, 'source', (db) => granted(db, grant))
    return { table, snapshot: async () => new SqliteSnapshot(new SqliteFile(this.#file, 'source'), grant, options) }
  }
}

function granted(db: SqliteFile, grant: Grant): SqliteTable {
  const { schema, table: name } = grant.source
  const table = schema === SCHEMA ? readTable(db, name) : undefined
  if (!table) throw refusal('source_missing', `there is no table ${name} in the SQLite file of the source: bind the resource to where it is now`)
  checkGranted(table, grant)
  return table
}

class SqliteSnapshot implements SourceSnapshot {
  readonly facts: SnapshotFacts
  readonly #db: SqliteFile
  readonly #grant: Grant
  readonly #options: SourceOptions
  readonly #table: SqliteTable

  constructor(db: SqliteFile, grant: Grant, options: SourceOptions) {
    this.#db = db
    this.#grant = grant
    this.#options = options
    try {
      db.exec('begin')
      this.#table = granted(db, grant) // the first read fixes the moment
      const system = path.basename(db.file)
      const position = new Date().toISOString()
      this.facts = { name: `${system}@${position}/${randomUUID()}`, system, position }
      const { numbered, table } = this.#table
      db.holdTo(table, new Set([...grant.fields.map(({ column }) => column), 'ROWID', ...(numbered ? [numbered] : [])]))
    } catch (error) {
      db.end()
      throw error
    }
  }

  async plan(): Promise<Range[]> {
    const { rowid } = this.#table
    if (!rowid) return [{ n: 0, from: null, to: null }]
    const [first, last] = this.#db.one(`select (select min(${rowid}) from ${this.#from}), (select max(${rowid}) from ${this.#from})`) ?? []
    return typeof first === 'bigint' && typeof last === 'bigint' ? planRows(first, last, this.#options.pagesPerRange) : []
  }

  async highWater(field: GrantField): Promise<string | null> {
    const highest = new Highest(field)
    let turn = 0
    for (const [value] of this.#db.rows(`select ${readSql(field.column, field.type)} from ${this.#from}`)) {
      highest.meet(value as FieldValue)
      if (++turn % TURN_ROWS === 0) await setImmediate()
    }
    return highest.value
  }

  async reader(): Promise<SourceReader> {
    return { rows: (part, holdBack) => this.#frames(part, holdBack), end: async () => undefined }
  }

  async end(): Promise<void> {
    this.#db.end()
  }

  get #from(): string {
    return identifier(this.#table.table)
  }

  async *#frames(part: Part, holdBack: HoldBack | undefined): AsyncGenerator<RowFrame, number> {
    const { fields } = this.#grant
    const { where, values } = rangeSql(part, this.#table)
    const sieve = new Sieve(part, this.#grant, this.#options.overlapSeconds, holdBack)
    let turn = 0
    for (const row of this.#db.rows(`select ${list(fields.map(({ column, type }) => readSql(column, type)))} from ${this.#from} ${where}`, ...values)) {
      if (++turn % TURN_ROWS === 0) await setImmediate()
      sieve.take(row)
      if (sieve.full) yield sieve.frame()
    }
    if (sieve.pending) yield sieve.frame()
    return sieve.read
  }
}
