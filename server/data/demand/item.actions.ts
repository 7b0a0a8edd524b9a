import { endClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { demandEntry } from './need.actions.ts'
import type { needEndpoints } from './need.contract.ts'
import * as store from './need.store.ts'
import { noteStep, viewOf } from './need.view.ts'
import { proposeRefused } from './negative.actions.ts'
import { needAllows, stateOfItem, stateOfNeed, withinYear } from './rules.ts'
import { type Context, demandAt, sees, sightOf } from './sight.ts'
import type { ItemRow, NeedRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
type Endpoints = Pick<typeof needEndpoints, 'commit' | 'nameEntry' | 'refuse'>
type Held = { need: NeedRow; item: ItemRow }

export const itemActions: Actions<Endpoints, Tables> = {
  async commit(ctx, { id, dueOn, entry, note }) {
    const { need, item } = await held(ctx, id, 'waiting')
    if (!withinYear(dueOn, ctx.today)) refuse('demand.bad_due')
    const named = entry ?? item.entry
    if (named) await demandEntry(ctx, named, item.provider)
    if (item.clock) await endClock(ctx, item.clock)
    const committed = await store.changeItem(ctx.db, id, { committedAt: ctx.now, dueOn, entry: named })
    await noteStep(ctx, need.id, 'committed', [`${item.item} · ${dueOn}`, note].filter(Boolean).join(' · '))
    await answered(ctx, item)
    return afterExchange(ctx, need, committed)
  },

  async nameEntry(ctx, { id, entry }) {
    const { need, item } = await held(ctx, id, 'committed', 'overdue')
    await demandEntry(ctx, entry, item.provider)
    const named = await store.changeItem(ctx.db, id, { entry })
    await noteStep(ctx, need.id, 'entry_named', item.item)
    return afterExchange(ctx, need, named)
  },

  async refuse(ctx, { id, reason, basis }) {
    const { need, item } = await held(ctx, id, 'waiting')
    if (item.clock) await endClock(ctx, item.clock)
    await store.changeItem(ctx.db, id, { refusedAt: ctx.now, refusal: JSON.stringify({ reason, basis }) })
    await noteStep(ctx, need.id, 'refused', `${item.item}：${reason}（${basis}）`)
    await answered(ctx, item)
    await proposeRefused(ctx, item, { reason, basis })
    await tellFeedback(ctx, need)
    return viewOf(ctx, need)
  },
}

/** The item with its need, held until the transaction ends, where the caller answers for its provider. */
async function held(ctx: Context, id: Id, ...states: ReturnType<typeof stateOfItem>[]): Promise<Held> {
  const known = (await store.findItem(ctx.db, id)) ?? refuse('demand.unknown')
  const need = (await store.lockNeed(ctx.db, known.need)) ?? refuse('demand.unknown')
  const items = await store.itemsOf(ctx.db, [need.id])
  const item = items.find((one) => one.id === id)
  if (!item || !sees(sightOf(ctx), need, items)) return refuse('demand.unknown')
  demandAt(ctx, 'demand.supply', item.provider, item.providerDivision)
  const state = stateOfItem(item, ctx.today)
  if (!needAllows(stateOfNeed(need, items), 'answer') || !states.includes(state)) refuse('demand.wrong_state', { state })
  return { need, item }
}

/** The provider waits for nothing more of a need once all its items are answered. */
async function answered(ctx: Context, { need, provider }: ItemRow): Promise<void> {
  const left = (await store.itemsOf(ctx.db, [need])).some((one) => one.provider === provider && !one.committedAt && !one.refusedAt)
  if (!left) await doneTodo(ctx, need, 'demand.answer', provider)
}

/** Takes in what the exchange shows of a promised item already; else the asker is told that it can be asked for. */
async function afterExchange(ctx: Context, need: NeedRow, item: ItemRow) {
  if (item.entry) {
    const shown = await store.exchangeShows(ctx.db, item.entry, need.asker)
    if (shown.request) await noteRequested(ctx, need, item, shown.request)
    if (shown.deliveredAt) await noteDelivered(ctx, need, item)
    else if (!shown.request)
      await putTodo(ctx, { kind: 'demand.request', subject: need.id, to: { unit: need.asker, right: 'demand.ask' }, params: { item: item.item } })
  }
  return viewOf(ctx, need)
}

export async function noteRequested(ctx: Context, need: Pick<NeedRow, 'id'>, { id, item, requestedAt }: ItemRow, request: Id): Promise<void> {
  await store.changeItem(ctx.db, id, { request, requestedAt: requestedAt ?? ctx.now })
  await noteStep(ctx, need.id, 'requested', item)
  await doneTodo(ctx, need.id, 'demand.request')
}

export async function noteDelivered(ctx: Context, need: NeedRow, { id, item, provider, requestedAt }: ItemRow): Promise<void> {
  await store.changeItem(ctx.db, id, { deliveredAt: ctx.now, requestedAt: requestedAt ?? ctx.now })
  await noteStep(ctx, need.id, 'delivered', item)
  await doneTodo(ctx, need.id, 'demand.request')
  await doneTodo(ctx, need.id, 'demand.overdue', provider)
  await tellFeedback(ctx, need)
}

/** When nothing is left to come, the asker judges. */
async function tellFeedback(ctx: Context, need: NeedRow): Promise<void> {
  if (!needAllows(stateOfNeed(need, await store.itemsOf(ctx.db, [need.id])), 'giveFeedback')) return
  await putTodo(ctx, { kind: 'demand.feedback', subject: need.id, to: { unit: need.asker, right: 'demand.ask' }, params: { title: need.title } })
}
