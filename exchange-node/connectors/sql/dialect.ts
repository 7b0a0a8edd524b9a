/**
 * What the shared core of the SQL connectors asks of a database: how its statements are written, which values it holds, what it tells of itself. The core
 * (`source.ts`, `target.ts` and what they use) knows no database by name. Statements are written with `?` for a value; a session puts its own marks in
 * their place. Why there is a core, and what stays outside of it: docs/adr/0015-one-core-for-sql-databases.md.
 */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { FieldValue } from '../tuples/encode.ts'

export type Side = 'source' | 'target'
export type Value = string | number | bigint | Uint8Array | null
/** A piece of a statement and the values of its question marks. */
export type Fragment = { sql: string; values: readonly Value[] }
export type Row = FieldValue[]

/** One connection. Every method rejects with a `Refusal`, or with the driver's error, which `explain` knows. */
export interface SqlSession {
  readonly dialect: Dialect
  readonly side: Side
  /** «SQL Server 16.0.4135» */
  readonly product: string
  /** database, service or instance */
  readonly database: string
  query(sql: string, values?: readonly Value[]): Promise<Row[]>
  /** Answers how many rows were changed. */
  run(sql: string, values?: readonly Value[]): Promise<number>
  /** Rows as the database gives them, a few thousand at a time, the next ones only when they are asked for. Leaving the loop early ends the session. */
  batches(sql: string, values?: readonly Value[]): AsyncGenerator<Row[]>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Ends the connection whatever it is doing; an open transaction is rolled back. */
  destroy(): void
  end(): Promise<void>
}

/** One database, by its address. */
export interface SqlStore {
  /** @param timeoutMs the longest a statement may take; 0 for none */
  open(side: Side, timeoutMs?: number): Promise<SqlSession>
  /** Takes the login of the grant's own user in a session, where the database has such and the node's login may make one. */
  enter?(session: SqlSession, user: string): Promise<void>
}

/** A column as the database tells it. */
export type SqlColumn = {
  column: string
  /** as the catalogue binds it, its mark included */
  dbType: string
  /** the type's name, lower-case: `datetime2` */
  base: string
  precision: number | null
  scale: number | null
  /** what it is carried as: by its mark, or else by its type */
  type: CanonicalType
  nullable: boolean
  comment: string | null
  /** may hold more than a row of the wire: its length is asked for first */
  long: boolean
}

export type SqlTable = SourceTable & {
  /** all columns but the marks, in their order */
  own: readonly SqlColumn[]
  /** of the primary key, or else of the first unique index without nulls, in its order */
  keyColumns: readonly string[]
  /** has the column of marks.ts */
  marked: boolean
}

/** What a table of the exchange's own holds exactly; everything else is refused by row and field. */
export type Limits = {
  /** of a decimal: digits before and behind the point, and all in all */
  whole: number
  scale: number
  digits: number
  /** NaN and infinities of floats */
  named: boolean
  /** floats nearer to zero than the least that is normalised */
  subnormal: boolean
  /** 24:00:00 */
  endOfDay: boolean
  /** characters of a text in a key of one column, bytes of bytes in it; of a key of several columns each gets its part */
  keyRoom: number
  /** two keys that differ in blanks at the end are one */
  keyBlanks: boolean
  /** cannot be part of a key */
  noKey: readonly CanonicalType[]
}

export type Field = Pick<GrantField, 'name' | 'type' | 'key' | 'nullable' | 'title'>
/** A column that rows are put into, and what makes its type from the text of a value. */
export type InsertColumn = { column: string; type: CanonicalType | 'marks' }

/** Rows on their way into a table, inside a transaction that the caller ends. */
export interface Inserter {
  write(rows: readonly Value[][]): Promise<void>
  /** Answers how many rows the database has taken. */
  end(): Promise<number>
}

/** One moment of the source. */
export type Begun = {
  system: string
  position: string
  /** behind the name of the table */
  asOf: string
  /** whether all sessions see the same, each its own throughout, or every statement another */
  moments: 'shared' | 'each' | 'none'
}

export interface Dialect {
  readonly limits: Limits
  /** takes a text or bytes of no length for null */
  readonly emptyIsNull: boolean
  /** how `merge` says that a matched row is only updated sometimes */
  readonly mergeWhen: 'and' | 'where'
  /** behind `merge into …` and behind all of it */
  readonly mergeHint: string
  readonly mergeEnd: string
  /** behind `drop table …` */
  readonly dropHint: string

  /** A name, quoted. Throws for what the database would cut or refuse. */
  identifier(name: string): string
  /** What a granted field's column is called in a table of the exchange's own. */
  columnOf(field: string): string

  /** A column as the encoder takes it, of its own type or of one that it may be granted as. */
  read(column: SqlColumn, type: CanonicalType): string
  /** How many bytes a long value has, about; null for none. */
  bytes(column: SqlColumn): string
  /** A column as it may be compared, in order too, with a `constant` of the type, with the meaning of `evaluate`; undefined where the database compares otherwise. */
  comparand(column: SqlColumn, type: CanonicalType): string | undefined
  /** @param text of the value, as its type prints it; undefined where the database has no such value, or would round it to compare it with the column */
  constant(type: CanonicalType, text: string, column: SqlColumn): Fragment | undefined
  /** Whether a text column is exactly this text, blanks and letters as they are. Null for null. */
  equals(column: SqlColumn, text: string): Fragment | undefined
  startsWith(column: SqlColumn, text: string): Fragment | undefined
  /** A value as the column's own type has it, so that its index serves; what is found by it may be more than was asked for. */
  bound(column: SqlColumn, text: string): Fragment
  /** Of the rows of a moment, some keys by chance, in the order of the index: their texts. @param percent of the pages */
  sample(table: SqlTable, column: SqlColumn, percent: number): string

  readTables(session: SqlSession, only?: TargetName): Promise<SqlTable[]>
  /** Refuses `database_too_old`. Answers the database's clock, milliseconds since 1970. */
  checkVersion(session: SqlSession): Promise<number>
  /** Makes the user of a grant, where the database has such and the login may; answers its name. */
  prepareUser?(session: SqlSession, grant: string, version: number, table: TargetName, columns: readonly string[]): Promise<string | undefined>
  dropUsers?(session: SqlSession, grant: string): Promise<void>
  /** Begins to read in all sessions. */
  beginReading(sessions: readonly SqlSession[], table: TargetName): Promise<Begun>

  columnType(field: Field, room: number): string
  /** Whether a column of a table that is there can take the field. */
  takes(column: SqlColumn, field: Field): boolean
  marksType(bytes: number): string
  inserter(session: SqlSession, into: TargetName, columns: readonly InsertColumn[]): Promise<Inserter>
  /** Statements that make the ledger's tables, by their names without `zhenghe_exchange_`. */
  ledgerTables(at: (name: string) => string): Readonly<Record<string, string>>
  /** The schema in which the ledger lies: the login's own. */
  ledgerSchema(session: SqlSession): Promise<string>
  /** Statements that keep titles and marks beside a table. */
  describe(table: TargetName, words: string, columns: readonly { column: string; words: string }[]): Fragment[]
  /** The name of an index of a table as `create index` and `dropIndex` take it, quoted. */
  indexName(table: TargetName, name: string): string
  dropIndex(table: TargetName, name: string): string
  /** Names of a table's indexes. */
  indexesOf(session: SqlSession, table: TargetName): Promise<string[]>
  /** In the same schema. */
  rename(table: TargetName, to: string): Fragment
  schemaExists(session: SqlSession, schema: string): Promise<boolean>
  /** `table`, `view`, or undefined where there is nothing of that name. */
  kindOf(session: SqlSession, table: TargetName): Promise<string | undefined>
  /** What would be lost with the table, or keep pointing to it, in words. */
  dependents(session: SqlSession, table: TargetName): Promise<string[]>
  /** Statements that give a load the indexes and rights of the table that it replaces. @param mark makes names of indexes new */
  inherit(session: SqlSession, from: TargetName, to: TargetName, mark: string): Promise<string[]>
  usedBytes(session: SqlSession, schema: string): Promise<number>
  /** Takes the table for this session, which does nothing else, until it ends; false where another has it for so long. @param at names a table of the ledger */
  hold(session: SqlSession, table: TargetName, seconds: number, at: (name: string) => string): Promise<boolean>
}

/** How long a delivery waits for another that is at work on the table. */
export const HOLD_SECONDS = 30
