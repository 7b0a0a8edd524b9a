/** What push tasks do by the clock. */
import { deliveryOpen } from './delivery.store.ts'
import { giveBack } from './push.actions.ts'
import { runAfter } from './push.rules.ts'
import { changePush, duePushes, findPush, lockPush, pushesOver } from './push.store.ts'
import { opening } from './schedule.rules.ts'
import type { Context } from './sight.ts'
import { lock, orderDelivery } from './subscription.actions.ts'

/**
 * Orders a delivery of every task that is due and free. What was missed, because the platform stood, a node was away or a delivery was under way, is
 * made up by one run, within the hours the task allows.
 */
export async function orderPushes(ctx: Context): Promise<void> {
  for (const { id, subscription } of await duePushes(ctx.db, ctx.now)) {
    const found = await lock(ctx, subscription)
    await lockPush(ctx.db, id)
    const push = await findPush(ctx.db, id)
    if (!found || found.stoppedAt || found.revokedAt || !push?.nextDueAt || push.nextDueAt > ctx.now || (await deliveryOpen(ctx.db, subscription))) continue
    const open = opening(push.schedule, ctx.now)
    if (open > ctx.now) {
      await changePush(ctx.db, id, { nextDueAt: open })
      continue
    }
    await orderDelivery(ctx, found, push.mode, id)
    const next = runAfter(push, ctx.now)
    await changePush(ctx.db, id, { nextDueAt: next, ...(next ? {} : { endedAt: ctx.now }) })
    if (!next) await giveBack(ctx, found)
    ctx.about('exchange.push', id)
  }
}

/** Tasks end by themselves when their time is over. */
export async function endPushes(ctx: Context): Promise<void> {
  for (const { id, subscription } of await pushesOver(ctx.db, ctx.now)) {
    const found = await lock(ctx, subscription)
    await changePush(ctx.db, id, { endedAt: ctx.now, nextDueAt: null })
    if (found) await giveBack(ctx, found)
    ctx.about('exchange.push', id)
  }
}
