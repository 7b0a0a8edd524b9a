/**
 * What the target database itself remembers of deliveries: the frozen plan, a line per range that landed, how far increments reach. A line is
 * written in the transaction of the rows it speaks of, so the database can never disagree with its own ledger.
 */
import type { Grant, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { type Message, RangeCounts } from '@zhenghe/wire/messages.ts'
import type pg from 'pg'
import { one, transaction } from '../pg/connect.ts'
import { refusal } from '../refusal.ts'

export type Plan = Extract<Message, { kind: 'plan' }>
export type TargetName = { schema: string; table: string }
/** `receipt` and `manifest` are there once the delivery has ended: the receipt is kept unsigned, so that the same one can be signed again. */
export type DeliveryRow = { id: string; plan: Plan; startedAt: string; receipt: Receipt | null; manifest: Signed | null }

const SCHEMA = 'create schema zhenghe_exchange'
const TABLES = `
  create table if not exists zhenghe_exchange.delivery (
    id uuid primary key, grant_id uuid not null, grant_version int not null, target_schema text not null, target_table text not null,
    plan json not null, started_at timestamptz not null default now(), ended_at timestamptz, receipt json, manifest json,
    constraint ended_with_evidence check (num_nulls(ended_at, receipt, manifest) in (0, 3)));
  create table if not exists zhenghe_exchange.range_ledger (
    delivery uuid not null references zhenghe_exchange.delivery on delete cascade, n bigint not null, rows bigint not null, counts json not null,
    committed_at timestamptz not null default now(), primary key (delivery, n));
  create table if not exists zhenghe_exchange.target (
    target_schema text not null, target_table text not null, grant_id uuid not null, checkpoint text, delivery uuid not null,
    changed_at timestamptz not null default now(), primary key (target_schema, target_table));
  comment on schema zhenghe_exchange is 'What the exchange node remembers of its deliveries; no business data'`

/** Makes the ledger where there is none: in a schema of that name that belongs to the login, or else, with the right to create one, in a new one. */
export async function prepareLedger(client: pg.Client): Promise<void> {
  await transaction(client, 'begin', async () => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('zhenghe_exchange', 0))`)
    const { schema, tables } = await one<{ schema: boolean; tables: boolean }>(
      client,
      `select to_regnamespace('zhenghe_exchange') is not null as schema, to_regclass('zhenghe_exchange.target') is not null as tables`,
    )
    if (!schema) await client.query(SCHEMA).catch(explainSchema)
    if (!tables) await client.query(TABLES)
  })
}

function explainSchema(error: Error & { code?: string }): never {
  if (error.code !== '42501') throw error
  throw refusal(
    'target_rights',
    `target: this node keeps its ledger in a schema of its own, and its login may not make one. The department's administrator runs once: create schema zhenghe_exchange authorization the_login`,
    error,
  )
}

/** Holds the target for this connection until it ends; waits as long as `lock_timeout` for another that is at work on it. */
export async function lockTarget(client: pg.Client, { schema, table }: TargetName): Promise<void> {
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`zhenghe_exchange ${schema}.${table}`])
}

export async function findDelivery(client: pg.Client, id: string): Promise<DeliveryRow | undefined> {
  const { rows } = await client.query<DeliveryRow>(
    `select id, plan, to_char(started_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "startedAt", receipt, manifest from zhenghe_exchange.delivery where id = $1`,
    [id],
  )
  return rows[0]
}

export async function freezePlan(client: pg.Client, id: string, plan: Plan, target: TargetName): Promise<void> {
  await client.query('insert into zhenghe_exchange.delivery (id, grant_id, grant_version, target_schema, target_table, plan) values ($1, $2, $3, $4, $5, $6)', [
    id,
    plan.grant.id,
    plan.grant.version,
    target.schema,
    target.table,
    JSON.stringify(plan),
  ])
}

/** Forgets a delivery that will not be resumed. */
export async function forgetDelivery(client: pg.Client, id: string): Promise<void> {
  await client.query('delete from zhenghe_exchange.delivery where id = $1 and receipt is null', [id])
}

/** Deliveries to the same target that never ended, other than this one: a newer one takes their place. */
export async function abandoned(client: pg.Client, id: string, { schema, table }: TargetName): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'select id from zhenghe_exchange.delivery where receipt is null and target_schema = $1 and target_table = $2 and id <> $3',
    [schema, table, id],
  )
  return rows.map((row) => row.id)
}

/** The committed ranges in the order of their numbers. */
export async function doneRanges(client: pg.Client, delivery: string): Promise<RangeCounts[]> {
  const { rows } = await client.query<{ counts: unknown }>('select counts from zhenghe_exchange.range_ledger where delivery = $1 order by n', [delivery])
  return rows.map(({ counts }) => RangeCounts.parse(counts))
}

/** Inside the transaction of the rows; the primary key refuses a range that has landed before. */
export async function recordRange(client: pg.Client, delivery: string, counts: RangeCounts): Promise<void> {
  await client.query('insert into zhenghe_exchange.range_ledger (delivery, n, rows, counts) values ($1, $2, $3, $4)', [
    delivery,
    counts.n,
    counts.sent,
    JSON.stringify(counts),
  ])
}

/** How far increments reach in this target; null before the first load, or where the table came from another grant. */
export async function checkpointOf(client: pg.Client, { schema, table }: TargetName, grant: Pick<Grant, 'id'>): Promise<string | null> {
  const { rows } = await client.query<{ checkpoint: string | null }>(
    'select checkpoint from zhenghe_exchange.target where target_schema = $1 and target_table = $2 and grant_id = $3',
    [schema, table, grant.id],
  )
  return rows[0]?.checkpoint ?? null
}

/** Whether a table was loaded by the exchange before. */
export async function isOurs(client: pg.Client, { schema, table }: TargetName): Promise<boolean> {
  const { rows } = await client.query('select from zhenghe_exchange.target where target_schema = $1 and target_table = $2', [schema, table])
  return rows.length > 0
}

/** Which grant fills a target, and how far its increments reach, inside the transaction of the rows. A null checkpoint keeps the one before. */
export async function recordTarget(
  client: pg.Client,
  { schema, table }: TargetName,
  grant: Pick<Grant, 'id'>,
  delivery: string,
  checkpoint: string | null,
): Promise<void> {
  await client.query(
    `insert into zhenghe_exchange.target as t (target_schema, target_table, grant_id, checkpoint, delivery) values ($1, $2, $3, $4, $5)
     on conflict (target_schema, target_table) do update set grant_id = excluded.grant_id, delivery = excluded.delivery, changed_at = now(),
       checkpoint = coalesce(excluded.checkpoint, case when t.grant_id = excluded.grant_id then t.checkpoint end)`,
    [schema, table, grant.id, checkpoint, delivery],
  )
}

/** The end of a delivery, with the evidence of both sides. */
export async function recordEnd(client: pg.Client, receipt: Receipt, manifest: Signed): Promise<void> {
  await client.query('update zhenghe_exchange.delivery set ended_at = $2, receipt = $3, manifest = $4 where id = $1', [
    receipt.delivery,
    receipt.endedAt,
    JSON.stringify(receipt),
    JSON.stringify(manifest),
  ])
}
