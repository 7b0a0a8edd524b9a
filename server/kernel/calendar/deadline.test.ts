import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendarOf, dateOf, dayNumber, isWorkday } from './calendar.ts'
import { type Deadline, dueOn, type Rule, remaining, type Suspension } from './deadline.ts'
import { explain } from './explain.ts'
import { seedCalendar } from './seed.ts'

const seed = seedCalendar()
const calendar = calendarOf(seed.years, seed.days)
const permit: Rule = { basis: '行政许可法 art. 42', days: 20, unit: 'workday' }
const answer: Rule = { basis: 'test', days: 10, unit: 'workday' }
const penalty: Rule = { basis: '行政处罚法 art. 60', days: 90, unit: 'day' }

test('行政许可法 art. 42: twenty working days, ten more where the head of the authority approves', () => {
  expect(dueOn(calendar, { rule: permit, start: '2026-02-10' })).toEqual({
    date: '2026-03-16',
    rolledFrom: null,
    budget: 20,
    suspended: 0,
    frozen: null,
    certain: true,
  })
  const extensions = [{ on: '2026-03-10', days: 10, basis: '行政许可法 art. 42' }]
  expect(dueOn(calendar, { rule: permit, start: '2026-02-10', extensions }).date).toBe('2026-03-30')
})

test('行政许可法 art. 45: whole working days inside a suspension do not count; the first and the last day do', () => {
  const suspensions = [{ from: '2026-03-03', to: '2026-03-06', reason: 'expert review' }]
  expect(dueOn(calendar, { rule: answer, start: '2026-03-02', suspensions })).toMatchObject({ date: '2026-03-18', suspended: 2 })
  expect(dueOn(calendar, { rule: { ...answer, freeFirstDay: true }, start: '2026-03-02', suspensions })).toMatchObject({ date: '2026-03-19', suspended: 3 })
  const sameDay = [{ from: '2026-03-03', to: '2026-03-03', reason: 'r' }]
  expect(dueOn(calendar, { rule: answer, start: '2026-03-02', suspensions: sameDay }).date).toBe('2026-03-16')
})

test('a suspension that reaches past the old date pushes on; one after the date changes nothing', () => {
  const late = [{ from: '2026-03-16', to: '2026-03-20', reason: 'r' }]
  expect(dueOn(calendar, { rule: answer, start: '2026-03-02', suspensions: late }).date).toBe('2026-03-16')
  const across = [{ from: '2026-03-13', to: '2026-03-20', reason: 'r' }]
  expect(dueOn(calendar, { rule: answer, start: '2026-03-02', suspensions: across })).toMatchObject({ date: '2026-03-20', suspended: 4 })
})

test('a suspension that stands leaves no date, and the days still to use', () => {
  const suspensions = [{ from: '2026-03-04', reason: 'supplement' }]
  expect(dueOn(calendar, { rule: answer, start: '2026-03-02', suspensions })).toMatchObject({ date: null, frozen: 8, certain: true })
})

test('民法典 art. 203: a last natural day that is off gives way to the next working day where the rule says so', () => {
  const start = '2026-07-03'
  expect(dueOn(calendar, { rule: penalty, start }).date).toBe('2026-10-01')
  expect(dueOn(calendar, { rule: { ...penalty, endsOnWorkday: true }, start })).toMatchObject({ date: '2026-10-08', rolledFrom: '2026-10-01' })
})

test('a date past the last known year is given, and is not certain', () => {
  expect(dueOn(calendar, { rule: permit, start: '2029-12-20' })).toMatchObject({ certain: false })
  expect(dueOn(calendar, { rule: penalty, start: '2029-12-20' })).toMatchObject({ certain: true }) // natural days need no calendar
})

const day = fc.integer({ min: dayNumber('2024-06-01'), max: dayNumber('2026-06-01') })
const suspension = fc.tuple(day, fc.nat(40)).map(([from, length]): Suspension => ({ from: dateOf(from), to: dateOf(from + length), reason: 'r' }))

test('the date is the one found by counting day by day', () => {
  const rule = fc.record({
    basis: fc.constant('b'),
    days: fc.integer({ min: 1, max: 60 }),
    unit: fc.constantFrom('workday', 'day'),
    freeFirstDay: fc.boolean(),
  })
  fc.assert(
    fc.property(rule as fc.Arbitrary<Rule>, day.map(dateOf), fc.array(suspension, { maxLength: 6 }), (chosen, start, suspensions) => {
      expect(dueOn(calendar, { rule: chosen, start, suspensions }).date).toBe(naiveDue({ rule: chosen, start, suspensions }))
    }),
    { numRuns: 500 },
  )
})

function naiveDue({ rule, start, suspensions = [] }: Deadline): string {
  let left = rule.days
  let current = start
  while (left > 0) {
    current = dateOf(dayNumber(current) + 1)
    const free = suspensions.some(({ from, to = '9999' }) => (current > from || (rule.freeFirstDay && current === from)) && current < to)
    if (!free && (rule.unit === 'day' || isWorkday(calendar, current))) left -= 1
  }
  return current
}

test.each([
  ['2026-09-21', { tone: 'quiet', days: 3 }],
  ['2026-09-23', { tone: 'warn', days: 1 }],
  ['2026-09-24', { tone: 'warn', days: 0 }],
  ['2026-09-25', { tone: 'late', days: 1 }], // lateness counts natural days
  ['2026-10-08', { tone: 'late', days: 14 }],
] as const)('due on 2026-09-24, the chip on %s is %o', (today, chip) => {
  expect(remaining(calendar, '2026-09-24', today)).toEqual(chip)
})

test('in natural days the chip still warns by working days', () => {
  expect(remaining(calendar, '2026-10-08', '2026-09-30', 'day')).toEqual({ tone: 'warn', days: 8 })
})

test('the explanation tells every day that did not count, and why', () => {
  const suspensions = [{ from: '2026-02-25', to: '2026-03-02', reason: 'hearing' }]
  expect(explain(calendar, { rule: answer, start: '2026-02-12', suspensions })).toEqual([
    { kind: 'accepted', date: '2026-02-12' },
    { kind: 'budget', days: 10, unit: 'workday', basis: 'test' },
    { kind: 'makeup', date: '2026-02-14', name: '春节' },
    { kind: 'holiday', from: '2026-02-15', to: '2026-02-23', name: '春节' },
    { kind: 'suspended', from: '2026-02-26', to: '2026-03-01', reason: 'hearing' },
    { kind: 'makeup', date: '2026-02-28', name: '春节' },
    { kind: 'weekends', days: 3 },
    { kind: 'due', date: '2026-03-09' },
  ])
})

test('the explanation names what is not certain, what was rolled and what stands', () => {
  expect(explain(calendar, { rule: answer, start: '2029-12-27' })).toContainEqual({ kind: 'uncertain', year: 2030 })
  const rolled = explain(calendar, { rule: { ...penalty, endsOnWorkday: true }, start: '2026-07-03' })
  expect(rolled).toContainEqual({ kind: 'rolled', from: '2026-10-01', to: '2026-10-08' })
  const standing = explain(calendar, { rule: answer, start: '2026-03-02', suspensions: [{ from: '2026-03-04', reason: 'supplement' }] })
  expect(standing.slice(-2)).toEqual([
    { kind: 'suspended', from: '2026-03-05', to: null, reason: 'supplement' },
    { kind: 'due', date: null },
  ])
})
