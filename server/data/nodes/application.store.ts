/** The SQL of applications for front-end machines. */
import { type ColumnType, type Generated, type Insertable, type Kysely, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { ApplicationKind, ApplicationState, ApplicationStep, Area } from './application.contract.ts'

type Later<T> = ColumnType<T | null, T | null | undefined>
type ApplicationTable = {
  id: Id
  number: string
  unit: Id
  unitName: string
  unitDivision: string
  address: string
  contact: string
  phone: string
  kind: ApplicationKind
  area: Area
  nodeName: string
  nodePort: number
  system: string
  protection: number
  purpose: string
  appliedAt: Moment
  appliedBy: Id
  withdrawnAt: Later<Moment>
  approvedAt: Later<Moment>
  rejectedAt: Later<Moment>
  allocatedAt: Later<Moment>
  nodeIp: Later<string>
  signedAt: Later<Moment>
  node: Later<Id>
  recoveredAt: Later<Moment>
}
export type ApplicationRow = Selectable<ApplicationTable>
export type ApplicationTables = {
  'nodes.application': ApplicationTable
  'nodes.applicationStep': ApplicationStep & { n: Generated<number>; application: Id; by: Id }
}
type Db = Kysely<ApplicationTables>

export async function insertApplication(db: Db, application: Omit<Insertable<ApplicationTable>, 'number'>): Promise<ApplicationRow> {
  const number = sql<string>`${`QZ${application.appliedAt.slice(0, 4)}-`}::text || lpad(nextval('nodes.application_number')::text, 6, '0')`
  return db
    .insertInto('nodes.application')
    .values({ ...application, number })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function findApplication(db: Db, id: Id): Promise<ApplicationRow | undefined> {
  return db.selectFrom('nodes.application').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Holds the row until the transaction ends. */
export function lockApplication(db: Db, id: Id): Promise<ApplicationRow | undefined> {
  return db.selectFrom('nodes.application').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function changeApplication(db: Db, id: Id, change: Updateable<ApplicationTable>): Promise<ApplicationRow> {
  return db.updateTable('nodes.application').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

/** Whether another application that was not recovered stands on the node. */
export async function nodeServesOthers(db: Db, node: Id, application: Id): Promise<boolean> {
  const { rows } = await sql`select from nodes.application where node = ${node} and id <> ${application} and recovered_at is null`.execute(db)
  return rows.length > 0
}

export async function addApplicationStep(db: Db, step: Insertable<ApplicationTables['nodes.applicationStep']>): Promise<void> {
  await db.insertInto('nodes.applicationStep').values(step).execute()
}

export function applicationStepsOf(db: Db, application: Id): Promise<ApplicationStep[]> {
  return db.selectFrom('nodes.applicationStep').select(['at', 'act', 'byName', 'note']).where('application', '=', application).orderBy('n').execute()
}

const STATE = sql<ApplicationState>`case when a.withdrawn_at is not null then 'withdrawn' when a.rejected_at is not null then 'rejected'
  when a.recovered_at is not null then 'recovered' when a.signed_at is not null then 'signed' when a.allocated_at is not null then 'allocated'
  when a.approved_at is not null then 'approved' else 'applied' end`

export type ApplicationFilter = {
  sight: Reach
  state?: ApplicationState[] | undefined
  kind?: ApplicationKind | undefined
  area?: Area | undefined
  text?: string | undefined
}

function visible(sight: Reach): RawBuilder<boolean> {
  if (sight === 'everywhere') return sql`true`
  return sql<boolean>`(a.unit = any(${sight.units}::uuid[]) or a.unit_division like any(${sight.divisions.map((division) => `${division}%`)}::text[]))`
}

function wanted({ sight, state, kind, area, text }: ApplicationFilter): RawBuilder<boolean> {
  const part = `%${(text ?? '').replace(/[\\%_]/g, '\\$&')}%`
  const narrow = [
    visible(sight),
    state ? sql`${STATE} = any(${state}::text[])` : sql`true`,
    kind ? sql`a.kind = ${kind}` : sql`true`,
    area ? sql`a.area = ${area}` : sql`true`,
    text ? sql`concat_ws(' ', a.number, a.unit_name, a.node_name, a.system, host(a.node_ip)) ilike ${part}` : sql`true`,
  ]
  return sql<boolean>`${sql.join(narrow, sql` and `)}`
}

/** Newest first, after the application with this id. */
export async function applicationPage(db: Db, filter: ApplicationFilter, after: Id | undefined, limit: number): Promise<ApplicationRow[]> {
  const { rows } = await sql<ApplicationRow>`select a.* from nodes.application a where ${wanted(filter)} ${after ? sql`and a.id < ${after}` : sql``}
    order by a.id desc limit ${limit}`.execute(db)
  return rows
}

export async function applicationTotal(db: Db, filter: ApplicationFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from nodes.application a where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}

/** Counts by state, kind and area, each without its own narrowing. */
export async function applicationCounts(db: Db, filter: ApplicationFilter): Promise<Record<'state' | 'kind' | 'area', Record<string, number>>> {
  const by = async (value: RawBuilder<unknown>, without: ApplicationFilter): Promise<Record<string, number>> => {
    const { rows } = await sql<{ value: string; n: number }>`
      select ${value} as value, count(*) as n from nodes.application a where ${wanted(without)} group by 1`.execute(db)
    return Object.fromEntries(rows.map((row) => [row.value, row.n]))
  }
  return {
    state: await by(STATE, { ...filter, state: undefined }),
    kind: await by(sql`a.kind`, { ...filter, kind: undefined }),
    area: await by(sql`a.area`, { ...filter, area: undefined }),
  }
}
