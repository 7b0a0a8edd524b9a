/**
 * The working-day calendar: weekends, legal holidays and the weekend days worked in their place (调休). Pure and browser-safe.
 * Counting is arithmetic on day numbers, so that years cost no more than days.
 */
import type { LocalDate } from '../contract.ts'

/** One line of the yearly notice of the State Council's General Office: a day off, or a weekend day that is worked. */
export type CalendarDay = { date: LocalDate; kind: 'holiday' | 'makeup'; name?: string }

/** Made by `calendarOf`; to be read through the functions of this folder only. */
export type Calendar = {
  /** The years whose notice is known. In any other year only weekends are off, and what was counted there is not certain. */
  readonly years: ReadonlySet<number>
  readonly days: ReadonlyMap<number, CalendarDay>
  /** Day numbers that differ from the rule of the week, ascending, and the sum of the differences up to each. */
  readonly exceptions: readonly number[]
  readonly drift: readonly number[]
}

const MILLISECONDS_A_DAY = 86_400_000
const DAYS_TO_FIRST_MONDAY = 4 // 1970-01-05

/** Days since 1970-01-01. */
export function dayNumber(date: LocalDate): number {
  return Date.parse(`${date}T00:00:00Z`) / MILLISECONDS_A_DAY
}

export function dateOf(day: number): LocalDate {
  return new Date(day * MILLISECONDS_A_DAY).toISOString().slice(0, 10)
}

/** A calendar of the days that differ from the rule of the week, and of the years whose notice they come from. */
export function calendarOf(years: Iterable<number>, days: Iterable<CalendarDay>): Calendar {
  const byNumber = new Map(Array.from(days, (day) => [dayNumber(day.date), day] as const).sort(([a], [b]) => a - b))
  const exceptions: number[] = []
  const drift: number[] = []
  for (const [number, { kind }] of byNumber) {
    const step = (kind === 'makeup' ? 1 : 0) - (isWeekday(number) ? 1 : 0)
    if (step === 0) continue
    exceptions.push(number)
    drift.push((drift.at(-1) ?? 0) + step)
  }
  return { years: new Set(years), days: byNumber, exceptions, drift }
}

export function isWeekday(day: number): boolean {
  return mod(day - DAYS_TO_FIRST_MONDAY, 7) < 5
}

export function isWorkday(calendar: Calendar, date: LocalDate): boolean {
  const day = dayNumber(date)
  return workdaysUpTo(calendar, day) > workdaysUpTo(calendar, day - 1)
}

/** Working days after `from` up to and including `to`; negative where `to` is the earlier. */
export function workdaysBetween(calendar: Calendar, from: LocalDate, to: LocalDate): number {
  return workdaysUpTo(calendar, dayNumber(to)) - workdaysUpTo(calendar, dayNumber(from))
}

/**
 * The n-th working day after `start`, which is day 0 whether worked or not. For n of 0 or less: the last working day on or
 * before `start`, and those before it.
 */
export function addWorkdays(calendar: Calendar, start: LocalDate, n: number): LocalDate {
  const target = workdaysUpTo(calendar, dayNumber(start)) + n
  let day = dayNumber(start) + Math.floor((n * 7) / 5)
  for (let missing = target - workdaysUpTo(calendar, day); missing !== 0; missing = target - workdaysUpTo(calendar, day)) day += missing
  while (workdaysUpTo(calendar, day - 1) === target) day -= 1
  return dateOf(day)
}

/** Whether the notice of every year between the two dates, both included, is known. */
export function isCertain(calendar: Calendar, from: LocalDate, to: LocalDate): boolean {
  return unknownYears(calendar, from, to).length === 0
}

export function unknownYears(calendar: Calendar, from: LocalDate, to: LocalDate): number[] {
  const unknown: number[] = []
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1) if (!calendar.years.has(year)) unknown.push(year)
  return unknown
}

/** Working days from an arbitrary fixed day up to and including `day`: differences of it are what counts. */
function workdaysUpTo(calendar: Calendar, day: number): number {
  const sinceMonday = day - DAYS_TO_FIRST_MONDAY
  const weekdays = Math.floor(sinceMonday / 7) * 5 + Math.min(mod(sinceMonday, 7) + 1, 5)
  return weekdays + driftAt(calendar, day)
}

function driftAt({ exceptions, drift }: Calendar, day: number): number {
  let low = 0
  let high = exceptions.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (exceptions[middle]! <= day) low = middle + 1
    else high = middle
  }
  return low === 0 ? 0 : drift[low - 1]!
}

const mod = (value: number, by: number): number => ((value % by) + by) % by
