/** The SQL of captures: their signed periods, and what of an ended one still waits at its source. */
import type { Signed } from '@zhenghe/wire/documents.ts'
import { sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Db, Tables } from './tables.ts'

export type PeriodDocument = Tables['exchange.capturePeriod']

/** In place of one handed in before. */
export async function keepPeriod(
  db: Db,
  { delivery, n, kind, ...signed }: { delivery: Id; n: number; kind: PeriodDocument['kind']; at: Moment } & Signed,
): Promise<void> {
  await db
    .insertInto('exchange.capturePeriod')
    .values({ delivery, n, kind, ...signed })
    .onConflict((before) => before.columns(['delivery', 'n', 'kind']).doUpdateSet(signed))
    .execute()
}

export function periodDocuments(db: Db, delivery: Id, n: number): Promise<PeriodDocument[]> {
  return db.selectFrom('exchange.capturePeriod').selectAll().where('delivery', '=', delivery).where('n', '=', n).execute()
}

/** Both documents of so many periods, newest first, of those before a number. */
export async function periodPage(db: Db, delivery: Id, before: number | undefined, limit: number): Promise<PeriodDocument[]> {
  const { rows } = await sql<PeriodDocument>`
    select * from exchange.capture_period p where p.delivery = ${delivery} and p.n in (
      select distinct n from exchange.capture_period where delivery = ${delivery} ${before === undefined ? sql`` : sql`and n < ${before}`} order by n desc limit ${limit})
    order by p.n desc, p.kind`.execute(db)
  return rows
}

export async function periodTotal(db: Db, delivery: Id): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(distinct n) as n from exchange.capture_period where delivery = ${delivery}`.execute(db)
  return rows[0]?.n ?? 0
}

/** Captures of a sending node that will not go on: cancelled, or stopped and followed by another. `store`: the node's name for the source. */
export async function capturesToDrop(db: Db, node: Id): Promise<{ id: Id; store: string }[]> {
  const { rows } = await sql<{ id: Id; store: string }>`
    select d.id, g.text::jsonb -> 'source' ->> 'id' as store from exchange.delivery d
    join exchange.subscription s on s.id = d.subscription
    join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
    where d.sender = ${node} and d.mode = 'capture' and d.dropped_at is null and (d.cancelled_at is not null or d.stopped_at is not null)
      and (d.cancelled_at is not null
        or d.stopped_at is not null and (s.stopped_at is not null or exists (select from exchange.delivery n where n.subscription = d.subscription and n.id <> d.id and n.ordered_at >= d.ordered_at)))
    order by d.id limit 50`.execute(db)
  return rows
}
