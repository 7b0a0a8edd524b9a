import { expect, test } from 'vitest'
import { race } from '../../assurance/organizations/testing.ts'
import type { Module } from '../../kernel/module.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity, handIn, MODULES, NOW, subscribed } from './testing/city.ts'

const t = await testPlatform(MODULES as Module[], { now: NOW })
const city = await exchangeCity(t)
const entry = await city.entry('企业登记信息')
const { delivery, document, subscription } = await subscribed(city, entry)
const rejected = (key: string, rule = 'uscc') => ({ key, keys: [key], field: 'uscc', rule, value: '91**' })
const openRows = async () => (await city.approver.quarantine({ state: 'open' })).items
const ordersOf = async (machine: typeof city.sender) => (await machine.orders({ running: [] })).orders
/** A replay of two rows, one rejected again. */
const sums = (read: number, again: number) => ({
  manifest: { mode: 'incremental' as const, read, filtered: 0, rejected: again, sent: read - again, bytes: 10, ranges: 1 },
  receipt: { mode: 'incremental' as const, received: read - again, loaded: read - again, bytes: 10, ranges: 1 },
})

test('before a whole table was delivered, and while a delivery is under way, nothing is replayed, and each row is told why', async () => {
  await city.sender.quarantineRows({ id: delivery, range: 0, rows: [rejected('a'), rejected('b')] })
  await city.sender.quarantineRows({ id: delivery, range: 1, rows: [rejected('c', 'length'), { key: 'old', field: 'uscc', rule: 'uscc', value: '9' }] })
  await expect(city.approver.replayQuarantine({})).rejects.toMatchObject({ code: 'exchange.nothing_to_replay', params: { busy: 0, over: 3, unkeyed: 1 } })
  await handIn(city, delivery, document)
  const next = await city.asker.deliver({ id: subscription })
  await expect(city.approver.replayQuarantine({})).rejects.toMatchObject({ code: 'exchange.nothing_to_replay', params: { busy: 3, over: 0, unkeyed: 1 } })
  await city.asker.cancelDelivery({ id: next.id, reason: '让路' })
})

test('rows of another unit are never replayed', async () => {
  const consumer = city.at(city.consumer, ['exchange.quarantine'])
  const ids = (await openRows()).map(({ id }) => id)
  await expect(consumer.replayQuarantine({ ids })).rejects.toMatchObject({ code: 'exchange.nothing_to_replay', params: { busy: 0, over: 0, unkeyed: 0 } })
  expect(await consumer.replays({})).toEqual([])
})

test('of ten replays at once exactly one is ordered', async () => {
  expect(await race(Array.from({ length: 10 }, () => () => city.approver.replayQuarantine({ rule: 'uscc' })))).toEqual({
    passed: 1,
    refused: ['exchange.nothing_to_replay'],
  })
})

test('the sender is told the keys by the filter, the receiver only of an increment; the grant is the signed one', async () => {
  const [sending, ...more] = await ordersOf(city.sender)
  expect(more).toEqual([])
  expect(sending).toMatchObject({ kind: 'replay', ranges: [[['a'], ['b']]] })
  const [receiving] = await ordersOf(city.receiver)
  expect(receiving).toMatchObject({ kind: 'receive', mode: 'incremental', delivery: (sending as { delivery: string }).delivery })
  expect(JSON.stringify(receiving)).not.toContain('"a"')
})

test('what passes leaves the quarantine by itself, what does not stays with its new reason, with receipts that balance', async () => {
  const [{ delivery: replay } = { delivery: '' }] = await city.approver.replays({})
  await city.sender.quarantineRows({ id: replay, range: 0, rows: [rejected('a', 'length'), rejected('b', 'length')] })
  await city.sender.quarantineRows({ id: replay, range: 0, rows: [rejected('b', 'digits')] })
  await handIn(city, replay, document, sums(2, 1))
  expect((await city.approver.replays({}))[0]).toMatchObject({ state: 'done', rows: 2, mended: 0, rejected: 0 })
  await t.work()
  expect((await city.approver.replays({}))[0]).toMatchObject({ delivery: replay, state: 'done', rows: 2, mended: 1, rejected: 1, consumerName: '税务局' })
  expect((await openRows()).map(({ rowKey, rule }) => [rowKey, rule]).sort()).toEqual([
    ['b', 'digits'],
    ['c', 'length'],
    ['old', 'uscc'],
  ])
  expect((await city.approver.quarantine({ state: 'mended' })).items).toMatchObject([{ rowKey: 'a', delivery }])
  const view = await city.approver.deliveryById({ id: replay })
  expect(view).toMatchObject({ replay: true, rejected: 1, loaded: 1, balance: { agrees: true } })
  expect((await t.todos()).filter(({ kind }) => kind === 'exchange.quarantine')).toMatchObject([{ subject: delivery }])
})

test('when all has passed nobody waits for the quarantine any more; a row of the same key in another delivery goes with it', async () => {
  const next = await city.asker.deliver({ id: subscription })
  await city.sender.quarantineRows({ id: next.id, range: 0, rows: [rejected('b'), rejected('c')] })
  await handIn(city, next.id, document)
  const old = (await openRows()).find(({ rowKey }) => rowKey === 'old')!
  await city.approver.settleQuarantine({ ids: [old.id], state: 'dismissed' })
  const { deliveries, left } = await city.approver.replayQuarantine({ entry })
  expect(deliveries).toMatchObject([{ rows: 2 }])
  expect(left).toEqual({ busy: 0, over: 0, unkeyed: 0, beyond: 0 })
  await handIn(city, deliveries[0]!.delivery, document, sums(2, 0))
  await t.work()
  expect(await openRows()).toEqual([])
  expect((await t.todos()).filter(({ kind }) => kind === 'exchange.quarantine')).toEqual([])
})

test('keys of a replay are for their provider alone, by the database itself', async () => {
  const seenBy = async (units: string) => {
    const client = await t.pool.connect()
    try {
      await client.query(`begin; set local zhenghe.units = '${units}'`)
      return (await client.query('select from exchange.replay_row')).rowCount
    } finally {
      await client.query('rollback')
      client.release()
    }
  }
  expect([await seenBy(city.consumer.id), await seenBy(''), await seenBy(city.provider.id)]).toEqual([0, 0, 4])
})
