/** The SQL of needs, their items and their steps. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { NeedState, NeedStep } from './need.contract.ts'
import { visible } from './sight.ts'
import type { Db, ItemRow, ItemTable, NeedRow, NeedTable, Tables } from './tables.ts'

export async function insertNeed(db: Db, need: Omit<Insertable<NeedTable>, 'number'>): Promise<NeedRow> {
  const number = sql<string>`${`XQ${need.askedAt.slice(0, 4)}-`}::text || lpad(nextval('demand.need_number')::text, 6, '0')`
  return db
    .insertInto('demand.need')
    .values({ ...need, number })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function findNeed(db: Db, id: Id): Promise<NeedRow | undefined> {
  return db.selectFrom('demand.need').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Holds the row until the transaction ends; whoever changes an item holds its need. */
export function lockNeed(db: Db, id: Id): Promise<NeedRow | undefined> {
  return db.selectFrom('demand.need').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function changeNeed(db: Db, id: Id, change: Updateable<NeedTable>): Promise<NeedRow> {
  return db.updateTable('demand.need').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

export async function insertItem(db: Db, item: Omit<Insertable<ItemTable>, 'number'>): Promise<ItemRow> {
  const number = sql<string>`${`ZR${item.askedAt.slice(0, 4)}-`}::text || lpad(nextval('demand.item_number')::text, 6, '0')`
  return db
    .insertInto('demand.item')
    .values({ ...item, number })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function findItem(db: Db, id: Id): Promise<ItemRow | undefined> {
  return db.selectFrom('demand.item').selectAll().where('id', '=', id).executeTakeFirst()
}

export function changeItem(db: Db, id: Id, change: Updateable<ItemTable>): Promise<ItemRow> {
  return db.updateTable('demand.item').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

export function itemsOf(db: Db, needs: readonly Id[]): Promise<ItemRow[]> {
  if (needs.length === 0) return Promise.resolve([])
  return db
    .selectFrom('demand.item')
    .selectAll()
    .where('need', 'in', [...needs])
    .orderBy('id')
    .execute()
}

export async function addStep(db: Db, step: Insertable<Tables['demand.step']>): Promise<void> {
  await db.insertInto('demand.step').values(step).execute()
}

export function stepsOf(db: Db, need: Id): Promise<NeedStep[]> {
  return db.selectFrom('demand.step').select(['at', 'act', 'byName', 'note']).where('need', '=', need).orderBy('n').execute()
}

const SUPPLY = sql`(select case when bool_or(i.committed_at is null and i.refused_at is null) then 'provider' when bool_and(i.refused_at is not null) then 'refused'
  when bool_and(i.refused_at is not null or i.delivered_at is not null) then 'delivered'
  when bool_or(i.requested_at is not null and i.refused_at is null) then 'supplying' else 'to_supply' end from demand.item i where i.need = n.id)`
export const NEED_STATE = sql<NeedState>`case when n.withdrawn_at is not null then 'withdrawn' when n.closed_at is not null then 'closed'
  when n.infeasible_at is not null then 'infeasible' when n.accepted_at is not null then ${SUPPLY} when n.concluded_at is not null then 'conclusion'
  when n.returned_at is not null then 'returned' when n.received_at is not null then 'analysing' else 'awaiting_receipt' end`

export type NeedFilter = {
  sight: Reach
  side: 'mine' | 'answer' | 'all'
  own: Id | null
  state?: readonly NeedState[] | undefined
  text?: string | undefined
}

function wanted({ sight, side, own, state, text }: NeedFilter): RawBuilder<boolean> {
  const mine = side === 'mine' && own ? sql`and n.asker = ${own}` : sql``
  const toAnswer = side === 'answer' && own ? sql`and exists (select from demand.item i where i.need = n.id and i.provider = ${own})` : sql``
  const words = text
    ? sql`and (strpos(lower(n.title), lower(${text})) > 0 or strpos(lower(n.asker_name), lower(${text})) > 0 or strpos(n.number, upper(${text})) > 0)`
    : sql``
  return sql`${visible(sight)} ${mine} ${toAnswer} ${words} ${state ? sql`and ${NEED_STATE} = any(${[...state]}::text[])` : sql``}`
}

/** Newest first, after the need with this id. */
export async function needPage(db: Db, filter: NeedFilter, after: Id | undefined, limit: number): Promise<NeedRow[]> {
  const { rows } = await sql<NeedRow>`select n.* from demand.need n where ${wanted(filter)} ${after ? sql`and n.id < ${after}` : sql``}
    order by n.id desc limit ${limit}`.execute(db)
  return rows
}

export async function needTotal(db: Db, filter: NeedFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from demand.need n where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}

/** Promised items on an entry for one asker that nothing was delivered of yet. */
export async function openItemsOn(db: Db, entry: Id, asker: Id): Promise<{ id: Id; need: Id }[]> {
  const { rows } = await sql<{ id: Id; need: Id }>`select i.id, i.need from demand.item i join demand.need n on n.id = i.need
    where i.entry = ${entry} and n.asker = ${asker} and i.committed_at is not null and i.delivered_at is null and i.dropped_at is null and n.closed_at is null
    order by i.id`.execute(db)
  return rows
}

/** What the exchange shows of an entry at an asker: its newest request that is open or granted, and the first delivery that balanced. */
export async function exchangeShows(db: Db, entry: Id, asker: Id) {
  const { rows } = await sql<{ request: Id | null; requestedAt: Moment | null; deliveredAt: Moment | null }>`
    select r.id as request, r.asked_at as requested_at, d.done_at as delivered_at from (select 1) one
    left join lateral (select q.id, q.asked_at from exchange_pub.request q where q.entry = ${entry} and q.consumer = ${asker}
      and q.refused_at is null and q.withdrawn_at is null order by q.asked_at desc limit 1) r on true
    left join lateral (select min(x.done_at) as done_at from exchange_pub.delivery x where x.entry = ${entry} and x.consumer = ${asker} and x.done_at is not null) d on true`.execute(
    db,
  )
  return rows[0] ?? { request: null, requestedAt: null, deliveredAt: null }
}

/** The entry and the asker behind a delivery. */
export async function entryOfDelivery(db: Db, delivery: Id): Promise<{ entry: Id; consumer: Id } | undefined> {
  const { rows } = await sql<{ entry: Id; consumer: Id }>`select d.entry, d.consumer from exchange_pub.delivery d where d.id = ${delivery}`.execute(db)
  return rows[0]
}

export type OverdueItem = Pick<ItemRow, 'id' | 'need' | 'provider' | 'item'> & { askerName: string }
export async function overdueItems(db: Db, today: LocalDate): Promise<OverdueItem[]> {
  const { rows } = await sql<OverdueItem>`select i.id, i.need, i.provider, i.item, n.asker_name from demand.item i join demand.need n on n.id = i.need
    where i.due_on < ${today}::date and i.delivered_at is null and i.dropped_at is null and n.closed_at is null order by i.id`.execute(db)
  return rows
}
