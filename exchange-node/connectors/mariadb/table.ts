/** Tables of a target: made, counted, looked at before anything is sent to them. */
import type { DeliveryMode, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { Key } from '../connector.ts'
import type { Ledger } from './ledger.ts'
import { dialectOf, hides, OLDEST } from './schema.ts'
import type { Session } from './session.ts'
import { comment, identifier, list, literal, qualified } from './sql.ts'
import { columnsSql, SCALES } from './types.ts'

export type { TargetName }

type Field = Pick<GrantField, 'name' | 'type' | 'key' | 'nullable' | 'title'>

/** A load beside the old table, then its key: about this many times the bytes that are sent. */
const ROOM_FACTOR = 2.5
const KEY_INDEX = 'zhenghe_key'

export async function exists(session: Session, { schema, table }: TargetName): Promise<boolean> {
  return (await session.query('select 1 from information_schema.tables where table_schema = ? and table_name = ?', [schema, table])).length > 0
}

export async function dropTable(session: Session, table: TargetName): Promise<void> {
  await session.query(`drop table if exists ${qualified(table)}`)
}

export async function countRows(session: Session, table: TargetName): Promise<number> {
  const { rows } = await session.one<{ rows: number | string }>(`select count(*) as \`rows\` from ${qualified(table)}`)
  return Number(rows)
}

/** Without its key, which is built once for all rows, unless `keyed`. Refuses `target_incompatible` for what cannot be a key here. */
export async function createTable(session: Session, table: TargetName, fields: readonly Field[], keyed: boolean): Promise<void> {
  if (fields.some(({ name }) => name === SCALES))
    throw refusal('target_incompatible', `a field cannot be called ${SCALES} in this database: grant it under another name`)
  if (fields.some(({ key, type }) => key && type === 'jsonb')) throw refusal('target_incompatible', 'jsonb cannot be a key in this database: grant it as text')
  const columns = columnsSql(fields, dialectOf(session.product), hides(session.product), comment)
  if (keyed) columns.push(primaryKey(fields))
  await session.query(`create table ${qualified(table)} (${list(columns)}) engine = InnoDB row_format = dynamic`)
}

export function primaryKey(fields: readonly Pick<Field, 'name' | 'key'>[]): string {
  return `primary key (${list(fields.filter(({ key }) => key).map(({ name }) => identifier(name)))})`
}

/** Deletes the rows of these keys, each key the texts of the key fields in their order. */
export async function deleteKeys(
  session: Session,
  table: TargetName,
  fields: readonly Pick<Field, 'name' | 'type' | 'key'>[],
  keys: readonly Key[],
): Promise<void> {
  if (keys.length === 0) return
  const parts = fields.filter(({ key }) => key)
  const one = (key: Key) => parts.map(({ name, type }, at) => `${identifier(name)} = ${literal(type, key[at] ?? '')}`).join(' and ')
  const sql =
    parts.length === 1
      ? `${identifier(parts[0]!.name)} in (${list(keys.map((key) => literal(parts[0]!.type, key[0] ?? '')))})`
      : keys.map((key) => `(${one(key)})`).join(' or ')
  await session.query(`delete from ${qualified(table)} where ${sql}`)
}

/** Before rows of a load are looked for by their keys: an index that allows the same key twice, until the load is whole. */
export async function indexLoad(session: Session, load: TargetName, fields: readonly Pick<Field, 'name' | 'key'>[]): Promise<void> {
  const found = await session.query('select 1 from information_schema.statistics where table_schema = ? and table_name = ? limit 1', [load.schema, load.table])
  if (found.length === 0) await session.query(`alter table ${qualified(load)} add index ${KEY_INDEX} ${primaryKey(fields).replace('primary key ', '')}`)
}

/** Refuses where rights or room are missing, or other things depend on the table as it is. Answers whether the table is there. */
export async function checkTarget(session: Session, ledger: Ledger, target: TargetName, grant: Grant, mode: DeliveryMode): Promise<boolean> {
  const { mariadb, version, shown } = session.product
  if (version < (mariadb ? OLDEST.mariadb : OLDEST.mysql))
    throw refusal('database_too_old', `the target is ${shown}; this node needs MariaDB 10.6 or MySQL 8.0.17, or later`)
  const { schema, table } = target
  if ((await session.query('select 1 from information_schema.schemata where schema_name = ?', [schema])).length === 0)
    throw refusal(
      'target_missing',
      `there is no database ${schema} in the target, or this node's login may not see it: create it, and grant all on ${schema}.* to the login`,
    )
  const [found] = await session.query<{ kind: string }>('select table_type as kind from information_schema.tables where table_schema = ? and table_name = ?', [
    schema,
    table,
  ])
  if (!found) return false
  if (found.kind !== 'BASE TABLE')
    throw refusal('target_incompatible', `${schema}.${table} exists at the target and is not an ordinary table: choose another name`)
  if (!(await ledger.isOurs(target)) && (await session.query(`select 1 from ${qualified(target)} limit 1`)).length > 0)
    throw refusal(
      'target_not_ours',
      `${schema}.${table} holds rows that no exchange has delivered, and would be replaced: empty it, rename it, or choose another name`,
    )
  await checkColumns(session, target, grant)
  if (mode === 'snapshot') await checkDependents(session, target)
  return true
}

/** The columns as this connector would make them; what others have added or changed would be lost, or would not take the rows. */
async function checkColumns(session: Session, { schema, table }: TargetName, { fields }: Grant): Promise<void> {
  const columns = await session.query<{ name: string; type: string; words: string }>(
    `select column_name as name, data_type as type, column_comment as words from information_schema.columns where table_schema = ? and table_name = ?`,
    [schema, table],
  )
  const expected = new Map(columnsSql(fields, dialectOf(session.product), false, (words) => `|${words}`).map((sql) => shapeOf(sql)))
  const wrong = columns.filter(({ name, type, words }) => expected.get(name) !== `${type}${markOf(words)}`).map(({ name, type }) => `${name} ${type}`)
  const missing = [...expected.keys()].filter((name) => !columns.some((column) => column.name === name))
  if (wrong.length + missing.length === 0) return
  throw refusal(
    'target_incompatible',
    `${schema}.${table} has other columns than the grant delivers: ${[...wrong, ...missing.map((name) => `${name} (missing)`)].join(', ')}. Drop the table, change it, or choose another name`,
  )
}

function shapeOf(sql: string): [string, string] {
  const [, name = '', type = ''] = /^`?(\w+)`? (\w+)/.exec(sql) ?? []
  return [name, `${type}${markOf(/comment \|(.*?)( check |$)/s.exec(sql)?.[1] ?? '')}`]
}

function markOf(words: string): string {
  return /\[(timestamptz|uuid|jsonb|numeric \d+)\]$/.exec(words)?.[0] ?? ''
}

/** What would be lost with the old table, or keep pointing to it. Views go by name and stay. */
async function checkDependents(session: Session, { schema, table }: TargetName): Promise<void> {
  const rows = await session.query<{ what: string }>(
    `select distinct concat('the foreign key ', constraint_name, ' of ', table_schema, '.', table_name) as what from information_schema.key_column_usage
     where referenced_table_name is not null and ((referenced_table_schema = ? and referenced_table_name = ?) or (table_schema = ? and table_name = ?))
     union all select concat('the trigger ', trigger_name) from information_schema.triggers where event_object_schema = ? and event_object_table = ?`,
    [schema, table, schema, table, schema, table],
  )
  if (rows.length === 0) return
  throw refusal(
    'target_dependents',
    `${schema}.${table} is replaced whole by a load, and this depends on it: ${rows.map(({ what }) => what).join(', ')}. Drop it, or receive by increments`,
  )
}

/** Refuses where a load of so many bytes would pass what this node may use of the target database. */
export async function checkRoom(session: Session, { schema }: TargetName, bytes: number, quotaBytes: number | undefined): Promise<void> {
  if (quotaBytes === undefined) return
  if (!session.product.mariadb) await session.query('set session information_schema_stats_expiry = 0')
  const { used } = await session.one<{ used: number | string | null }>(
    'select sum(data_length + index_length) as used from information_schema.tables where table_schema = ?',
    [schema],
  )
  const needed = Number(used ?? 0) + bytes * ROOM_FACTOR
  if (needed <= quotaBytes) return
  const mib = (value: number) => `${Math.ceil(value / (1 << 20))} MiB`
  throw refusal(
    'target_room',
    `the target database holds ${mib(Number(used ?? 0))}, this load needs about ${mib(bytes * ROOM_FACTOR)} more, and ${mib(quotaBytes)} are allowed: make room or raise quotaMiB`,
  )
}
