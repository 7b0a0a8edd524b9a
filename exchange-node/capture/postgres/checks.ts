/** What PostgreSQL must allow before its log can be followed, each refusal with the statement that helps; and nothing is asked that could make the department's own writes fail. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { one } from '../../pg/connect.ts'
import { identifier, list, literal, qualified } from '../../pg/sql.ts'
import { refusal } from '../../refusal.ts'
import { tableOf } from '../../source/select.ts'
import { filterFields } from '../row-filter.ts'
import { type Conversion, conversionOf } from './convert.ts'
import type { Partition } from './partitions.ts'

export type TableFacts = {
  oid: number
  kind: string
  persistence: string
  children: boolean
  /** d: primary key, i: an index, f: whole rows, n: nothing */
  identity: 'd' | 'i' | 'f' | 'n'
  identityColumns: string[]
  /** a unique index over exactly the granted key, by which rows could be told */
  keyIndex: string | null
}
type ServerFacts = {
  version: number
  walLevel: string
  standby: boolean
  mayReplicate: boolean
  login: string
  slots: number
  mostSlots: number
  senders: number
  mostSenders: number
}

/** Streaming of large transactions, marks in the log. */
const OLDEST = 140_000

/** Refuses what no setting of this node can help. @param own a slot of this name is ours already */
export async function checkServer(client: pg.Client, own: string): Promise<void> {
  const facts = await one<ServerFacts>(
    client,
    `select current_setting('server_version_num')::int as version, current_setting('wal_level') as "walLevel", pg_is_in_recovery() as standby,
            (select rolreplication or rolsuper from pg_roles where rolname = current_user) as "mayReplicate", current_user::text as login,
            (select count(*)::int from pg_replication_slots where slot_name <> $1) as slots, current_setting('max_replication_slots')::int as "mostSlots",
            (select count(*)::int from pg_stat_activity where backend_type = 'walsender') as senders, current_setting('max_wal_senders')::int as "mostSenders"`,
    [own],
  )
  const cannot = (what: string, statement: string) =>
    refusal('capture_unsupported', `source: its log cannot be followed: ${what}. The database's administrator runs once: ${statement}`)
  if (facts.version < OLDEST)
    throw refusal('capture_unsupported', `the source is PostgreSQL ${Math.floor(facts.version / 10_000)}; to follow its log this node needs 14 or later`)
  if (facts.standby)
    throw refusal('capture_unsupported', 'the source is a standby, which cannot publish changes: name the primary in the configuration of this node')
  if (facts.walLevel !== 'logical') throw cannot(`wal_level is ${facts.walLevel}`, 'alter system set wal_level = logical; then the server is restarted')
  if (!facts.mayReplicate)
    throw refusal(
      'capture_rights',
      `source: this node's login may not follow the log. The database's administrator runs once: alter role ${identifier(facts.login)} replication`,
    )
  if (facts.slots >= facts.mostSlots)
    throw cannot(
      `all ${facts.mostSlots} replication slots are taken`,
      `alter system set max_replication_slots = ${facts.mostSlots + 10}; then the server is restarted`,
    )
  if (facts.senders >= facts.mostSenders)
    throw cannot(`all ${facts.mostSenders} WAL senders are busy`, `alter system set max_wal_senders = ${facts.mostSenders + 10}; then the server is restarted`)
}

/** Undefined where the table is gone. */
export async function readFacts(client: pg.Client, { source, fields }: Grant): Promise<TableFacts | undefined> {
  const keys = fields.filter(({ key }) => key).map(({ column }) => column)
  const { rows } = await client.query<TableFacts>(
    `select c.oid::int8::float8 as oid, c.relkind as kind, c.relpersistence as persistence, exists (select from pg_inherits where inhparent = c.oid) as children,
            c.relreplident as identity,
            coalesce((select json_agg(a.attname) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                      where i.indrelid = c.oid and i.indisvalid and i.indimmediate and case c.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident end), '[]') as "identityColumns",
            (select k.relname from pg_index i join pg_class k on k.oid = i.indexrelid
             where i.indrelid = c.oid and i.indisunique and i.indimmediate and i.indisvalid and i.indpred is null and i.indexprs is null
               and (select array_agg(a.attname::text order by a.attname::text) from pg_attribute a where a.attrelid = c.oid and a.attnum = any (i.indkey::int2[]) and a.attnotnull)
                   = (select array_agg(k order by k) from unnest($3::text[]) k) limit 1) as "keyIndex"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    [source.schema, source.table, keys],
  )
  return rows[0]
}

/** Refuses a table whose changes do not all stand in the log in a form that says which row they mean. */
export function checkTable(grant: Grant, facts: TableFacts | undefined, partitions: readonly Partition[]): void {
  if (!facts) throw refusal('source_missing', `there is no table ${grant.source.schema}.${grant.source.table} in the source`)
  const name = `${grant.source.schema}.${grant.source.table}`
  const otherwise = 'deliver it by whole loads or increments'
  const cannot = (why: string) => refusal('capture_unsupported', `${name} ${why}: ${otherwise}`)
  if (facts.kind === 'p') {
    checkPartitions(grant, facts, partitions)
    return
  }
  if (facts.kind !== 'r') throw cannot('is not an ordinary table, so there is no log of its changes')
  if (facts.persistence !== 'p') throw cannot('is unlogged, so its changes are in no log')
  if (facts.children) throw cannot('has tables that inherit from it, whose rows would be missed')
  checkIdentity(grant, facts)
}

/** As the table itself: each must say which row a change means. */
export function checkPartitions(grant: Grant, facts: TableFacts, partitions: readonly Partition[]): void {
  checkIdentity(grant, facts)
  for (const one of partitions.filter(({ leaf }) => leaf)) {
    const cannot = (why: string) => refusal('capture_unsupported', `the partition ${one.name} ${why}: deliver the table by whole loads or increments`)
    if (one.kind !== 'r') throw cannot('is not an ordinary table, so there is no log of its changes')
    if (one.persistence !== 'p') throw cannot('is unlogged, so its changes are in no log')
    checkIdentity(grant, one, one.name)
  }
}

/** Refuses where an update or delete in the log would not say which granted row it means, or the publication would make the department's own updates fail. */
export function checkIdentity(
  grant: Grant,
  { identity, identityColumns, keyIndex }: Pick<TableFacts, 'identity' | 'identityColumns' | 'keyIndex'>,
  table = tableOf(grant),
): void {
  const full = `alter table ${table} replica identity full`
  const cannot = (why: string, statement: string) =>
    refusal('capture_identity', `source: ${table.replaceAll('"', '')} ${why}. Its owner runs once: ${statement}; or deliver it by whole loads or increments`)
  if (identity === 'f') return
  const carried = new Set(identityColumns)
  if (carried.size === 0)
    throw cannot(
      'has no primary key and no replica identity, and PostgreSQL refuses updates of such a table once it is published',
      keyIndex ? `alter table ${table} replica identity using index ${identifier(keyIndex)}` : full,
    )
  const missing = (columns: readonly string[]) => columns.filter((column) => !carried.has(column))
  const keys = missing(grant.fields.filter(({ key }) => key).map(({ column }) => column))
  if (keys.length > 0)
    throw cannot(
      `is told apart in the log by ${list([...carried])}, in the grant by ${list(keys)} besides`,
      keyIndex ? `alter table ${table} replica identity using index ${identifier(keyIndex)}` : full,
    )
  const asked = grant.filter ? filterFields(grant.filter) : new Set<string>()
  const unknown = missing(grant.fields.filter(({ name }) => asked.has(name)).map(({ column }) => column))
  if (unknown.length > 0)
    throw cannot(
      `is shared in part, by ${list(unknown)}, and its log does not say whether a row that goes was among them: the keys of rows that were never granted would be told`,
      full,
    )
}

type TypeRow = { name: string; base: string; kind: string }

/** How each granted field is carried from a column of the given types. Refuses `capture_type` by name. @param types of the granted columns in the order of the fields */
export async function readConversions(client: pg.Client, { fields }: Pick<Grant, 'fields'>, types: readonly number[]): Promise<Conversion[]> {
  const { rows } = await client.query<TypeRow & { at: number }>(
    `with recursive asked as (select oid, at from unnest($1::int8[]) with ordinality as a(oid, at)),
       base as (select a.at, t.oid, t.typname, t.typtype, t.typbasetype from asked a join pg_type t on t.oid = a.oid::oid
                union all select b.at, t.oid, t.typname, t.typtype, t.typbasetype from base b join pg_type t on t.oid = b.typbasetype where b.typtype = 'd')
     select at::int as at, format_type(oid, null) as name, typname as base, typtype as kind from base where typtype <> 'd' order by at`,
    [types],
  )
  const found = new Map(rows.map((row) => [row.at, row]))
  const wrong: string[] = []
  const conversions = fields.map((field, at) => {
    const row = found.get(at + 1)
    const conversion = row && conversionOf(row.base, row.kind, field.type)
    if (!conversion) wrong.push(`${field.column} ${row?.name ?? 'of a type that is gone'} (granted as ${field.type})`)
    return conversion
  })
  if (wrong.length > 0)
    throw refusal(
      'capture_type',
      `the log does not carry these columns in a form that can be passed on exactly: ${wrong.join(', ')}. Leave them out of the grant, or deliver by whole loads or increments`,
    )
  return conversions as Conversion[]
}

/** The columns of a table by name: type and modifier as the log describes them, and the text that a shape knows. */
export async function readTypes(client: pg.Client, grant: Grant): Promise<number[]> {
  const { rows } = await client.query<{ column: string; type: number }>(
    `select a.attname as column, a.atttypid::int8::float8 as type from pg_attribute a where a.attrelid = ${literal(qualified(grant.source.schema, grant.source.table), 'text')}::regclass
       and a.attnum > 0 and not a.attisdropped`,
  )
  const types = new Map(rows.map(({ column, type }) => [column, type]))
  return grant.fields.map(({ column }) => types.get(column) ?? 0)
}
