import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { nameKey } from '../catalog/rules.ts'
import { refusals } from './contract.ts'
import type { listEndpoints, Negative, NegativeState } from './list.contract.ts'
import * as store from './negative.store.ts'
import { stateOfNegative, withinYear } from './rules.ts'
import { bureausOf, type Context, demandAt, ownUnit } from './sight.ts'
import type { ItemRow, NegativeRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
const SHORTEST_REASON = 4
type Endpoints = Pick<typeof listEndpoints, 'negatives' | 'negative' | 'propose' | 'decide' | 'review'>

export const negativeActions: Actions<Endpoints, Tables> = {
  async negatives(ctx, { state }) {
    return (await store.negatives(ctx.db, state)).map((row) => viewOf(ctx, row))
  },

  negative: (ctx, { id }) => shown(ctx, id),

  async propose(ctx, { item, entry, basis, reason }) {
    const unit = await ownUnit(ctx, 'demand.supply')
    if (entry) {
      const [head] = await ctx.ask(catalog.entriesById, { ids: [entry] })
      if (head?.provider !== unit.id) refuse('demand.entry_not_theirs')
      if (head?.shareType === 'none' && head.publishedOn !== null) refuse('demand.in_catalogue')
    }
    const place = { unit: unit.id, unitName: unit.name, unitDivision: unit.division }
    const row = await store.insertNegative(ctx.db, { ...proposal(ctx, item, basis, reason), ...place, entry, source: null })
    if (row) await waitForDecision(ctx, row)
    return shown(ctx, row?.id ?? '')
  },

  async decide(ctx, { id, approve, reviewOn, note }) {
    const row = await held(ctx, id, 'candidate')
    if (!approve && note.length < SHORTEST_REASON) refuse('demand.needs_reason')
    if (approve) await store.changeNegative(ctx.db, id, { approvedAt: ctx.now, approvedByName: ctx.actor.name, reviewOn: demandReview(ctx, reviewOn) })
    else await store.changeNegative(ctx.db, id, { rejectedAt: ctx.now, endReason: note })
    return settled(ctx, row.id)
  },

  async review(ctx, { id, keep, reviewOn, note }) {
    const row = await held(ctx, id, 'listed')
    if (!keep && note.length < SHORTEST_REASON) refuse('demand.needs_reason')
    if (keep) await store.changeNegative(ctx.db, id, { reviewOn: demandReview(ctx, reviewOn) })
    else await store.changeNegative(ctx.db, id, { liftedAt: ctx.now, endReason: note })
    return settled(ctx, row.id)
  },
}

const proposal = (ctx: Context, item: string, basis: string, reason: string) => ({
  ...{ id: ctx.newId(), item, itemKey: nameKey(item), basis, reason, proposedAt: ctx.now, proposedByName: ctx.actor.name },
})

/** What a provider refused is proposed for the list, once. */
export async function proposeRefused(ctx: Context, item: ItemRow, { reason, basis }: { reason: string; basis: string }): Promise<void> {
  const place = { unit: item.provider, unitName: item.providerName, unitDivision: item.providerDivision }
  const row = await store.insertNegative(ctx.db, { ...proposal(ctx, item.item, basis, reason), ...place, entry: item.entry, source: item.id }, true)
  if (row) await waitForDecision(ctx, row)
}

async function waitForDecision(ctx: Context, { id, item, unitName, unitDivision }: NegativeRow): Promise<void> {
  ctx.about('demand.negative', id)
  for (const unit of await bureausOf(ctx, unitDivision))
    await putTodo(ctx, { kind: 'demand.negative', subject: id, to: { unit, right: 'demand.analyse' }, params: { item, unit: unitName } })
}

async function held(ctx: Context, id: Id, wanted: NegativeState): Promise<NegativeRow> {
  const row = (await store.lockNegative(ctx.db, id)) ?? refuse('demand.unknown')
  demandAt(ctx, 'demand.analyse', row.unit, row.unitDivision)
  const state = stateOfNegative(row)
  return state === wanted ? row : refuse('demand.wrong_state', { state })
}

const demandReview = ({ today }: Context, day: string | null): string => (day !== null && withinYear(day, today) ? day : refuse('demand.bad_review'))

async function settled(ctx: Context, id: Id): Promise<Negative> {
  await doneTodo(ctx, id)
  ctx.about('demand.negative', id)
  return shown(ctx, id)
}

const shown = async (ctx: Context, id: Id): Promise<Negative> => viewOf(ctx, (await store.findNegative(ctx.db, id)) ?? refuse('demand.unknown'))

function viewOf({ today }: Context, row: store.NegativeWithNeed): Negative {
  const { id, number, unit, unitName, item, entry, basis, reason, proposedAt, proposedByName, approvedAt, approvedByName, reviewOn, endReason, need } = row
  const state = stateOfNegative(row)
  return {
    ...{ id, number, unit, unitName, item, entry, basis, reason, proposedAt, proposedByName, approvedAt, approvedByName, reviewOn, endReason, need, state },
    reviewDue: state === 'listed' && reviewOn !== null && reviewOn <= today,
  }
}
