/** A change capture by whole nodes between two real databases, against the platform's side of the protocol. */
import fs from 'node:fs'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { newPlace, orderDelivery, type Place, SOURCE_STORE, startTestNode, TARGET_STORE, type TestNode, testGrant, urlOf } from '../testing/nodes.ts'
import { FakePlatform } from '../testing/platform.ts'
import { until } from '../testing/wait.ts'
import { slotName } from './postgres/slot.ts'

const source = testDatabase()
const target = testDatabase()
let place: Place
let platform: FakePlatform
let provider: TestNode
let consumer: TestNode
let grant: Signed

beforeAll(async () => {
  await source.query(`create table public.register (id int8 primary key, name text, code text, changed_at timestamptz not null, secret text);
    insert into public.register select g, '张三' || g, g::text, timestamptz '2026-01-01', 'no' from generate_series(1, 2000) g; analyze public.register`)
  platform = await FakePlatform.start()
  place = newPlace(platform)
  provider = await startTestNode(place, 'provider', { id: SOURCE_STORE, role: 'source', url: urlOf(source.address) })
  consumer = await startTestNode(
    place,
    'consumer',
    { id: TARGET_STORE, role: 'target', url: urlOf(target.address) },
    { listen: { host: '127.0.0.1', port: 0 } },
  )
  grant = await testGrant(source.address, { provider: provider.identity, consumer: consumer.identity })
})
afterAll(async () => {
  await Promise.all([provider?.node.stop(), consumer?.node.stop()])
  await platform?.stop()
  if (place) fs.rmSync(place.folder, { recursive: true })
})

const received = (where: string) =>
  target.query<{ n: number }>(`select count(*)::int as n from public.captured where ${where}`).then(
    ([row]) => row?.n,
    () => undefined,
  )

test('a node tells that its source can be followed', () => {
  expect(platform.nodes.get(provider.identity.id)!.beat!.stores).toMatchObject([{ id: SOURCE_STORE, captures: true }])
})

test('ordered to capture, both nodes follow for as long as they live, tell the load as the first period, and go on after a restart; then nothing is left', async () => {
  const { listen } = platform.nodes.get(consumer.identity.id)!.beat!
  const id = orderDelivery(platform, { provider: provider.identity, consumer: consumer.identity, grant, listen, table: 'captured', mode: 'capture' })
  const periods = () => platform.about(id, 'periods').map(({ body }) => [body['n'], body['kind']])
  await until(() => periods().length === 2)
  expect(periods().sort()).toEqual([
    [0, 'manifest'],
    [0, 'receipt'],
  ])
  await source.query(`update public.register set code = '7' where id <= 10; delete from public.register where id > 1990`)
  await until(async () => (await received(`code = '7'`)) === 10 && (await received('true')) === 1990)
  await provider.node.stop()
  await source.query(`update public.register set code = '8' where id <= 20`)
  await provider.again().then((node) => (provider.node = node))
  await until(async () => (await received(`code = '8'`)) === 20)
  platform.cancel(id)
  const drop = { kind: 'drop_capture' as const, delivery: id, store: SOURCE_STORE }
  platform.order(`${id}/drop`, { [provider.identity.id]: drop })
  await until(() => platform.about(id, 'dropped').length > 0)
  expect(await source.query('select from pg_replication_slots where slot_name = $1', [slotName(id)])).toEqual([])
  expect(await source.query('select from pg_publication where pubname = $1', [slotName(id)])).toEqual([])
  expect(await received('true')).toBe(1990)
})
