/**
 * What is Oracle's own, and of databases that are like it: their statements as the shared core asks for them. Written to Oracle's documentation and not run against a server:
 * docs/how-to/connectors.md.
 */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { Begun, Dialect, Field, Fragment, InsertColumn, Inserter, Limits, SqlColumn, SqlSession, SqlTable } from '../sql/dialect.ts'
import { list, qualified } from '../sql/statement.ts'
import { ArrayInserter } from './arrays.ts'
import { dependents, inherit } from './inherit.ts'
import { beginReading } from './moment.ts'
import { type Catalogue, readTables } from './schema.ts'
import type { OracleSession } from './session.ts'
import {
  baseOf,
  boundSql,
  bytesSql,
  canonicalOf,
  columnType,
  comparandSql,
  constantSql,
  DIGITS,
  equalsSql,
  fromSql,
  identifier,
  isLong,
  readSql,
  startsSql,
} from './types.ts'

/** 12.2: names of 128 bytes, and columns that `select *` does not see. */
const OLDEST = 1_202_000_000
const UNICODE = /^(AL32UTF8|UTF8)$/
const ASCII = 'US7ASCII'
const LEAST_PERCENT = 0.000_01

export class OracleDialect implements Dialect {
  readonly limits: Limits = {
    ...{ whole: DIGITS, scale: DIGITS, digits: DIGITS, named: true, subnormal: true, endOfDay: true, keyRoom: 1000, keyBlanks: false },
    noKey: ['jsonb', 'timestamptz', 'float4', 'float8'],
  }
  readonly emptyIsNull: boolean = true
  readonly mergeWhen = 'where'
  readonly mergeHint = ''
  readonly mergeEnd = ''
  readonly dropHint: string = ' purge'
  readonly identifier = identifier
  readonly #national: boolean
  readonly #ascii: boolean

  constructor(charset: string) {
    this.#national = !UNICODE.test(charset)
    this.#ascii = charset === ASCII
  }

  /** As Oracle writes a name that nobody has quoted. */
  columnOf(field: string): string {
    return field.toUpperCase()
  }

  read(column: SqlColumn, type: CanonicalType): string {
    return readSql(column, type, this.#ascii)
  }

  bytes(column: SqlColumn): string {
    return bytesSql(column)
  }

  comparand(column: SqlColumn, type: CanonicalType): string | undefined {
    return comparandSql(column, type)
  }

  constant(type: CanonicalType, text: string): Fragment | undefined {
    return constantSql(type, text)
  }

  equals(column: SqlColumn, text: string): Fragment | undefined {
    return equalsSql(column, text, this.#ascii)
  }

  startsWith(column: SqlColumn, text: string): Fragment | undefined {
    return startsSql(column, text, this.#ascii)
  }

  bound(column: SqlColumn, text: string): Fragment {
    return boundSql(column, text)
  }

  sample(table: SqlTable, column: SqlColumn, percent: number): string {
    const name = identifier(column.column)
    const drawn = percent >= 100 ? '' : ` sample block (${Math.max(percent, LEAST_PERCENT).toFixed(6)})`
    return `select ${this.read(column, column.type)} from (select ${name} from ${qualified(this, table)}${drawn}) order by ${name}`
  }

  readTables(session: SqlSession, only?: TargetName): Promise<SqlTable[]> {
    return readTables(session, this.catalogue(), only)
  }

  protected catalogue(): Catalogue {
    return ORACLE
  }

  async checkVersion(session: SqlSession): Promise<number> {
    const { version } = session as OracleSession
    if (version < OLDEST) throw refusal('database_too_old', `the ${session.side} is ${session.product}; this node needs Oracle 12.2 or later`)
    const [row] = await session.query(`select to_char(sys_extract_utc(systimestamp), 'YYYY-MM-DD"T"HH24:MI:SS.FF3') from dual`)
    return Date.parse(`${String(row?.[0])}Z`)
  }

  beginReading(sessions: readonly SqlSession[], table: TargetName): Promise<Begun> {
    return beginReading(sessions, qualified(this, table))
  }

  columnType(field: Field, room: number): string {
    return columnType(field, room, this.#national)
  }

  takes({ type }: SqlColumn, field: Field): boolean {
    return type === field.type
  }

  /** Nullable: rows that somebody else puts in have none. */
  marksType(bytes: number): string {
    return `raw(${bytes}) invisible null`
  }

  /** @param from a placeholder for the text of a value */
  from(type: InsertColumn['type'], from: string): string {
    return fromSql(type, from)
  }

  async inserter(session: SqlSession, into: TargetName, columns: readonly InsertColumn[]): Promise<Inserter> {
    return new ArrayInserter(session as OracleSession, `insert into ${qualified(this, into)}`, columns, this.#national)
  }

  /** All texts of the ledger are national: those of a smaller character set could not hold every name, and the two kinds are not mixed in one expression. */
  ledgerTables(at: (name: string) => string): Readonly<Record<string, string>> {
    const [name, id, moment, long] = ['nvarchar2(128) not null', 'nvarchar2(36) not null', 'nvarchar2(30)', 'nclob']
    return {
      delivery: `create table ${at('delivery')} (id ${id} primary key, grant_id ${id}, grant_version number(10) not null, target_schema ${name}, target_table ${name},
        plan_text ${long} not null, started_at ${moment} not null, ended_at ${moment}, receipt ${long}, manifest ${long}, intent ${long},
        check ((ended_at is null and receipt is null and manifest is null) or (ended_at is not null and receipt is not null and manifest is not null)))`,
      range: `create table ${at('range')} (delivery ${id}, n number(19) not null, row_count number(19) not null, counts ${long} not null, committed_at ${moment} not null,
        primary key (delivery, n), foreign key (delivery) references ${at('delivery')} (id))`,
      target: `create table ${at('target')} (target_schema ${name}, target_table ${name}, grant_id ${id}, checkpoint_text nvarchar2(2000), delivery ${id},
        changed_at ${moment} not null, primary key (target_schema, target_table))`,
      hold: `create table ${at('hold')} (target_schema ${name}, target_table ${name}, primary key (target_schema, target_table))`,
    }
  }

  async ledgerSchema(session: SqlSession): Promise<string> {
    const [row] = await session.query(`select sys_context('USERENV', 'CURRENT_SCHEMA') from dual`)
    return String(row?.[0])
  }

  /** Words of people stand in these statements, which take no values: as constants, in which only a quote means anything. */
  describe(table: TargetName, words: string, columns: readonly { column: string; words: string }[]): Fragment[] {
    const name = qualified(this, table)
    const constant = (text: string) => `'${text.replaceAll("'", "''")}'`
    return [
      { sql: `comment on table ${name} is ${constant(words)}`, values: [] },
      ...columns.map((column) => ({ sql: `comment on column ${name}.${identifier(column.column)} is ${constant(column.words)}`, values: [] })),
    ]
  }

  indexName({ schema }: TargetName, name: string): string {
    return `${identifier(schema)}.${identifier(name)}`
  }

  dropIndex(table: TargetName, name: string): string {
    return `drop index ${this.indexName(table, name)}`
  }

  async indexesOf(session: SqlSession, { schema, table }: TargetName): Promise<string[]> {
    const rows = await session.query('select index_name from all_indexes where table_owner = to_char(?) and table_name = to_char(?)', [schema, table])
    return rows.map(([name]) => String(name))
  }

  rename(table: TargetName, to: string): Fragment {
    return { sql: `alter table ${qualified(this, table)} rename to ${identifier(to)}`, values: [] }
  }

  async schemaExists(session: SqlSession, schema: string): Promise<boolean> {
    return (await session.query('select 1 from all_users where username = to_char(?)', [schema])).length > 0
  }

  async kindOf(session: SqlSession, { schema, table }: TargetName): Promise<string | undefined> {
    const rows = await session.query(
      `select object_type from all_objects where owner = to_char(?) and object_name = to_char(?) and object_type in ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SYNONYM', 'SEQUENCE')`,
      [schema, table],
    )
    const kinds = rows.map(([kind]) => String(kind))
    return kinds.length === 0 ? undefined : kinds.every((kind) => kind === 'TABLE') ? 'table' : 'view'
  }

  dependents(session: SqlSession, table: TargetName): Promise<string[]> {
    return dependents(session, table)
  }

  inherit(session: SqlSession, from: TargetName, to: TargetName, mark: string): Promise<string[]> {
    return inherit(session, this, { from, to, mark })
  }

  async usedBytes(session: SqlSession): Promise<number> {
    const [row] = await session.query('select sum(bytes) from user_segments')
    return Number(row?.[0] ?? 0)
  }

  /** A row of the ledger for each target, locked by a transaction that stays open as long as the session. */
  async hold(session: SqlSession, { schema, table }: TargetName, seconds: number, at: (name: string) => string): Promise<boolean> {
    const values = [schema, table]
    const there = `select 1 from ${at('hold')} where target_schema = ? and target_table = ?`
    if ((await session.query(there, values)).length === 0)
      await session.run(`insert into ${at('hold')} (${list(['target_schema', 'target_table'])}) values (?, ?)`, values).catch((error: { code?: string }) => {
        if (error.code !== 'duplicate_keys') throw error // else another delivery was quicker
      })
    await session.begin()
    return session.query(`${there} for update${this.waiting(seconds)}`, values).then(
      (rows) => rows.length === 1,
      (error: { code?: string }) => {
        if (error.code === 'database_busy') return false
        throw error
      },
    )
  }

  protected waiting(seconds: number): string {
    return ` wait ${Math.trunc(seconds)}`
  }
}

const ORACLE: Catalogue = {
  columns: 'all_tab_cols',
  column: ({ dataType, length, characters, precision, scale }) => {
    const base = baseOf(dataType)
    const natural = canonicalOf(base, precision, scale)
    if (!natural) return undefined
    return { base, natural, precision, scale, long: isLong(base), dbType: shownType(base, dataType, { length, characters, precision, scale }) }
  },
}

type Sizes = { length: number; characters: boolean; precision: number | null; scale: number | null }

/** `varchar2(40 char)`, `number(20,2)`, `timestamp(6) with time zone`. */
export function shownType(base: string, dataType: string, { length, characters, precision, scale }: Sizes): string {
  if (base === 'varchar2' || base === 'char') return `${base}(${length} ${characters ? 'char' : 'byte'})`
  if (base === 'nvarchar2' || base === 'nchar' || base === 'raw') return `${base}(${length})`
  if (base !== 'number') return dataType.toLowerCase()
  if (precision === null) return scale === null ? 'number' : `number(*,${scale})`
  return `number(${precision},${scale ?? 0})`
}
