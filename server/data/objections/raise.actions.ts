import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { startClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { putTodo } from '../../kernel/inbox/inbox.ts'
import type { Action } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { answersFor } from '../catalog/rules.ts'
import { takeIn } from './attach.ts'
import { type contract, Raised, refusals } from './contract.ts'
import { checkRaising, goesStraightOn } from './rules.ts'
import { type Context, ownUnit } from './sight.ts'
import * as store from './store.ts'
import { subjectOf, unitsOf } from './subject.ts'
import type { ObjectionRow, Tables } from './tables.ts'
import { noteStep, viewOf } from './view.ts'

const refuse = refuser(refusals)
const REVIEW_POST = 'bureau_officer'

export const raise: Action<(typeof contract)['raise'], Tables> = async (ctx, { attachment, rows, against: named, subject, ...asked }) => {
  const raiser = ownUnit(ctx, 'objections.raise')
  const wrong = checkRaising({ ...asked, subject, rows })
  if (wrong) throw new Refusal(wrong)
  const kept = attachment && takeIn(attachment)
  const found = await subjectOf(ctx, { kind: asked.kind, subject }, raiser)
  const against = found.against ?? named
  if (!against || against === raiser) return refuse('objections.against_missing')
  const units = await unitsOf(ctx, [raiser, against])
  const [from, at] = [units.get(raiser) ?? refuse('objections.against_missing'), units.get(against) ?? refuse('objections.against_missing')]
  const straight = goesStraightOn(asked)
  const id = ctx.newId()
  const clock = await startClock(ctx, { rule: straight ? 'objections.answer' : 'objections.review', subject: { kind: 'objections.objection', id } })
  const row = await store.insert(ctx.db, {
    ...{ ...asked, id, subjectKind: subject?.kind ?? null, subject: subject?.id ?? null, subjectName: found.name, rows: JSON.stringify(rows) },
    ...{ raiser, raiserName: from.name, raiserDivision: from.division, against, againstName: at.name, againstDivision: at.division, dataOrgCode: at.uscc },
    ...{ raisedAt: ctx.now, raisedBy: ctx.actor.id },
    ...(straight ? { handler: against, handlerName: at.name, handlerDivision: at.division, acceptedAt: ctx.now, answerClock: clock } : { reviewClock: clock }),
  })
  if (kept) await store.keepAttachment(ctx.db, { objection: id, ...kept })
  await noteStep(ctx, id, 'raised')
  if (kept) ctx.about('objections.objection', id, { attachment: kept.digest })
  if (straight) await waitForAnswer(ctx, row)
  else await waitForReview(ctx, row)
  ctx.emit(Raised, { objection: id, kind: row.kind, topic: row.topic, raiser, against })
  return viewOf(ctx, row)
}

/** Before whoever answers for the unit that has it. */
export async function waitForAnswer(ctx: Context, { id, title, raiserName, handler, answerClock }: ObjectionRow): Promise<void> {
  if (!handler || !answerClock) return
  const params = { title, raiser: raiserName }
  await putTodo(ctx, { kind: 'objections.answer', subject: id, to: { unit: handler, right: 'objections.handle' }, params, deadline: answerClock })
}

async function waitForReview(ctx: Context, { id, title, raiserName, againstDivision, reviewClock }: ObjectionRow): Promise<void> {
  const params = { title, raiser: raiserName }
  for (const unit of await reviewersOf(ctx, againstDivision)) {
    const to = { unit, right: 'objections.review' }
    await putTodo(ctx, { kind: 'objections.review', subject: id, to, params, ...(reviewClock ? { deadline: reviewClock } : {}) })
  }
}

/** The units whose officers review what is said against a unit of this division. */
async function reviewersOf(ctx: Context, division: string): Promise<Id[]> {
  const officers = await ctx.ask(organizations.liaisons, { post: REVIEW_POST })
  const units = await unitsOf(
    ctx,
    officers.map(({ unit }) => unit),
  )
  return [...units.values()].filter((unit) => answersFor(unit.division, division)).map(({ id }) => id)
}
