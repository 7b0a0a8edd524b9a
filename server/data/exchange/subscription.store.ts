/** The SQL of subscriptions. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { DeliveryTimes } from './delivery.rules.ts'
import { visible } from './sight.ts'
import type { Db, GrantRow, RequestRow, SubscriptionRow, Tables } from './tables.ts'

type Table = Tables['exchange.subscription']
type LastDelivery = { [K in keyof DeliveryTimes as `last${Capitalize<K>}`]: DeliveryTimes[K] } & {
  lastId: Id | null
  lastOrderedAt: Moment
  lastLoaded: number
}
/** A subscription with its grant, its request's entry and units, and its newest delivery. */
export type SubscriptionWithGrant = SubscriptionRow &
  Pick<GrantRow, 'notBefore' | 'notAfter' | 'revokedAt' | 'providerNode' | 'request' | 'suite'> & { hasCursor: boolean; sourceStore: string } & Pick<
    RequestRow,
    'entry' | 'entryName' | 'provider' | 'providerName' | 'providerDivision' | 'consumer' | 'consumerName' | 'consumerDivision'
  > &
  LastDelivery

const WITH_GRANT = sql`exchange.subscription s
  join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
  join exchange.request r on r.id = g.request`
const LAST = sql`left join lateral (select * from exchange.delivery d where d.subscription = s.id order by d.id desc limit 1) d on true`
const COLUMNS = sql`s.*, g.not_before, g.not_after, g.revoked_at, g.provider_node, g.request, g.suite, (g.text::jsonb ? 'cursor') as has_cursor, g.text::jsonb -> 'source' ->> 'id' as source_store,
  r.entry, r.entry_name, r.provider, r.provider_name, r.provider_division, r.consumer, r.consumer_name, r.consumer_division,
  d.id as last_id, d.ordered_at as last_ordered_at, d.loaded as last_loaded, d.running_since as last_running_since, d.waiting_since as last_waiting_since,
  d.done_at as last_done_at, d.stopped_at as last_stopped_at, d.cancelled_at as last_cancelled_at, d.paused_at as last_paused_at`

export async function insertSubscription(db: Db, subscription: Insertable<Table>): Promise<void> {
  await db.insertInto('exchange.subscription').values(subscription).execute()
}

export async function findSubscription(db: Db, id: Id): Promise<SubscriptionWithGrant | undefined> {
  const { rows } = await sql<SubscriptionWithGrant>`select ${COLUMNS} from ${WITH_GRANT} ${LAST} where s.id = ${id}`.execute(db)
  return rows[0]
}

/**
 * Holds a subscription and, against revocation only, its grant until the transaction ends. Whoever holds several rows takes grant,
 * subscription, delivery in this order, so that nobody waits in a circle.
 */
export async function lockSubscription(db: Db, id: Id): Promise<void> {
  await sql`select from exchange."grant" g join exchange.subscription s on s.grant_id = g.id and s.grant_version = g.version
    where s.id = ${id} for share of g`.execute(db)
  await sql`select from exchange.subscription where id = ${id} for update`.execute(db)
}

export async function changeSubscription(db: Db, id: Id, change: Updateable<Table>): Promise<void> {
  await db.updateTable('exchange.subscription').set(change).where('id', '=', id).execute()
}

/** What ends: one subscription, everything under a grant, or everything that goes through a node. */
export type EndingOf = { subscription: Id } | { grant: Id } | { node: Id }
export function subscriptionsOf(of: EndingOf): RawBuilder<unknown> {
  if ('subscription' in of) return sql`select ${of.subscription}::uuid`
  if ('grant' in of) return sql`select s.id from exchange.subscription s where s.grant_id = ${of.grant}`
  return sql`select s.id from exchange.subscription s join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
    where g.provider_node = ${of.node} or g.consumer_node = ${of.node}`
}

export async function stopSubscriptions(db: Db, of: EndingOf, now: Moment, reason: string): Promise<void> {
  await sql`update exchange.subscription set stopped_at = ${now}, stop_reason = ${reason}, next_due_at = null, next_reconcile_at = null
    where stopped_at is null and id in (${subscriptionsOf(of)})`.execute(db)
}

export type SubscriptionFilter = { sight: Reach; entry?: Id | undefined; node?: Id | undefined }
const wanted = ({ sight, entry, node }: SubscriptionFilter): RawBuilder<boolean> =>
  sql`${visible(sight)} ${entry ? sql`and r.entry = ${entry}` : sql``} ${node ? sql`and (g.provider_node = ${node} or g.consumer_node = ${node})` : sql``}`

/** Newest first, after the subscription with this id. */
export async function subscriptionPage(db: Db, filter: SubscriptionFilter, after: Id | undefined, limit: number): Promise<SubscriptionWithGrant[]> {
  const { rows } = await sql<SubscriptionWithGrant>`
    select ${COLUMNS} from ${WITH_GRANT} ${LAST} where ${wanted(filter)} ${after ? sql`and s.id < ${after}` : sql``} order by s.id desc limit ${limit}`.execute(
    db,
  )
  return rows
}

export async function subscriptionTotal(db: Db, filter: SubscriptionFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${WITH_GRANT} where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}

const AT_ONCE = 200

/** Subscriptions that are due, free, and whose grant and nodes are in force; the longest due first. */
export async function dueSubscriptions(db: Db, now: Moment): Promise<{ id: Id }[]> {
  const { rows } = await sql<{ id: Id }>`
    select s.id from exchange.subscription s
    join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
    join nodes_pub.node p on p.id = g.provider_node and p.state = 'active'
    join nodes_pub.node c on c.id = g.consumer_node and c.state = 'active'
    where s.next_due_at <= ${now} and s.stopped_at is null and g.revoked_at is null and g.not_before <= ${now} and g.not_after > ${now}
      and not exists (select from exchange.delivery d where d.subscription = s.id and d.done_at is null and d.stopped_at is null and d.cancelled_at is null)
      and not exists (select from exchange.reconciliation n where n.subscription = s.id and n.ended_at is null and (not n.mend or n.approved_at is not null))
    order by s.next_due_at limit ${AT_ONCE}`.execute(db)
  return rows
}

/** Grants that have run out while something still stands under them. */
export async function expiredGrants(db: Db, now: Moment): Promise<{ id: Id }[]> {
  const { rows } = await sql<{ id: Id }>`
    select distinct g.id from exchange."grant" g join exchange.subscription s on s.grant_id = g.id and s.grant_version = g.version
    where s.stopped_at is null and g.not_after <= ${now}`.execute(db)
  return rows
}
