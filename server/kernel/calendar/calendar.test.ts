import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addWorkdays, type Calendar, calendarOf, dateOf, dayNumber, isCertain, isWorkday, workdaysBetween } from './calendar.ts'
import { seedCalendar } from './seed.ts'

const seed = seedCalendar()
const calendar = calendarOf(seed.years, seed.days)

/** `1/28-2/4` of a year as dates. */
function dates(year: number, spans: string): string[] {
  return spans.split(' ').flatMap((span) => {
    const [from, to = span] = span.split('-')
    const first = day(year, from!)
    return Array.from({ length: day(year, to) - first + 1 }, (_, index) => dateOf(first + index))
  })
}
function day(year: number, monthDay: string): number {
  const [month, date] = monthDay.split('/')
  return dayNumber(`${year}-${month!.padStart(2, '0')}-${date!.padStart(2, '0')}`)
}

test.each([
  [2025, '1/1 1/28-2/4 4/4-4/6 5/1-5/5 5/31-6/2 10/1-10/8', '1/26 2/8 4/27 9/28 10/11'],
  [2026, '1/1-1/3 2/15-2/23 4/4-4/6 5/1-5/5 6/19-6/21 9/25-9/27 10/1-10/7', '1/4 2/14 2/28 5/9 9/20 10/10'],
])('the notice for %d: days off and weekend days worked, and no others', (year, closed, worked) => {
  const off = new Set(dates(year, closed))
  const on = new Set(dates(year, worked))
  for (let number = day(year, '1/1'); number <= day(year, '12/31'); number += 1) {
    const date = dateOf(number)
    const weekend = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())
    expect(isWorkday(calendar, date), date).toBe(on.has(date) || (!off.has(date) && !weekend))
  }
})

test('a year without a notice has weekends only, and says so', () => {
  expect(seed.years).not.toContain(2030)
  expect(isWorkday(calendar, '2030-10-01')).toBe(true)
  expect(isCertain(calendar, '2026-12-01', '2026-12-31')).toBe(true)
  expect(isCertain(calendar, '2026-12-31', '2030-01-04')).toBe(false)
})

test('the day of acceptance is day 0, worked or not', () => {
  expect(addWorkdays(calendar, '2026-09-30', 1)).toBe('2026-10-08')
  expect(addWorkdays(calendar, '2026-10-03', 1)).toBe('2026-10-08')
  expect(addWorkdays(calendar, '2026-09-30', 3)).toBe('2026-10-10') // a Saturday worked
  expect(addWorkdays(calendar, '2026-10-03', 0)).toBe('2026-09-30')
})

const date = fc.integer({ min: dayNumber('2023-06-01'), max: dayNumber('2028-06-01') }).map(dateOf)

function naiveWorkdays(within: Calendar, from: string, to: string): number {
  let found = 0
  for (let number = dayNumber(from) + 1; number <= dayNumber(to); number += 1) {
    const kind = within.days.get(number)?.kind
    const weekend = [0, 6].includes(new Date(`${dateOf(number)}T00:00:00Z`).getUTCDay())
    if (kind === 'makeup' || (kind === undefined && !weekend)) found += 1
  }
  return found
}

test('counting agrees with looking at every day', () => {
  fc.assert(
    fc.property(date, date, (a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a]
      expect(workdaysBetween(calendar, from, to)).toBe(naiveWorkdays(calendar, from, to))
      expect(workdaysBetween(calendar, to, from)).toBe(-workdaysBetween(calendar, from, to) || 0)
    }),
  )
})

test('the n-th working day is a working day, with n working days up to it', () => {
  fc.assert(
    fc.property(date, fc.integer({ min: 1, max: 400 }), (start, n) => {
      const due = addWorkdays(calendar, start, n)
      expect(isWorkday(calendar, due)).toBe(true)
      expect(naiveWorkdays(calendar, start, due)).toBe(n)
    }),
  )
})

test('any set of exceptions is counted as if each day were looked at', () => {
  const days = fc.uniqueArray(fc.record({ date, kind: fc.constantFrom('holiday' as const, 'makeup' as const) }), { selector: (entry) => entry.date })
  fc.assert(
    fc.property(days, date, fc.integer({ min: -300, max: 300 }), (exceptions, start, n) => {
      const within = calendarOf([], exceptions)
      const other = addWorkdays(within, start, n)
      expect(isWorkday(within, other)).toBe(true)
      expect(workdaysBetween(within, start, other)).toBe(n)
    }),
  )
})
