import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SourceClosed } from './hours.ts'
import { testDatabase } from './testing/databases.ts'
import { compare, deliver, draftGrant, field, signGrant, whenLanded } from './testing/delivery.ts'
import {
  newPlace,
  orderDelivery,
  orderReconciliation,
  type Place,
  SOURCE_STORE,
  startTestNode,
  TARGET_STORE,
  type TestNode,
  testGrant,
  urlOf,
} from './testing/nodes.ts'
import { FakePlatform } from './testing/platform.ts'
import { until } from './testing/wait.ts'

const source = testDatabase()
const target = testDatabase()
const HOUR = 3_600_000
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString().slice(11, 16)
const ROWS = 60_000

let place: Place
let platform: FakePlatform
let provider: TestNode
let consumer: TestNode

beforeAll(async () => {
  await source.query(`
    create table public.register (id int8 primary key, name text, code text, changed_at timestamptz not null, secret text);
    insert into public.register select g, '张三', g::text, timestamptz '2026-01-01 00:00+00' + g * interval '1 second', repeat('x', 100)
    from generate_series(1, ${ROWS}) g; analyze public.register`)
  platform = await FakePlatform.start()
  place = newPlace(platform)
  const closed = { hours: [`${inHours(2)}-${inHours(3)}`], zone: 'UTC' }
  provider = await startTestNode(place, 'provider', { id: SOURCE_STORE, role: 'source', url: urlOf(source.address), ...closed })
  consumer = await startTestNode(place, 'consumer', { id: TARGET_STORE, role: 'target', url: urlOf(target.address) })
})
afterAll(async () => {
  await Promise.all([provider?.node.stop(), consumer?.node.stop()])
  await platform?.stop()
  if (place) fs.rmSync(place.folder, { recursive: true })
})

test('a load that is under way when the hours end stops at a border of its ranges, and goes on with the missing ones', async () => {
  const fields = [field('id', 'int8', { key: true }), field('name', 'text'), field('changed_at', 'timestamptz', { nullable: false })]
  const grant = signGrant(await draftGrant(source.address, { table: 'register', fields, limits: { rejectShare: 0, connections: 2 } }))
  const ends = { grant, source: source.address, target: target.address, delivery: randomUUID(), table: 'paused', pagesPerRange: 16 }
  const over = new AbortController()
  const { sending, receiving = {} } = whenLanded(3, () =>
    over.abort(new SourceClosed('source: «register» is closed', new Date(Date.now() + HOUR).toISOString())),
  )
  const paused = await deliver({ ...ends, sending: { ...sending, stop: over.signal }, receiving }).catch((error: unknown) => error)
  expect(paused).toMatchObject({ code: 'source_hours', resumable: true })
  const [landed] = await target.query<{ n: number }>(`select count(*)::int as n from zhenghe_exchange.range_ledger where delivery = $1`, [ends.delivery])
  expect(landed!.n).toBeGreaterThanOrEqual(3)
  await source.query(`update public.register set name = '改名' where id % 1000 = 0`) // by day
  await deliver(ends)
  expect(await compare(ends, false)).toMatchObject({ rows: ROWS, missing: 0, extra: 0, changed: 0 })
})

test('a node tells with its beat when its source may be read', () => {
  const { beat } = platform.nodes.get(provider.identity.id)!
  const { hours } = beat!.stores[0]!
  expect(hours).toMatchObject({ zone: 'UTC', spans: [expect.stringMatching(/^\d\d:\d\d-\d\d:\d\d$/)] })
  expect(Date.parse(hours!.opensAt!) - Date.now()).toBeLessThanOrEqual(2 * HOUR)
  expect(hours!.opensAt!.slice(11, 16)).toBe(hours!.spans[0]!.slice(0, 5))
})

test('loads and comparisons ordered outside of the hours are told to wait until their moment', async () => {
  const parties = { provider: provider.identity, consumer: consumer.identity }
  const ordering = { ...parties, grant: await testGrant(source.address, parties), listen: null }
  for (const id of [orderDelivery(platform, ordering), orderReconciliation(platform, { ...ordering, mend: false })]) {
    const { body } = await until(() => platform.about(id, 'trouble').find(({ node }) => node === provider.identity.id))
    expect(body).toMatchObject({
      side: 'sender',
      code: 'source_hours',
      resumable: true,
      until: platform.nodes.get(provider.identity.id)!.beat!.stores[0]!.hours!.opensAt,
    })
  }
})
