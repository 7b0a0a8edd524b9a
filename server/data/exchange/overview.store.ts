/** The SQL of what deliveries have shown. */
import { sql } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import { STATE } from './delivery.store.ts'
import { visible } from './sight.ts'
import type { Db } from './tables.ts'

const WITH_GRANT = sql`exchange.delivery d
  join exchange.subscription s on s.id = d.subscription
  join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
  join exchange.request r on r.id = g.request`

export type Shown = { lastDelivery: Moment | null; deliveries: number; rows: number; rejected: number }

export async function shownOf(db: Db, entry: Id): Promise<Shown> {
  const { rows } = await sql<Shown>`
    select max(d.done_at) as last_delivery, count(*) as deliveries, coalesce(sum(d.loaded), 0)::bigint as rows, coalesce(sum(d.rejected), 0)::bigint as rejected
    from ${WITH_GRANT} where r.entry = ${entry} and d.done_at is not null`.execute(db)
  return rows[0]!
}

/** Rejected rows by field and rule, from the manifests of all deliveries that are done; most first. */
export async function reasonsShown(db: Db, entry: Id): Promise<{ field: string; rule: string; rows: number }[]> {
  const { rows } = await sql<{ field: string; rule: string; rows: number }>`
    select split_part(reason.key, ':', 1) as field, split_part(reason.key, ':', 2) as rule, sum(reason.value::bigint)::bigint as rows
    from ${WITH_GRANT} join exchange.receipt m on m.delivery = d.id and m.kind = 'manifest', jsonb_each_text(m.text::jsonb -> 'reasons') as reason
    where r.entry = ${entry} and d.done_at is not null group by 1, 2 order by 3 desc, 1, 2`.execute(db)
  return rows
}

/** Units with a grant in force, and the median of the days from asking to answering. */
export async function useOf(db: Db, entry: Id, now: Moment): Promise<{ consumers: number; medianAnswerDays: number | null }> {
  const { rows } = await sql<{ consumers: number; medianAnswerDays: number | null }>`
    select count(distinct r.consumer) filter (where g.granted_at is not null and g.revoked_at is null and g.not_after > ${now}) as consumers,
      percentile_cont(0.5) within group (order by extract(epoch from coalesce(r.granted_at, r.refused_at) - r.asked_at)::float8 / 86400)
        filter (where coalesce(r.granted_at, r.refused_at) is not null) as median_answer_days
    from exchange.request r left join exchange."grant" g on g.request = r.id and g.granted_at is not null where r.entry = ${entry}`.execute(db)
  return rows[0]!
}

export async function deliveriesByState(db: Db, sight: Reach): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ state: string; n: number }>`
    select ${STATE} as state, count(*) as n from ${WITH_GRANT} where d.done_at is null and d.cancelled_at is null and ${visible(sight)} group by 1`.execute(db)
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}

export type Day = { day: LocalDate; rows: number; deliveries: number }

/** Rows and deliveries of each of the thirty days up to and including today, in the city's time. */
export async function lastDays(db: Db, sight: Reach, today: LocalDate): Promise<Day[]> {
  const { rows } = await sql<Day>`
    with done as (
      select (d.done_at at time zone 'Asia/Shanghai')::date as day, sum(d.loaded)::bigint as rows, count(*) as deliveries
      from ${WITH_GRANT} where d.done_at >= ${today}::date - 31 and ${visible(sight)} group by 1
    )
    select day::date as day, coalesce(done.rows, 0) as rows, coalesce(done.deliveries, 0) as deliveries
    from generate_series(${today}::date - 29, ${today}::date, interval '1 day') as day left join done using (day) order by 1`.execute(db)
  return rows
}
