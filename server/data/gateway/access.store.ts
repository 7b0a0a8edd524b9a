/** The SQL of applications, grants, keys and what was called. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { AccessState } from './access.contract.ts'
import { type Side, visible } from './sight.ts'
import type { AccessRow, ApiRow, ConsumerKeyRow, Db, Tables } from './tables.ts'

/** An application with what its interface says and how it was used. */
export type AccessWithApi = AccessRow & { apiCode: string; apiName: string; kind: ApiRow['kind']; usedToday: number; lastUsedAt: Moment | null }

const COLUMNS = (today: LocalDate) => sql`a.*, i.code as api_code, i.name as api_name, i.kind,
  coalesce((select sum(u.calls) from gateway.usage u where u.access = a.id and u.hour >= ${`${today}T00:00:00+08:00`}::timestamptz), 0)::bigint as used_today,
  (select max(u.last_at) from gateway.usage u where u.access = a.id) as last_used_at`
const FROM = sql`gateway.access a join gateway.api i on i.id = a.api`

export async function insertAccess(db: Db, row: Omit<Insertable<Tables['gateway.access']>, 'number'>, today: LocalDate): Promise<void> {
  const { rows } = await sql<{ n: number }>`select nextval('gateway.access_number') as n`.execute(db)
  const number = `JK${today.replaceAll('-', '')}${String(rows[0]?.n ?? 0).padStart(5, '0')}`
  await db
    .insertInto('gateway.access')
    .values({ ...row, number })
    .execute()
}
export async function findAccess(db: Db, id: Id, today: LocalDate): Promise<AccessWithApi | undefined> {
  const { rows } = await sql<AccessWithApi>`select ${COLUMNS(today)} from ${FROM} where a.id = ${id}`.execute(db)
  return rows[0]
}
/** Holds the application until the transaction ends. */
export function lockAccess(db: Db, id: Id): Promise<AccessRow | undefined> {
  return db.selectFrom('gateway.access').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}
export async function changeAccess(db: Db, id: Id, change: Updateable<Tables['gateway.access']>): Promise<void> {
  await db.updateTable('gateway.access').set(change).where('id', '=', id).execute()
}
/** The grant in force that a new one takes the place of. */
export function grantStanding(db: Db, { api, n, consumer }: Pick<AccessRow, 'api' | 'n' | 'consumer'>): Promise<AccessRow | undefined> {
  return db
    .selectFrom('gateway.access')
    .selectAll()
    .where('api', '=', api)
    .where('n', '=', n)
    .where('consumer', '=', consumer)
    .where('grantedAt', 'is not', null)
    .where('revokedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}
export function grantsOf(db: Db, api: Id, n: number): Promise<AccessRow[]> {
  return db
    .selectFrom('gateway.access')
    .selectAll()
    .where('api', '=', api)
    .where('n', '=', n)
    .where('grantedAt', 'is not', null)
    .where('revokedAt', 'is', null)
    .execute()
}

export type AccessFilter = { sight: Reach; side?: Side | undefined; api?: Id | undefined; state?: AccessState | undefined; now: Moment }
const STATES: Record<AccessState, (now: Moment) => RawBuilder<boolean>> = {
  withdrawn: () => sql`a.withdrawn_at is not null`,
  refused: () => sql`a.refused_at is not null`,
  waiting: () => sql`num_nonnulls(a.withdrawn_at, a.refused_at, a.granted_at) = 0`,
  revoked: () => sql`a.revoked_at is not null`,
  expired: (now) => sql`a.granted_at is not null and a.revoked_at is null and a.not_after <= ${now}`,
  not_yet: (now) => sql`a.granted_at is not null and a.revoked_at is null and a.not_before > ${now}`,
  in_force: (now) => sql`a.granted_at is not null and a.revoked_at is null and a.not_before <= ${now} and a.not_after > ${now}`,
}
function wanted({ sight, side, api, state, now }: AccessFilter): RawBuilder<boolean> {
  return sql`${visible(sight, side)} ${api ? sql`and a.api = ${api}` : sql``} ${state ? sql`and ${STATES[state](now)}` : sql``}`
}
/** Newest first, after the one with this id. */
export async function accessPage(db: Db, filter: AccessFilter, today: LocalDate, after: Id | undefined, limit: number): Promise<AccessWithApi[]> {
  const onward = after ? sql`and a.id < ${after}` : sql``
  const { rows } = await sql<AccessWithApi>`select ${COLUMNS(today)} from ${FROM} where ${wanted(filter)} ${onward} order by a.id desc limit ${limit}`.execute(
    db,
  )
  return rows
}
export async function accessTotal(db: Db, filter: AccessFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${FROM} where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}
/** Grants in force since before a moment by which nobody called since. */
export async function unusedGrants(db: Db, sight: Reach, since: Moment, now: Moment, today: LocalDate): Promise<AccessWithApi[]> {
  const { rows } = await sql<AccessWithApi>`
    select ${COLUMNS(today)} from ${FROM} where ${visible(sight)} and ${STATES.in_force(now)} and a.granted_at < ${since}
      and not exists (select from gateway.usage u where u.access = a.id and u.last_at >= ${since}) order by a.granted_at limit 500`.execute(db)
  return rows
}

export function keysOf(db: Db, unit: Id): Promise<ConsumerKeyRow[]> {
  return db.selectFrom('gateway.consumerKey').selectAll().where('unit', '=', unit).orderBy('madeAt', 'desc').orderBy('id').execute()
}
export function findKey(db: Db, id: string): Promise<ConsumerKeyRow | undefined> {
  return db.selectFrom('gateway.consumerKey').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}
export function insertKey(db: Db, row: Insertable<Tables['gateway.consumerKey']>): Promise<ConsumerKeyRow> {
  return db.insertInto('gateway.consumerKey').values(row).returningAll().executeTakeFirstOrThrow()
}
export function revokeKey(db: Db, id: string, at: Moment): Promise<ConsumerKeyRow> {
  return db
    .updateTable('gateway.consumerKey')
    .set(({ fn, val }) => ({ revokedAt: fn.coalesce('revokedAt', val(at)) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
