/** The SQL of the negative list. */
import { type Insertable, sql, type Updateable } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { NegativeState } from './list.contract.ts'
import type { Db, NegativeRow, NegativeTable } from './tables.ts'

export type NegativeWithNeed = NegativeRow & { need: Id | null }

/** Proposes an item; undefined where it is proposed or listed already and `quiet` is asked for. */
export async function insertNegative(db: Db, negative: Omit<Insertable<NegativeTable>, 'number'>, quiet = false): Promise<NegativeRow | undefined> {
  const number = sql<string>`${`FM${negative.proposedAt.slice(0, 4)}-`}::text || lpad(nextval('demand.negative_number')::text, 6, '0')`
  const insert = db.insertInto('demand.negative').values({ ...negative, number })
  return (quiet ? insert.onConflict((conflict) => conflict.doNothing()) : insert).returningAll().executeTakeFirst()
}

const FROM = sql`demand.negative g left join demand.item i on i.id = g.source`
const STATE = sql<NegativeState>`case when g.lifted_at is not null then 'lifted' when g.rejected_at is not null then 'rejected'
  when g.approved_at is not null then 'listed' else 'candidate' end`

export async function findNegative(db: Db, id: Id): Promise<NegativeWithNeed | undefined> {
  const { rows } = await sql<NegativeWithNeed>`select g.*, i.need from ${FROM} where g.id = ${id}`.execute(db)
  return rows[0]
}

/** Holds the row until the transaction ends. */
export async function lockNegative(db: Db, id: Id): Promise<NegativeRow | undefined> {
  return db.selectFrom('demand.negative').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function changeNegative(db: Db, id: Id, change: Updateable<NegativeTable>): Promise<void> {
  await db.updateTable('demand.negative').set(change).where('id', '=', id).execute()
}

export async function negatives(db: Db, state: readonly NegativeState[] | undefined): Promise<NegativeWithNeed[]> {
  const { rows } = await sql<NegativeWithNeed>`select g.*, i.need from ${FROM}
    ${state ? sql`where ${STATE} = any(${[...state]}::text[])` : sql``} order by g.id desc`.execute(db)
  return rows
}

export async function toReview(db: Db, today: LocalDate): Promise<NegativeRow[]> {
  const { rows } = await sql<NegativeRow>`select g.* from demand.negative g where g.approved_at is not null and g.lifted_at is null
    and g.review_on <= ${today}::date order by g.id`.execute(db)
  return rows
}
