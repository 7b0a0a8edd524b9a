import type { DeliveryMode } from '@zhenghe/wire/documents.ts'
import { doneTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { modeOf, stateOfDelivery } from './delivery.rules.ts'
import { changeDelivery, everDelivered, findDelivery, insertDelivery } from './delivery.store.ts'
import { headOf } from './delivery.view.ts'
import { endSubscription } from './ending.ts'
import { findGrant } from './grant.store.ts'
import { demandStanding } from './grant.view.ts'
import { activeNodeOf, demandActive, demandCaptures } from './node-state.ts'
import { reconciliationOpen } from './reconciliation.store.ts'
import { refuseOn } from './request.lock.ts'
import { objectionToSchedule } from './request.rules.ts'
import { nextDue, opening } from './schedule.rules.ts'
import { type Context, demandAt, sightOf } from './sight.ts'
import type { Subscription, subscriptionEndpoints } from './subscription.contract.ts'
import * as store from './subscription.store.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)

export const subscriptionActions: Actions<typeof subscriptionEndpoints, Tables> = {
  async subscribe(ctx, { grant: id, store: target, schema, table, ...wish }) {
    const grant = demandAt(ctx, 'exchange.receive', await findGrant(ctx.db, id), 'consumer')
    demandStanding(grant, ctx.now)
    const node = await activeNodeOf(ctx, grant.consumerNode, grant.consumer)
    if (!node.stores.some((one) => one.id === target && one.role === 'target')) throw new Refusal('nodes.unknown')
    const mode = wish.mode ?? grant.wish.mode
    const schedule = mode === 'capture' ? { kind: 'once' as const } : (wish.schedule ?? grant.wish.schedule) // a capture never ends, so nothing is due after it
    refuseOn(objectionToSchedule(schedule))
    const subscription = ctx.newId()
    await store.insertSubscription(ctx.db, {
      ...{ id: subscription, grantId: id, grantVersion: grant.version, consumerNode: grant.consumerNode, mode, schedule: JSON.stringify(schedule) },
      ...{ store: target, targetSchema: schema, targetTable: table, nextDueAt: nextDue(schedule, ctx.now), madeAt: ctx.now, madeBy: ctx.actor.id },
    })
    ctx.about('exchange.subscription', subscription)
    const delivery = await order(ctx, await lock(ctx, subscription), mode, opening(schedule, ctx.now))
    await doneTodo(ctx, grant.request, 'exchange.subscribe')
    return { subscription: await view(ctx, subscription), delivery }
  },

  async subscriptions(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, sight: sightOf(ctx) }
    const rows = await store.subscriptionPage(ctx.db, filter, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.subscriptionTotal(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: page.items.map(asSubscription) }
  },

  async stopSubscription(ctx, { id }) {
    const found = demandAt(ctx, 'exchange.receive', await lock(ctx, id), 'consumer')
    if (found.stoppedAt) refuse('exchange.wrong_state', { state: 'stopped' })
    await endSubscription(ctx, id, 'the subscription was stopped')
    ctx.about('exchange.subscription', id)
    return view(ctx, id)
  },

  async deliver(ctx, { id, mode }) {
    const found = demandAt(ctx, 'exchange.receive', await lock(ctx, id), 'consumer')
    const delivery = await order(ctx, found, mode ?? found.mode)
    return headOf((await findDelivery(ctx.db, delivery)) ?? refuse('exchange.unknown'))
  },
}

/** The subscription, held together with its grant until the transaction ends. */
export async function lock(ctx: Context, id: string): Promise<store.SubscriptionWithGrant | undefined> {
  await store.lockSubscription(ctx.db, id)
  return store.findSubscription(ctx.db, id)
}

/** Refuses unless rows may move under this subscription now. */
export async function demandOpen(ctx: Context, found: store.SubscriptionWithGrant): Promise<void> {
  if (found.stoppedAt) refuse('exchange.wrong_state', { state: 'stopped' })
  demandStanding(found, ctx.now)
  await demandActive(ctx, [found.providerNode, found.consumerNode])
}

/** @param notBefore it rests until then */
async function order(ctx: Context, found: store.SubscriptionWithGrant | undefined, wanted: DeliveryMode, notBefore = ctx.now): Promise<string> {
  if (!found) return refuse('exchange.unknown')
  await demandOpen(ctx, found)
  if (wanted === 'incremental' && !found.hasCursor) refuse('exchange.no_cursor')
  if (wanted === 'capture') await demandCaptures(ctx, found.providerNode, found.sourceStore)
  if (await reconciliationOpen(ctx.db, found.id)) refuse('exchange.reconciliation_running')
  const id = await orderDelivery(ctx, found, wanted)
  if (notBefore > ctx.now) await changeDelivery(ctx.db, id, { retryAt: notBefore })
  return id
}

/** A new delivery of a subscription that is held and open, where a push task orders it with that task's id; its nodes find it at their next poll. */
export async function orderDelivery(ctx: Context, found: store.SubscriptionWithGrant, wanted: DeliveryMode, push: string | null = null): Promise<string> {
  const id = ctx.newId()
  const { id: subscription, providerNode: sender, consumerNode: receiver } = found
  const mode = modeOf(wanted, await everDelivered(ctx.db, subscription))
  await insertDelivery(ctx.db, { id, subscription, sender, receiver, mode, orderedAt: ctx.now, orderedBy: ctx.actor.id, push })
  ctx.about('exchange.delivery', id)
  return id
}

async function view(ctx: Context, id: string): Promise<Subscription> {
  return asSubscription((await store.findSubscription(ctx.db, id)) ?? refuse('exchange.unknown'))
}

function asSubscription(row: store.SubscriptionWithGrant): Subscription {
  const { id, entry, entryName, provider, providerName, consumer, consumerName, mode, schedule, madeAt, stoppedAt, cursor, hasCursor } = row
  const {
    lastRunningSince: runningSince,
    lastWaitingSince: waitingSince,
    lastDoneAt: doneAt,
    lastStoppedAt: stopped,
    lastCancelledAt: cancelledAt,
    lastPausedAt: pausedAt,
  } = row
  const state = stateOfDelivery({ runningSince, waitingSince, doneAt, stoppedAt: stopped, cancelledAt, pausedAt })
  return {
    ...{ id, grant: row.grantId, entry, entryName, provider, providerName, consumer, consumerName, mode, schedule, madeAt, stoppedAt, cursor, hasCursor },
    ...{ reconcileSchedule: row.reconcileSchedule, nextReconcileAt: row.nextReconcileAt },
    ...{ store: row.store, schema: row.targetSchema, table: row.targetTable },
    lastDelivery: row.lastId ? { id: row.lastId, state, at: doneAt ?? stopped ?? cancelledAt ?? row.lastOrderedAt, loaded: row.lastLoaded } : null,
  }
}
