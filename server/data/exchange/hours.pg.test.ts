import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract as nodesContract } from '../nodes/contract.ts'
import { SOURCE } from '../nodes/testing.ts'
import { watchAlarms } from './alarm.actions.ts'
import { contract } from './contract.ts'
import { retryAt } from './delivery.rules.ts'
import type { Context } from './sight.ts'
import { exchangeCity, granted, MODULES, NOW, subscribed, TARGET } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW }) // ten in the morning
const city = await exchangeCity(t)
const TONIGHT = '2026-11-23T14:00:00.000Z'
const NIGHT = { kind: 'window', everyMinutes: 60, hours: { from: '22:00', to: '06:00' } } as const
const CLOSED = { side: 'sender', code: 'source_hours', detail: 'source: «register» is read between 22:00-06:00 only', resumable: true } as const
const ordersOf = async (id: string) =>
  [...(await city.sender.orders({})).orders, ...(await city.receiver.orders({})).orders].flatMap((order) =>
    'delivery' in order && order.delivery === id ? [order.kind] : [],
  )
const operator = t.as({ rights: ['nodes.operate'], unit: city.consumer.id })(contract)
const alarms = async (name: string) => {
  await t.platform.asSystem<never, void>('watch', (ctx) => watchAlarms(ctx as unknown as Context))
  return (await operator.alarms({})).items.filter((one) => one.name === name)
}

test('the first delivery of a subscription rests until the hours of its schedule, and is neither handed out nor late before', async () => {
  const { grant } = await granted(city, await city.entry('夜间目录'))
  const { delivery: id } = await city.asker.subscribe({ grant, store: TARGET.id, schema: 'shared', table: 'night', schedule: NIGHT })
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'ordered', retryAt: TONIGHT })
  expect(await ordersOf(id)).toEqual([])
  t.setNow('2026-11-23T13:30:00.000Z')
  expect(await alarms('夜间目录')).toEqual([])
  t.setNow(TONIGHT)
  expect(await ordersOf(id)).toEqual(['send', 'receive'])
  t.setNow(NOW)
})

test('within the hours the first delivery begins at once', async () => {
  const { grant } = await granted(city, await city.entry('日间目录'))
  const schedule = { ...NIGHT, hours: { from: '08:00', to: '18:00' } }
  const { delivery: id } = await city.asker.subscribe({ grant, store: TARGET.id, schema: 'shared', table: 'day', schedule })
  expect(await city.asker.deliveryById({ id })).toMatchObject({ retryAt: null })
  expect(await ordersOf(id)).toEqual(['send', 'receive'])
})

test('a delivery whose source is not to be read now waits until its hour, troubles nobody meanwhile, and goes on by itself', async () => {
  const { delivery: id } = await subscribed(city, await city.entry('错峰目录'))
  await city.sender.trouble({ id, ...CLOSED, until: TONIGHT })
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'waiting', retryAt: TONIGHT, trouble: { code: 'source_hours' } })
  expect((await t.todos()).filter(({ subject }) => subject === id)).toEqual([])
  t.setNow('2026-11-23T13:00:00.000Z')
  expect(await ordersOf(id)).toEqual([])
  expect(await alarms('错峰目录')).toEqual([])
  t.setNow(TONIGHT)
  expect(await ordersOf(id)).toEqual(['send', 'receive'])
  t.setNow(NOW)
})

test('what the next delivery would wait for is told before it is ordered', async () => {
  const { subscription: id } = await subscribed(city, await city.entry('时段目录'))
  expect(await city.asker.deliveryPlan({ id })).toMatchObject({ hours: null })
  const hours = { spans: ['22:00-06:00'], zone: 'Asia/Shanghai', opensAt: TONIGHT }
  const node = t.as({ kind: 'node', person: city.source.id, rights: ['nodes.node'], unit: city.provider.id })(nodesContract)
  await node.beat({ version: '0.1.0', listen: null, clock: NOW, stores: [{ ...SOURCE, hours }], approvers: [] })
  expect(await city.asker.deliveryPlan({ id })).toMatchObject({ hours })
})

test('no node makes a delivery wait for more than two days', () => {
  expect(retryAt(NOW, 1, undefined)).toBe('2026-11-23T02:00:01.000Z')
  expect(retryAt(NOW, 1, '2026-11-23T01:00:00.000Z')).toBe('2026-11-23T02:00:01.000Z')
  expect(retryAt(NOW, 1, '2026-11-24T02:00:00+08:00')).toBe('2026-11-23T18:00:00.000Z')
  expect(retryAt(NOW, 1, '2027-01-01T00:00:00.000Z')).toBe('2026-11-25T02:00:00.000Z')
})
