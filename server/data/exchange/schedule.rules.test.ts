import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cronDay, parseCron } from './cron.rules.ts'
import { Schedule } from './schedule.contract.ts'
import { nextDue, nextRuns, opening, scheduleProblem } from './schedule.rules.ts'

/** A Monday, ten in the morning in the city. */
const NOW = '2026-11-23T02:00:00.000Z'
const cron = (line: string, wish: object = {}): Schedule => Schedule.parse({ kind: 'cron', line, ...wish })
/** As the city's clocks show it. */
const local = (moment: string | null): string => (moment ? new Date(Date.parse(moment) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ') : 'never')
const runs = (schedule: Schedule, count = 3): string[] => nextRuns(schedule, NOW, count).map(local)

test('a crontab line runs in the city’s time: minutes, hours, days, months, days of the week', () => {
  expect(runs(cron('30 2 * * *'))).toEqual(['2026-11-24 02:30', '2026-11-25 02:30', '2026-11-26 02:30'])
  expect(runs(cron('0 9-18/3 * * 1-5'), 5)).toEqual(['2026-11-23 12:00', '2026-11-23 15:00', '2026-11-23 18:00', '2026-11-24 09:00', '2026-11-24 12:00'])
  expect(runs(cron('*/20 10 * * *'))).toEqual(['2026-11-23 10:20', '2026-11-23 10:40', '2026-11-24 10:00'])
  expect(runs(cron('0 0 29 2 *'), 1)).toEqual(['2028-02-29 00:00'])
  expect(runs(cron('0 3 1,15 * *'))).toEqual(['2026-12-01 03:00', '2026-12-15 03:00', '2027-01-01 03:00'])
  expect(runs(cron('0 3 * * 0'), 1)).toEqual(runs(cron('0 3 * * 7'), 1))
  expect(runs(cron('0 3 1 * 5'))).toEqual(['2026-11-27 03:00', '2026-12-01 03:00', '2026-12-04 03:00'])
})

test('what is not in the grammar, too often or on no day is refused', () => {
  const wrong = ['', '* * * *', '* * * * * *', 'a * * * *', '60 0 * * *', '0 24 * * *', '0 0 0 * *', '0 0 * 13 *', '0 0 * * 8', '5-1 0 * * *', '0/5 0 * * *']
  const more = ['*/0 0 * * *', '1,,2 0 * * *', '0 0 * jan *', '@daily', '0 0 L * *', '0 0 ? * *', '0 0 * * 1#2', '0; 0 * * *', '-1 0 * * *', '001 0 * * *']
  for (const line of [...wrong, ...more]) expect(parseCron(line), line).toBe('bad_line')
  for (const line of ['* * * * *', '*/4 1 * * *', '0,3 0 * * *', '58,2 * * * *', '2,59 0,23 * * *']) expect(parseCron(line), line).toBe('too_often')
  for (const line of ['0 0 30 2 *', '0 0 31 4,6,9,11 *']) expect(parseCron(line), line).toBe('never')
  expect(parseCron('*/5 * * * *')).toMatchObject({ either: false })
  expect(scheduleProblem(cron('0 12 * * *', { hours: { from: '22:00', to: '06:00' } }))).toBe('outside_hours')
  expect(scheduleProblem(cron('0 12 * * *', { pause: { from: '2026-12-02', to: '2026-12-01' } }))).toBe('pause_backwards')
  expect(Schedule.safeParse({ kind: 'window', everyMinutes: 4, hours: { from: '00:00', to: '06:00' } }).success).toBe(false)
})

test('a window runs every so many minutes within its hours, also past midnight', () => {
  const night = Schedule.parse({ kind: 'window', everyMinutes: 180, hours: { from: '22:00', to: '06:00' } })
  expect(runs(night, 4)).toEqual(['2026-11-23 22:00', '2026-11-24 01:00', '2026-11-24 04:00', '2026-11-24 22:00'])
  const always = Schedule.parse({ kind: 'window', everyMinutes: 720, hours: { from: '08:00', to: '08:00' } })
  expect(runs(always)).toEqual(['2026-11-23 20:00', '2026-11-24 08:00', '2026-11-24 20:00'])
})

test('nothing runs outside the allowed hours or on a day of the pause', () => {
  const bounded = cron('0 * * * *', { hours: { from: '22:00', to: '00:00' }, pause: { from: '2026-11-24', to: '2026-11-30' } })
  expect(runs(bounded)).toEqual(['2026-11-23 22:00', '2026-11-23 23:00', '2026-12-01 22:00'])
})

test('a run that was missed is made up when the hours open again, at once where they are open', () => {
  const night = { hours: { from: '22:00', to: '06:00' } }
  expect(local(opening(cron('0 * * * *', night), NOW))).toBe('2026-11-23 22:00')
  expect(opening(cron('0 * * * *', night), '2026-11-23T16:30:00.000Z')).toBe('2026-11-23T16:30:00.000Z')
  expect(local(opening(cron('0 * * * *', { ...night, pause: { from: '2026-11-23', to: '2026-11-25' } }), NOW))).toBe('2026-11-26 00:00')
  expect(local(opening(cron('0 9 * * *', { pause: { from: '2026-11-23', to: '2026-11-25' } }), NOW))).toBe('2026-11-26 00:00')
  for (const schedule of [{ kind: 'daily', at: '02:00' }, { kind: 'hourly' }, { kind: 'once' }] as const) expect(opening(schedule, NOW)).toBe(NOW)
})

const listOf = (low: number, high: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 3 }).map((values) => values.join(',')),
    fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.integer({ min: 5, max: 30 }).map((step) => `*/${step}`),
  )
const lines = fc.tuple(listOf(0, 59), listOf(0, 23), listOf(1, 31), listOf(1, 12), listOf(0, 7)).map((fields) => fields.join(' '))
const moments = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2036, 0) }).map((ms) => new Date(ms).toISOString())

test('the next run comes after the moment, fits the line, none lies between, and two are five minutes apart', () => {
  fc.assert(
    fc.property(lines, moments, (line, now) => {
      const parsed = parseCron(line)
      fc.pre(typeof parsed !== 'string')
      const schedule = cron(line)
      const [first, second] = nextRuns(schedule, now, 2)
      if (!first || !second) throw new Error(`${line} has no next run after ${now}`)
      const fits = (at: string) =>
        parsed.times.includes(Number(local(at).slice(11, 13)) * 60 + Number(local(at).slice(14))) && cronDay(parsed, local(at).slice(0, 10))
      expect(first > now && fits(first) && fits(second)).toBe(true)
      expect(Date.parse(second) - Date.parse(first)).toBeGreaterThanOrEqual(5 * 60_000)
      const horizon = Math.min(Date.parse(first), Date.parse(now) + 2 * 86_400_000)
      for (let at = Math.floor(Date.parse(now) / 60_000) * 60_000 + 60_000; at < horizon; at += 60_000) expect(fits(new Date(at).toISOString())).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test('no text at all makes the parser fail', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789*/,- ') })), (line) => void parseCron(line)))
})

test('daily and hourly schedules are as they were', () => {
  expect(local(nextDue({ kind: 'daily', at: '02:00' }, NOW))).toBe('2026-11-24 02:00')
  expect(nextDue({ kind: 'hourly' }, NOW)).toBe('2026-11-23T03:00:00.000Z')
  expect(nextDue({ kind: 'once' }, NOW)).toBeNull()
})
