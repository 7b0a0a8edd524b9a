/**
 * A real PostgreSQL behind the shared core, as if it were a database that only knows plain SQL: so that ledger, merge, swap, marks, ranges and mending are proven on a database
 * that runs, whatever the dialects of those that do not run here are. Its quirks can be turned on one by one.
 */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { type Address, connect } from '../../../pg/connect.ts'
import { identifier, typeName } from '../../../pg/sql.ts'
import { readTable, type SourceTable } from '../../../source/schema.ts'
import type { TargetName } from '../../../target/ledger.ts'
import type { Dialect, Field, Fragment, InsertColumn, Inserter, Row, Side, SqlColumn, SqlSession, SqlStore, SqlTable, Value } from '../dialect.ts'
import { MARKS, markOf, withoutMark } from '../marks.ts'
import { list, numbered, qualified } from '../statement.ts'

/** What some databases do. */
export type Quirks = {
  /** every change of a table commits */
  commits?: boolean
  /** a text of no length is stored as null, and read as one */
  empties?: boolean
  /** each reader sees another moment */
  moments?: boolean
  /** names of columns are capitals */
  capitals?: boolean
}

const FETCH_ROWS = 500
const ROWS_A_STATEMENT = 100
const WAIT_SQL = `set lock_timeout = '2s'`

export class PlainPostgres implements SqlStore {
  readonly #address: Address
  readonly #quirks: Quirks

  constructor(address: Address, quirks: Quirks = {}) {
    this.#address = address
    this.#quirks = quirks
  }

  async open(side: Side): Promise<SqlSession> {
    const client = await connect(this.#address, 'test', { types: { getTypeParser: () => (text: string) => text } })
    await client.query(WAIT_SQL)
    return new PlainSession(client, side, this.#quirks)
  }
}

class PlainSession implements SqlSession {
  readonly dialect: Dialect
  readonly side: Side
  readonly product = 'plain SQL'
  readonly database = 'test'
  readonly #client: pg.Client
  readonly #quirks: Quirks
  #open = false

  constructor(client: pg.Client, side: Side, quirks: Quirks) {
    this.#client = client
    this.side = side
    this.#quirks = quirks
    this.dialect = new PlainDialect(client, quirks)
  }

  async query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    const { rows } = await this.#client.query({ text: numbered(sql, (at) => `$${at}`), values: [...values], rowMode: 'array' })
    return rows.map((row) => row.map(bytesOf))
  }

  async run(sql: string, values: readonly Value[] = []): Promise<number> {
    const commits = this.#open && this.#quirks.commits && /^(alter|create|drop) /.test(sql)
    if (commits) await this.#client.query('commit')
    const { rowCount } = await this.#client.query(
      numbered(sql, (at) => `$${at}`),
      [...values],
    )
    if (commits) await this.#client.query('begin')
    return rowCount ?? 0
  }

  async *batches(sql: string, values: readonly Value[] = []): AsyncGenerator<Row[]> {
    let whole = false
    try {
      await this.#client.query('savepoint reading').catch(() => this.#client.query('begin'))
      await this.#client.query(`declare plain no scroll cursor for ${numbered(sql, (at) => `$${at}`)}`, [...values])
      for (;;) {
        const rows = await this.query(`fetch ${FETCH_ROWS} from plain`)
        if (rows.length === 0) break
        yield rows
      }
      await this.#client.query('close plain')
      whole = true
    } finally {
      if (!whole) this.destroy()
    }
  }

  async begin(): Promise<void> {
    await this.#client.query('begin')
    this.#open = true
  }

  async commit(): Promise<void> {
    await this.#client.query('commit')
    this.#open = false
  }

  async rollback(): Promise<void> {
    await this.#client.query('rollback')
    this.#open = false
  }

  destroy(): void {
    ;(this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => undefined)
  }
}

function bytesOf(value: string | null): Row[number] {
  return value?.startsWith('\\x') ? Buffer.from(value.slice(2), 'hex') : value
}

class PlainDialect implements Dialect {
  readonly limits = {
    whole: 26,
    scale: 12,
    digits: 38,
    named: true,
    subnormal: true,
    endOfDay: true,
    keyRoom: 400,
    keyBlanks: false,
    noKey: ['jsonb'] as const,
  }
  readonly mergeWhen = 'and'
  readonly mergeHint = ''
  readonly mergeEnd = ';'
  readonly dropHint = ''
  readonly identifier = identifier
  readonly #client: pg.Client
  readonly #quirks: Quirks

  constructor(client: pg.Client, quirks: Quirks) {
    this.#client = client
    this.#quirks = quirks
  }

  get emptyIsNull(): boolean {
    return this.#quirks.empties ?? false
  }

  columnOf(field: string): string {
    return this.#quirks.capitals ? field.toUpperCase() : field
  }

  read({ column, base }: SqlColumn, type: CanonicalType): string {
    const name = identifier(column)
    if (base === 'bytea') return name
    const text = type === 'bytea' ? name : `${name}::text`
    return this.#quirks.empties ? `nullif(${text}, '')` : text
  }

  bytes({ column }: SqlColumn): string {
    return `octet_length(${identifier(column)})`
  }

  comparand({ column, base }: SqlColumn, type: CanonicalType): string | undefined {
    return type === 'bool' && base !== 'bool' ? undefined : `${identifier(column)}::${typeName(type)}`
  }

  constant(type: CanonicalType, text: string): Fragment {
    return { sql: `?::text::${typeName(type)}`, values: [text] }
  }

  equals({ column }: SqlColumn, text: string): Fragment {
    return { sql: `(${identifier(column)} = ?)`, values: [text] }
  }

  startsWith({ column }: SqlColumn, text: string): Fragment {
    return { sql: `starts_with(${identifier(column)}, ?)`, values: [text] }
  }

  bound({ base }: SqlColumn, text: string): Fragment {
    return { sql: `?::text::${identifier(base)}`, values: [text] }
  }

  sample(table: SqlTable, { column }: SqlColumn, percent: number): string {
    return `select ${identifier(column)}::text from ${qualified(this, table)} tablesample system (${percent}) order by ${identifier(column)}`
  }

  async readTables(_session: SqlSession, only?: TargetName): Promise<SqlTable[]> {
    const { rows } = await this.#client.query({
      text: `select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname = 'public'
             and c.relname not like 'zhenghe%' and ($1::text is null or (n.nspname = $1 and c.relname = $2)) order by 2`,
      values: [only?.schema ?? null, only?.table ?? null],
      rowMode: 'array',
    })
    const tables = []
    for (const [schema, table] of rows) tables.push(await this.#table(String(schema), String(table)))
    return tables
  }

  async #table(schema: string, name: string): Promise<SqlTable> {
    const client = await connect(clientAddress(this.#client), 'test')
    try {
      const table = (await readTable(client, schema, name))!
      const { rows } = await client.query<{ column: string; base: string; names: string }>(
        `select a.attname as column, t.typname as base from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = $1::regclass and a.attnum > 0`,
        [`${identifier(schema)}.${identifier(name)}`],
      )
      return plainTable(table, new Map(rows.map(({ column, base }) => [column, base])), this.columnOf(MARKS))
    } finally {
      await client.end()
    }
  }

  async checkVersion(): Promise<number> {
    return Date.now()
  }

  async beginReading(sessions: readonly SqlSession[]) {
    for (const session of sessions) await session.query('begin isolation level repeatable read read only')
    const [shared] = sessions
    if (this.#quirks.moments) for (const session of sessions) await session.query('select 1')
    else if (sessions.length > 1) {
      const [[exported]] = (await shared!.query('select pg_export_snapshot()')) as [[string]]
      for (const session of sessions.slice(1)) await session.query(`set transaction snapshot '${exported}'`)
    }
    return { system: 'plain', position: new Date().toISOString(), asOf: '', moments: this.#quirks.moments ? 'each' : 'shared' } as const
  }

  columnType({ type, key }: Field, room: number): string {
    if (type === 'numeric') return 'numeric(38,12)'
    if (type === 'bool') return 'int2'
    return type === 'text' && key ? `varchar(${room})` : typeName(type)
  }

  takes({ type }: SqlColumn, field: Field): boolean {
    return type === field.type
  }

  marksType(): string {
    return 'bytea'
  }

  async inserter(session: SqlSession, into: TargetName, columns: readonly InsertColumn[]): Promise<Inserter> {
    const names = list(columns.map(({ column }) => identifier(column)))
    let landed = 0
    return {
      write: async (rows) => {
        for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
          const some = rows.slice(at, at + ROWS_A_STATEMENT)
          const shown = `(${list(columns.map(({ type }) => this.#from(type)))})`
          const values = some.flat().map((value) => (typeof value === 'number' ? String(value) : value))
          landed += await session.run(`insert into ${qualified(this, into)} (${names}) values ${list(some.map(() => shown))}`, values)
        }
      },
      end: async () => landed,
    }
  }

  #from(type: InsertColumn['type']): string {
    if (type === 'marks' || type === 'bytea') return this.#quirks.empties && type === 'bytea' ? `nullif(?::bytea, '')` : '?::bytea'
    if (type === 'bool') return '?::text::int2'
    return type === 'text' && this.#quirks.empties ? `nullif(?::text, '')` : `?::text::${typeName(type)}`
  }

  ledgerTables(at: (name: string) => string): Readonly<Record<string, string>> {
    return {
      delivery: `create table ${at('delivery')} (id text primary key, grant_id text, grant_version int, target_schema text, target_table text, plan_text text, started_at text, ended_at text,
         receipt text, manifest text, intent text)`,
      range: `create table ${at('range')} (delivery text, n bigint, row_count bigint, counts text, committed_at text, primary key (delivery, n))`,
      target: `create table ${at('target')} (target_schema text, target_table text, grant_id text, checkpoint_text text, delivery text, changed_at text, primary key (target_schema, target_table))`,
    }
  }

  async ledgerSchema(): Promise<string> {
    return 'public'
  }

  describe(table: TargetName, words: string, columns: readonly { column: string; words: string }[]): Fragment[] {
    const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
    const name = qualified(this, table)
    return [
      { sql: `comment on table ${name} is ${quoted(words)}`, values: [] },
      ...columns.map((column) => ({ sql: `comment on column ${name}.${identifier(column.column)} is ${quoted(column.words)}`, values: [] })),
    ]
  }

  indexName(_table: TargetName, name: string): string {
    return identifier(name)
  }

  dropIndex({ schema }: TargetName, name: string): string {
    return `drop index ${identifier(schema)}.${identifier(name)}`
  }

  async indexesOf(session: SqlSession, { schema, table }: TargetName): Promise<string[]> {
    return (await session.query('select indexname from pg_indexes where schemaname = ? and tablename = ?', [schema, table])).map(([name]) => String(name))
  }

  rename(table: TargetName, to: string): Fragment {
    return { sql: `alter table ${qualified(this, table)} rename to ${identifier(to)}`, values: [] }
  }

  async schemaExists(session: SqlSession, schema: string): Promise<boolean> {
    return (await session.query('select 1 from pg_namespace where nspname = ?', [schema])).length > 0
  }

  async kindOf(session: SqlSession, { schema, table }: TargetName): Promise<string | undefined> {
    const [row] = await session.query('select relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace where nspname = ? and relname = ?', [
      schema,
      table,
    ])
    return row && (row[0] === 'r' ? 'table' : 'view')
  }

  async dependents(): Promise<string[]> {
    return []
  }

  async inherit(): Promise<string[]> {
    return []
  }

  async usedBytes(): Promise<number> {
    return 0
  }

  async hold(session: SqlSession, { schema, table }: TargetName): Promise<boolean> {
    return session.query('select pg_advisory_lock(hashtext(?))', [`${schema}.${table}`]).then(
      () => true,
      () => false,
    )
  }
}

function clientAddress(client: pg.Client): Address {
  const { host, port, user, password, database } = client
  return { host, port, user, password, database } as pg.ClientConfig
}

function plainTable(table: SourceTable, bases: ReadonlyMap<string, string>, marks: string): SqlTable {
  const own = table.columns
    .filter(({ column }) => column !== marks)
    .map((column): SqlColumn => {
      const type = markOf(column.comment) ?? column.type
      const base = bases.get(column.column) ?? 'text'
      return { ...column, dbType: `${column.dbType}`, base, precision: null, scale: null, type, long: base === 'text' || base === 'bytea' }
    })
  return {
    ...table,
    columns: table.columns
      .filter(({ column }) => column !== marks)
      .map((column) => ({ ...column, type: markOf(column.comment) ?? column.type, comment: withoutMark(column.comment) })),
    own,
    keyColumns: table.columns.filter(({ key }) => key).map(({ column }) => column),
    marked: table.columns.some(({ column }) => column === marks),
  }
}
