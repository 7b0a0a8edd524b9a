/** Why a deadline falls on its date, as data that a screen can word. Pure and browser-safe. */
import type { LocalDate } from '../contract.ts'
import { type Calendar, dateOf, dayNumber, isWeekday, unknownYears } from './calendar.ts'
import { calendarDecides, type Deadline, dueOn, freeSpans, type Suspension, type Unit } from './deadline.ts'

export type Step =
  | { kind: 'accepted'; date: LocalDate }
  | { kind: 'budget'; days: number; unit: Unit; basis: string }
  | { kind: 'extended'; date: LocalDate; days: number; unit: Unit; basis: string }
  /** `reason` joins those of suspensions that touch or overlap; `to` is the last free day, null while it stands. */
  | { kind: 'suspended'; from: LocalDate; to: LocalDate | null; reason: string }
  /** Days off, weekends beside a holiday not included. */
  | { kind: 'holiday'; from: LocalDate; to: LocalDate; name: string }
  | { kind: 'makeup'; date: LocalDate; name: string }
  /** Ordinary weekend days that did not count. */
  | { kind: 'weekends'; days: number }
  /** The last natural day was off. */
  | { kind: 'rolled'; from: LocalDate; to: LocalDate }
  /** Only weekends were left out in this year: its notice is not known yet. */
  | { kind: 'uncertain'; year: number }
  | { kind: 'due'; date: LocalDate | null }

/** The steps in the order one tells them: what is allowed, what happened on the way by date, what follows. */
export function explain(calendar: Calendar, deadline: Deadline): Step[] {
  const { rule, start, extensions = [] } = deadline
  const { date, rolledFrom } = dueOn(calendar, deadline)
  const spans = freeSpans(deadline)
  const end = date ?? dateOf((spans.at(-1)?.from ?? dayNumber(start)) - 1)
  const steps: Step[] = [
    { kind: 'accepted', date: start },
    { kind: 'budget', days: rule.days, unit: rule.unit, basis: rule.basis },
    ...extensions.map(({ on, days, basis }) => ({ kind: 'extended' as const, date: on, days, unit: rule.unit, basis })),
  ]
  const passed = suspensionsBefore(deadline, end)
  if (rule.unit === 'workday') {
    const { dated, weekends } = daysOff(calendar, start, end)
    steps.push(...[...dated, ...passed].sort((a, b) => (dayOf(a) < dayOf(b) ? -1 : 1)))
    if (weekends > 0) steps.push({ kind: 'weekends', days: weekends })
  } else steps.push(...passed)
  if (date && rolledFrom) steps.push({ kind: 'rolled', from: rolledFrom, to: date })
  if (calendarDecides(rule)) steps.push(...unknownYears(calendar, start, end).map((year) => ({ kind: 'uncertain' as const, year })))
  return [...steps, { kind: 'due', date }]
}

type Dated = Extract<Step, { kind: 'suspended' | 'holiday' | 'makeup' }>
const dayOf = (step: Dated): LocalDate => (step.kind === 'makeup' ? step.date : step.from)

function suspensionsBefore(deadline: Deadline, end: LocalDate): Dated[] {
  return freeSpans(deadline)
    .filter(({ from, to }) => from <= dayNumber(end) || to === Number.POSITIVE_INFINITY)
    .map((span) => ({
      kind: 'suspended',
      from: dateOf(span.from),
      to: span.to === Number.POSITIVE_INFINITY ? null : dateOf(span.to),
      reason: (deadline.suspensions ?? [])
        .filter((suspension) => touches(suspension, span))
        .map(({ reason }) => reason)
        .join('; '),
    }))
}

function touches({ from, to }: Suspension, span: { from: number; to: number }): boolean {
  return dayNumber(from) <= span.to && (to === undefined || dayNumber(to) > span.from)
}

/** Holidays (runs of one name), make-up days and the number of other weekend days after `start` up to and including `end`. */
function daysOff(calendar: Calendar, start: LocalDate, end: LocalDate): { dated: Dated[]; weekends: number } {
  const dated: Dated[] = []
  let weekends = 0
  for (let day = dayNumber(start) + 1; day <= dayNumber(end); day += 1) {
    const named = calendar.days.get(day)
    const last = dated.at(-1)
    if (!named) weekends += isWeekday(day) ? 0 : 1
    else if (named.kind === 'makeup') dated.push({ kind: 'makeup', date: named.date, name: named.name ?? '' })
    else if (last?.kind === 'holiday' && last.name === (named.name ?? '') && dayNumber(last.to) === day - 1) last.to = named.date
    else dated.push({ kind: 'holiday', from: named.date, to: named.date, name: named.name ?? '' })
  }
  return { dated, weekends }
}
