/** What is asked of a target before anything is sent to it. */
import type { DeliveryMode, Grant } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { one } from '../pg/connect.ts'
import { qualified } from '../pg/sql.ts'
import { refusal } from '../refusal.ts'
import { isOurs, type TargetName } from './ledger.ts'

export type ExistingTable = { oid: number; owner: string; columns: { name: string; type: string }[]; indexes: string[] }

/** A load beside the old table, then its key: about this many times the bytes that are sent. */
const ROOM_FACTOR = 1.4

/** The table to be replaced or added to, if it is there. Refuses where rights are missing or other things depend on the table as it is. */
export async function checkTarget(client: pg.Client, target: TargetName, grant: Grant, mode: DeliveryMode): Promise<ExistingTable | undefined> {
  const { exists, creates } = await one<{ exists: boolean; creates: boolean | null }>(
    client,
    `select to_regnamespace(quote_ident($1)) is not null as exists, has_schema_privilege(to_regnamespace(quote_ident($1))::oid, 'create, usage') as creates`,
    [target.schema],
  )
  if (!exists) throw refusal('target_missing', `there is no schema ${target.schema} in the target: create it for this node's login`)
  if (!creates)
    throw refusal(
      'target_rights',
      `this node's login may not create tables in the schema ${target.schema}: grant create, usage on schema "${target.schema}" to it`,
    )
  const existing = await existingTable(client, target)
  if (!existing) return undefined
  await checkOwnership(client, target, existing)
  checkColumns(target, existing, grant)
  if (mode === 'snapshot') await checkDependents(client, target, existing)
  return existing
}

/** Refuses where a load of so many bytes would pass what this node may use of the target database. */
export async function checkRoom(client: pg.Client, bytes: number, quotaBytes: number | undefined): Promise<void> {
  if (quotaBytes === undefined) return
  const { used } = await one<{ used: number }>(client, 'select pg_database_size(current_database())::float8 as used')
  const needed = used + bytes * ROOM_FACTOR
  if (needed <= quotaBytes) return
  const mib = (value: number) => `${Math.ceil(value / (1 << 20))} MiB`
  throw refusal(
    'target_room',
    `the target database holds ${mib(used)}, this load needs about ${mib(bytes * ROOM_FACTOR)} more, and ${mib(quotaBytes)} are allowed: make room or raise quotaMiB`,
  )
}

async function existingTable(client: pg.Client, { schema, table }: TargetName): Promise<ExistingTable | undefined> {
  const { rows } = await client.query<ExistingTable & { kind: string }>(
    `select c.oid, c.relkind as kind, pg_get_userbyid(c.relowner) as owner,
            (select json_agg(json_build_object('name', attname, 'type', t.typname) order by attnum)
             from pg_attribute a join pg_type t on t.oid = a.atttypid where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
            (select coalesce(json_agg(pg_get_indexdef(i.indexrelid) order by i.indexrelid), '[]') from pg_index i
             where i.indrelid = c.oid and not exists (select from pg_constraint where conindid = i.indexrelid)) as indexes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    [schema, table],
  )
  const [found] = rows
  if (found && found.kind !== 'r')
    throw refusal('target_incompatible', `${schema}.${table} exists at the target and is not an ordinary table: choose another name`)
  return found
}

async function checkOwnership(client: pg.Client, target: TargetName, { owner }: ExistingTable): Promise<void> {
  const { member } = await one<{ member: boolean }>(client, `select pg_has_role($1, 'usage') as member`, [owner])
  const name = `${target.schema}.${target.table}`
  if (!member) throw refusal('target_rights', `${name} belongs to ${owner}: alter table it to this node's login, or choose another name`)
  if (await isOurs(client, target)) return
  const { filled } = await one<{ filled: boolean }>(client, `select exists (select from ${qualified(target.schema, target.table)}) as filled`)
  if (filled)
    throw refusal('target_not_ours', `${name} holds rows that no exchange has delivered, and would be replaced: empty it, rename it, or choose another name`)
}

function checkColumns({ schema, table }: TargetName, { columns }: ExistingTable, grant: Grant): void {
  const granted = new Map<string, string>(grant.fields.map(({ name, type }) => [name, type]))
  const wrong = columns
    .filter(({ name, type }) => granted.get(name) !== type)
    .map(({ name, type }) => `${name} ${type} (granted: ${granted.get(name) ?? 'no'})`)
  if (wrong.length > 0) {
    throw refusal(
      'target_incompatible',
      `${schema}.${table} has columns that the grant does not deliver as they are: ${wrong.join(', ')}. Drop or change them, or choose another name`,
    )
  }
}

/** What would be lost with the old table, or would keep it from being dropped. */
async function checkDependents(client: pg.Client, { schema, table }: TargetName, { oid }: ExistingTable): Promise<void> {
  const { rows } = await client.query<{ what: string }>(
    `select distinct 'the view ' || r.ev_class::regclass::text as what from pg_depend d join pg_rewrite r on r.oid = d.objid
     where d.classid = 'pg_rewrite'::regclass and d.refobjid = $1 and r.ev_class <> $1
     union all select 'the foreign key ' || conname || ' of ' || conrelid::regclass::text from pg_constraint where confrelid = $1 or (conrelid = $1 and contype = 'f')
     union all select 'the trigger ' || tgname from pg_trigger where tgrelid = $1 and not tgisinternal
     union all select 'the policy ' || polname from pg_policy where polrelid = $1`,
    [oid],
  )
  if (rows.length === 0) return
  const name = `${schema}.${table}`
  throw refusal(
    'target_dependents',
    `${name} is replaced whole by a load, and this depends on it: ${rows.map(({ what }) => what).join(', ')}. Let it depend on a view of your own that is made after the load, or receive by increments`,
  )
}
