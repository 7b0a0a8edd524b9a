/** The SQL of drafts. */
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Draft, DraftWish } from './draft.contract.ts'
import type { Db } from './tables.ts'

export async function findDraft(db: Db, person: Id): Promise<Draft | null> {
  return (await db.selectFrom('demand.draft').select(['wish', 'keptAt']).where('person', '=', person).executeTakeFirst()) ?? null
}

export async function keepDraft(db: Db, person: Id, wish: DraftWish, keptAt: Moment): Promise<Draft> {
  const kept = { wish: JSON.stringify(wish), keptAt }
  return db
    .insertInto('demand.draft')
    .values({ person, ...kept })
    .onConflict((conflict) => conflict.column('person').doUpdateSet(kept))
    .returning(['wish', 'keptAt'])
    .executeTakeFirstOrThrow()
}

export async function dropDraft(db: Db, person: Id): Promise<void> {
  await db.deleteFrom('demand.draft').where('person', '=', person).execute()
}
