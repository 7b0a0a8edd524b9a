import { expect, test } from 'vitest'
import { desk } from '../desk/module.ts'
import type { Ctx, Module } from '../module.ts'
import { testPlatform } from '../testing/testing.ts'
import { clocksOf, endClock, extendClock, resumeClock, startClock, suspendClock } from './clock.ts'

const t = await testPlatform([desk] as unknown as Module[], { now: '2026-09-21T02:00:00Z' })
await t.pool.query(`insert into kernel.legal_rule (code, effective_from, title_zh, title_en, basis, days, unit, extension_days, certain)
  values ('test.answer', '2020-01-01', '答复', 'answer', '示例第一条', 10, 'workday', 10, true)`)
const act = <R>(work: (ctx: Ctx) => Promise<R>): Promise<R> => t.platform.asSystem('test', work)
const subject = () => ({ kind: 'test', id: crypto.randomUUID() })
const due = async (id: string) => (await act((ctx) => clocksOf(ctx, [id]))).get(id)

test('§4.5 ten working days from 21 September 2026 step over the autumn festivals and the make-up day of 10 October', async () => {
  const id = await act((ctx) => startClock(ctx, { rule: 'test.answer', subject: subject() }))
  const clock = await due(id)
  expect(clock).toMatchObject({ dueOn: '2026-10-12', remaining: 10, tone: 'quiet', suspended: false })
  expect(clock?.explain.map(({ zh }) => zh).join()).toContain('调休')
})

test('the clock that would start today is told before it does, and a rule that is not in force has none', async () => {
  const anyone = t.as({ rights: [] })(desk.contract)
  expect((await anyone.clockPreview({ rule: 'test.answer' })).clock).toMatchObject({ dueOn: '2026-10-12', remaining: 10 })
  expect(await anyone.clockPreview({ rule: 'test.nothing' })).toEqual({ clock: null })
})

test('a suspended clock stands, and goes on with the days it had', async () => {
  const id = await act((ctx) => startClock(ctx, { rule: 'test.answer', subject: subject() }))
  t.setNow('2026-09-22T02:00:00Z')
  await act((ctx) => suspendClock(ctx, id, '补正材料'))
  t.setNow('2026-09-24T02:00:00Z')
  expect(await due(id)).toMatchObject({ suspended: true })
  await act((ctx) => resumeClock(ctx, id))
  expect((await due(id))?.dueOn).toBe('2026-10-13')
  t.setNow('2026-09-21T02:00:00Z')
})

test('an extension beyond the rule is refused by the database', async () => {
  const id = await act((ctx) => startClock(ctx, { rule: 'test.answer', subject: subject() }))
  await act((ctx) => extendClock(ctx, id, 5))
  expect((await due(id))?.dueOn).toBe('2026-10-19')
  await expect(act((ctx) => extendClock(ctx, id, 6))).rejects.toMatchObject({ constraint: 'deadline_extension_within_rule' })
})

test('a changed calendar gives every running clock its date anew, and leaves the ended ones', async () => {
  const running = await act((ctx) => startClock(ctx, { rule: 'test.answer', subject: subject() }))
  const ended = await act((ctx) => startClock(ctx, { rule: 'test.answer', subject: subject() }))
  await act((ctx) => endClock(ctx, ended))
  const system = t.as({ rights: ['kernel.calendar'] })(desk.contract)
  const before = await system.calendar({ year: 2026 })
  const { moved } = await system.setCalendar({ year: 2026, days: [...before, { day: '2026-10-12', kind: 'holiday', note: '示例' }] })
  expect(moved).toBeGreaterThan(0)
  expect(await due(running)).toMatchObject({ dueOn: '2026-10-13' })
  expect(await due(ended)).toMatchObject({ dueOn: '2026-10-12', tone: 'ended' })
})

test('a late clock says by how many days', async () => {
  const id = await act((ctx) => startClock(ctx, { rule: 'test.answer', subject: subject() }))
  t.setNow('2026-10-20T02:00:00Z')
  expect(await due(id)).toMatchObject({ tone: 'late', remaining: -7 })
})
