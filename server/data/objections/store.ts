/** The SQL of this module, on its own tables only. */
import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id } from '../../kernel/contract.ts'
import type { Attachment, ObjectionKind, ObjectionState, ObjectionStep } from './contract.ts'
import type { Sight } from './sight.ts'
import type { Db, ObjectionRow, Tables } from './tables.ts'

type Table = Tables['objections.objection']

export async function insert(db: Db, { raisedAt, ...objection }: Omit<Insertable<Table>, 'number'>): Promise<ObjectionRow> {
  const number = sql<string>`${`YY${raisedAt.slice(0, 4)}-`}::text || lpad(nextval('objections.objection_number')::text, 6, '0')`
  return db
    .insertInto('objections.objection')
    .values({ ...objection, raisedAt, number })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function find(db: Db, id: Id): Promise<ObjectionRow | undefined> {
  return db.selectFrom('objections.objection').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Holds the row until the transaction ends: of two acts at once the second sees the first. */
export function lock(db: Db, id: Id): Promise<ObjectionRow | undefined> {
  return db.selectFrom('objections.objection').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function change(db: Db, id: Id, change: Updateable<Table>): Promise<ObjectionRow> {
  return db.updateTable('objections.objection').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

export async function addStep(db: Db, step: Insertable<Tables['objections.step']>): Promise<void> {
  await db.insertInto('objections.step').values(step).execute()
}

export function stepsOf(db: Db, objection: Id): Promise<ObjectionStep[]> {
  return db.selectFrom('objections.step').select(['at', 'act', 'byName', 'note']).where('objection', '=', objection).orderBy('n').execute()
}

export async function keepAttachment(db: Db, attachment: Tables['objections.attachment']): Promise<void> {
  await db.insertInto('objections.attachment').values(attachment).execute()
}

/** What is attached, without its bytes. */
export function attachmentOf(db: Db, objection: Id): Promise<Attachment | undefined> {
  return db.selectFrom('objections.attachment').select(['name', 'type', 'bytes', 'digest']).where('objection', '=', objection).executeTakeFirst()
}

export function wholeAttachment(db: Db, objection: Id): Promise<Tables['objections.attachment'] | undefined> {
  return db.selectFrom('objections.attachment').selectAll().where('objection', '=', objection).executeTakeFirst()
}

const STATE = sql<ObjectionState>`case when o.withdrawn_at is not null then 'withdrawn' when o.rejected_at is not null then 'rejected'
  when o.failed_at is not null then 'failed' when o.rated_at is not null then 'rated' when o.answered_at is not null then 'answered'
  when o.accepted_at is not null then 'handling' else 'review' end`

export type Filter = {
  sight: Sight
  raiser?: Id | undefined
  handler?: Id | undefined
  state?: ObjectionState[] | undefined
  kind?: ObjectionKind | undefined
  about?: Id | undefined
}

function wanted({ sight, raiser, handler, state, kind, about }: Filter): RawBuilder<boolean> {
  const narrow = [
    visible(sight),
    raiser ? sql`o.raiser = ${raiser}` : sql`true`,
    handler ? sql`o.handler = ${handler}` : sql`true`,
    state ? sql`${STATE} = any(${state}::text[])` : sql`true`,
    kind ? sql`o.kind = ${kind}` : sql`true`,
    about ? sql`o.subject = ${about}` : sql`true`,
  ]
  return sql<boolean>`${sql.join(narrow, sql` and `)}`
}

function visible({ parties, reviewing }: Sight): RawBuilder<boolean> {
  if (reviewing === 'everywhere') return sql`true`
  const divisions = reviewing.divisions.map((division) => `${division}%`)
  return sql<boolean>`(o.raiser = any(${parties}::uuid[]) or o.handler = any(${parties}::uuid[]) or o.against = any(${reviewing.units}::uuid[])
    or o.against_division like any(${divisions}::text[]))`
}

/** Newest first, after the objection with this id. */
export async function page(db: Db, filter: Filter, after: Id | undefined, limit: number): Promise<ObjectionRow[]> {
  const { rows } = await sql<ObjectionRow>`select o.* from objections.objection o where ${wanted(filter)} ${after ? sql`and o.id < ${after}` : sql``}
    order by o.id desc limit ${limit}`.execute(db)
  return rows
}

export async function total(db: Db, filter: Filter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from objections.objection o where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}
