/** The SQL of grants. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { GrantState } from './grant.contract.ts'
import { visible } from './sight.ts'
import type { Db, GrantRow, RequestRow, SignedGrantRow, Tables } from './tables.ts'

type Table = Tables['exchange.grant']
/** A signed grant with what its request says of the entry and the two units. */
export type GrantWithRequest = SignedGrantRow &
  Pick<RequestRow, 'entry' | 'entryName' | 'provider' | 'providerName' | 'providerDivision' | 'consumer' | 'consumerName' | 'consumerDivision' | 'wish'>

const COLUMNS = sql`g.*, r.entry, r.entry_name, r.provider, r.provider_name, r.provider_division, r.consumer, r.consumer_name, r.consumer_division, r.wish`
const FROM = sql`exchange."grant" g join exchange.request r on r.id = g.request`

/** The version that was prepared last for a request, whether or not it was signed. */
export function lastPrepared(db: Db, request: Id): Promise<GrantRow | undefined> {
  return db.selectFrom('exchange.grant').selectAll().where('request', '=', request).orderBy('version', 'desc').limit(1).executeTakeFirst()
}

export async function insertGrant(db: Db, grant: Insertable<Table>): Promise<void> {
  await db.insertInto('exchange.grant').values(grant).execute()
}

export async function changeGrant(db: Db, { id, version }: Pick<GrantRow, 'id' | 'version'>, change: Updateable<Table>): Promise<void> {
  await db.updateTable('exchange.grant').set(change).where('id', '=', id).where('version', '=', version).execute()
}

/** The signed version of a grant. */
export async function findGrant(db: Db, id: Id): Promise<GrantWithRequest | undefined> {
  const { rows } = await sql<GrantWithRequest>`select ${COLUMNS} from ${FROM} where g.id = ${id} and g.granted_at is not null`.execute(db)
  return rows[0]
}

/** As `findGrant`; holds the grant until the transaction ends, so that nothing begins under it while it is being revoked. */
export async function lockGrant(db: Db, id: Id): Promise<GrantWithRequest | undefined> {
  const { rows } = await sql<GrantWithRequest>`select ${COLUMNS} from ${FROM} where g.id = ${id} and g.granted_at is not null for update of g`.execute(db)
  return rows[0]
}

export type GrantFilter = { sight: Reach; entry?: Id | undefined; state?: GrantState | undefined; now: Moment }

const STATES: Record<GrantState, (now: Moment) => RawBuilder<boolean>> = {
  revoked: () => sql`g.revoked_at is not null`,
  expired: (now) => sql`g.revoked_at is null and g.not_after <= ${now}`,
  not_yet: (now) => sql`g.revoked_at is null and g.not_before > ${now}`,
  in_force: (now) => sql`g.revoked_at is null and g.not_before <= ${now} and g.not_after > ${now}`,
}

function wanted({ sight, entry, state, now }: GrantFilter): RawBuilder<boolean> {
  return sql`g.granted_at is not null and ${visible(sight)} ${entry ? sql`and r.entry = ${entry}` : sql``} ${state ? sql`and ${STATES[state](now)}` : sql``}`
}

/** Newest first, after the grant with this id. */
export async function grantPage(db: Db, filter: GrantFilter, after: Id | undefined, limit: number): Promise<GrantWithRequest[]> {
  const { rows } = await sql<GrantWithRequest>`
    select ${COLUMNS} from ${FROM} where ${wanted(filter)} ${after ? sql`and g.id < ${after}` : sql``} order by g.id desc limit ${limit}`.execute(db)
  return rows
}

export async function grantTotal(db: Db, filter: GrantFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${FROM} where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}

/** The grants to a consumer that are neither revoked nor run out. */
export async function grantsInForceOf(db: Db, consumer: Id, now: Moment): Promise<{ id: Id }[]> {
  const { rows } = await sql<{ id: Id }>`
    select g.id from ${FROM} where r.consumer = ${consumer} and g.granted_at is not null and g.revoked_at is null and g.not_after > ${now} order by g.id`.execute(
    db,
  )
  return rows
}
