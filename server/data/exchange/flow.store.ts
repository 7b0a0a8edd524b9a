/** The SQL of what flows: rows and bytes loaded, minute by minute while they are, day by day from the deliveries that are done. */
import { sql } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import { visible } from './sight.ts'
import type { Db } from './tables.ts'

export type Moved = { rows: number; bytes: number }

/** Adds to the minute; nothing is nothing. */
export async function addFlow(db: Db, delivery: Id, now: Moment, { rows, bytes }: Moved): Promise<void> {
  if (rows === 0 && bytes === 0) return
  await sql`insert into exchange.flow as f (minute, delivery, rows, bytes) values (date_trunc('minute', ${now}::timestamptz), ${delivery}, ${rows}, ${bytes})
    on conflict (minute, delivery) do update set rows = f.rows + excluded.rows, bytes = f.bytes + excluded.bytes`.execute(db)
}

export async function forgetFlow(db: Db, before: Moment): Promise<void> {
  await sql`delete from exchange.flow where minute < ${before}`.execute(db)
}

const PARTIES = sql`join exchange.subscription s on s.id = d.subscription
  join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version join exchange.request r on r.id = g.request`

export type Minute = Moved & { minute: Moment }
/** The sixty minutes up to and including the present one, oldest first, those in which nothing moved too. */
export async function lastHour(db: Db, sight: Reach, now: Moment): Promise<Minute[]> {
  const { rows } = await sql<Minute>`
    with moved as (
      select f.minute, sum(f.rows)::bigint as rows, sum(f.bytes)::bigint as bytes from exchange.flow f join exchange.delivery d on d.id = f.delivery ${PARTIES}
      where f.minute > ${now}::timestamptz - interval '61 minutes' and ${visible(sight)} group by 1
    )
    select m.minute, coalesce(moved.rows, 0) as rows, coalesce(moved.bytes, 0) as bytes
    from generate_series(date_trunc('minute', ${now}::timestamptz) - interval '59 minutes', date_trunc('minute', ${now}::timestamptz), interval '1 minute') as m(minute)
    left join moved using (minute) order by 1`.execute(db)
  return rows
}

export type DayMoved = Moved & { day: LocalDate }
/** The thirty days up to and including today, in the city's time. */
export async function lastThirtyDays(db: Db, sight: Reach, today: LocalDate): Promise<DayMoved[]> {
  const { rows } = await sql<DayMoved>`
    with moved as (
      select (d.done_at at time zone 'Asia/Shanghai')::date as day, sum(d.loaded)::bigint as rows, sum(d.bytes)::bigint as bytes from exchange.delivery d ${PARTIES}
      where d.done_at >= ${today}::date - 31 and ${visible(sight)} group by 1
    )
    select day::date as day, coalesce(moved.rows, 0) as rows, coalesce(moved.bytes, 0) as bytes
    from generate_series(${today}::date - 29, ${today}::date, interval '1 day') as day left join moved using (day) order by 1`.execute(db)
  return rows
}
