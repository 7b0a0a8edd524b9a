/** The SQL of reconciliations. */
import { type Insertable, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import { type EndingOf, subscriptionsOf } from './subscription.store.ts'
import type { Db, ReconciliationRow, Tables } from './tables.ts'

type Table = Tables['exchange.reconciliation']
const MOST_SHOWN = 200

/** The constraint `reconciliation_running_once` refuses a second one while one is under way. */
export function insertReconciliation(db: Db, reconciliation: Insertable<Table>): Promise<ReconciliationRow> {
  return db.insertInto('exchange.reconciliation').values(reconciliation).returningAll().executeTakeFirstOrThrow()
}

/** Holds the row until the transaction ends. */
export function lockReconciliation(db: Db, id: Id): Promise<ReconciliationRow | undefined> {
  return db.selectFrom('exchange.reconciliation').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function findReconciliation(db: Db, id: Id): Promise<ReconciliationRow | undefined> {
  return db.selectFrom('exchange.reconciliation').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function changeReconciliation(db: Db, id: Id, change: Updateable<Table>): Promise<void> {
  await db.updateTable('exchange.reconciliation').set(change).where('id', '=', id).execute()
}

/** Newest first. */
export function reconciliationsOf(db: Db, subscription: Id): Promise<ReconciliationRow[]> {
  return db.selectFrom('exchange.reconciliation').selectAll().where('subscription', '=', subscription).orderBy('id', 'desc').limit(MOST_SHOWN).execute()
}

export async function reconciliationOpen(db: Db, subscription: Id): Promise<boolean> {
  const open = await db.selectFrom('exchange.reconciliation').select('id').where('subscription', '=', subscription).where('endedAt', 'is', null).execute()
  return open.length > 0
}

export async function failOpenReconciliations(db: Db, of: EndingOf, now: Moment, reason: string): Promise<void> {
  await sql`update exchange.reconciliation set ended_at = ${now}, trouble = ${reason} where ended_at is null and subscription in (${subscriptionsOf(of)})`.execute(
    db,
  )
}
