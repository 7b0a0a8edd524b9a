import type { Id } from '../../kernel/contract.ts'
import { doneTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as nodes } from '../nodes/contract.ts'
import { replayByCapture } from './capture.quarantine.ts'
import { refusals } from './contract.ts'
import { progressOf } from './delivery.rules.ts'
import * as deliveries from './delivery.store.ts'
import { providersOf } from './quarantine.actions.ts'
import { settledDeliveries } from './quarantine.store.ts'
import { reconciliationOpen } from './reconciliation.store.ts'
import { MOST_KEYS, type replayEndpoints } from './replay.contract.ts'
import * as store from './replay.store.ts'
import { type Context, sightOf } from './sight.ts'
import { lock } from './subscription.actions.ts'
import type { SubscriptionWithGrant } from './subscription.store.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)
const SHOWN = 20

export const replayActions: Actions<typeof replayEndpoints, Tables> = {
  async replayQuarantine(ctx, input) {
    const filter = { ...input, units: providersOf(ctx) }
    const left = { busy: 0, over: 0, unkeyed: 0, beyond: 0 }
    const ordered: { delivery: Id; rows: number }[] = []
    const active = new Set((await ctx.ask(nodes.nodes, {})).filter(({ state }) => state === 'active').map(({ id }) => id))
    for (const { subscription, keys, unkeyed } of await store.openBySubscription(ctx.db, filter)) {
      left.unkeyed += unkeyed
      const found = keys > 0 ? await lock(ctx, subscription) : undefined
      if (!found) continue
      const capture = await deliveries.followingCapture(ctx.db, subscription)
      if (capture) {
        const rows = await replayByCapture(ctx, capture, filter)
        if (rows) ordered.push({ delivery: capture.id, rows })
        left[rows === undefined ? 'busy' : 'beyond'] += keys - (rows ?? 0)
        continue
      }
      const hindrance = await hindranceOf(ctx, found, active)
      if (hindrance) left[hindrance] += keys
      else {
        const made = await order(ctx, found, filter)
        ordered.push(made)
        left.beyond += keys - made.rows
      }
    }
    if (ordered.length === 0) refuse('exchange.nothing_to_replay', left)
    return { deliveries: ordered, left }
  },

  async replays(ctx) {
    const rows = await store.replaysOf(ctx.db, providersOf(ctx), sightOf(ctx), SHOWN)
    return rows.map(({ senderProgress, receiverProgress, ...row }) => ({ ...row, progress: progressOf(senderProgress, receiverProgress) }))
  },
}

/** What keeps the rows of a subscription that is held from being replayed now. */
async function hindranceOf(ctx: Context, found: SubscriptionWithGrant, active: ReadonlySet<Id>): Promise<'busy' | 'over' | undefined> {
  const standing = !found.stoppedAt && !found.revokedAt && found.notBefore <= ctx.now && found.notAfter > ctx.now
  if (!standing || !active.has(found.providerNode) || !active.has(found.consumerNode)) return 'over'
  if (!(await deliveries.everDelivered(ctx.db, found.id))) return 'over'
  const busy = (await deliveries.deliveryOpen(ctx.db, found.id)) || (await reconciliationOpen(ctx.db, found.id))
  return busy ? 'busy' : undefined
}

async function order(ctx: Context, found: SubscriptionWithGrant, filter: store.ReplayFilter): Promise<{ delivery: Id; rows: number }> {
  const delivery = ctx.newId()
  const { id: subscription, providerNode: sender, consumerNode: receiver } = found
  const made = { id: delivery, subscription, sender, receiver, mode: 'incremental' as const, replay: true, orderedAt: ctx.now, orderedBy: ctx.actor.id }
  await deliveries.insertDelivery(ctx.db, made)
  const rows = await store.keepRows(ctx.db, delivery, subscription, filter, MOST_KEYS)
  ctx.about('exchange.delivery', delivery, { replayed: rows })
  return { delivery, rows }
}

/** When a replay is done its rows leave the quarantine, or stay there with the new reason. */
export async function settleReplay(ctx: Context, id: Id): Promise<void> {
  const row = await deliveries.findDelivery(ctx.db, id)
  if (!row?.replay) return
  const touched = await store.settleReplay(ctx.db, id, row.subscription, ctx.now)
  ctx.about('exchange.delivery', id)
  for (const delivery of await settledDeliveries(ctx.db, touched)) await doneTodo(ctx, delivery, 'exchange.quarantine')
}
