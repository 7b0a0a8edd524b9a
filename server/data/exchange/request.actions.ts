import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { extendClock, resumeClock, startClock, suspendClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { refusals } from './contract.ts'
import { activeNodeOf } from './node-state.ts'
import { demandAgreement } from './partner.ts'
import { Requested, type requestEndpoints } from './request.contract.ts'
import { answered, lockFor, refuseOn, requireAct } from './request.lock.ts'
import { answerRule, type BoundOffer, checkOffer, checkWish, fieldsAsked, filterWords } from './request.rules.ts'
import * as store from './request.store.ts'
import { headsOf, noteStep, viewOf } from './request.view.ts'
import { type Context, demandAt, ownUnit, type Side, sees, sightOf } from './sight.ts'
import type { RequestRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
const NOTICES = ['exchange.refused', 'exchange.revoked', 'exchange.entry_withdrawn'] as const

export const requestActions: Actions<typeof requestEndpoints, Tables> = {
  async request(ctx, wish) {
    const consumer = ownUnit(ctx, 'exchange.request')
    const { id: entry, code, version, ...offer } = await ctx.ask(catalog.published, { id: wish.entry })
    refuseOn(checkOffer(offer, consumer))
    const bound = offer as BoundOffer
    refuseOn(checkWish(wish, bound, ctx.today))
    await activeNodeOf(ctx, wish.node, consumer)
    const { share, provider, name } = bound.content
    const units = new Map((await ctx.ask(organizations.unitsById, { ids: [provider, consumer] })).map((unit) => [unit.id, unit]))
    const [from, to] = [units.get(provider) ?? refuse('exchange.not_published'), units.get(consumer) ?? refuse('exchange.no_node')]
    if (to.kind === 'outside') await demandAgreement(ctx, consumer)
    const id = ctx.newId()
    const shareType = share.type === 'unconditional' ? 'unconditional' : 'conditional'
    const words = filterWords(wish.filter, fieldsAsked(wish.fields, bound))
    const clock = await startClock(ctx, { rule: answerRule(shareType), subject: { kind: 'exchange.request', id } })
    const row = await store.insertRequest(ctx.db, {
      ...{ id, entry, entryVersion: version, entryCode: code, entryName: name, shareType, clock, askedAt: ctx.now, askedBy: ctx.actor.id },
      ...{ provider, providerName: from.name, providerDivision: from.division, consumer, consumerName: to.name, consumerDivision: to.division },
      wish: JSON.stringify(wish),
      filterWords: words && JSON.stringify(words),
    })
    await noteStep(ctx, id, 'asked')
    await waitForAnswer(ctx, row)
    ctx.emit(Requested, { request: id, entry, provider, consumer })
    return viewOf(ctx, row)
  },

  async requests(ctx, { after, limit, side, ...wanted }) {
    const sides: Record<typeof side, Side | undefined> = { mine: 'consumer', incoming: 'provider', all: undefined }
    const filter = { ...wanted, side: sides[side], sight: sightOf(ctx) }
    const rows = await store.requestPage(ctx.db, filter, after ? decodeCursor<store.RequestCursor>(after) : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.requestTotal(ctx.db, filter), ({ urgency, id }) => [urgency, id])
    return { ...page, items: await headsOf(ctx, page.items) }
  },

  async requestById(ctx, { id }) {
    const row = await store.findRequest(ctx.db, id)
    return row && sees(sightOf(ctx), row) ? viewOf(ctx, row) : refuse('exchange.unknown')
  },

  async askSupplement(ctx, { id, missing }) {
    const row = await lockFor(ctx, id, 'askSupplement', 'exchange.answer', 'provider')
    await suspendClock(ctx, row.clock, missing.join('；'))
    await noteStep(ctx, id, 'supplement_asked', missing.join('\n'))
    await doneTodo(ctx, id, 'exchange.answer')
    await putTodo(ctx, { kind: 'exchange.supply', subject: id, to: { unit: row.consumer, right: 'exchange.request' }, params: { entry: row.entryName } })
    return viewOf(ctx, await store.changeRequest(ctx.db, id, { supplement: missing }))
  },

  async supply(ctx, { id, basis, purpose, scenario, note }) {
    const row = await lockFor(ctx, id, 'supply', 'exchange.request', 'consumer')
    await resumeClock(ctx, row.clock)
    await noteStep(ctx, id, 'supplied', note)
    await doneTodo(ctx, id, 'exchange.supply')
    await waitForAnswer(ctx, row)
    return viewOf(ctx, await store.changeRequest(ctx.db, id, { supplement: [], wish: JSON.stringify({ ...row.wish, basis, purpose, scenario }) }))
  },

  async extend(ctx, { id, days, reason }) {
    const row = (await store.lockRequest(ctx.db, id)) ?? refuse('exchange.unknown')
    if (!ctx.may('exchange.supervise', { unit: row.provider, division: row.providerDivision })) refuse('exchange.unknown')
    requireAct(row, 'extend')
    const left = await extensionLeft(ctx, row.clock)
    if (days > left) refuse('exchange.extension_too_long', { days: left })
    await extendClock(ctx, row.clock, days)
    await noteStep(ctx, id, 'extended', `+${days}：${reason}`)
    return viewOf(ctx, row)
  },

  async refuse(ctx, { id, reasons, basis }) {
    const row = await lockFor(ctx, id, 'refuse', 'exchange.answer', 'provider')
    const changed = await store.changeRequest(ctx.db, id, { refusedAt: ctx.now, refusal: JSON.stringify({ reasons, basis }), supplement: [] })
    await answered(ctx, row)
    await noteStep(ctx, id, 'refused', [...reasons, basis].join('\n'))
    await putTodo(ctx, { kind: 'exchange.refused', subject: id, to: { unit: row.consumer, right: 'exchange.request' }, params: { entry: row.entryName } })
    return viewOf(ctx, changed)
  },

  async withdrawRequest(ctx, { id, reason }) {
    const row = await lockFor(ctx, id, 'withdraw', 'exchange.request', 'consumer')
    const changed = await store.changeRequest(ctx.db, id, { withdrawnAt: ctx.now, supplement: [] })
    await answered(ctx, row)
    await noteStep(ctx, id, 'withdrawn', reason)
    return viewOf(ctx, changed)
  },

  async acknowledge(ctx, { id }) {
    demandAt(ctx, 'exchange.request', await store.findRequest(ctx.db, id), 'consumer')
    for (const kind of NOTICES) await doneTodo(ctx, id, kind)
    ctx.about('exchange.request', id)
    return {}
  },
}

const waitForAnswer = (ctx: Context, { id, provider, entryName, consumerName, clock }: RequestRow): Promise<void> =>
  putTodo(ctx, {
    kind: 'exchange.answer',
    subject: id,
    to: { unit: provider, right: 'exchange.answer' },
    params: { entry: entryName, consumer: consumerName },
    deadline: clock,
  })

/** Days by which the clock may still be extended; holds the clock until the transaction ends. */
async function extensionLeft({ kernel }: Context, clock: Id): Promise<number> {
  const { extensionDays, extendedBy } = await kernel
    .selectFrom('kernel.deadline')
    .select(['extensionDays', 'extendedBy'])
    .where('id', '=', clock)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return extensionDays - extendedBy
}
