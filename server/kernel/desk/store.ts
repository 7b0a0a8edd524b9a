import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import type { Id, LocalDate, Moment } from '../contract.ts'
import type { KernelTables } from '../database.ts'
import type { Actor } from '../module.ts'
import type { DeadLetter } from './contract.ts'

type Db = Kysely<KernelTables>
type Line = KernelTables['kernel.ledger']

/** Items for the person, and for whoever holds their right in the person's unit or in a unit they hold it for. */
export function todosOf(db: Db, { id, unit, holdings }: Actor): Promise<KernelTables['kernel.todo'][]> {
  const here = holdings
    .map((holding) => ({ right: holding.right, unit: holding.unit ?? unit }))
    .filter((pair): pair is { right: string; unit: Id } => pair.unit !== null)
  return db
    .selectFrom('kernel.todo')
    .selectAll()
    .where('doneAt', 'is', null)
    .where(
      sql<boolean>`(person = ${id} or (unit, "right") in (select * from unnest(${here.map((pair) => pair.unit)}::uuid[], ${here.map((pair) => pair.right)}::text[])))`,
    )
    .limit(500)
    .execute()
}

type LedgerFilter = {
  from?: Moment | undefined
  to?: Moment | undefined
  actor?: Id | undefined
  endpoint?: string | undefined
  outcome?: string | undefined
  subject?: string | undefined
}

function filtered<O>(query: SelectQueryBuilder<KernelTables, 'kernel.ledger', O>, { from, to, actor, endpoint, outcome, subject }: LedgerFilter) {
  let chosen = query
  if (from) chosen = chosen.where('at', '>=', from)
  if (to) chosen = chosen.where('at', '<', to)
  if (actor) chosen = chosen.where('actor', '=', actor)
  if (endpoint) chosen = chosen.where(sql<boolean>`endpoint ilike ${`%${endpoint.replace(/[\\%_]/g, '\\$&')}%`}`)
  if (outcome === 'refused') chosen = chosen.where('outcome', '<>', 'done')
  else if (outcome) chosen = chosen.where('outcome', '=', outcome)
  if (subject) chosen = chosen.where(sql<boolean>`subjects @> array[${subject}]`)
  return chosen
}

export function ledgerPage(db: Db, filter: LedgerFilter, after: readonly [string, number, number] | undefined, limit: number): Promise<Line[]> {
  let query = filtered(db.selectFrom('kernel.ledger').selectAll(), filter)
  if (after) query = query.where(sql<boolean>`(at, chain, seq) < (${after[0]}::timestamptz, ${after[1]}::smallint, ${after[2]}::bigint)`)
  return query.orderBy('at', 'desc').orderBy('chain', 'desc').orderBy('seq', 'desc').limit(limit).execute()
}

export async function ledgerTotal(db: Db, filter: LedgerFilter): Promise<number> {
  const { n } = await filtered(db.selectFrom('kernel.ledger').select(sql<number>`count(*)`.as('n')), filter).executeTakeFirstOrThrow()
  return n
}

export const linesAbout = (db: Db, subject: string): Promise<Line[]> =>
  db.selectFrom('kernel.ledger').selectAll().where(sql<boolean>`subjects @> array[${subject}]`).orderBy('at').limit(500).execute()

export const line = (db: Db, chain: number, seq: number): Promise<Line | undefined> =>
  db.selectFrom('kernel.ledger').selectAll().where('chain', '=', chain).where('seq', '=', seq).executeTakeFirst()

export const calendarOf = (db: Db, year: number) =>
  db
    .selectFrom('kernel.calendarDay')
    .select(['day', 'kind', 'note'])
    .where('day', '>=', `${year}-01-01`)
    .where('day', '<', `${year + 1}-01-01`)
    .orderBy('day')
    .execute()

export async function setCalendar(db: Db, year: number, days: readonly { day: LocalDate; kind: 'holiday' | 'workday'; note: string }[]): Promise<void> {
  await db
    .deleteFrom('kernel.calendarDay')
    .where('day', '>=', `${year}-01-01`)
    .where('day', '<', `${year + 1}-01-01`)
    .execute()
  if (days.length > 0)
    await db
      .insertInto('kernel.calendarDay')
      .values(days.map((day) => ({ ...day, source: 'entered' })))
      .execute()
}

/** A dead letter with the event it was to read, where it was to read one. */
export type DeadRow = Omit<DeadLetter, 'summary'> & { eventId: Id | null; payload: unknown }
const MOST_DEAD = 500

/** The oldest first; only those named, where some are. */
export async function deadLetters(db: Db, ids?: readonly string[]): Promise<DeadRow[]> {
  const { rows } = await sql<DeadRow>`
    select j.id::text, t.identifier as task, j.payload->>'reader' as reader, o.name as event, j.attempts, left(coalesce(j.last_error, ''), 2000) as error,
      j.created_at as since, j.payload->>'event' as event_id, o.payload
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    left join kernel.outbox o on o.id::text = j.payload->>'event' and o.at = (j.payload->>'at')::timestamptz
    where j.attempts >= j.max_attempts and j.locked_at is null ${ids ? sql`and j.id = any(${ids}::bigint[])` : sql``}
    order by j.created_at limit ${MOST_DEAD}`.execute(db)
  return rows
}

/** Puts jobs back in the queue; answers how many. */
export async function tryAgain(db: Db, ids: readonly string[]): Promise<number> {
  const { rows } = await sql`select id from graphile_worker.reschedule_jobs(${ids}::bigint[], run_at => now(), attempts => 0)`.execute(db)
  return rows.length
}

/** Takes jobs out of the queue; answers how many. */
export async function giveUp(db: Db, ids: readonly string[]): Promise<number> {
  const { rows } = await sql`select id from graphile_worker.complete_jobs(${ids}::bigint[])`.execute(db)
  return rows.length
}
