/** The long poll over real HTTP: two processes of the platform on one database, a node that signs its questions. */
import { signRequest } from '@zhenghe/wire/http-auth.ts'
import { afterAll, expect, test, vi } from 'vitest'
import { serve } from '../../kernel/http/server.ts'
import type { Module } from '../../kernel/module.ts'
import { openMetrics } from '../../kernel/observe.ts'
import { RunningPlatform } from '../../kernel/platform.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract } from './contract.ts'
import { exchangeCity, handIn, MODULES, subscribed } from './testing/city.ts'
import { hearWakes, waitersOf } from './wake.ts'

const t = await testPlatform(MODULES as Module[], { now: new Date().toISOString() })
const clock = setInterval(() => t.setNow(new Date().toISOString()), 20)
const city = await exchangeCity(t)
const entry = await city.entry('企业登记信息')
/** Another process of the same platform: what it hears, it hears from the database. */
const other = new RunningPlatform({ pool: t.pool, modules: MODULES, log: t.platform.log, redact: t.keys.redact, now: t.platform.now })
const stopHearing = await hearWakes(other)
const [here, there] = await Promise.all(
  [t.platform, other].map(async (platform) => {
    const app = await serve({ platform, metrics: openMetrics(t.pool), readiness: async () => undefined })
    return { platform, app, address: await app.listen({ port: 0, host: '127.0.0.1' }) }
  }),
)
afterAll(async () => {
  clearInterval(clock)
  await stopHearing()
  await Promise.all([here!.app.close(), there!.app.close()])
})

type Answer = { orders: { kind: string; delivery?: string }[]; ms: number }
async function ask(node: typeof city.target, wait: number, running: readonly string[] = [], from = there!): Promise<Answer> {
  const path = `/api/exchange/orders?${new URLSearchParams([['wait', String(wait)], ...running.map((id) => ['running', id])])}`
  const began = performance.now()
  const answer = await fetch(from.address + path, { headers: signRequest({ method: 'GET', path, body: undefined }, node.keys, Date.now()) })
  return { ...((await answer.json()) as Omit<Answer, 'ms'>), ms: performance.now() - began }
}
const waiting = (from = there!) => vi.waitUntil(() => from.platform.local(waitersOf).size > 0)

test('where there is nothing to do the answer is held back, for so long at most', async () => {
  const { orders, ms } = await ask(city.target, 1)
  expect(orders).toEqual([])
  expect(ms).toBeGreaterThan(950)
  expect((await ask(city.target, 0)).ms).toBeLessThan(900)
})

test('an order in one process is answered at once by the poll that another process holds', async () => {
  const polls = Promise.all([ask(city.source, 20), ask(city.target, 20)])
  await vi.waitUntil(() => there!.platform.local(waitersOf).size === 2)
  const { delivery, document } = await subscribed(city, entry)
  const ordered = performance.now()
  const [sending, receiving] = await polls
  expect(performance.now() - ordered).toBeLessThan(1500)
  expect(sending.orders).toMatchObject([{ kind: 'send', delivery }])
  expect(receiving.orders).toMatchObject([{ kind: 'receive', delivery }])
  const held = ask(city.target, 20, [delivery])
  await waiting()
  await city.asker.cancelDelivery({ id: delivery, reason: '不再需要' })
  expect((await held).orders).toMatchObject([{ kind: 'cancel', delivery }])
  void document
})

test('what rests is answered when its rest is over, without being asked in between', async () => {
  const { delivery, document } = await subscribed(city, await city.entry('另一目录'))
  await city.receiver.trouble({ id: delivery, side: 'receiver', code: 'target_unreachable', detail: 'x', resumable: true })
  const { orders, ms } = await ask(city.target, 10)
  expect(orders).toMatchObject([{ kind: 'receive', delivery }])
  expect(ms).toBeLessThan(2500)
  await handIn(city, delivery, document)
})

test('a schema read and an order that is no delivery wake a poll as well', async () => {
  const held = ask(city.target, 20)
  await waiting()
  await t
    .as({ rights: ['nodes.operate'], unit: city.consumer.id })(contract)
    .replayLetters({ node: city.target.id, letters: [1] })
  expect((await held).orders).toMatchObject([{ kind: 'replay_letters' }])
})

test('a lost connection of the listener is replaced, and who waits is woken', async () => {
  const held = ask(city.source, 20)
  await waiting()
  await t.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'listen nodes_wake'`)
  const { delivery } = await subscribed(city, await city.entry('第三目录'))
  expect((await held).orders).toMatchObject([{ kind: 'send', delivery }])
  await city.asker.cancelDelivery({ id: delivery, reason: '不再需要' })
})

test('a node that leaves frees its place; a platform that ends answers what it holds', async () => {
  const gone = new AbortController()
  const path = '/api/exchange/orders?wait=20'
  const left = fetch(there!.address + path, {
    headers: signRequest({ method: 'GET', path, body: undefined }, city.source.keys, Date.now()),
    signal: gone.signal,
  })
  await waiting()
  gone.abort()
  await expect(left).rejects.toThrow()
  await vi.waitUntil(() => there!.platform.local(waitersOf).size === 0)
  const held = ask(city.source, 20).catch((error: unknown) => error)
  await waiting()
  const began = performance.now()
  await there!.app.close()
  await held
  expect(performance.now() - began).toBeLessThan(2000)
})
