/** The SQL of push tasks. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { DeliveryTimes } from './delivery.rules.ts'
import type { PushState } from './push.contract.ts'
import { visible } from './sight.ts'
import { type EndingOf, subscriptionsOf } from './subscription.store.ts'
import type { Db, PushRow, RequestRow, SubscriptionRow, Tables } from './tables.ts'

type Table = Tables['exchange.push']
type LastRun = { [K in keyof DeliveryTimes as `last${Capitalize<K>}`]: DeliveryTimes[K] } & { lastId: Id | null; lastOrderedAt: Moment; lastLoaded: number }
/** A push task with its subscription's target, its grant, its request's entry and units, and its newest run. */
export type PushWithGrant = PushRow &
  Pick<SubscriptionRow, 'grantId' | 'grantVersion' | 'store' | 'targetSchema' | 'targetTable'> &
  Pick<RequestRow, 'entry' | 'entryName' | 'provider' | 'providerName' | 'providerDivision' | 'consumer' | 'consumerName' | 'consumerDivision'> &
  LastRun

const WITH_GRANT = sql`exchange.push p join exchange.subscription s on s.id = p.subscription
  join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
  join exchange.request r on r.id = g.request`
const LAST = sql`left join lateral (select * from exchange.delivery d where d.push = p.id order by d.id desc limit 1) d on true`
const COLUMNS = sql`p.*, s.grant_id, s.grant_version, s.store, s.target_schema, s.target_table,
  r.entry, r.entry_name, r.provider, r.provider_name, r.provider_division, r.consumer, r.consumer_name, r.consumer_division,
  d.id as last_id, d.ordered_at as last_ordered_at, d.loaded as last_loaded, d.running_since as last_running_since, d.waiting_since as last_waiting_since,
  d.done_at as last_done_at, d.stopped_at as last_stopped_at, d.cancelled_at as last_cancelled_at, d.paused_at as last_paused_at`
const LIVE = sql<boolean>`p.published_at is not null and p.stopped_at is null and p.ended_at is null`

export async function insertPush(db: Db, push: Omit<Insertable<Table>, 'number'>): Promise<void> {
  const number = sql<string>`${`TS${push.madeAt.slice(0, 4)}-`}::text || lpad(nextval('exchange.push_number')::text, 6, '0')`
  await db
    .insertInto('exchange.push')
    .values({ ...push, number })
    .execute()
}

export async function findPush(db: Db, id: Id): Promise<PushWithGrant | undefined> {
  const { rows } = await sql<PushWithGrant>`select ${COLUMNS} from ${WITH_GRANT} ${LAST} where p.id = ${id}`.execute(db)
  return rows[0]
}

/** Holds the task until the transaction ends; its grant and subscription are to be held before it. */
export async function lockPush(db: Db, id: Id): Promise<void> {
  await sql`select from exchange.push where id = ${id} for update`.execute(db)
}

export async function changePush(db: Db, id: Id, change: Updateable<Table>): Promise<void> {
  await db.updateTable('exchange.push').set(change).where('id', '=', id).execute()
}

/** Stops the live tasks of subscriptions that end. */
export async function stopPushes(db: Db, of: EndingOf, now: Moment, reason: string): Promise<void> {
  await sql`update exchange.push p set stopped_at = ${now}, stop_reason = ${reason}, next_due_at = null
    where ${LIVE} and p.subscription in (${subscriptionsOf(of)})`.execute(db)
}

const AT_ONCE = 200

/** Live tasks with a run due whose subscription is free, its grant and nodes in force; the longest due first. */
export async function duePushes(db: Db, now: Moment): Promise<{ id: Id; subscription: Id }[]> {
  const { rows } = await sql<{ id: Id; subscription: Id }>`
    select p.id, p.subscription from ${WITH_GRANT}
    join nodes_pub.node a on a.id = g.provider_node and a.state = 'active'
    join nodes_pub.node b on b.id = g.consumer_node and b.state = 'active'
    where p.next_due_at <= ${now} and (p.ends_at is null or p.ends_at > ${now}) and s.stopped_at is null and g.revoked_at is null and g.not_before <= ${now} and g.not_after > ${now}
      and not exists (select from exchange.delivery d where d.subscription = s.id and d.done_at is null and d.stopped_at is null and d.cancelled_at is null)
      and not exists (select from exchange.reconciliation n where n.subscription = s.id and n.ended_at is null and (not n.mend or n.approved_at is not null))
    order by p.next_due_at limit ${AT_ONCE}`.execute(db)
  return rows
}

/** Live tasks whose end has come. */
export async function pushesOver(db: Db, now: Moment): Promise<{ id: Id; subscription: Id }[]> {
  const { rows } = await sql<{ id: Id; subscription: Id }>`select p.id, p.subscription from exchange.push p where ${LIVE} and p.ends_at <= ${now}`.execute(db)
  return rows
}

export type PushFilter = { sight: Reach; state?: PushState[] | undefined; subscription?: Id | undefined; now: Moment }

function wanted({ sight, state, subscription, now }: PushFilter): RawBuilder<boolean> {
  const derived = sql`case when p.published_at is null then 'draft' when p.ended_at is not null or p.ends_at <= ${now} and p.stopped_at is null then 'ended'
    when p.stopped_at is not null then 'stopped' when p.begins_at > ${now} then 'not_started' else 'running' end`
  return sql`${visible(sight)} ${state ? sql`and ${derived} = any(${state}::text[])` : sql``} ${subscription ? sql`and p.subscription = ${subscription}` : sql``}`
}

/** Newest first, after the task with this id. */
export async function pushPage(db: Db, filter: PushFilter, after: Id | undefined, limit: number): Promise<PushWithGrant[]> {
  const { rows } = await sql<PushWithGrant>`
    select ${COLUMNS} from ${WITH_GRANT} ${LAST} where ${wanted(filter)} ${after ? sql`and p.id < ${after}` : sql``} order by p.id desc limit ${limit}`.execute(
    db,
  )
  return rows
}

export async function pushTotal(db: Db, filter: PushFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${WITH_GRANT} where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}
