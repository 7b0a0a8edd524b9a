import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { modeOf, progressOf, stateOfDelivery } from './delivery.rules.ts'
import { everDelivered, findDelivery } from './delivery.store.ts'
import { sourceHours } from './node-state.ts'
import type { DeliveryPlan, planEndpoints } from './plan.contract.ts'
import { lastDone } from './plan.store.ts'
import { type Context, sees, sightOf } from './sight.ts'
import { findSubscription, type SubscriptionWithGrant } from './subscription.store.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)

export const planActions: Actions<typeof planEndpoints, Tables> = {
  async deliveryPlan(ctx, { id, mode: wanted }) {
    const found = await findSubscription(ctx.db, id)
    if (!found || !sees(sightOf(ctx), found)) return refuse('exchange.unknown')
    const mode = modeOf(wanted ?? found.mode, await everDelivered(ctx.db, id))
    return {
      mode,
      from: mode === 'incremental' ? found.cursor : null,
      estimate: (await lastDone(ctx.db, id, mode)) ?? null,
      resume: await unfinished(ctx, found),
      hours: mode === 'capture' ? null : await sourceHours(ctx, found.providerNode, found.sourceStore),
    }
  },
}

async function unfinished(ctx: Context, { lastId }: SubscriptionWithGrant): Promise<DeliveryPlan['resume']> {
  const row = lastId ? await findDelivery(ctx.db, lastId) : undefined
  if (!row) return null
  const state = stateOfDelivery(row)
  const progress = progressOf(row.senderProgress, row.receiverProgress)
  if (state === 'done' || state === 'cancelled' || !progress || progress.ranges === 0) return null
  return { delivery: row.id, number: row.number, state, rangesDone: progress.rangesDone, ranges: progress.ranges }
}
