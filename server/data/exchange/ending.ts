/** Ends what runs under a grant or through a node. */
import type { Id } from '../../kernel/contract.ts'
import { doneTodo } from '../../kernel/inbox/inbox.ts'
import { cancelOpenDeliveries, type Ended } from './delivery.store.ts'
import { orderRoleDrops } from './node-order.store.ts'
import { stopPushes } from './push.store.ts'
import { failOpenReconciliations } from './reconciliation.store.ts'
import type { Context } from './sight.ts'
import { type EndingOf, stopSubscriptions } from './subscription.store.ts'

/** Stops a subscription and cancels what is under way; the nodes are told at their next poll. */
export async function endSubscription(ctx: Context, subscription: Id, reason: string): Promise<void> {
  await endAll(ctx, { subscription }, reason)
}

/** Stops the subscriptions of a grant and cancels what is under way; the nodes are told at their next poll. Answers the deliveries cancelled. */
export async function endGrant(ctx: Context, { id }: { id: Id }, reason: string): Promise<Ended[]> {
  const ended = await endAll(ctx, { grant: id }, reason)
  await orderRoleDrops(ctx.db, ctx.now, ctx.actor.id)
  return ended
}

/** As `endGrant`, of everything that goes through a node: a grant names the keys of its nodes, so none of it can ever run again. */
export function endNode(ctx: Context, node: Id, reason: string): Promise<Ended[]> {
  return endAll(ctx, { node }, reason)
}

async function endAll(ctx: Context, of: EndingOf, reason: string): Promise<Ended[]> {
  await stopSubscriptions(ctx.db, of, ctx.now, reason)
  await stopPushes(ctx.db, of, ctx.now, reason)
  await failOpenReconciliations(ctx.db, of, ctx.now, reason)
  const cancelled = await cancelOpenDeliveries(ctx.db, of, ctx.now, reason)
  for (const { id } of cancelled) {
    await doneTodo(ctx, id)
    ctx.about('exchange.delivery', id)
  }
  return cancelled
}
