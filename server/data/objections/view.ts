/** Objections as people see them. */
import { maskPhone } from '../../assurance/organizations/rules.ts'
import { clocksOf } from '../../kernel/clock/clock.ts'
import type { ClockView } from '../../kernel/clock/contract.ts'
import type { ObjectionHead, ObjectionStep, ObjectionView } from './contract.ts'
import { stateOf } from './rules.ts'
import { type Context, sharesRows } from './sight.ts'
import * as store from './store.ts'
import type { ObjectionRow } from './tables.ts'

const clockOf = ({ answerClock, reviewClock }: ObjectionRow): string | null => answerClock ?? reviewClock

export async function headsOf(ctx: Context, rows: readonly ObjectionRow[]): Promise<ObjectionHead[]> {
  const clocks = await clocksOf(
    ctx,
    rows.flatMap((row) => clockOf(row) ?? []),
  )
  return rows.map((row) => headOf(row, clocks))
}

function headOf(row: ObjectionRow, clocks: ReadonlyMap<string, ClockView>): ObjectionHead {
  const { id, number, kind, topic, title, raiser, raiserName, against, againstName, handler, handlerName, dataOrgCode, contact, raisedAt } = row
  return {
    ...{ id, number, kind, topic, title, raiser, raiserName, against, againstName, handler, handlerName, dataOrgCode, contact, raisedAt },
    state: stateOf(row),
    phone: maskPhone(row.phone),
    clock: clocks.get(clockOf(row) ?? '') ?? null,
  }
}

export async function viewOf(ctx: Context, row: ObjectionRow): Promise<ObjectionView> {
  const [head] = await headsOf(ctx, [row])
  const { basis, description, subjectKind, subject, subjectName, rows, outcome, answer, answeredAt, score, solved, ratingWords, ratedAt, phone } = row
  return {
    ...head!,
    ...{ basis, description, subjectName, phone, rowCount: rows.length },
    subject: subjectKind && subject ? { kind: subjectKind, id: subject } : null,
    rows: sharesRows(ctx, row) ? rows : [],
    attachment: (await store.attachmentOf(ctx.db, row.id)) ?? null,
    answer: answeredAt && outcome && answer ? { outcome, words: answer, at: answeredAt } : null,
    rating: ratedAt && score !== null && solved !== null ? { score, solved, words: ratingWords ?? '', at: ratedAt } : null,
    steps: await store.stepsOf(ctx.db, row.id),
  }
}

/** Notes who did what with an objection, and names it in the ledger. */
export async function noteStep(ctx: Context, objection: string, act: ObjectionStep['act'], note = ''): Promise<void> {
  await store.addStep(ctx.db, { objection, at: ctx.now, act, by: ctx.actor.id, byName: ctx.actor.name, note })
  ctx.about('objections.objection', objection)
}
