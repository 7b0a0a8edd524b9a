import { endClock, previewClock } from '../../kernel/clock/clock.ts'
import { doneTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { dayOf } from '../../kernel/time.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { refusals } from './contract.ts'
import type { Evidence, PlanWish } from './evidence.contract.ts'
import { lockFor, nextClock, requireAct, tellBureaus, tellConsumer } from './lock.ts'
import type { moveEndpoints } from './move.contract.ts'
import { mayKeepUntil, stateOfChannel } from './rules.ts'
import { type Context, holdsAt, sees, sightOf, supervises } from './sight.ts'
import * as store from './store.ts'
import type { ChannelRow, Tables } from './tables.ts'
import { evidenceOf, noteStep, viewOf } from './view.ts'

const refuse = refuser(refusals)
const NOTICES = ['channels.late', 'channels.reopened', 'channels.retention_refused', 'channels.retention_ended'] as const

export const moveActions: Actions<typeof moveEndpoints, Tables> = {
  async plan(ctx, { id, ...wish }) {
    const row = await lockFor(ctx, id, 'plan', 'consumer', 'provider')
    const target = await replacing(ctx, row, wish)
    const latest = (await previewClock(ctx, 'channels.move'))?.dueOn ?? ctx.today
    if (wish.dueOn <= ctx.today || wish.dueOn > latest) refuse('channels.bad_due', { latest })
    const clock = await nextClock(ctx, row, 'channels.move')
    const plan = JSON.stringify({ ...wish, targetName: target.content.name, targetCode: target.code })
    const planned = await store.changeChannel(ctx.db, id, { plan, target: wish.target, dueOn: wish.dueOn, plannedAt: row.plannedAt ?? ctx.now, clock })
    await noteStep(ctx, id, 'planned', `${target.code} ${target.content.name} · ${wish.dueOn}`)
    for (const kind of ['channels.plan', 'channels.late', 'channels.retention_ended', 'channels.retention_refused']) await doneTodo(ctx, id, kind)
    return viewOf(ctx, planned)
  },

  async begin(ctx, { id, note }) {
    await lockFor(ctx, id, 'begin', 'consumer', 'provider')
    const row = await store.changeChannel(ctx.db, id, { begunAt: ctx.now })
    await noteStep(ctx, id, 'begun', note)
    return viewOf(ctx, row)
  },

  async runParallel(ctx, { id, note }) {
    const row = await lockFor(ctx, id, 'runParallel', 'consumer', 'provider')
    const evidence = await demandEvidence(ctx, row)
    const parallel = await store.changeChannel(ctx.db, id, { parallelAt: ctx.now })
    await noteStep(ctx, id, 'parallel', note, { evidence })
    await doneTodo(ctx, id, 'channels.reopened')
    return viewOf(ctx, parallel)
  },

  async close(ctx, { id, ...record }) {
    const row = await lockFor(ctx, id, 'close', 'consumer', 'provider')
    if (record.on > ctx.today || (row.parallelAt && record.on < dayOf(row.parallelAt))) refuse('channels.bad_closing')
    const evidence = await demandEvidence(ctx, row)
    const closing = JSON.stringify({ ...record, evidence, recordedBy: ctx.actor.name })
    if (row.clock) await endClock(ctx, row.clock)
    const closed = await store.changeChannel(ctx.db, id, { closedAt: ctx.now, closing })
    await noteStep(ctx, id, 'closed', record.switchedOff, { evidence, document: record.document })
    await doneTodo(ctx, id)
    return viewOf(ctx, closed)
  },

  async askRetention(ctx, { id, ...wish }) {
    const row = await lockFor(ctx, id, 'askRetention', 'consumer')
    if (!mayKeepUntil(wish.until, ctx.today)) refuse('channels.bad_until')
    const retention = JSON.stringify({ ...wish, askedByName: ctx.actor.name, approvedByName: null })
    const asked = await store.changeChannel(ctx.db, id, { retention })
    await noteStep(ctx, id, 'retention_asked', `${wish.reason} · ${wish.basis} · ${wish.until}`)
    await tellBureaus(ctx, row, 'retention')
    return viewOf(ctx, asked)
  },

  async decideRetention(ctx, { id, approve, note }) {
    const row = await store.lockChannel(ctx.db, id)
    if (!row || !sees(sightOf(ctx), row)) return refuse('channels.unknown')
    if (!supervises(ctx, row)) refuse('channels.not_yours')
    requireAct(row, 'decideRetention')
    const asked = row.retention && row.retention.approvedByName === null ? row.retention : refuse('channels.wrong_state', { state: stateOfChannel(row) })
    if (approve && !mayKeepUntil(asked.until, ctx.today)) refuse('channels.bad_until')
    if (approve && row.clock) await endClock(ctx, row.clock)
    const change = approve
      ? { retention: JSON.stringify({ ...asked, approvedByName: ctx.actor.name }), retainedAt: ctx.now, retainUntil: asked.until }
      : { retention: null }
    const decided = await store.changeChannel(ctx.db, id, change)
    await noteStep(ctx, id, approve ? 'retained' : 'retention_refused', note)
    await doneTodo(ctx, id, 'channels.retention')
    if (approve) for (const kind of ['channels.plan', 'channels.late']) await doneTodo(ctx, id, kind)
    else await tellConsumer(ctx, row, 'retention_refused')
    return viewOf(ctx, decided)
  },

  async acknowledge(ctx, { id }) {
    const row = await store.findChannel(ctx.db, id)
    if (!row || !sees(sightOf(ctx), row)) return refuse('channels.unknown')
    if (!holdsAt(ctx, 'channels.register', row, 'consumer')) refuse('channels.not_yours')
    for (const kind of NOTICES) await doneTodo(ctx, id, kind)
    ctx.about('channels.channel', id)
    return {}
  },
}

/** The published, shared entry that is to replace the channel: of its provider, where that is a unit of the platform. */
async function replacing(ctx: Context, { provider }: ChannelRow, { target }: PlanWish) {
  const entry = await ctx.ask(catalog.published, { id: target })
  const ofProvider = provider === null || entry.content.provider === provider
  return entry.withdrawn || entry.content.share.type === 'none' || !ofProvider ? refuse('channels.bad_target') : entry
}

async function demandEvidence(ctx: Context, row: ChannelRow): Promise<Evidence> {
  const evidence = await evidenceOf(ctx, row)
  if (evidence?.holds) return evidence
  const { granted, deliveries, lastAt } = evidence ?? { granted: false, deliveries: 0, lastAt: null }
  return refuse('channels.no_evidence', { granted, deliveries, lastAt })
}
