import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { endClock, resumeClock, startClock, suspendClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { nameKey } from '../catalog/rules.ts'
import { refusals } from './contract.ts'
import { dropDraft } from './draft.store.ts'
import { type ConclusionWish, Feedback, type needEndpoints } from './need.contract.ts'
import * as store from './need.store.ts'
import { headsOf, noteStep, viewOf } from './need.view.ts'
import { type NeedAct, needAllows, stateOfNeed } from './rules.ts'
import { bureausOf, type Context, demandAt, ownUnit, sees, sightOf } from './sight.ts'
import type { NeedRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
type Endpoints = Omit<typeof needEndpoints, 'commit' | 'nameEntry' | 'refuse'>

export const needActions: Actions<Endpoints, Tables> = {
  async needs(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, sight: sightOf(ctx), own: ctx.actor.unit }
    const rows = await store.needPage(ctx.db, filter, after ? decodeCursor(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.needTotal(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: await headsOf(ctx, page.items) }
  },

  async need(ctx, { id }) {
    const row = await store.findNeed(ctx.db, id)
    return row && sees(sightOf(ctx), row, await store.itemsOf(ctx.db, [id])) ? viewOf(ctx, row) : refuse('demand.unknown')
  },

  async ask(ctx, wish) {
    const unit = await ownUnit(ctx, 'demand.ask')
    await demandProviders(ctx, unit.id, wish.provider ? [wish.provider] : [])
    const id = ctx.newId()
    const clock = await startClock(ctx, { rule: 'demand.receive', subject: { kind: 'demand.need', id } })
    const row = await store.insertNeed(ctx.db, {
      ...{ id, asker: unit.id, askerName: unit.name, askerDivision: unit.division, wish: JSON.stringify(wish), title: wish.title, clock },
      ...{ askedAt: ctx.now, askedBy: ctx.actor.id },
    })
    await noteStep(ctx, id, 'asked')
    await dropDraft(ctx.db, ctx.actor.id)
    await tellBureaus(ctx, row, 'receive', clock)
    return viewOf(ctx, row)
  },

  async askAgain(ctx, { id, wish }) {
    const row = await lockFor(ctx, id, 'askAgain', 'demand.ask')
    await demandProviders(ctx, row.asker, wish.provider ? [wish.provider] : [])
    if (row.clock) await resumeClock(ctx, row.clock)
    await noteStep(ctx, id, 'asked_again')
    await doneTodo(ctx, id, 'demand.again')
    await tellBureaus(ctx, row, 'receive', row.clock ?? undefined)
    return viewOf(ctx, await store.changeNeed(ctx.db, id, { wish: JSON.stringify(wish), title: wish.title, returnedAt: null }))
  },

  async receive(ctx, { id }) {
    const row = await lockFor(ctx, id, 'receive', 'demand.analyse')
    const clock = await nextClock(ctx, row, 'demand.analyse')
    await noteStep(ctx, id, 'received')
    await doneTodo(ctx, id)
    await tellBureaus(ctx, row, 'conclude', clock)
    return viewOf(ctx, await store.changeNeed(ctx.db, id, { receivedAt: ctx.now, clock }))
  },

  async returnNeed(ctx, { id, missing }) {
    const row = await lockFor(ctx, id, 'returnNeed', 'demand.analyse')
    if (row.clock) await suspendClock(ctx, row.clock, missing)
    await noteStep(ctx, id, 'returned', missing)
    await doneTodo(ctx, id)
    await tellAsker(ctx, row, 'again')
    return viewOf(ctx, await store.changeNeed(ctx.db, id, { returnedAt: ctx.now, receivedAt: null }))
  },

  async conclude(ctx, { id, conclusion }) {
    const row = await lockFor(ctx, id, 'conclude', 'demand.analyse')
    const kept = await checkConclusion(ctx, row, conclusion)
    if (row.clock) await endClock(ctx, row.clock)
    await noteStep(ctx, id, 'concluded', conclusion.words)
    await doneTodo(ctx, id)
    await tellAsker(ctx, row, 'accept')
    return viewOf(ctx, await store.changeNeed(ctx.db, id, { conclusion: JSON.stringify(kept), concludedAt: ctx.now }))
  },

  async object(ctx, { id, reason }) {
    const row = await lockFor(ctx, id, 'object', 'demand.ask')
    const clock = await nextClock(ctx, row, 'demand.analyse')
    await noteStep(ctx, id, 'objected', reason)
    await doneTodo(ctx, id)
    await tellBureaus(ctx, row, 'conclude', clock)
    return viewOf(ctx, await store.changeNeed(ctx.db, id, { conclusion: null, concludedAt: null, clock }))
  },

  async accept(ctx, { id }) {
    const row = await lockFor(ctx, id, 'accept', 'demand.ask')
    await doneTodo(ctx, id)
    if (row.conclusion?.feasibility === 'infeasible') {
      await noteStep(ctx, id, 'infeasible')
      return viewOf(ctx, await store.changeNeed(ctx.db, id, { infeasibleAt: ctx.now }))
    }
    await noteStep(ctx, id, 'accepted')
    await askProviders(ctx, row)
    return viewOf(ctx, await store.changeNeed(ctx.db, id, { acceptedAt: ctx.now }))
  },

  async giveFeedback(ctx, { id, ...said }) {
    await lockFor(ctx, id, 'giveFeedback', 'demand.ask')
    await noteStep(ctx, id, 'closed', `${said.score}/5 ${said.words}`.trim())
    await doneTodo(ctx, id)
    return viewOf(ctx, await store.changeNeed(ctx.db, id, { feedback: JSON.stringify(Feedback.parse(said)), closedAt: ctx.now }))
  },

  async withdraw(ctx, { id, reason }) {
    const row = await lockFor(ctx, id, 'withdraw', 'demand.ask')
    if (row.clock) await endClock(ctx, row.clock)
    for (const item of await store.itemsOf(ctx.db, [id])) {
      if (item.clock) await endClock(ctx, item.clock)
      await store.changeItem(ctx.db, item.id, { droppedAt: ctx.now })
    }
    await noteStep(ctx, id, 'withdrawn', reason)
    await doneTodo(ctx, id)
    return viewOf(ctx, await store.changeNeed(ctx.db, id, { withdrawnAt: ctx.now }))
  },
}

/** The locked need where the right holds at its asker and its state allows the act; what one may not see is unknown. */
async function lockFor(ctx: Context, id: Id, act: NeedAct, right: string): Promise<NeedRow> {
  const row = (await store.lockNeed(ctx.db, id)) ?? refuse('demand.unknown')
  const items = await store.itemsOf(ctx.db, [id])
  if (!sees(sightOf(ctx), row, items)) refuse('demand.unknown')
  demandAt(ctx, right, row.asker, row.askerDivision)
  const state = stateOfNeed(row, items)
  return needAllows(state, act) ? row : refuse('demand.wrong_state', { state })
}

async function nextClock(ctx: Context, { id, clock }: NeedRow, rule: string): Promise<Id> {
  if (clock) await endClock(ctx, clock)
  return startClock(ctx, { rule, subject: { kind: 'demand.need', id } })
}

async function tellBureaus(ctx: Context, row: NeedRow, kind: 'receive' | 'conclude', deadline?: Id): Promise<void> {
  for (const unit of await bureausOf(ctx, row.askerDivision))
    await putTodo(ctx, {
      ...{ kind: `demand.${kind}`, subject: row.id, to: { unit, right: 'demand.analyse' }, params: { title: row.title, asker: row.askerName } },
      ...(deadline ? { deadline } : {}),
    })
}

const tellAsker = (ctx: Context, { id, asker, title }: NeedRow, kind: 'again' | 'accept'): Promise<void> =>
  putTodo(ctx, { kind: `demand.${kind}`, subject: id, to: { unit: asker, right: 'demand.ask' }, params: { title } })

/** Units that can be asked: known, not closed, not the asker itself. */
async function demandProviders(ctx: Context, asker: Id, providers: readonly Id[]) {
  if (providers.includes(asker)) refuse('demand.own_data')
  const units = new Map((await ctx.ask(organizations.unitsById, { ids: [...new Set(providers)] })).map((unit) => [unit.id, unit]))
  return new Map(
    providers.map((id) => {
      const unit = units.get(id)
      return [id, unit && !unit.closedOn ? unit : refuse('demand.unknown_unit')] as const
    }),
  )
}

/** The conclusion with the names of its day. Every item once, every entry shared and of its provider. */
async function checkConclusion(ctx: Context, { asker }: NeedRow, { feasibility, words, basis, items }: ConclusionWish) {
  const units = await demandProviders(
    ctx,
    asker,
    items.map(({ provider }) => provider),
  )
  if (new Set(items.map(({ provider, item }) => `${provider} ${nameKey(item)}`)).size < items.length) refuse('demand.item_twice')
  const named = []
  for (const item of items) {
    const entryName = item.entry ? await demandEntry(ctx, item.entry, item.provider) : null
    named.push({ ...item, entryName, providerName: units.get(item.provider)?.name ?? '' })
  }
  return { feasibility, words, basis, items: named, byName: ctx.actor.name }
}

/** The name of an entry that is published, shared, and of this provider. */
export async function demandEntry(ctx: Context, entry: Id, provider: Id): Promise<string> {
  const [head] = await ctx.ask(catalog.entriesById, { ids: [entry] })
  if (!head || head.publishedOn === null || head.state === 'withdrawn' || head.provider !== provider || head.shareType === 'none')
    refuse('demand.entry_not_theirs')
  return head!.name
}

async function askProviders(ctx: Context, row: NeedRow): Promise<void> {
  const wanted = row.conclusion?.items ?? []
  const units = await demandProviders(
    ctx,
    row.asker,
    wanted.map(({ provider }) => provider),
  )
  for (const { provider, item, entry } of wanted) {
    const id = ctx.newId()
    const clock = await startClock(ctx, { rule: 'demand.answer', subject: { kind: 'demand.item', id } })
    const unit = units.get(provider)!
    await store.insertItem(ctx.db, {
      ...{ id, need: row.id, provider, providerName: unit.name, providerDivision: unit.division, item, itemKey: nameKey(item), entry, askedAt: ctx.now, clock },
    })
    await putTodo(ctx, {
      ...{ kind: 'demand.answer', subject: row.id, to: { unit: provider, right: 'demand.supply' }, params: { item, asker: row.askerName }, deadline: clock },
    })
  }
}
