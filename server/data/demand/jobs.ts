import { putTodo } from '../../kernel/inbox/inbox.ts'
import { every, type Jobs, on } from '../../kernel/module.ts'
import { Delivered } from '../exchange/delivery.contract.ts'
import { Requested } from '../exchange/request.contract.ts'
import { noteDelivered, noteRequested } from './item.actions.ts'
import * as store from './need.store.ts'
import { toReview } from './negative.store.ts'
import { bureausOf, type Context } from './sight.ts'
import type { ItemRow, NeedRow, Tables } from './tables.ts'

export const jobs: Jobs = {
  readers: [
    on<typeof Requested.of, Tables>(Requested, 'link requests to what was promised', (ctx, { request, entry, consumer }) =>
      eachOpen(ctx, entry, consumer, (need, item) => (item.requestedAt ? Promise.resolve() : noteRequested(ctx, need, item, request))),
    ),
    on<typeof Delivered.of, Tables>(Delivered, 'note what was promised as supplied', async (ctx, { delivery }) => {
      const of = await store.entryOfDelivery(ctx.db, delivery)
      if (of) await eachOpen(ctx, of.entry, of.consumer, (need, item) => noteDelivered(ctx, need, item))
    }),
  ],
  schedules: [
    every<Tables>('50 7 * * *', 'tell of overdue promises', tellOverdue),
    every<Tables>('55 7 * * *', 'ask for reviews of the negative list', askReviews),
  ],
}

/** Every promised item on an entry for one asker that nothing was delivered of, its need held. */
async function eachOpen(ctx: Context, entry: string, asker: string, act: (need: NeedRow, item: ItemRow) => Promise<void>): Promise<void> {
  for (const { id, need: of } of await store.openItemsOn(ctx.db, entry, asker)) {
    const need = await store.lockNeed(ctx.db, of)
    const item = await store.findItem(ctx.db, id)
    if (need && item && !need.closedAt && !item.deliveredAt && !item.droppedAt) await act(need, item)
  }
}

/** Who promised is told once that the day is over, and so is the data authority. */
export async function tellOverdue(ctx: Context): Promise<void> {
  for (const { need, provider, item, askerName } of await store.overdueItems(ctx.db, ctx.today)) {
    await putTodo(ctx, { kind: 'demand.overdue', subject: need, to: { unit: provider, right: 'demand.supply' }, params: { item, asker: askerName } })
  }
}

export async function askReviews(ctx: Context): Promise<void> {
  for (const { id, item, unitName, unitDivision } of await toReview(ctx.db, ctx.today))
    for (const unit of await bureausOf(ctx, unitDivision))
      await putTodo(ctx, { kind: 'demand.review', subject: id, to: { unit, right: 'demand.analyse' }, params: { item, unit: unitName } })
}
