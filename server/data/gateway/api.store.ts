/** The SQL of interfaces, versions and addresses. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { ApiHead } from './api.contract.ts'
import type { ApiRow, Db, Tables, UpstreamRow, VersionRow } from './tables.ts'

export function upstreams(db: Db, unit: Id | undefined): Promise<UpstreamRow[]> {
  const all = db.selectFrom('gateway.upstream').selectAll().where('withdrawnAt', 'is', null).orderBy('unitName').orderBy('name').orderBy('id')
  return (unit ? all.where('unit', '=', unit) : all).execute()
}
export function upstream(db: Db, id: Id): Promise<UpstreamRow | undefined> {
  return db.selectFrom('gateway.upstream').selectAll().where('id', '=', id).executeTakeFirst()
}
export function insertUpstream(db: Db, row: Insertable<Tables['gateway.upstream']>): Promise<UpstreamRow> {
  return db.insertInto('gateway.upstream').values(row).returningAll().executeTakeFirstOrThrow()
}
export function setCredential(db: Db, id: Id, header: string | null, sealed: string | null): Promise<UpstreamRow> {
  return db
    .updateTable('gateway.upstream')
    .set({ credentialHeader: header, credentialSealed: sealed })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
export function withdrawUpstream(db: Db, id: Id, at: Moment): Promise<UpstreamRow | undefined> {
  return db.updateTable('gateway.upstream').set({ withdrawnAt: at }).where('id', '=', id).where('withdrawnAt', 'is', null).returningAll().executeTakeFirst()
}

export async function insertApi(db: Db, row: Insertable<Tables['gateway.api']>): Promise<void> {
  await db.insertInto('gateway.api').values(row).execute()
}
export function findApi(db: Db, id: Id): Promise<ApiRow | undefined> {
  return db.selectFrom('gateway.api').selectAll().where('id', '=', id).executeTakeFirst()
}
/** Holds the interface until the transaction ends. */
export function lockApi(db: Db, id: Id): Promise<ApiRow | undefined> {
  return db.selectFrom('gateway.api').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function versions(db: Db, api: Id): Promise<VersionRow[]> {
  return db.selectFrom('gateway.version').selectAll().where('api', '=', api).orderBy('n', 'desc').execute()
}
export function findVersion(db: Db, api: Id, n: number): Promise<VersionRow | undefined> {
  return db.selectFrom('gateway.version').selectAll().where('api', '=', api).where('n', '=', n).executeTakeFirst()
}
export async function insertVersion(db: Db, row: Insertable<Tables['gateway.version']>): Promise<void> {
  await db.insertInto('gateway.version').values(row).execute()
}
export async function changeVersion(db: Db, { api, n }: Pick<VersionRow, 'api' | 'n'>, change: Updateable<Tables['gateway.version']>): Promise<void> {
  await db.updateTable('gateway.version').set(change).where('api', '=', api).where('n', '=', n).execute()
}

export type ApiFilter = { text: string; provider?: Id | undefined; id?: Id }
const head = sql`a.id, a.code, a.name, a.kind, a.provider, a.provider_name, a.entry, a.made_at,
  (select max(n) from gateway.version v where v.api = a.id and v.published_at is not null) as latest,
  (select count(*) from gateway.version v where v.api = a.id and v.published_at is not null and v.withdrawn_at is null) as live,
  exists (select from gateway.version v where v.api = a.id and v.published_at is null) as draft,
  (select count(distinct consumer) from gateway.access x where x.api = a.id and x.granted_at is not null and x.revoked_at is null) as consumers,
  (select coalesce(sum(calls), 0)::bigint from gateway.usage u where u.api = a.id and u.hour > now() - interval '7 days') as calls_of_week`

function wanted({ text, provider, id }: ApiFilter): RawBuilder<boolean> {
  const like = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  const own = provider ? sql`a.provider = ${provider}` : sql`exists (select from gateway.version v where v.api = a.id and v.published_at is not null)`
  return id ? sql<boolean>`a.id = ${id}` : sql<boolean>`${own} and (a.name ilike ${like} or a.code ilike ${like} or a.provider_name ilike ${like})`
}

/** By name, after the last of the page before. */
export async function apiPage(db: Db, filter: ApiFilter, after: [string, string] | undefined, limit: number): Promise<ApiHead[]> {
  const onward = after ? sql`and (a.name, a.id) > (${after[0]}, ${after[1]}::uuid)` : sql``
  const { rows } = await sql<ApiHead>`select ${head} from gateway.api a where ${wanted(filter)} ${onward} order by a.name, a.id limit ${limit}`.execute(db)
  return rows
}
export async function apiTotal(db: Db, filter: ApiFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from gateway.api a where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}
