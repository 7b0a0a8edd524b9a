/** The SQL of requests and their steps. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { RequestState, RequestStep } from './request.contract.ts'
import { type Side, visible } from './sight.ts'
import type { Db, RequestRow, SignedGrantRow, Tables } from './tables.ts'

type Table = Tables['exchange.request']

export async function insertRequest(db: Db, { askedAt, ...request }: Omit<Insertable<Table>, 'number'>): Promise<RequestRow> {
  const number = sql<string>`${`GX${askedAt.slice(0, 4)}-`}::text || lpad(nextval('exchange.request_number')::text, 6, '0')`
  return db
    .insertInto('exchange.request')
    .values({ ...request, askedAt, number })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function findRequest(db: Db, id: Id): Promise<RequestRow | undefined> {
  return db.selectFrom('exchange.request').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Holds the row until the transaction ends: of two answers at once the second sees the first. */
export function lockRequest(db: Db, id: Id): Promise<RequestRow | undefined> {
  return db.selectFrom('exchange.request').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function changeRequest(db: Db, id: Id, change: Updateable<Table>): Promise<RequestRow> {
  return db.updateTable('exchange.request').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

export async function addStep(db: Db, step: Insertable<Tables['exchange.requestStep']>): Promise<void> {
  await db.insertInto('exchange.requestStep').values(step).execute()
}

export function stepsOf(db: Db, request: Id): Promise<RequestStep[]> {
  return db.selectFrom('exchange.requestStep').select(['at', 'act', 'byName', 'note']).where('request', '=', request).orderBy('n').execute()
}

export type RequestFilter = { sight: Reach; side: Side | undefined; state?: RequestState[] | undefined; entry?: Id | undefined }
/** The last day of the clock that runs, far in the future where none does; then the request. */
export type RequestCursor = [urgency: LocalDate, id: Id]

const URGENCY = sql<LocalDate>`case when d.ended_on is null then d.due_on else date '9999-12-31' end`
const STATE = sql<RequestState>`case when r.withdrawn_at is not null then 'withdrawn' when r.refused_at is not null then 'refused'
  when r.granted_at is not null then 'granted' when r.supplement <> '{}' then 'supplement' else 'waiting' end`

function wanted({ sight, side, state, entry }: RequestFilter): RawBuilder<boolean> {
  const states = state ? sql`and ${STATE} = any(${state}::text[])` : sql``
  return sql`${visible(sight, side)} ${states} ${entry ? sql`and r.entry = ${entry}` : sql``}`
}

export async function requestPage(
  db: Db,
  filter: RequestFilter,
  after: RequestCursor | undefined,
  limit: number,
): Promise<(RequestRow & { urgency: LocalDate })[]> {
  const place = after ? sql`and (${URGENCY} > ${after[0]}::date or ${URGENCY} = ${after[0]}::date and r.id < ${after[1]})` : sql``
  const { rows } = await sql<RequestRow & { urgency: LocalDate }>`
    select r.*, ${URGENCY} as urgency from exchange.request r join kernel.deadline d on d.id = r.clock
    where ${wanted(filter)} ${place} order by ${URGENCY}, r.id desc limit ${limit}`.execute(db)
  return rows
}

export async function requestTotal(db: Db, filter: RequestFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from exchange.request r where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}

export type RequestOfGrant = { request: Id; consumer: Id; entryName: string }
/** Requests on an entry that are open, or whose grant is in force. */
export async function liveRequestsOn(db: Db, entry: Id, now: string): Promise<RequestOfGrant[]> {
  const { rows } = await sql<RequestOfGrant>`
    select r.id as request, r.consumer, r.entry_name from exchange.request r
    left join exchange."grant" g on g.request = r.id and g.granted_at is not null
    where r.entry = ${entry} and r.refused_at is null and r.withdrawn_at is null and g.revoked_at is null and (g.id is null or g.not_after > ${now})`.execute(
    db,
  )
  return rows
}

/** The signed grants of requests. */
export function grantsOfRequests(db: Db, requests: readonly Id[]): Promise<SignedGrantRow[]> {
  return db
    .selectFrom('exchange.grant')
    .selectAll()
    .where('request', 'in', [...requests])
    .where('grantedAt', 'is not', null)
    .execute() as Promise<SignedGrantRow[]>
}
