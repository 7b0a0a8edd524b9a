/** The SQL of channels and their steps. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import { type ChannelFacets, ChannelState, type ChannelStep, Way } from './channel.contract.ts'
import type { Shown } from './rules.ts'
import { type Side, visible } from './sight.ts'
import type { ChannelRow, ChannelTable, Db, Tables } from './tables.ts'

export async function insertChannel(db: Db, channel: Omit<Insertable<ChannelTable>, 'number'>): Promise<ChannelRow> {
  const number = sql<string>`${`QD${channel.registeredAt.slice(0, 4)}-`}::text || lpad(nextval('channels.channel_number')::text, 6, '0')`
  return db
    .insertInto('channels.channel')
    .values({ ...channel, number })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function findChannel(db: Db, id: Id): Promise<ChannelRow | undefined> {
  return db.selectFrom('channels.channel').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Holds the row until the transaction ends. */
export function lockChannel(db: Db, id: Id): Promise<ChannelRow | undefined> {
  return db.selectFrom('channels.channel').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function changeChannel(db: Db, id: Id, change: Updateable<ChannelTable>): Promise<ChannelRow> {
  return db.updateTable('channels.channel').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

export async function addStep(db: Db, step: Insertable<Tables['channels.channelStep']>): Promise<void> {
  await db.insertInto('channels.channelStep').values(step).execute()
}

export function stepsOf(db: Db, channel: Id): Promise<ChannelStep[]> {
  return db.selectFrom('channels.channelStep').select(['at', 'act', 'byName', 'note']).where('channel', '=', channel).orderBy('n').execute()
}

const STATE = sql<ChannelState>`case when c.withdrawn_at is not null then 'withdrawn' when c.closed_at is not null then 'closed'
  when c.retained_at is not null then 'retained' when c.parallel_at is not null then 'parallel' when c.begun_at is not null then 'migrating'
  when c.planned_at is not null then 'planned' when c.confirmed_at is not null then 'confirmed' else 'registered' end`

/** Other channels of the same provider, consumer and content that were not taken off. */
const ALIKE = sql<number>`(select count(*) from channels.channel o where o.consumer = c.consumer and o.provider_key = c.provider_key
  and o.content_key = c.content_key and o.withdrawn_at is null and o.closed_at is null and o.id <> c.id)`
const RUNS = sql`c.closed_at is null and c.withdrawn_at is null`

export type ChannelFilter = {
  sight: Reach
  side: Side | undefined
  today: LocalDate
  own: Id | null
  text?: string | undefined
  state?: readonly ChannelState[] | undefined
  way?: readonly Way[] | undefined
  unit?: Id | undefined
  outside?: boolean | undefined
  attention?: boolean | undefined
}

function wanted({ sight, side, own, today, text, way, unit, outside, attention }: ChannelFilter): RawBuilder<boolean> {
  const mine = side && own ? sql`and ${sql.ref(`c.${side}`)} = ${own}` : sql``
  const words = text
    ? sql`and (strpos(lower(c.content), lower(${text})) > 0 or strpos(lower(c.provider_name), lower(${text})) > 0
        or strpos(lower(c.consumer_name), lower(${text})) > 0 or strpos(c.number, upper(${text})) > 0)`
    : sql``
  const marked = attention
    ? sql`and ${RUNS} and (c.due_on < ${today}::date and c.retained_at is null or c.confirmed_on < ${today}::date - 365 or ${ALIKE} > 0)`
    : sql``
  return sql`${visible(sight)} ${mine} ${words} ${way ? sql`and c.way = any(${[...way]}::text[])` : sql``}
    ${unit ? sql`and c.consumer = ${unit}` : sql``} ${outside === undefined ? sql`` : sql`and c.outside = ${outside}`} ${marked}`
}

const inStates = (state: readonly ChannelState[] | undefined) => (state ? sql`and ${STATE} = any(${[...state]}::text[])` : sql``)
export type ChannelWithAlike = ChannelRow & { alike: number }

/** Newest first, after the channel with this id. */
export async function channelPage(db: Db, filter: ChannelFilter, after: Id | undefined, limit: number): Promise<ChannelWithAlike[]> {
  const { rows } = await sql<ChannelWithAlike>`
    select c.*, ${ALIKE} as alike from channels.channel c
    where ${wanted(filter)} ${inStates(filter.state)} ${after ? sql`and c.id < ${after}` : sql``} order by c.id desc limit ${limit}`.execute(db)
  return rows
}

export async function channelTotal(db: Db, filter: ChannelFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from channels.channel c where ${wanted(filter)} ${inStates(filter.state)}`.execute(db)
  return rows[0]?.n ?? 0
}

/** By state and by way, each counted without its own filter. */
export async function channelFacets(db: Db, filter: ChannelFilter): Promise<ChannelFacets> {
  const counted = async (value: RawBuilder<string>, where: RawBuilder<unknown>) => {
    const { rows } = await sql<{
      value: string
      n: number
    }>`select ${value} as value, count(*)::int as n from channels.channel c where ${where} group by 1`.execute(db)
    return Object.fromEntries(rows.map(({ value: one, n }) => [one, n]))
  }
  const state = await counted(STATE, wanted(filter))
  const way = await counted(sql`c.way`, sql`${wanted({ ...filter, way: undefined })} ${inStates(filter.state)}`)
  const filled = <V extends string>(values: readonly V[], counts: Record<string, number>) =>
    Object.fromEntries(values.map((value) => [value, counts[value] ?? 0])) as Record<V, number>
  return { state: filled(ChannelState.options, state), way: filled(Way.options, way) }
}

export async function alikeOf(db: Db, row: ChannelRow): Promise<ChannelRow[]> {
  return db
    .selectFrom('channels.channel')
    .selectAll()
    .where('consumer', '=', row.consumer)
    .where('providerKey', '=', row.providerKey)
    .where('contentKey', '=', row.contentKey)
    .where('withdrawnAt', 'is', null)
    .where('closedAt', 'is', null)
    .where('id', '<>', row.id)
    .orderBy('id')
    .execute()
}

/** Whether another channel that runs stands in the place of a closed one. */
export async function twinRuns(db: Db, { id, consumer, providerKey, contentKey, way }: ChannelRow): Promise<boolean> {
  const { rows } = await sql`select from channels.channel c where ${RUNS} and c.id <> ${id} and c.consumer = ${consumer}
    and c.provider_key = ${providerKey} and c.content_key = ${contentKey} and c.way = ${way} limit 1`.execute(db)
  return rows.length > 0
}

/** The keys under which a unit's running channels are listed. */
export async function listedKeys(db: Db, consumer: Id): Promise<{ providerKey: string; contentKey: string; way: Way }[]> {
  const { rows } = await sql<{ providerKey: string; contentKey: string; way: Way }>`
    select c.provider_key, c.content_key, c.way from channels.channel c where ${RUNS} and c.consumer = ${consumer}`.execute(db)
  return rows
}

/** What the exchange has shown of an entry at a consumer: deliveries are done only when both signed documents balance. */
export async function shownOf(db: Db, entry: Id, consumer: Id, now: Moment): Promise<Shown> {
  const { rows } = await sql<Shown>`
    select count(d.id) as deliveries, coalesce(sum(d.loaded), 0)::bigint as rows, max(d.done_at) as last_at,
      exists (select from exchange_pub.grant g where g.entry = ${entry} and g.consumer = ${consumer} and g.revoked_at is null
        and g.not_before <= ${now} and g.not_after > ${now}) as granted
    from exchange_pub.delivery d where d.entry = ${entry} and d.consumer = ${consumer} and d.done_at is not null`.execute(db)
  return rows[0] ?? { granted: false, deliveries: 0, rows: 0, lastAt: null }
}

export async function toleranceOf(db: Db, often: ChannelRow['often']): Promise<number> {
  return (await db.selectFrom('channels.tolerance').select('days').where('often', '=', often).executeTakeFirstOrThrow()).days
}

/** Running channels whose year since the last confirmation ends within so many days. */
export async function toReconfirm(db: Db, today: LocalDate, within: number): Promise<ChannelRow[]> {
  const { rows } = await sql<ChannelRow>`
    select c.* from channels.channel c where ${RUNS} and c.confirmed_on <= ${today}::date - 365 + ${within}::int order by c.id`.execute(db)
  return rows
}

/** Channels that should have moved before today. */
export async function lateMoves(db: Db, today: LocalDate): Promise<ChannelRow[]> {
  const { rows } = await sql<ChannelRow>`
    select c.* from channels.channel c where ${RUNS} and c.retained_at is null and c.due_on < ${today}::date order by c.id`.execute(db)
  return rows
}

export async function keptTooLong(db: Db, today: LocalDate): Promise<{ id: Id }[]> {
  const { rows } = await sql<{ id: Id }>`
    select c.id from channels.channel c where c.retained_at is not null and c.withdrawn_at is null and c.retain_until < ${today}::date order by c.id`.execute(
    db,
  )
  return rows
}

export async function closedChannels(db: Db, after: Id | undefined, limit: number): Promise<ChannelRow[]> {
  const { rows } = await sql<ChannelRow>`
    select c.* from channels.channel c where c.closed_at is not null ${after ? sql`and c.id > ${after}` : sql``} order by c.id limit ${limit}`.execute(db)
  return rows
}
