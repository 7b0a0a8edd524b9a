/** The SQL of deliveries, their troubles and their signed documents. */
import type { DeliveryMode, Signed } from '@zhenghe/wire/documents.ts'
import { type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { DeliveryState, Trouble } from './delivery.contract.ts'
import { visible } from './sight.ts'
import { type EndingOf, subscriptionsOf } from './subscription.store.ts'
import type { Db, DeliveryRow, GrantRow, RequestRow, SubscriptionRow, Tables } from './tables.ts'

type Table = Tables['exchange.delivery']
type LastTrouble = { troubleAt: Moment | null; troubleSide: Trouble['side']; troubleCode: string; troubleDetail: string; troubleResumable: boolean }
/** A delivery with its subscription, grant, request and newest trouble. */
export type DeliveryWithGrant = DeliveryRow &
  Pick<SubscriptionRow, 'grantId' | 'grantVersion' | 'store' | 'targetSchema' | 'targetTable' | 'cursor'> &
  Pick<GrantRow, 'request' | 'suite' | 'notBefore' | 'notAfter' | 'revokedAt' | 'deliverClock'> &
  Pick<RequestRow, 'entry' | 'entryName' | 'provider' | 'providerName' | 'providerDivision' | 'consumer' | 'consumerName' | 'consumerDivision'> & {
    subscriptionStoppedAt: Moment | null
  } & LastTrouble

const WITH_GRANT = sql`exchange.delivery d
  join exchange.subscription s on s.id = d.subscription
  join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
  join exchange.request r on r.id = g.request`
const LAST_TROUBLE = sql`left join lateral (select * from exchange.delivery_trouble t where t.delivery = d.id order by t.n desc limit 1) t on true`
const COLUMNS = sql`d.*, s.grant_id, s.grant_version, s.store, s.target_schema, s.target_table, s.cursor, s.stopped_at as subscription_stopped_at,
  g.request, g.suite, g.not_before, g.not_after, g.revoked_at, g.deliver_clock,
  r.entry, r.entry_name, r.provider, r.provider_name, r.provider_division, r.consumer, r.consumer_name, r.consumer_division,
  t.at as trouble_at, t.side as trouble_side, t.code as trouble_code, t.detail as trouble_detail, t.resumable as trouble_resumable`
const OPEN = sql<boolean>`d.done_at is null and d.stopped_at is null and d.cancelled_at is null`
/** Of a capture: both nodes have signed for the load it began with. */
const LOADED = sql<boolean>`d.mode = 'capture' and (select count(*) from exchange.capture_period p where p.delivery = d.id and p.n = 0) = 2`
/** A capture that follows its table and is not told to stand still. */
export const FOLLOWED = sql<boolean>`(d.paused_at is null and ${LOADED})`

export type NewDelivery = {
  id: Id
  subscription: Id
  sender: Id
  receiver: Id
  mode: DeliveryMode
  orderedAt: Moment
  orderedBy: Id
  push?: Id | null
  replay?: boolean
}

/** The constraint `delivery_running_once` refuses a second one while one is under way. */
export async function insertDelivery(db: Db, delivery: NewDelivery): Promise<void> {
  const number = sql<string>`${`JH${delivery.orderedAt.slice(0, 4)}-`}::text || lpad(nextval('exchange.delivery_number')::text, 6, '0')`
  await db
    .insertInto('exchange.delivery')
    .values({ ...delivery, number })
    .execute()
}

export async function findDelivery(db: Db, id: Id): Promise<DeliveryWithGrant | undefined> {
  const { rows } = await sql<DeliveryWithGrant>`select ${COLUMNS} from ${WITH_GRANT} ${LAST_TROUBLE} where d.id = ${id}`.execute(db)
  return rows[0]
}

/** As `findDelivery`; holds the delivery until the transaction ends. */
export async function lockDelivery(db: Db, id: Id): Promise<DeliveryWithGrant | undefined> {
  await sql`select from exchange.delivery where id = ${id} for update`.execute(db)
  return findDelivery(db, id)
}

export async function changeDelivery(db: Db, id: Id, change: Updateable<Table>): Promise<void> {
  await db.updateTable('exchange.delivery').set(change).where('id', '=', id).execute()
}

export async function everDelivered(db: Db, subscription: Id): Promise<boolean> {
  const found = await db
    .selectFrom('exchange.delivery')
    .select('id')
    .where('subscription', '=', subscription)
    .where('doneAt', 'is not', null)
    .limit(1)
    .execute()
  return found.length > 0
}

/** What keeps a table from being compared or its rows from being replayed: a delivery under way. A capture that follows the table is none, for both sides can be seen as of one moment. */
export async function hindranceToComparing(db: Db, subscription: Id): Promise<'running' | 'paused' | undefined> {
  const { rows } = await sql<{ followed: boolean; paused: boolean }>`
    select ${FOLLOWED} as followed, d.paused_at is not null as paused from exchange.delivery d where d.subscription = ${subscription} and ${OPEN}`.execute(db)
  const [open] = rows
  if (!open || open.followed) return undefined
  return open.paused ? 'paused' : 'running'
}

/** The capture that follows the table of a subscription now. */
export async function followingCapture(db: Db, subscription: Id): Promise<{ id: Id; sender: Id; subscription: Id } | undefined> {
  const { rows } = await sql<{ id: Id; sender: Id; subscription: Id }>`
    select d.id, d.sender, d.subscription from exchange.delivery d where d.subscription = ${subscription} and ${OPEN} and ${FOLLOWED}`.execute(db)
  return rows[0]
}

/** Whether a whole table has ever reached the target, be it as the load of a capture. */
export async function everLoaded(db: Db, subscription: Id): Promise<boolean> {
  const { rows } = await sql`select from exchange.delivery d where d.subscription = ${subscription} and (d.done_at is not null or ${LOADED}) limit 1`.execute(
    db,
  )
  return rows.length > 0
}

export async function deliveryOpen(db: Db, subscription: Id): Promise<boolean> {
  const { rows } = await sql`select from exchange.delivery d where d.subscription = ${subscription} and ${OPEN}`.execute(db)
  return rows.length > 0
}

export type Ended = { id: Id; consumer: Id; entryName: string }

export async function cancelOpenDeliveries(db: Db, of: EndingOf, now: Moment, reason: string): Promise<Ended[]> {
  const { rows } = await sql<Ended>`
    update exchange.delivery d set cancelled_at = ${now}, cancel_reason = ${reason}, running_since = null, waiting_since = null
    from exchange.subscription s join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version join exchange.request r on r.id = g.request
    where s.id = d.subscription and ${OPEN} and d.subscription in (${subscriptionsOf(of)})
    returning d.id, r.consumer, r.entry_name`.execute(db)
  return rows
}

export type Silent = { id: Id; node: string; seenAt: Moment }
/** Deliveries under way of which one node has told nothing at all since this moment, be it of the delivery or of itself, and that node. */
export async function silentDeliveries(db: Db, since: Moment): Promise<Silent[]> {
  const { rows } = await sql<Silent>`
    select distinct on (d.id) d.id, n.name as node, greatest(d.running_since, side.seen_at, n.last_seen_at) as seen_at
    from exchange.delivery d
    cross join lateral (values (d.sender, d.sender_seen_at), (d.receiver, d.receiver_seen_at)) as side (node, seen_at)
    join nodes_pub.node n on n.id = side.node
    where ${OPEN} and d.running_since is not null and greatest(d.running_since, side.seen_at, n.last_seen_at) < ${since}
    order by d.id, seen_at`.execute(db)
  return rows
}

export async function addTrouble(db: Db, trouble: Trouble & { delivery: Id }): Promise<void> {
  await db.insertInto('exchange.deliveryTrouble').values(trouble).execute()
}

export function troublesOf(db: Db, delivery: Id): Promise<Trouble[]> {
  return db
    .selectFrom('exchange.deliveryTrouble')
    .select(['at', 'side', 'code', 'detail', 'resumable'])
    .where('delivery', '=', delivery)
    .orderBy('n', 'desc')
    .limit(MOST_TROUBLES)
    .execute()
}
const MOST_TROUBLES = 200

export type Document = Tables['exchange.receipt']

/** Keeps a signed document, in place of one handed in before. */
export async function keepDocument(db: Db, document: { delivery: Id; kind: Document['kind']; at: Moment } & Signed): Promise<void> {
  const { delivery, kind, ...signed } = document
  await db
    .insertInto('exchange.receipt')
    .values({ delivery, kind, ...signed })
    .onConflict((before) => before.columns(['delivery', 'kind']).doUpdateSet(signed))
    .execute()
}

export function documentsOf(db: Db, delivery: Id): Promise<Document[]> {
  return db.selectFrom('exchange.receipt').selectAll().where('delivery', '=', delivery).execute()
}

export async function forgetDocuments(db: Db, delivery: Id): Promise<void> {
  await db.deleteFrom('exchange.receipt').where('delivery', '=', delivery).execute()
}

export type DeliveryFilter = { sight: Reach; state?: DeliveryState[] | undefined; subscription?: Id | undefined; push?: Id | undefined; entry?: Id | undefined }
export const STATE = sql<DeliveryState>`case when d.cancelled_at is not null then 'cancelled' when d.done_at is not null then 'done'
  when d.stopped_at is not null then 'stopped' when d.paused_at is not null then 'paused' when d.waiting_since is not null then 'waiting' when d.running_since is not null then 'running' else 'ordered' end`

function wanted({ sight, state, subscription, push, entry }: DeliveryFilter): RawBuilder<boolean> {
  const states = state ? sql`and ${STATE} = any(${state}::text[])` : sql``
  const place = subscription ? sql`and d.subscription = ${subscription}` : sql``
  const task = push ? sql`and d.push = ${push}` : sql``
  return sql`${ofSight(sight)} ${states} ${place} ${task} ${entry ? sql`and r.entry = ${entry}` : sql``}`
}

/** The subscriptions of a few units are few: named first, they keep the planner from walking through everybody's deliveries. */
function ofSight(sight: Reach): RawBuilder<boolean> {
  if (sight === 'everywhere' || sight.divisions.length > 0) return visible(sight)
  return sql`d.subscription = any(array(
    select s.id from exchange.request r join exchange."grant" g on g.request = r.id
    join exchange.subscription s on s.grant_id = g.id and s.grant_version = g.version where ${visible(sight)}))`
}

/** Newest first, after the delivery with this id. */
export async function deliveryPage(db: Db, filter: DeliveryFilter, after: Id | undefined, limit: number): Promise<DeliveryWithGrant[]> {
  const { rows } = await sql<DeliveryWithGrant>`
    select ${COLUMNS} from ${WITH_GRANT} ${LAST_TROUBLE} where ${wanted(filter)} ${after ? sql`and d.id < ${after}` : sql``} order by d.id desc limit ${limit}`.execute(
    db,
  )
  return rows
}

export async function deliveryTotal(db: Db, filter: DeliveryFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${WITH_GRANT} where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}
