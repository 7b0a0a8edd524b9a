import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { documentsOf, everLoaded, hindranceToComparing } from './delivery.store.ts'
import { balance, evidenceOf } from './delivery.view.ts'
import type { Reconciliation, reconciliationEndpoints } from './reconciliation.contract.ts'
import { nextReconciliation, nothingToMend, stateOfReconciliation } from './reconciliation.rules.ts'
import * as store from './reconciliation.store.ts'
import { type Context, demandAt, sees, sightOf } from './sight.ts'
import { demandOpen, lock } from './subscription.actions.ts'
import { changeSubscription, findSubscription, type SubscriptionWithGrant } from './subscription.store.ts'
import type { ReconciliationRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
type Wanted = Pick<Reconciliation, 'scope' | 'mend'>

export const reconciliationActions: Actions<typeof reconciliationEndpoints, Tables> = {
  async reconcile(ctx, { id, scope }) {
    const found = demandAt(ctx, 'exchange.receive', await lock(ctx, id), 'consumer')
    if (scope === 'versions' && !found.hasCursor) refuse('exchange.no_cursor')
    await demandComparable(ctx, found)
    return asReconciliation(await orderReconciliation(ctx, found, { scope, mend: false }))
  },

  async askMending(ctx, { id }) {
    const found = demandAt(ctx, 'exchange.receive', await lock(ctx, id), 'consumer')
    await demandComparable(ctx, found)
    const [last] = await store.reconciliationsOf(ctx.db, id)
    if (last && nothingToMend(last, found.lastDoneAt)) refuse('exchange.nothing_to_mend')
    const asked = await orderReconciliation(ctx, found, { scope: 'full', mend: true })
    const to = { unit: found.consumer, right: 'exchange.approve_mending' }
    await putTodo(ctx, { kind: 'exchange.approve_mending', subject: asked.id, to, params: { entry: found.entryName } })
    return asReconciliation(asked)
  },

  async approveMending(ctx, { id }) {
    const { row, found } = await demandAsked(ctx, id)
    await demandComparable(ctx, found)
    await store.changeReconciliation(ctx.db, id, { approvedAt: ctx.now, approvedBy: ctx.actor.id })
    await doneTodo(ctx, id, 'exchange.approve_mending')
    return asReconciliation({ ...row, approvedAt: ctx.now, approvedBy: ctx.actor.id })
  },

  async declineMending(ctx, { id, reason }) {
    const { row } = await demandAsked(ctx, id)
    const declined = { declinedAt: ctx.now, declineReason: reason, endedAt: ctx.now }
    await store.changeReconciliation(ctx.db, id, declined)
    await doneTodo(ctx, id, 'exchange.approve_mending')
    return asReconciliation({ ...row, ...declined })
  },

  async scheduleReconciliation(ctx, { id, schedule }) {
    const found = demandAt(ctx, 'exchange.receive', await lock(ctx, id), 'consumer')
    if (found.stoppedAt) refuse('exchange.wrong_state', { state: 'stopped' })
    if (schedule.kind !== 'never' && schedule.scope === 'versions' && !found.hasCursor) refuse('exchange.no_cursor')
    const next = nextReconciliation(schedule, ctx.now)
    await changeSubscription(ctx.db, id, { reconcileSchedule: JSON.stringify(schedule), nextReconcileAt: next })
    ctx.about('exchange.subscription', id)
    return { schedule, next }
  },

  async reconciliations(ctx, { id }) {
    const found = await findSubscription(ctx.db, id)
    if (!found || !sees(sightOf(ctx), found)) return refuse('exchange.unknown')
    return (await store.reconciliationsOf(ctx.db, id)).map(asReconciliation)
  },

  async reconciliationById(ctx, { id }) {
    const row = (await store.findReconciliation(ctx.db, id)) ?? refuse('exchange.unknown')
    const found = await findSubscription(ctx.db, row.subscription)
    if (!found || !sees(sightOf(ctx), found)) return refuse('exchange.unknown')
    const delivery = (await store.deliveryBefore(ctx.db, row.subscription, row.runningSince ?? row.orderedAt)) ?? null
    return {
      ...asReconciliation(row),
      ...{ entryName: found.entryName, consumer: found.consumer, providerName: found.providerName, consumerName: found.consumerName },
      target: { store: found.store, schema: found.targetSchema, table: found.targetTable },
      startedAt: row.runningSince,
      balance: delivery && balance(evidenceOf(await documentsOf(ctx.db, delivery.id)), found.suite),
      delivery,
    }
  },
}

/** Orders a comparison of every table that is due and free, and notes when it is due next. */
export async function orderDueReconciliations(ctx: Context): Promise<void> {
  for (const { id } of await store.dueReconciliations(ctx.db, ctx.now)) {
    const found = await lock(ctx, id)
    if (!found || found.stoppedAt || found.revokedAt || found.reconcileSchedule.kind === 'never') continue
    if ((await hindranceToComparing(ctx.db, id)) || (await store.reconciliationOpen(ctx.db, id))) continue
    await orderReconciliation(ctx, found, { scope: found.reconcileSchedule.scope, mend: false })
    await changeSubscription(ctx.db, id, { nextReconcileAt: nextReconciliation(found.reconcileSchedule, ctx.now) })
  }
}

/** Whoever receives the table has a to-do while its last comparison found differences. */
export async function tellDifference(ctx: Context, { id, subscription }: ReconciliationRow, differs: boolean): Promise<void> {
  const found = await findSubscription(ctx.db, subscription)
  await doneTodo(ctx, subscription, 'exchange.differs')
  if (!differs || !found) return
  const to = { unit: found.consumer, right: 'exchange.receive' }
  await putTodo(ctx, { kind: 'exchange.differs', subject: subscription, to, params: { entry: found.entryName, reconciliation: id } })
}

/** Refuses unless the table can be compared now. */
async function demandComparable(ctx: Context, found: SubscriptionWithGrant): Promise<void> {
  await demandOpen(ctx, found)
  const hindrance = await hindranceToComparing(ctx.db, found.id)
  if (hindrance) refuse(hindrance === 'paused' ? 'exchange.capture_paused' : 'exchange.delivery_running')
  if (await store.reconciliationOpen(ctx.db, found.id)) refuse('exchange.reconciliation_running')
  if (!(await everLoaded(ctx.db, found.id))) refuse('exchange.wrong_state', { state: 'never_delivered' })
}

/** A mending that waits for approval, held together with its subscription. */
async function demandAsked(ctx: Context, id: Id): Promise<{ row: ReconciliationRow; found: SubscriptionWithGrant }> {
  const known = (await store.findReconciliation(ctx.db, id)) ?? refuse('exchange.unknown')
  const found = demandAt(ctx, 'exchange.approve_mending', await lock(ctx, known.subscription), 'consumer')
  const row = (await store.lockReconciliation(ctx.db, id)) ?? refuse('exchange.unknown')
  const state = stateOfReconciliation(row)
  if (state !== 'asked') refuse('exchange.wrong_state', { state })
  ctx.about('exchange.subscription', found.id)
  ctx.about('exchange.reconciliation', id)
  return { row, found }
}

function orderReconciliation(ctx: Context, found: SubscriptionWithGrant, wanted: Wanted): Promise<ReconciliationRow> {
  const id = ctx.newId()
  ctx.about('exchange.subscription', found.id)
  ctx.about('exchange.reconciliation', id)
  return store.insertReconciliation(ctx.db, {
    ...{ id, subscription: found.id, sender: found.providerNode, receiver: found.consumerNode, ...wanted },
    ...{ orderedAt: ctx.now, orderedBy: ctx.actor.id },
  })
}

function asReconciliation(row: ReconciliationRow): Reconciliation {
  const { id, subscription, scope, mend, orderedAt, orderedBy, endedAt, sourceRows, targetRows, differing, missing, extra, sample, trouble, declineReason } =
    row
  return {
    ...{ id, subscription, scope, mend, orderedAt, orderedBy, endedAt, state: stateOfReconciliation(row) },
    ...{ sourceRows, targetRows, differing, missing, extra, sample, trouble, declineReason },
  }
}
