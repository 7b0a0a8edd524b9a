/** The SQL of reconciliations. */
import { type Insertable, sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import { FOLLOWED } from './delivery.store.ts'
import { type EndingOf, subscriptionsOf } from './subscription.store.ts'
import type { Db, ReconciliationRow, Tables } from './tables.ts'

type Table = Tables['exchange.reconciliation']
const MOST_SHOWN = 200

/** The constraints `reconciliation_running_once` and `mending_asked_once` refuse a second one while one is under way, or waits for approval. */
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

/** Whether one is under way; a mending that waits for approval hinders nothing. */
export async function reconciliationOpen(db: Db, subscription: Id): Promise<boolean> {
  const open = await db
    .selectFrom('exchange.reconciliation')
    .select('id')
    .where('subscription', '=', subscription)
    .where('endedAt', 'is', null)
    .where((either) => either.or([either('mend', '=', false), either('approvedAt', 'is not', null)]))
    .execute()
  return open.length > 0
}

const AT_ONCE = 200
/** Subscriptions whose table is to be compared now and is free, under a grant and nodes in force; the longest due first. */
export async function dueReconciliations(db: Db, now: Moment): Promise<{ id: Id }[]> {
  const { rows } = await sql<{ id: Id }>`
    select s.id from exchange.subscription s
    join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
    join nodes_pub.node p on p.id = g.provider_node and p.state = 'active'
    join nodes_pub.node c on c.id = g.consumer_node and c.state = 'active'
    where s.next_reconcile_at <= ${now} and s.stopped_at is null and g.revoked_at is null and g.not_before <= ${now} and g.not_after > ${now}
      and exists (select from exchange.delivery d where d.subscription = s.id and (d.done_at is not null or ${FOLLOWED}))
      and not exists (select from exchange.delivery d where d.subscription = s.id and d.done_at is null and d.stopped_at is null and d.cancelled_at is null and not ${FOLLOWED})
      and not exists (select from exchange.reconciliation n where n.subscription = s.id and n.ended_at is null and (not n.mend or n.approved_at is not null))
    order by s.next_reconcile_at limit ${AT_ONCE}`.execute(db)
  return rows
}

/** The last delivery that was done before a moment. */
export async function deliveryBefore(db: Db, subscription: Id, moment: Moment): Promise<{ id: Id; number: string } | undefined> {
  const { rows } = await sql<{ id: Id; number: string }>`
    select d.id, d.number from exchange.delivery d where d.subscription = ${subscription} and d.done_at <= ${moment} order by d.done_at desc limit 1`.execute(
    db,
  )
  return rows[0]
}

export async function failOpenReconciliations(db: Db, of: EndingOf, now: Moment, reason: string): Promise<void> {
  await sql`update exchange.reconciliation set ended_at = ${now}, trouble = ${reason} where ended_at is null and subscription in (${subscriptionsOf(of)})`.execute(
    db,
  )
}
