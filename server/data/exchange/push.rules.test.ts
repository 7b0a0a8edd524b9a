import { expect, test } from 'vitest'
import { PushState } from './push.contract.ts'
import { firstRun, type PushAct, type PushTimes, pushActs, pushAllows, runAfter, runsOf, spanFits, stateOfPush } from './push.rules.ts'

const NOW = '2026-11-23T02:00:00.000Z'
const BEFORE = '2026-11-22T02:00:00.000Z'
const AFTER = '2026-11-25T02:00:00.000Z'
const DRAFT: PushTimes = { publishedAt: null, beginsAt: BEFORE, endsAt: null, stoppedAt: null, endedAt: null }
const DAILY = { kind: 'daily', at: '03:00' } as const

test('待发布, 未开始, 进行中, 已结束, 已停用 follow from what happened when', () => {
  const state = (times: Partial<PushTimes>) => stateOfPush({ ...DRAFT, ...times }, NOW)
  expect(state({})).toBe('draft')
  expect(state({ publishedAt: BEFORE, beginsAt: AFTER })).toBe('not_started')
  expect(state({ publishedAt: BEFORE })).toBe('running')
  expect(state({ publishedAt: BEFORE, endsAt: NOW })).toBe('ended')
  expect(state({ publishedAt: BEFORE, endedAt: NOW })).toBe('ended')
  expect(state({ publishedAt: BEFORE, stoppedAt: NOW })).toBe('stopped')
  expect(state({ publishedAt: BEFORE, stoppedAt: BEFORE, endsAt: BEFORE })).toBe('stopped')
  const table = Object.fromEntries(PushState.options.map((one) => [one, (Object.keys(pushActs) as PushAct[]).filter((act) => pushAllows(one, act))]))
  expect(table).toEqual({ draft: ['change', 'publish'], not_started: ['stop'], running: ['stop'], ended: [], stopped: ['change', 'start'] })
})

test('ONCE runs at its moment or, where that has passed, now; PERIOD within its span', () => {
  const once = { schedule: { kind: 'once' }, beginsAt: AFTER, endsAt: null } as const
  expect(firstRun(once, NOW)).toBe(AFTER)
  expect(firstRun({ ...once, beginsAt: BEFORE }, NOW)).toBe(NOW)
  expect(runAfter(once, NOW)).toBeNull()
  const period = { schedule: DAILY, beginsAt: '2026-11-25T19:00:00.000Z', endsAt: '2026-11-27T19:00:00.000Z' }
  expect(runsOf(period, NOW, 5)).toEqual(['2026-11-25T19:00:00.000Z', '2026-11-26T19:00:00.000Z'])
  expect(firstRun(period, '2026-11-26T19:00:00.000Z')).toBeNull()
})

test('a span ends after now and after it begins; ONCE has no end', () => {
  expect(spanFits({ schedule: DAILY }, NOW)).toBe(true)
  expect(spanFits({ schedule: DAILY, endsAt: NOW }, NOW)).toBe(false)
  expect(spanFits({ schedule: DAILY, beginsAt: AFTER, endsAt: AFTER }, NOW)).toBe(false)
  expect(spanFits({ schedule: { kind: 'once' }, endsAt: AFTER }, NOW)).toBe(false)
})
