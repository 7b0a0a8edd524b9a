/** What is SQL Server's own: its statements as the shared core asks for them. Written to Microsoft's documentation and not run against a server: docs/how-to/connectors.md. */
import { hash } from 'node:crypto'
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { Begun, Dialect, Field, Fragment, InsertColumn, Inserter, SqlColumn, SqlSession, SqlTable } from '../sql/dialect.ts'
import { qualified } from '../sql/statement.ts'
import { BulkInserter } from './bulk.ts'
import { dropUsers, prepareUser } from './grant-user.ts'
import { inherit } from './inherit.ts'
import { readTables } from './schema.ts'
import type { SqlServerSession } from './session.ts'
import { boundSql, columnType, comparandSql, constantSql, equalsSql, identifier, NUMERIC_SCALE, NUMERIC_WHOLE, readSql, startsSql } from './types.ts'

/** SQL Server 2012. */
const OLDEST = 11
const SNAPSHOTS_ALLOWED = 1
const LEAST_PERCENT = 0.0001

export class SqlServerDialect implements Dialect {
  /** A key of a clustered index has 900 bytes, 100 of which are left to its other columns. */
  readonly limits = {
    ...{ whole: NUMERIC_WHOLE, scale: NUMERIC_SCALE, digits: NUMERIC_WHOLE + NUMERIC_SCALE },
    ...{ named: false, subnormal: false, endOfDay: false, keyRoom: 400, keyBlanks: true },
    noKey: ['jsonb', 'float4', 'float8'] as const,
  }
  readonly emptyIsNull = false
  readonly mergeWhen = 'and'
  readonly mergeHint = ' with (holdlock)'
  readonly mergeEnd = ';'
  readonly dropHint = ''
  readonly identifier = identifier

  columnOf(field: string): string {
    return field
  }

  read(column: SqlColumn, type: CanonicalType): string {
    return readSql(column, type)
  }

  bytes({ column }: SqlColumn): string {
    return `datalength(${identifier(column)})`
  }

  comparand(column: SqlColumn, type: CanonicalType): string | undefined {
    return comparandSql(column, type)
  }

  constant(type: CanonicalType, text: string, column: SqlColumn): Fragment | undefined {
    return constantSql(type, text, column)
  }

  equals(column: SqlColumn, text: string): Fragment | undefined {
    return equalsSql(column, text)
  }

  startsWith(column: SqlColumn, text: string): Fragment | undefined {
    return startsSql(column, text)
  }

  bound(column: SqlColumn, text: string): Fragment {
    return boundSql(column, text)
  }

  sample(table: SqlTable, column: SqlColumn, percent: number): string {
    const name = identifier(column.column)
    const drawn = `select ${name} from ${qualified(this, table)} tablesample (${Math.max(percent, LEAST_PERCENT).toFixed(4)} percent)`
    return `select ${readSql(column, column.type)} from (${drawn}) s order by ${name}`
  }

  readTables(session: SqlSession, only?: TargetName): Promise<SqlTable[]> {
    return readTables(session, only)
  }

  async checkVersion(session: SqlSession): Promise<number> {
    const major = Number(/(\d+)\./.exec(session.product)?.[1] ?? 0)
    if (major < OLDEST) throw refusal('database_too_old', `the ${session.side} is ${session.product}; this node needs SQL Server 2012 (11.0) or later`)
    const [row] = await session.query(`select convert(varchar(20), convert(bigint, datediff(second, '19700101', sysutcdatetime())) * 1000)`)
    return Number(row?.[0])
  }

  prepareUser(session: SqlSession, grant: string, version: number, table: TargetName, columns: readonly string[]): Promise<string | undefined> {
    return prepareUser(session, { grant, version }, table, columns)
  }

  dropUsers(session: SqlSession, grant: string): Promise<void> {
    return dropUsers(session, grant)
  }

  /** A snapshot belongs to its session, so several readers see several moments; without snapshots each statement sees its own. */
  async beginReading(sessions: readonly SqlSession[], table: TargetName): Promise<Begun> {
    const [first] = sessions
    const [row] = await first!.query(
      `select convert(int, snapshot_isolation_state), convert(nvarchar(256), @@servername), db_name(), convert(varchar(27), sysutcdatetime(), 121)
       from sys.databases where database_id = db_id()`,
    )
    const [state, server, database, position] = row ?? []
    const still = Number(state) === SNAPSHOTS_ALLOWED
    if (still)
      for (const session of sessions) {
        await (session as SqlServerSession).batch('set transaction isolation level snapshot')
        await session.begin()
        await session.query(`select count(*) from (select top (1) 1 as n from ${qualified(this, table)}) o`) // the first look fixes the moment
      }
    const moments = !still ? 'none' : sessions.length > 1 ? 'each' : 'shared'
    return { system: `${String(server)}/${String(database)}`, position: String(position), asOf: '', moments }
  }

  columnType(field: Field, room: number): string {
    return columnType(field, room)
  }

  takes({ type, base }: SqlColumn, field: Field): boolean {
    return type === field.type && (type !== 'text' || base === 'nvarchar')
  }

  /** Nullable: rows that somebody else puts in have none. */
  marksType(bytes: number): string {
    return `varbinary(${bytes}) null`
  }

  inserter(session: SqlSession, into: TargetName, columns: readonly InsertColumn[]): Promise<Inserter> {
    return BulkInserter.begin(session as SqlServerSession, qualified(this, into), columns)
  }

  ledgerTables(at: (name: string) => string): Readonly<Record<string, string>> {
    const [name, id, moment, long] = ['nvarchar(128) not null', 'char(36) not null', 'varchar(30)', 'nvarchar(max)']
    return {
      delivery: `create table ${at('delivery')} (id ${id} primary key, grant_id ${id}, grant_version int not null, target_schema ${name}, target_table ${name}, plan_text ${long} not null,
         started_at ${moment} not null, ended_at ${moment} null, receipt ${long} null, manifest ${long} null, intent ${long} null,
         constraint zhenghe_exchange_ended_with_evidence check ((ended_at is null and receipt is null and manifest is null)
           or (ended_at is not null and receipt is not null and manifest is not null)))`,
      range: `create table ${at('range')} (delivery ${id} references ${at('delivery')} (id), n bigint not null, row_count bigint not null, counts ${long} not null,
         committed_at ${moment} not null, constraint zhenghe_exchange_landed_once primary key (delivery, n))`,
      target: `create table ${at('target')} (target_schema ${name}, target_table ${name}, grant_id ${id}, checkpoint_text ${long} null, delivery ${id}, changed_at ${moment} not null,
         primary key (target_schema, target_table))`,
    }
  }

  async ledgerSchema(session: SqlSession): Promise<string> {
    const [row] = await session.query('select schema_name()')
    return String(row?.[0] ?? 'dbo')
  }

  describe({ schema, table }: TargetName, words: string, columns: readonly { column: string; words: string }[]): Fragment[] {
    const sql = `exec sys.sp_addextendedproperty @name = N'MS_Description', @value = ?, @level0type = N'SCHEMA', @level0name = ?, @level1type = N'TABLE', @level1name = ?`
    return [
      ...(words ? [{ sql, values: [words, schema, table] }] : []),
      ...columns
        .filter((column) => column.words)
        .map((column) => ({ sql: `${sql}, @level2type = N'COLUMN', @level2name = ?`, values: [column.words, schema, table, column.column] })),
    ]
  }

  indexName(_table: TargetName, name: string): string {
    return identifier(name)
  }

  dropIndex(table: TargetName, name: string): string {
    return `drop index ${identifier(name)} on ${qualified(this, table)}`
  }

  async indexesOf(session: SqlSession, table: TargetName): Promise<string[]> {
    const rows = await session.query('select name from sys.indexes where object_id = object_id(?) and name is not null', [qualified(this, table)])
    return rows.map(([name]) => String(name))
  }

  /** Part of the transaction, as every change of a table is here. */
  rename(table: TargetName, to: string): Fragment {
    return { sql: `exec sys.sp_rename @objname = ?, @newname = ?, @objtype = N'OBJECT'`, values: [qualified(this, table), to] }
  }

  async schemaExists(session: SqlSession, schema: string): Promise<boolean> {
    return (await session.query('select 1 from sys.schemas where name = ?', [schema])).length > 0
  }

  async kindOf(session: SqlSession, { schema, table }: TargetName): Promise<string | undefined> {
    const [row] = await session.query(
      'select rtrim(o.type) from sys.objects o join sys.schemas s on s.schema_id = o.schema_id where o.parent_object_id = 0 and s.name = ? and o.name = ?',
      [schema, table],
    )
    return row && (row[0] === 'U' ? 'table' : 'view')
  }

  /** Views go by name and stay, unless they are bound to the schema, and then nothing under them can be renamed. */
  async dependents(session: SqlSession, table: TargetName): Promise<string[]> {
    const rows = await session.query(
      `select N'the foreign key ' + f.name from sys.foreign_keys f where f.parent_object_id = object_id(?) or f.referenced_object_id = object_id(?)
       union select N'the trigger ' + g.name from sys.triggers g where g.parent_id = object_id(?)
       union select N'the view ' + object_name(d.referencing_id) from sys.sql_expression_dependencies d
         where d.referenced_id = object_id(?) and d.is_schema_bound_reference = 1 and d.referencing_id <> d.referenced_id and objectproperty(d.referencing_id, 'IsView') = 1`,
      Array.from({ length: 4 }, () => qualified(this, table)),
    )
    return rows.map(([what]) => String(what))
  }

  inherit(session: SqlSession, from: TargetName, to: TargetName): Promise<string[]> {
    return inherit(session, qualified(this, from), qualified(this, to))
  }

  async usedBytes(session: SqlSession, schema: string): Promise<number> {
    const [row] = await session.query(
      `select convert(varchar(20), sum(a.total_pages) * 8192) from sys.partitions p
       join sys.allocation_units a on a.container_id = case when a.type = 2 then p.partition_id else p.hobt_id end
       join sys.objects o on o.object_id = p.object_id join sys.schemas s on s.schema_id = o.schema_id where s.name = ?`,
      [schema],
    )
    return Number(row?.[0] ?? 0)
  }

  async hold(session: SqlSession, { schema, table }: TargetName, seconds: number): Promise<boolean> {
    const resource = `zhenghe ${hash('sha256', JSON.stringify([schema, table]), 'hex').slice(0, 40)}`
    const [row] = await session.query(
      `declare @held int; exec @held = sys.sp_getapplock @Resource = ?, @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = ?; select @held`,
      [resource, seconds * 1000],
    )
    return Number(row?.[0] ?? -1) >= 0
  }
}
