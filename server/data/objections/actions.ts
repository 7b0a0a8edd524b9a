import { endClock, startClock } from '../../kernel/clock/clock.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { Answered, type contract, refusals } from './contract.ts'
import { raise, waitForAnswer } from './raise.actions.ts'
import { type Act, allows, stateOf } from './rules.ts'
import { type Context, demandAt, sees, sightOf } from './sight.ts'
import * as store from './store.ts'
import { unitsOf } from './subject.ts'
import type { ObjectionRow, Tables } from './tables.ts'
import { headsOf, noteStep, viewOf } from './view.ts'

const refuse = refuser(refusals)
const NOTICES = ['objections.rejected', 'objections.failed'] as const

export const actions: Actions<typeof contract, Tables> = {
  raise,

  async objections(ctx, { after, limit, side, ...wanted }) {
    const own = ctx.actor.unit ?? undefined
    const filter = { ...wanted, sight: sightOf(ctx), ...(side === 'mine' ? { raiser: own } : side === 'handling' ? { handler: own } : {}) }
    const rows = await store.page(ctx.db, filter, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.total(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: await headsOf(ctx, page.items) }
  },

  async objection(ctx, { id }) {
    return viewOf(ctx, await seen(ctx, id))
  },

  async attachment(ctx, { id }) {
    await seen(ctx, id)
    const { content, name, type, bytes, digest } = (await store.wholeAttachment(ctx.db, id)) ?? refuse('objections.no_attachment')
    return { name, type, bytes, digest, content: content.toString('base64') }
  },

  async accept(ctx, { id, handler: chosen, note }) {
    const row = await held(ctx, id, 'accept', 'objections.review', 'against')
    const handler = chosen ?? row.against
    const unit = (await unitsOf(ctx, [handler])).get(handler)
    if (!unit || handler === row.raiser) return refuse('objections.bad_handler')
    await over(ctx, row)
    const answerClock = await startClock(ctx, { rule: 'objections.answer', subject: { kind: 'objections.objection', id } })
    const passed = { handler, handlerName: unit.name, handlerDivision: unit.division, acceptedAt: ctx.now, answerClock }
    const changed = await store.change(ctx.db, id, passed)
    await noteStep(ctx, id, 'accepted', note ? `${unit.name}\n${note}` : unit.name)
    await waitForAnswer(ctx, changed)
    return viewOf(ctx, changed)
  },

  async reject(ctx, { id, reason }) {
    const row = await held(ctx, id, 'reject', 'objections.review', 'against')
    return ended(ctx, row, { rejectedAt: ctx.now }, 'rejected', reason)
  },

  async fail(ctx, { id, reason }) {
    const row = await held(ctx, id, 'fail', 'objections.review', 'against')
    return ended(ctx, row, { failedAt: ctx.now }, 'failed', reason)
  },

  async withdraw(ctx, { id, reason }) {
    const row = await held(ctx, id, 'withdraw', 'objections.raise', 'raiser')
    await over(ctx, row)
    const changed = await store.change(ctx.db, id, { withdrawnAt: ctx.now })
    await noteStep(ctx, id, 'withdrawn', reason)
    return viewOf(ctx, changed)
  },

  async answer(ctx, { id, outcome, words }) {
    const row = await held(ctx, id, 'answer', 'objections.handle', 'handler')
    await over(ctx, row)
    const changed = await store.change(ctx.db, id, { answeredAt: ctx.now, outcome, answer: words })
    await noteStep(ctx, id, 'answered', words)
    await putTodo(ctx, { kind: 'objections.rate', subject: id, to: { unit: row.raiser, right: 'objections.raise' }, params: { title: row.title } })
    if (row.handler) ctx.emit(Answered, { objection: id, raiser: row.raiser, handler: row.handler, outcome })
    return viewOf(ctx, changed)
  },

  async rate(ctx, { id, score, solved, words }) {
    await held(ctx, id, 'rate', 'objections.raise', 'raiser')
    const changed = await store.change(ctx.db, id, { ratedAt: ctx.now, score, solved, ratingWords: words })
    await doneTodo(ctx, id)
    await noteStep(ctx, id, 'rated', words)
    return viewOf(ctx, changed)
  },

  async acknowledge(ctx, { id }) {
    demandAt(ctx, 'objections.raise', await store.find(ctx.db, id), 'raiser')
    for (const kind of NOTICES) await doneTodo(ctx, id, kind)
    ctx.about('objections.objection', id)
    return {}
  },
}

async function seen(ctx: Context, id: string): Promise<ObjectionRow> {
  const row = await store.find(ctx.db, id)
  return row && sees(sightOf(ctx), row) ? row : refuse('objections.unknown')
}

/** The locked objection where the caller's right holds at this side and its state allows the act. */
async function held(ctx: Context, id: string, act: Act, right: string, side: Parameters<typeof demandAt>[3]): Promise<ObjectionRow> {
  const row = demandAt(ctx, right, await store.lock(ctx.db, id), side)
  const state = stateOf(row)
  return allows(state, act) ? row : refuse('objections.wrong_state', { state })
}

/** The clock that runs ends, and nobody waits for anything any more. */
async function over(ctx: Context, { id, reviewClock, answerClock }: ObjectionRow): Promise<void> {
  for (const clock of [reviewClock, answerClock]) if (clock) await endClock(ctx, clock)
  await doneTodo(ctx, id)
}

/** Ends an objection without an answer and tells the unit that raised it. */
async function ended(ctx: Context, row: ObjectionRow, change: Parameters<typeof store.change>[2], act: 'rejected' | 'failed', reason: string) {
  await over(ctx, row)
  const changed = await store.change(ctx.db, row.id, change)
  await noteStep(ctx, row.id, act, reason)
  const to = { unit: row.raiser, right: 'objections.raise' }
  await putTodo(ctx, { kind: `objections.${act}`, subject: row.id, to, params: { title: row.title } })
  return viewOf(ctx, changed)
}
