import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { demandStanding } from './grant.view.ts'
import type { PushWish, pushEndpoints } from './push.contract.ts'
import { firstRun, type PushAct, pushAllows, spanFits, stateOfPush } from './push.rules.ts'
import * as store from './push.store.ts'
import { headOfPush, pushView, viewOfPush } from './push.view.ts'
import { refuseOn } from './request.lock.ts'
import { objectionToSchedule } from './request.rules.ts'
import { nextDue } from './schedule.rules.ts'
import { type Context, demandAt, sees, sightOf } from './sight.ts'
import { changeSubscription, findSubscription, lockSubscription, type SubscriptionWithGrant } from './subscription.store.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)

export const pushActions: Actions<typeof pushEndpoints, Tables> = {
  async draftPush(ctx, { subscription, ...wish }) {
    const found = demandAt(ctx, 'exchange.push', await findSubscription(ctx.db, subscription), 'provider')
    demandServed(ctx, found)
    const push = { id: ctx.newId(), subscription, madeAt: ctx.now, madeBy: ctx.actor.id, ...checked(ctx, wish, found) }
    await store.insertPush(ctx.db, push)
    ctx.about('exchange.push', push.id)
    return pushView(ctx, push.id)
  },

  async changePush(ctx, { id, ...wish }) {
    const { found } = await held(ctx, id, 'change')
    await store.changePush(ctx.db, id, checked(ctx, wish, found))
    return pushView(ctx, id)
  },

  async publishPush(ctx, { id }) {
    const { push, found } = await held(ctx, id, 'publish')
    await govern(ctx, push, found, { publishedAt: ctx.now, publishedBy: ctx.actor.id })
    return pushView(ctx, id)
  },

  async stopPush(ctx, { id, reason }) {
    const { found } = await held(ctx, id, 'stop')
    await store.changePush(ctx.db, id, { stoppedAt: ctx.now, stopReason: reason, nextDueAt: null })
    await giveBack(ctx, found)
    return pushView(ctx, id)
  },

  async startPush(ctx, { id }) {
    const { push, found } = await held(ctx, id, 'start')
    await govern(ctx, push, found, { stoppedAt: null, stopReason: null })
    return pushView(ctx, id)
  },

  async pushes(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, sight: sightOf(ctx), now: ctx.now }
    const rows = await store.pushPage(ctx.db, filter, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.pushTotal(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: page.items.map((row) => headOfPush(row, ctx.now)) }
  },

  async pushById(ctx, { id }) {
    const row = await store.findPush(ctx.db, id)
    return row && sees(sightOf(ctx), row) ? viewOfPush(ctx, row) : refuse('exchange.unknown')
  },
}

/** The wish as it is kept, where its schedule, span and mode are possible under the grant. */
function checked(ctx: Context, { name, mode, schedule, beginsAt, endsAt }: PushWish, { hasCursor }: SubscriptionWithGrant) {
  refuseOn(objectionToSchedule(schedule))
  if (!spanFits({ schedule, beginsAt, endsAt }, ctx.now)) refuse('exchange.bad_push_span')
  if (mode === 'incremental' && !hasCursor) refuse('exchange.no_cursor')
  return { name, mode, schedule: JSON.stringify(schedule), beginsAt: beginsAt ?? ctx.now, endsAt: endsAt ?? null }
}

/** Refuses unless the subscription and its grant stand. */
function demandServed(ctx: Context, found: SubscriptionWithGrant): void {
  if (found.stoppedAt) refuse('exchange.wrong_state', { state: 'stopped' })
  demandStanding(found, ctx.now, 'not_yet')
}

type Held = { push: store.PushWithGrant; found: SubscriptionWithGrant }

/** The task in a state that allows the act, its grant, subscription and itself held in this order until the transaction ends. */
async function held(ctx: Context, id: string, act: PushAct): Promise<Held> {
  const known = demandAt(ctx, 'exchange.push', await store.findPush(ctx.db, id), 'provider')
  await lockSubscription(ctx.db, known.subscription)
  await store.lockPush(ctx.db, id)
  const push = (await store.findPush(ctx.db, id)) ?? refuse('exchange.unknown')
  const found = (await findSubscription(ctx.db, push.subscription)) ?? refuse('exchange.unknown')
  const state = stateOfPush(push, ctx.now)
  if (!pushAllows(state, act)) refuse('exchange.push_state', { state })
  ctx.about('exchange.push', id)
  return { push, found }
}

/** From now on the task decides when the subscription is due; the constraint `push_live_once` keeps a second one out. */
async function govern(ctx: Context, push: store.PushWithGrant, found: SubscriptionWithGrant, change: Parameters<typeof store.changePush>[2]): Promise<void> {
  demandServed(ctx, found)
  const nextDueAt = firstRun(push, ctx.now) ?? refuse('exchange.no_runs_left')
  await store.changePush(ctx.db, push.id, { ...change, nextDueAt })
  await changeSubscription(ctx.db, found.id, { nextDueAt: null })
}

/** The subscription's own schedule holds again. */
export async function giveBack({ db, now }: Pick<Context, 'db' | 'now'>, { id, schedule, stoppedAt }: SubscriptionWithGrant): Promise<void> {
  if (!stoppedAt) await changeSubscription(db, id, { nextDueAt: nextDue(schedule, now) })
}
