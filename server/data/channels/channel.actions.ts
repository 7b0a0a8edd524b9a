import { contract as organizations, type Unit } from '../../assurance/organizations/contract.ts'
import { endClock } from '../../kernel/clock/clock.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { contract as partners } from '../partners/contract.ts'
import type { ChannelFacts, channelEndpoints } from './channel.contract.ts'
import { refusals } from './contract.ts'
import { lockFor, nextClock, requireAct, tellBureaus, tellConsumer } from './lock.ts'
import { contentKey, providerKey } from './rules.ts'
import { type Context, holdsAt, ownUnit, type Side, sees, sightOf, supervises } from './sight.ts'
import * as store from './store.ts'
import type { ChannelRow, Tables } from './tables.ts'
import { headsOf, noteStep, viewOf } from './view.ts'

const refuse = refuser(refusals)
const SUGGESTIONS = 8
type Endpoints = Omit<typeof channelEndpoints, 'checkSheet' | 'importSheet'>

export const channelActions: Actions<Endpoints, Tables> = {
  async channels(ctx, { after, limit, side, ...wanted }) {
    const sides: Record<typeof side, Side | undefined> = { mine: 'consumer', given: 'provider', all: undefined }
    const filter = { ...wanted, side: sides[side], sight: sightOf(ctx), own: ctx.actor.unit, today: ctx.today }
    const rows = await store.channelPage(ctx.db, filter, after ? decodeCursor(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.channelTotal(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: await headsOf(ctx, page.items), facets: await store.channelFacets(ctx.db, filter) }
  },

  async channel(ctx, { id }) {
    const row = await store.findChannel(ctx.db, id)
    return row && sees(sightOf(ctx), row) ? viewOf(ctx, row) : refuse('channels.unknown')
  },

  async suggest(ctx, { text, provider }) {
    const ask = (by: { provider?: string[] }) => ctx.ask(catalog.search, { text, ...by, limit: SUGGESTIONS })
    const own = provider ? (await ask({ provider: [provider] })).hits : []
    const others = own.length < SUGGESTIONS ? (await ask({})).hits.filter(({ id }) => !own.some((one) => one.id === id)) : []
    return [...own, ...others]
      .filter(({ shareType }) => shareType !== 'none')
      .slice(0, SUGGESTIONS)
      .map((hit) => ({
        ...{ entry: hit.id, code: hit.code, name: hit.name, providerName: hit.providerName, shareType: hit.shareType, bound: hit.bound },
        sameProvider: hit.provider === provider,
      }))
  },

  async register(ctx, facts) {
    const row = await list(ctx, await ownUnit(ctx), facts)
    return viewOf(ctx, row)
  },

  async revise(ctx, { id, facts }) {
    const before = await lockFor(ctx, id, 'revise', 'consumer')
    const checked = await checkFacts(ctx, facts, before.consumer)
    const clock = await nextClock(ctx, before, 'channels.confirm')
    const row = await store.changeChannel(ctx.db, id, { ...checked, clock, confirmedAt: null, confirmedOn: null })
    await noteStep(ctx, id, 'revised')
    await doneTodo(ctx, id)
    await waitForConfirmation(ctx, row, clock)
    return viewOf(ctx, row)
  },

  async confirm(ctx, { id, note }) {
    const row = await store.lockChannel(ctx.db, id)
    if (!row || !sees(sightOf(ctx), row)) return refuse('channels.unknown')
    if (!supervises(ctx, row) && !holdsAt(ctx, 'channels.register', row, 'provider')) refuse('channels.not_yours')
    requireAct(row, 'confirm')
    const clock = await nextClock(ctx, row, 'channels.plan')
    const confirmed = await store.changeChannel(ctx.db, id, { confirmedAt: ctx.now, confirmedOn: ctx.today, clock })
    await noteStep(ctx, id, 'confirmed', note)
    await doneTodo(ctx, id)
    await tellConsumer(ctx, row, 'plan', clock)
    return viewOf(ctx, confirmed)
  },

  async reconfirm(ctx, { id, rowsMonth, mbMonth, note }) {
    await lockFor(ctx, id, 'reconfirm', 'consumer')
    const row = await store.changeChannel(ctx.db, id, { confirmedOn: ctx.today, rowsMonth, mbMonth })
    await noteStep(ctx, id, 'reconfirmed', note)
    await doneTodo(ctx, id, 'channels.reconfirm')
    return viewOf(ctx, row)
  },

  async withdraw(ctx, { id, reason }) {
    const row = await lockFor(ctx, id, 'withdraw', 'consumer')
    if (row.clock) await endClock(ctx, row.clock)
    const gone = await store.changeChannel(ctx.db, id, { withdrawnAt: ctx.now })
    await noteStep(ctx, id, 'withdrawn', reason)
    await doneTodo(ctx, id)
    return viewOf(ctx, gone)
  },
}

/** Lists a channel of a consumer; it waits for its provider and for the data authority, whoever confirms first. */
export async function list(ctx: Context, consumer: Unit, facts: ChannelFacts): Promise<ChannelRow> {
  const checked = await checkFacts(ctx, facts, consumer.id)
  const id = ctx.newId()
  const clock = await nextClock(ctx, { id, clock: null }, 'channels.confirm')
  const row = await store.insertChannel(ctx.db, {
    ...checked,
    ...{
      id,
      consumer: consumer.id,
      consumerName: consumer.name,
      consumerDivision: consumer.division,
      registeredAt: ctx.now,
      registeredBy: ctx.actor.id,
      clock,
    },
  })
  await noteStep(ctx, id, 'registered')
  await waitForConfirmation(ctx, row, clock)
  return row
}

async function waitForConfirmation(ctx: Context, row: ChannelRow, clock: string): Promise<void> {
  const params = { content: row.content, consumer: row.consumerName }
  if (row.provider && !row.outside)
    await putTodo(ctx, { kind: 'channels.confirm', subject: row.id, to: { unit: row.provider, right: 'channels.register' }, params, deadline: clock })
  await tellBureaus(ctx, row, 'confirm', clock)
}

/** The facts as they are kept: names of the day, keys that tell twins; refuses what cannot be. */
async function checkFacts(ctx: Context, { provider, providerName, content, entry, ...facts }: ChannelFacts, consumer: string) {
  if (facts.sinceOn > ctx.today) refuse('channels.bad_since')
  if (provider === consumer) refuse('channels.own_data')
  const [unit] = provider ? await ctx.ask(organizations.unitsById, { ids: [provider] }) : []
  const named = unit?.name ?? providerName
  if ((provider && !unit) || named.length < 2) refuse('channels.no_provider')
  const outside = unit?.kind === 'outside'
  if (unit && outside && (await ctx.ask(partners.inForce, { units: [unit.id] })).length === 0) refuse('channels.no_agreement')
  const [known] = entry ? await ctx.ask(catalog.entriesById, { ids: [entry] }) : []
  const said = content || known?.name || refuse('channels.no_content')
  return {
    ...facts,
    ...{ provider: unit?.id ?? null, providerName: named, providerDivision: unit?.division ?? '', outside, content: said, entry: known?.id ?? null },
    providerKey: providerKey({ provider: unit?.id ?? null, providerName: named }),
    contentKey: contentKey(said),
  }
}
