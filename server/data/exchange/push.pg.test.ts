import { expect, test } from 'vitest'
import type { z } from 'zod'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { orderDue } from './jobs.ts'
import type { PushWish } from './push.contract.ts'
import { endPushes, orderPushes } from './push.jobs.ts'
import type { Context } from './sight.ts'
import { exchangeCity, handIn, MODULES, NOW, subscribed, wishFor } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const pusher = city.at(city.provider, ['exchange.push'], undefined, '推送员')
const refused = (code: string, params?: object) => ({ code: `exchange.${code}`, ...(params ? { params } : {}) })
const work = (job: (ctx: Context) => Promise<void>) => t.platform.asSystem('a minute of the clock', job as never)
const minute = async (moment: string) => {
  t.setNow(moment)
  await work(endPushes)
  await work(orderPushes)
  await work(orderDue)
}
const task = (wish: Partial<z.input<typeof PushWish>> = {}) => ({
  ...{ name: '每日推送', mode: 'snapshot' as const, schedule: { kind: 'cron' as const, line: '0 3 * * *' } },
  ...wish,
})
const at = (local: string) => new Date(`${local}:00+08:00`).toISOString()

/** A subscription whose first delivery is done. */
async function served(name: string, wish = {}) {
  const made = await subscribed(city, await city.entry(name), wish)
  await handIn(city, made.delivery, made.document)
  return made
}

test('a task is drafted, published, and runs by its plan; its runs are deliveries', async () => {
  const { subscription, grant } = await served('推送目录', { schedule: { kind: 'daily', at: '04:00' } })
  const draft = await pusher.draftPush({ subscription, ...task() })
  expect(draft).toMatchObject({
    ...{ number: expect.stringMatching(/^TS2026-\d{6}$/), state: 'draft', grant, keys: ['统一社会信用代码'], incrementField: 'updated_at', nextDueAt: null },
    fields: expect.arrayContaining([expect.objectContaining({ name: 'legal_rep_id', mask: { kind: 'middle', head: 6, tail: 4 } })]),
    nextRuns: ['2026-11-24 03:00', '2026-11-25 03:00', '2026-11-26 03:00', '2026-11-27 03:00', '2026-11-28 03:00'].map((local) => at(local.replace(' ', 'T'))),
  })
  const { id } = await pusher.changePush({ id: draft.id, ...task({ mode: 'incremental', name: '每日增量' }) })
  expect(await pusher.publishPush({ id })).toMatchObject({ state: 'running', mode: 'incremental', nextDueAt: at('2026-11-24T03:00') })
  await minute(at('2026-11-24T03:00'))
  const { items } = await city.asker.deliveries({ push: id })
  expect(items).toMatchObject([{ mode: 'incremental', state: 'ordered', subscription }])
  await minute(at('2026-11-24T04:00'))
  expect((await city.asker.deliveries({ subscription })).total).toBe(2)
  expect(await pusher.pushById({ id })).toMatchObject({ nextDueAt: at('2026-11-25T03:00'), lastRun: { id: items[0]!.id, state: 'ordered' } })
  await expect(pusher.publishPush({ id })).rejects.toMatchObject(refused('push_state', { state: 'running' }))
  await city.asker.cancelDelivery({ id: items[0]!.id, reason: '测试' })
  expect(await pusher.stopPush({ id, reason: '源库割接' })).toMatchObject({ state: 'stopped', stopReason: '源库割接', nextDueAt: null })
  await minute(at('2026-11-25T03:30'))
  expect((await city.asker.deliveries({ push: id })).total).toBe(1)
  await minute(at('2026-11-25T04:00'))
  expect((await city.asker.deliveries({ subscription })).total).toBe(3)
  expect((await t.ledger()).filter(({ subjects }) => subjects.includes(`exchange.push:${id}`)).length).toBeGreaterThan(4)
})

test('missed runs are made up by one, and only within the allowed hours', async () => {
  t.setNow(NOW)
  const { subscription } = await served('补推目录')
  const schedule = { kind: 'cron', line: '0 * * * *', hours: { from: '22:00', to: '06:00' } } as const
  const { id } = await pusher.publishPush({ id: (await pusher.draftPush({ subscription, ...task({ schedule }) })).id })
  const runs = async () => (await city.asker.deliveries({ push: id })).total
  await minute(at('2026-11-25T10:00'))
  expect(await runs()).toBe(0)
  expect(await pusher.pushById({ id })).toMatchObject({ nextDueAt: at('2026-11-25T22:00') })
  await minute(at('2026-11-25T23:40'))
  await minute(at('2026-11-25T23:41'))
  expect(await runs()).toBe(1)
  expect(await pusher.pushById({ id })).toMatchObject({ nextDueAt: at('2026-11-26T00:00') })
  await minute(at('2026-11-26T03:00'))
  expect(await runs()).toBe(1)
  const [running] = (await city.asker.deliveries({ push: id })).items
  await city.asker.cancelDelivery({ id: running!.id, reason: '测试' })
  await minute(at('2026-11-26T03:20'))
  expect(await runs()).toBe(2)
})

test('ONCE runs at its moment and ends; a task whose time is over ends, and the subscription’s own schedule holds again', async () => {
  t.setNow(NOW)
  const { subscription } = await served('单次推送', { schedule: { kind: 'daily', at: '04:00' } })
  const once = await pusher.draftPush({ subscription, ...task({ schedule: { kind: 'once' }, beginsAt: at('2026-11-24T01:00') }) })
  expect(await pusher.publishPush({ id: once.id })).toMatchObject({ state: 'not_started' })
  await minute(at('2026-11-24T01:00'))
  expect(await pusher.pushById({ id: once.id })).toMatchObject({ state: 'ended', nextRuns: [], lastRun: { state: 'ordered' } })
  const [running] = (await city.asker.deliveries({ push: once.id })).items
  await city.asker.cancelDelivery({ id: running!.id, reason: '测试' })
  await minute(at('2026-11-24T04:00'))
  expect((await city.asker.deliveries({ subscription })).total).toBe(3)
  const short = await pusher.draftPush({ subscription, ...task({ endsAt: at('2026-11-26T00:00') }) })
  await pusher.publishPush({ id: short.id })
  await minute(at('2026-11-26T00:00'))
  expect(await pusher.pushById({ id: short.id })).toMatchObject({ state: 'ended' })
  expect((await pusher.pushes({ subscription, state: ['ended'] })).total).toBe(2)
  await expect(pusher.startPush({ id: short.id })).rejects.toMatchObject(refused('push_state', { state: 'ended' }))
})

test('of ten tasks published at once for a subscription one is live', async () => {
  t.setNow(NOW)
  const { subscription } = await served('竞争推送')
  const drafts = []
  for (let n = 0; n < 10; n += 1) drafts.push(await pusher.draftPush({ subscription, ...task({ name: `任务${n}` }) }))
  const ends = await race(
    drafts.map(
      ({ id }) =>
        () =>
          pusher.publishPush({ id }),
    ),
  )
  expect(ends).toEqual({ passed: 1, refused: ['exchange.push_live'] })
  expect((await pusher.pushes({ subscription, state: ['running'] })).total).toBe(1)
})

test('of ten minutes of the clock at once one orders the run', async () => {
  t.setNow(NOW)
  const { subscription } = await served('竞争时钟')
  const { id } = await pusher.publishPush({ id: (await pusher.draftPush({ subscription, ...task() })).id })
  t.setNow(at('2026-11-24T03:00'))
  await Promise.allSettled(Array.from({ length: 10 }, () => work(orderPushes)))
  expect((await city.asker.deliveries({ push: id })).total).toBe(1)
})

test('a revoked grant and a stopped subscription stop their task, which cannot be started again', async () => {
  t.setNow(NOW)
  const { subscription, grant } = await served('随授权结束')
  const { id } = await pusher.publishPush({ id: (await pusher.draftPush({ subscription, ...task() })).id })
  await city.approver.revoke({ id: grant, reason: '用途已完成' })
  expect(await pusher.pushById({ id })).toMatchObject({ state: 'stopped', stopReason: '用途已完成' })
  await expect(pusher.startPush({ id })).rejects.toMatchObject({ code: 'exchange.wrong_state' })
})

test('what cannot run is refused: bad lines, too often, an end before now, increments without a cursor', async () => {
  t.setNow(NOW)
  const { subscription } = await served('错误推送')
  const draft = (wish: Partial<z.input<typeof PushWish>>) => pusher.draftPush({ subscription, ...task(wish) })
  for (const line of ['* * * * *', '0 3 * *', 'rm -rf /', '0 0 30 2 *'])
    await expect(draft({ schedule: { kind: 'cron', line } }), line).rejects.toMatchObject({
      code: 'exchange.bad_schedule',
      params: { why: { zh: expect.any(String) } },
    })
  await expect(draft({ endsAt: NOW })).rejects.toMatchObject(refused('bad_push_span'))
  await expect(draft({ schedule: { kind: 'window', everyMinutes: 1, hours: { from: '01:00', to: '02:00' } } })).rejects.toMatchObject({
    code: 'kernel.bad_input',
  })
  const late = await draft({ schedule: { kind: 'cron', line: '0 0 1 1 *' }, endsAt: at('2026-12-01T00:00') })
  await expect(pusher.publishPush({ id: late.id })).rejects.toMatchObject(refused('no_runs_left'))
  const entry = await city.entry('错误频率')
  await expect(city.asker.request(wishFor(entry, city.target.id, { schedule: { kind: 'cron', line: '*/2 * * * *' } }))).rejects.toMatchObject({
    code: 'exchange.bad_schedule',
  })
})

test('only the provider drafts and publishes; the consumer sees the task; to others it is unknown', async () => {
  t.setNow(NOW)
  const { subscription } = await served('越权推送')
  const { id } = await pusher.draftPush({ subscription, ...task() })
  const consumer = city.at(city.consumer, ['exchange.push'])
  await expect(consumer.draftPush({ subscription, ...task() })).rejects.toMatchObject(refused('not_yours'))
  await expect(consumer.publishPush({ id })).rejects.toMatchObject(refused('not_yours'))
  expect(await consumer.pushById({ id })).toMatchObject({ state: 'draft' })
  const stranger = city.at(await city.city.newUnit(), ['exchange.push'])
  await expect(stranger.pushById({ id })).rejects.toMatchObject(refused('unknown'))
  await expect(stranger.stopPush({ id, reason: '不该' })).rejects.toMatchObject(refused('unknown'))
})
