import fs from 'node:fs'
import { Manifest, Receipt, type Signed } from '@zhenghe/wire/documents.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CuttableLine } from './testing/cuttable.ts'
import { testDatabase } from './testing/databases.ts'
import { newPlace, orderDelivery, type Place, SOURCE_STORE, startTestNode, TARGET_STORE, type TestNode, testGrant, urlOf } from './testing/nodes.ts'
import { FakePlatform } from './testing/platform.ts'
import { until } from './testing/wait.ts'

const source = testDatabase()
const target = testDatabase()
const ROWS = 40_000

let place: Place
let platform: FakePlatform
let provider: TestNode
let consumer: TestNode
let line: CuttableLine

beforeAll(async () => {
  await source.query(`
    create table public.register (id int8 primary key, name text, code text, changed_at timestamptz not null, secret text);
    insert into public.register select g, '张三' || repeat('x', 150), g::text, timestamptz '2026-01-01 00:00+00' + g * interval '1 second', 'no'
    from generate_series(1, ${ROWS}) g; analyze public.register`)
  platform = await FakePlatform.start()
  place = newPlace(platform)
  provider = await startTestNode(place, 'provider', { id: SOURCE_STORE, role: 'source', url: urlOf(source.address), pagesPerRange: 32 })
  consumer = await startTestNode(
    place,
    'consumer',
    { id: TARGET_STORE, role: 'target', url: urlOf(target.address) },
    { listen: { host: '127.0.0.1', port: 0 } },
  )
  line = await CuttableLine.to(Number(platform.nodes.get(consumer.identity.id)!.beat!.listen!.split(':').at(-1)))
})
afterAll(async () => {
  await Promise.all([provider?.node.stop(), consumer?.node.stop()])
  await line?.stop()
  await platform?.stop()
  if (place) fs.rmSync(place.folder, { recursive: true })
})

test('a network cut in the middle of a load: both nodes say so and try again; when it is back only missing ranges go, and the load ends exact', {
  timeout: 180_000,
}, async () => {
  const parties = { provider: provider.identity, consumer: consumer.identity }
  const grant = await testGrant(source.address, parties)
  let cut = false
  platform.interfere = (path) =>
    cut && path === '/api/exchange/relay' ? { status: 503, body: { code: 'exchange.no_peer', status: 503, detail: '' } } : undefined
  line.cutAfter(600_000)
  const id = orderDelivery(platform, { ...parties, grant, listen: line.address })
  await until(() => line.bytes >= 600_000)
  cut = true
  await until(() => line.refused >= 1, 40_000)
  const landed = await target.query<{ n: number }>(`select n::int from zhenghe_exchange.range_ledger where delivery = $1`, [id])
  const troubles = platform.about(id, 'trouble').map(({ node, body }) => [node, body['code'], body['resumable']])
  expect(troubles.every(([, , resumable]) => resumable === true)).toBe(true)
  expect(troubles.length).toBeLessThanOrEqual(4) // lost, then not reached; of either node, however often it was tried
  expect(landed.length).toBeGreaterThan(0)
  cut = false
  line.mend()
  const text = async (what: string) => JSON.parse(((await until(() => platform.about(id, what)[0], 120_000)).body['signed'] as Signed).text) as unknown
  const [manifest, receipt] = [Manifest.parse(await text('manifest')), Receipt.parse(await text('receipt'))]
  expect([manifest.sent, receipt.loaded, receipt.digest]).toEqual([ROWS, ROWS, manifest.digest])
  const [row] = await target.query('select count(*)::int as n, count(distinct id)::int as ids from public.received')
  expect(row).toEqual({ n: ROWS, ids: ROWS })
  const kept = await target.query<{ n: number }>(`select n::int from zhenghe_exchange.range_ledger where delivery = $1`, [id])
  expect(kept).toEqual(expect.arrayContaining(landed))
})
