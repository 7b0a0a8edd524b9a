/** The SQL of alarms: what is watched, what is open, what was. */
import { type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { AlarmKind, Threshold } from './alarm.contract.ts'
import type { Finding, Watched, WatchedNode } from './alarm.rules.ts'
import type { AlarmRow, Db, Tables } from './tables.ts'

const PARTIES = sql`join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version join exchange.request r on r.id = g.request`
const STANDING = (now: Moment) => sql`s.stopped_at is null and g.revoked_at is null and g.not_before <= ${now} and g.not_after > ${now}`

/** A delivery that waits for the hours of its schedule or its source, which are longer off than any other wait, is neither stuck nor late. */
const resting = (now: Moment) => sql`coalesce(d.retry_at > ${now}::timestamptz + interval '10 minutes', false)`

/** What the rules look at, of the whole platform; `horizon` leaves out grants that end later. */
export async function watchedNow(db: Db, now: Moment, horizon: Moment): Promise<Watched> {
  const { rows: nodes } = await sql<WatchedNode>`
    select id as record, unit, name, last_seen_at, clock_skew_seconds, health, stores from nodes_pub.node where state = 'active'`.execute(db)
  const { rows: waiting } = await sql<Watched['waiting'][number]>`
    select d.id as record, r.consumer as unit, r.entry_name as name, d.waiting_since as since
    from exchange.delivery d join exchange.subscription s on s.id = d.subscription ${PARTIES}
    where d.done_at is null and d.stopped_at is null and d.cancelled_at is null and d.waiting_since is not null and not ${resting(now)}`.execute(db)
  const { rows: late } = await sql<Watched['late'][number]>`
    select s.id as record, r.consumer as unit, r.entry_name as name, least(s.next_due_at, d.ordered_at) as since
    from exchange.subscription s ${PARTIES}
    left join exchange.delivery d on d.subscription = s.id and d.done_at is null and d.stopped_at is null and d.cancelled_at is null and not d.replay
    where s.next_due_at is not null and (s.next_due_at < ${now} or d.id is not null) and ${STANDING(now)} and (d.id is null or not ${resting(now)})`.execute(db)
  const { rows: quarantined } = await sql<Watched['quarantined'][number]>`
    select entry as record, provider as unit, max(entry_name) as name, count(*) as rows from exchange.quarantine
    where mended_at is null and dismissed_at is null group by entry, provider`.execute(db)
  const { rows: differing } = await sql<Watched['differing'][number]>`
    select s.id as record, r.consumer as unit, r.entry_name as name, n.differing + n.missing + n.extra as rows
    from exchange.subscription s ${PARTIES}
    join lateral (select * from exchange.reconciliation n where n.subscription = s.id and n.ended_at is not null and n.source_rows is not null
      order by n.id desc limit 1) n on true
    where s.stopped_at is null and not n.mended and n.differing + n.missing + n.extra > 0`.execute(db)
  const { rows: grants } = await sql<Watched['grants'][number]>`
    select distinct g.id as record, r.consumer as unit, r.entry_name as name, g.not_after
    from exchange.subscription s ${PARTIES} where ${STANDING(now)} and g.not_after < ${horizon}`.execute(db)
  return { nodes, waiting, late, quarantined, differing, grants }
}

export function thresholds(db: Db): Promise<(Threshold & { changedAt: Moment | null })[]> {
  return db.selectFrom('exchange.alarmThreshold').select(['kind', 'level', 'value', 'unit', 'changedAt']).orderBy('kind').orderBy('level').execute()
}

export function changeThreshold(
  db: Db,
  { kind, level, value }: Pick<Threshold, 'kind' | 'level' | 'value'>,
  changedAt: Moment,
  changedBy: Id,
): Promise<(Threshold & { changedAt: Moment | null }) | undefined> {
  return db
    .updateTable('exchange.alarmThreshold')
    .set({ value, changedAt, changedBy })
    .where('kind', '=', kind)
    .where('level', '=', level)
    .returning(['kind', 'level', 'value', 'unit', 'changedAt'])
    .executeTakeFirst()
}

export function openAlarms(db: Db): Promise<AlarmRow[]> {
  return db.selectFrom('exchange.alarm').selectAll().where('closedAt', 'is', null).execute()
}

/** Answers whether it was opened: the constraint `alarm_open_once` keeps one for a subject and kind, whoever comes first. */
export async function openAlarm(db: Db, id: Id, finding: Finding, now: Moment): Promise<boolean> {
  const opened = await db
    .insertInto('exchange.alarm')
    .values({ id, ...finding, openedAt: now, seenAt: now })
    .onConflict((once) => once.columns(['kind', 'subject']).where('closedAt', 'is', null).doNothing())
    .executeTakeFirst()
  return opened.numInsertedOrUpdatedRows === 1n
}

export async function change(db: Db, id: Id, change: Updateable<Tables['exchange.alarm']>): Promise<void> {
  await db.updateTable('exchange.alarm').set(change).where('id', '=', id).execute()
}

export function lockAlarm(db: Db, id: Id): Promise<AlarmRow | undefined> {
  return db.selectFrom('exchange.alarm').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** `units`: those whose alarms are wanted; undefined for all. */
export type AlarmFilter = { units: readonly Id[] | undefined; state: 'open' | 'closed'; kind?: AlarmKind | undefined }

function wanted({ units, state, kind }: AlarmFilter): RawBuilder<boolean> {
  const closed = state === 'open' ? sql`a.closed_at is null` : sql`a.closed_at is not null`
  return sql`${closed} ${units ? sql`and a.unit = any(${units}::uuid[])` : sql``} ${kind ? sql`and a.kind = ${kind}` : sql``}`
}

/** Newest first, after the alarm with this id. */
export async function alarmPage(db: Db, filter: AlarmFilter, after: Id | undefined, limit: number): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    select a.* from exchange.alarm a where ${wanted(filter)} ${after ? sql`and a.id < ${after}` : sql``} order by a.id desc limit ${limit}`.execute(db)
  return rows
}

export async function alarmTotal(db: Db, filter: AlarmFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from exchange.alarm a where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}
