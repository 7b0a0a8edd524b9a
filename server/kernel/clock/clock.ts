/**
 * Legal clocks: a deadline begins under the rule in force that day, may be suspended and extended within the rule, and ends.
 * Its date is kept for sorting and computed anew whenever it or the calendar changes.
 */
import { type Kysely, sql } from 'kysely'
import { type Calendar, type CalendarDay, calendarOf } from '../calendar/calendar.ts'
import { type Deadline as Budget, dueOn, remaining } from '../calendar/deadline.ts'
import { explain } from '../calendar/explain.ts'
import type { Id, LocalDate } from '../contract.ts'
import type { KernelTables } from '../database.ts'
import type { Ctx } from '../module.ts'
import type { ClockView } from './contract.ts'
import { sayStep } from './words.ts'

export type Deadline = KernelTables['kernel.deadline']
type Db = Kysely<KernelTables>
type Any = Pick<Ctx, 'kernel' | 'today' | 'newId'>

/** Starts a clock today; `id` of the deadline. Throws (a fault) where no rule of that code is in force. */
export async function startClock(ctx: Any, { rule, subject }: { rule: string; subject: { kind: string; id: Id } }): Promise<Id> {
  const deadline = await begun(ctx, rule, subject)
  if (!deadline) throw new Error(`no legal rule ${rule} in force on ${ctx.today}`)
  await ctx.kernel
    .insertInto('kernel.deadline')
    .values({ ...deadline, suspensions: '[]' as never })
    .execute()
  return deadline.id
}

/** The clock that would start today under a rule; undefined where none of that code is in force. */
export async function previewClock(ctx: Any, rule: string): Promise<ClockView | undefined> {
  const deadline = await begun(ctx, rule, { kind: '', id: ctx.newId() })
  return deadline && viewOf(await readCalendar(ctx.kernel), deadline, ctx.today)
}

async function begun(ctx: Any, rule: string, subject: { kind: string; id: Id }): Promise<Deadline | undefined> {
  const known = await ctx.kernel
    .selectFrom('kernel.legalRule')
    .selectAll()
    .where('code', '=', rule)
    .where('effectiveFrom', '<=', ctx.today)
    .where((where) => where.or([where('effectiveTo', 'is', null), where('effectiveTo', '>', ctx.today)]))
    .orderBy('effectiveFrom', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!known) return undefined
  const { basis, days, unit, extensionDays } = known
  const deadline: Deadline = {
    ...{ id: ctx.newId(), rule, subjectKind: subject.kind, subject: subject.id, basis, days, unit, extensionDays },
    ...{ startedOn: ctx.today, dueOn: ctx.today, extendedBy: 0, suspensions: [], endedOn: null },
  }
  return { ...deadline, dueOn: dateOfDeadline(await readCalendar(ctx.kernel), deadline) }
}

/** Stops the clock while somebody else must act; a clock that stands already keeps standing. */
export const suspendClock = (ctx: Any, id: Id, reason: string): Promise<void> =>
  change(ctx, id, (deadline) =>
    standing(deadline) ? deadline : { ...deadline, suspensions: [...deadline.suspensions, { from: ctx.today, to: null, reason }] },
  )

export const resumeClock = (ctx: Any, id: Id): Promise<void> =>
  change(ctx, id, (deadline) => ({ ...deadline, suspensions: deadline.suspensions.map((one) => (one.to ? one : { ...one, to: ctx.today })) }))

/** Adds days; the constraint `deadline_extension_within_rule` refuses more than the rule allows. */
export const extendClock = (ctx: Any, id: Id, days: number): Promise<void> =>
  change(ctx, id, (deadline) => ({ ...deadline, extendedBy: deadline.extendedBy + days }))

export const endClock = (ctx: Any, id: Id): Promise<void> => change(ctx, id, (deadline) => ({ ...deadline, endedOn: deadline.endedOn ?? ctx.today }))

async function change(ctx: Any, id: Id, how: (deadline: Deadline) => Deadline): Promise<void> {
  const deadline = how(await ctx.kernel.selectFrom('kernel.deadline').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow())
  await keep(ctx.kernel, { ...deadline, dueOn: dateOfDeadline(await readCalendar(ctx.kernel), deadline) })
}

async function keep(db: Db, { id, dueOn: due, extendedBy, suspensions, endedOn }: Deadline): Promise<void> {
  await db
    .updateTable('kernel.deadline')
    .set({ dueOn: due, extendedBy, suspensions: JSON.stringify(suspensions) as never, endedOn })
    .where('id', '=', id)
    .execute()
}

/** Gives every running clock its date anew; answers how many moved. Called when the calendar changes. */
export async function recomputeClocks(db: Db): Promise<number> {
  const calendar = await readCalendar(db)
  const running = await db.selectFrom('kernel.deadline').selectAll().where('endedOn', 'is', null).forUpdate().execute()
  const moved = running
    .map((deadline) => ({ before: deadline.dueOn, deadline: { ...deadline, dueOn: dateOfDeadline(calendar, deadline) } }))
    .filter(({ before, deadline }) => before !== deadline.dueOn)
  for (const { deadline } of moved) await keep(db, deadline)
  return moved.length
}

/** The clocks of many subjects, each subject's newest, with their reasons. */
export async function clocksOf({ kernel, today }: Pick<Any, 'kernel' | 'today'>, ids: readonly Id[]): Promise<Map<Id, ClockView>> {
  if (ids.length === 0) return new Map()
  const calendar = await readCalendar(kernel)
  const deadlines = await kernel
    .selectFrom('kernel.deadline')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute()
  return new Map(deadlines.map((deadline) => [deadline.id, viewOf(calendar, deadline, today)]))
}

export function viewOf(calendar: Calendar, deadline: Deadline, today: LocalDate): ClockView {
  const { id, rule, basis, days, unit, startedOn, dueOn: due, endedOn, extendedBy } = deadline
  const chip = remaining(calendar, due, endedOn ?? today, unit)
  return {
    ...{ id, rule, basis, days, unit, startedOn, dueOn: due, endedOn, extendedBy },
    suspended: standing(deadline),
    remaining: chip.tone === 'late' ? -chip.days : chip.days,
    tone: endedOn ? 'ended' : chip.tone,
    explain: explain(calendar, budgetOf(deadline)).map(sayStep),
  }
}

const standing = ({ suspensions }: Deadline): boolean => suspensions.some(({ to }) => to === null)

function budgetOf({ basis, days, unit, startedOn, extendedBy, suspensions }: Deadline): Budget {
  return {
    rule: { basis, days, unit },
    start: startedOn,
    extensions: extendedBy > 0 ? [{ on: startedOn, days: extendedBy, basis }] : [],
    suspensions: suspensions.map(({ from, to, reason }) => ({ from, reason, ...(to ? { to } : {}) })),
  }
}

function dateOfDeadline(calendar: Calendar, deadline: Deadline): LocalDate {
  return dueOn(calendar, budgetOf(deadline)).date ?? deadline.dueOn
}

export async function readCalendar(db: Db): Promise<Calendar> {
  const { rows } = await sql<{
    day: LocalDate
    kind: 'holiday' | 'workday'
    note: string
  }>`select day, kind, note from kernel.calendar_day order by day`.execute(db)
  const days: CalendarDay[] = rows.map(({ day, kind, note }) => ({ date: day, kind: kind === 'workday' ? 'makeup' : 'holiday', name: note }))
  return calendarOf(new Set(rows.map(({ day }) => Number(day.slice(0, 4)))), days)
}
