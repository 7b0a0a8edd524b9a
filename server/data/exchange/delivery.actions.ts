import { doneTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import type { deliveryEndpoints } from './delivery.contract.ts'
import { type deliveryActs, deliveryAllows, stateOfDelivery } from './delivery.rules.ts'
import * as store from './delivery.store.ts'
import { headOf, viewOfDelivery } from './delivery.view.ts'
import { demandStanding } from './grant.view.ts'
import { demandActive } from './node-state.ts'
import { type Context, demandAt, sees, sightOf } from './sight.ts'
import { lockSubscription } from './subscription.store.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)

export const deliveryActions: Actions<typeof deliveryEndpoints, Tables> = {
  async deliveries(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, sight: sightOf(ctx) }
    const rows = await store.deliveryPage(ctx.db, filter, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.deliveryTotal(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: page.items.map(headOf) }
  },

  async deliveryById(ctx, { id }) {
    const row = await store.findDelivery(ctx.db, id)
    return row && sees(sightOf(ctx), row) ? viewOfDelivery(ctx, row) : refuse('exchange.unknown')
  },

  async resumeDelivery(ctx, { id }) {
    const known = demandAt(ctx, 'exchange.receive', await store.findDelivery(ctx.db, id), 'consumer', 'provider')
    await lockSubscription(ctx.db, known.subscription)
    const row = (await store.lockDelivery(ctx.db, id)) ?? refuse('exchange.unknown')
    demandState(row, 'resume')
    if (row.subscriptionStoppedAt) refuse('exchange.wrong_state', { state: 'subscription_stopped' })
    demandStanding(row, ctx.now)
    await demandActive(ctx, [row.sender, row.receiver])
    if (row.stoppedAt) await store.forgetDocuments(ctx.db, id)
    await store.changeDelivery(ctx.db, id, {
      stoppedAt: null,
      pausedAt: null,
      pausedBy: null,
      waitingSince: null,
      runningSince: null,
      retryAt: null,
      attempts: 0,
    })
    await doneTodo(ctx, id)
    ctx.about('exchange.delivery', id)
    return now(ctx, id)
  },

  async cancelDelivery(ctx, { id, reason }) {
    const row = demandAt(ctx, 'exchange.receive', await store.lockDelivery(ctx.db, id), 'consumer')
    demandState(row, 'cancel')
    await store.changeDelivery(ctx.db, id, {
      pausedAt: null,
      pausedBy: null,
      cancelledAt: ctx.now,
      cancelReason: reason,
      stoppedAt: null,
      waitingSince: null,
      runningSince: null,
    })
    await doneTodo(ctx, id)
    ctx.about('exchange.delivery', id)
    return now(ctx, id)
  },
}

export function demandState(row: store.DeliveryWithGrant, act: keyof typeof deliveryActs): void {
  const state = stateOfDelivery(row)
  if (!deliveryAllows(state, act)) refuse('exchange.wrong_state', { state })
}

async function now({ db }: Context, id: string) {
  return headOf((await store.findDelivery(db, id)) ?? refuse('exchange.unknown'))
}
