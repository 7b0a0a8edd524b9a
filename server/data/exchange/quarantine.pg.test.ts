import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { facts } from './facts.ts'
import { exchangeCity, handIn, MODULES, subscribed } from './testing/city.ts'

/** The real day: what is counted over the last thirty days is counted by the database's own clock. */
const t = await testPlatform(MODULES, { now: new Date(Date.now()).toISOString() })
const city = await exchangeCity(t)
const entry = await city.entry('企业登记信息')
const { delivery, document } = await subscribed(city, entry)
const rejected = (key: string, rule = 'uscc') => ({ key, field: 'uscc', rule, value: '91**' })
await city.sender.quarantineRows({ id: delivery, range: 0, rows: [rejected('a'), rejected('b')] })
await city.sender.quarantineRows({ id: delivery, range: 1, rows: [rejected('c', 'length')], dropped: 4 })

test('the same range again takes the place of what it had handed in', async () => {
  await city.sender.quarantineRows({ id: delivery, range: 0, rows: [rejected('a'), rejected('d')], dropped: 1 })
  const page = await city.approver.quarantine({ delivery })
  expect(page.items.map(({ rowKey }) => rowKey).sort()).toEqual(['a', 'c', 'd'])
  expect(page).toMatchObject({ total: 3, next: null, unlisted: 5 })
  expect(page.reasons).toEqual([
    { field: 'uscc', rule: 'uscc', rows: 2 },
    { field: 'uscc', rule: 'length', rows: 1 },
  ])
  expect(await city.approver.quarantine({ entry })).toMatchObject({ total: 3, unlisted: 5 })
})

test('the list is read page by page, each row once', async () => {
  const seen: string[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page: { items: { rowKey: string }[]; next: string | null } = await city.approver.quarantine({ delivery, limit: 1, ...(after ? { after } : {}) })
    seen.push(...page.items.map(({ rowKey }) => rowKey))
    after = page.next
  }
  expect(seen.sort()).toEqual(['a', 'c', 'd'])
})

test('rejected rows are for their provider alone, by the query and by the database itself', async () => {
  const consumer = city.at(city.consumer, ['exchange.quarantine'])
  expect(await consumer.quarantine({})).toMatchObject({ items: [], total: 0, unlisted: 0 })
  const { items } = await city.approver.quarantine({ delivery })
  expect(await consumer.settleQuarantine({ ids: items.map(({ id }) => id), state: 'dismissed' })).toEqual({ settled: 0 })
  const rowsSeenBy = async (units: string) => {
    const client = await t.pool.connect()
    try {
      await client.query(`begin; set local zhenghe.units = '${units}'`)
      const { rows } = await client.query('select (select count(*) from exchange.quarantine) + (select count(*) from exchange.quarantine_range) as n')
      return Number(rows[0].n)
    } finally {
      await client.query('rollback')
      client.release()
    }
  }
  expect(await rowsSeenBy(city.consumer.id)).toBe(0)
  expect(await rowsSeenBy('')).toBe(0)
  expect(await rowsSeenBy(city.provider.id)).toBe(5)
  expect(await rowsSeenBy('*')).toBe(5)
})

test('settled rows leave the open ones; when none is left nobody waits for it', async () => {
  await handIn(city, delivery, document)
  const waits = async () => (await t.todos()).filter(({ kind }) => kind === 'exchange.quarantine')
  expect(await waits()).toMatchObject([{ subject: delivery, unit: city.provider.id, params: { rows: 2, entry: '企业登记信息' } }])
  const { items } = await city.approver.quarantine({ delivery })
  const ids = items.map(({ id }) => id)
  expect(await city.approver.settleQuarantine({ ids: ids.slice(0, 1), state: 'dismissed', note: '历史代码' })).toEqual({ settled: 1 })
  expect(await waits()).toHaveLength(1)
  expect(await city.approver.settleQuarantine({ ids, state: 'mended' })).toEqual({ settled: 2 })
  expect(await waits()).toEqual([])
  expect(await city.approver.quarantine({ state: 'open' })).toMatchObject({ total: 0 })
  expect((await city.approver.quarantine({ state: 'dismissed' })).items).toMatchObject([{ state: 'dismissed', note: '历史代码' }])
})

test('facts are computed from what happened, with their evidence', async () => {
  const measured = async (unit?: string) =>
    Object.fromEntries(await Promise.all(facts.map(async ({ code, measure }) => [code, await measure(t.platform.db as never, unit ? { unit } : {})] as const)))
  expect(await measured()).toEqual({
    'exchange.answered_in_time': { numerator: 1, denominator: 1 },
    'exchange.median_answer_days': { numerator: 0, denominator: null },
    'exchange.rows_delivered': { numerator: 88, denominator: null },
    'exchange.rejected_share': { numerator: 2, denominator: 90 },
    'exchange.balanced_share': { numerator: 1, denominator: 1 },
  })
  expect(await measured(city.consumer.id)).toMatchObject({
    'exchange.answered_in_time': { numerator: 0, denominator: 0 },
    'exchange.rows_delivered': { numerator: 88 },
  })
  for (const { evidence } of facts) expect(await evidence(t.platform.db as never, {}, 10)).toHaveLength(1)
})
