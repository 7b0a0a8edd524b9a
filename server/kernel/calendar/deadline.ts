/**
 * Legal deadlines: a budget of days, a ledger of suspensions, and the date that follows from both. Nothing derived is stored, so a
 * changed calendar or a resumed clock gives a new date by itself. Pure and browser-safe.
 * Source: 行政许可法 arts 42–48 and 82 (working days, holidays excluded); 民法典 arts 201 and 203 (day of the act, last day).
 */
import type { LocalDate } from '../contract.ts'
import { addWorkdays, type Calendar, dateOf, dayNumber, isCertain, isWorkday, workdaysBetween } from './calendar.ts'

export type Unit = 'workday' | 'day'

export type Rule = {
  /** The clause that sets the limit. */
  basis: string
  days: number
  unit: Unit
  /** Whether the day on which a suspension begins is free too; it counts as used where absent. */
  freeFirstDay?: boolean
  /** Natural days only: a last day that is off gives way to the next working day, 民法典 art. 203. */
  endsOnWorkday?: boolean
}
/** Days added, in the rule's unit, by a decision taken before the limit ran out. */
export type Extension = { on: LocalDate; days: number; basis: string }
/** The clock stands from `from` until work resumes on `to`, which counts again; without `to` it still stands. */
export type Suspension = { from: LocalDate; to?: LocalDate; reason: string }

/** `start` is the day of acceptance: day 0, never counted. */
export type Deadline = { rule: Rule; start: LocalDate; extensions?: readonly Extension[]; suspensions?: readonly Suspension[] }

export type Due = {
  /** The last day in time; null while a suspension stands that began before it. */
  date: LocalDate | null
  /** The last natural day, where that was off and the date is the working day after it. */
  rolledFrom: LocalDate | null
  /** The rule's days and all extensions, in the rule's unit. */
  budget: number
  /** Days of that unit before the date that did not count. */
  suspended: number
  /** Days of that unit still to use when the standing suspension began; null where none stands. */
  frozen: number | null
  /** False where a year on the way has no calendar yet: the date may still move. */
  certain: boolean
}

/** Free days, as day numbers, both included. */
export type Span = { from: number; to: number }

export function dueOn(calendar: Calendar, deadline: Deadline): Due {
  const { rule, start } = deadline
  const budget = rule.days + (deadline.extensions ?? []).reduce((sum, { days }) => sum + days, 0)
  const spans = freeSpans(deadline)
  let suspended = 0
  let last = advance(calendar, rule.unit, start, budget)
  for (;;) {
    const standing = spans.find(({ from, to }) => to === Number.POSITIVE_INFINITY && from <= dayNumber(last))
    if (standing) {
      const before = dateOf(standing.from - 1)
      suspended = countIn(calendar, rule.unit, spans, start, before)
      const frozen = budget - (count(calendar, rule.unit, start, before) - suspended)
      return { date: null, rolledFrom: null, budget, suspended, frozen, certain: settled(calendar, rule, start, before) }
    }
    suspended = countIn(calendar, rule.unit, spans, start, last)
    const next = advance(calendar, rule.unit, start, budget + suspended)
    if (next === last) break
    last = next
  }
  const rolled = rolls(rule) && !isWorkday(calendar, last)
  const date = rolled ? addWorkdays(calendar, last, 1) : last
  return { date, rolledFrom: rolled ? last : null, budget, suspended, frozen: null, certain: settled(calendar, rule, start, date) }
}

export type Chip = { tone: 'quiet' | 'warn' | 'late'; days: number }

/**
 * What a person sees of a deadline. `days`: left, in the unit given (0 on the last day), or natural days past it where late.
 * Warns on the last day and when one working day or none is left.
 */
export function remaining(calendar: Calendar, due: LocalDate, today: LocalDate, unit: Unit = 'workday'): Chip {
  if (today > due) return { tone: 'late', days: dayNumber(today) - dayNumber(due) }
  return { tone: workdaysBetween(calendar, today, due) <= 1 ? 'warn' : 'quiet', days: count(calendar, unit, today, due) }
}

/** The whole days inside the suspensions, merged and ascending; one that still stands ends at infinity. */
export function freeSpans({ rule, start, suspensions = [] }: Deadline): Span[] {
  const spans = suspensions
    .map(({ from, to }) => ({
      from: Math.max(dayNumber(from) + (rule.freeFirstDay ? 0 : 1), dayNumber(start) + 1),
      to: to === undefined ? Number.POSITIVE_INFINITY : dayNumber(to) - 1,
    }))
    .filter(({ from, to }) => from <= to)
    .sort((a, b) => a.from - b.from)
  const merged: Span[] = []
  for (const span of spans) {
    const before = merged.at(-1)
    if (before && span.from <= before.to + 1) before.to = Math.max(before.to, span.to)
    else merged.push({ ...span })
  }
  return merged
}

/** Days of the unit after `from` up to and including `to`. */
export function count(calendar: Calendar, unit: Unit, from: LocalDate, to: LocalDate): number {
  return unit === 'workday' ? workdaysBetween(calendar, from, to) : dayNumber(to) - dayNumber(from)
}

/** Whether the calendar has a say in the date, or days are merely counted. */
export function calendarDecides(rule: Rule): boolean {
  return rule.unit === 'workday' || rolls(rule)
}

function rolls({ unit, endsOnWorkday }: Rule): boolean {
  return unit === 'day' && endsOnWorkday === true
}

function advance(calendar: Calendar, unit: Unit, start: LocalDate, n: number): LocalDate {
  return unit === 'workday' ? addWorkdays(calendar, start, n) : dateOf(dayNumber(start) + n)
}

function countIn(calendar: Calendar, unit: Unit, spans: readonly Span[], start: LocalDate, last: LocalDate): number {
  const end = dayNumber(last)
  return spans.reduce((sum, { from, to }) => {
    const until = Math.min(to, end)
    return until < from ? sum : sum + count(calendar, unit, dateOf(Math.max(from - 1, dayNumber(start))), dateOf(until))
  }, 0)
}

function settled(calendar: Calendar, rule: Rule, from: LocalDate, to: LocalDate): boolean {
  return calendarDecides(rule) ? isCertain(calendar, from, to) : true
}
