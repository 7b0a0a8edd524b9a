/** Whole nodes between two real databases, against the platform's side of the protocol. */
import fs from 'node:fs'
import { Manifest, Receipt, type Signed } from '@zhenghe/wire/documents.ts'
import { fingerprint } from '@zhenghe/wire/keys.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkConfig } from './config.ts'
import { startNode } from './node.ts'
import { testDatabase } from './testing/databases.ts'
import { approver, gmApprover } from './testing/delivery.ts'
import {
  newPlace,
  orderDelivery,
  orderReconciliation,
  orderReplay,
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
const ROWS = 20_000
const BAD = 4

let place: Place
let platform: FakePlatform
let provider: TestNode
let consumer: TestNode
let grant: Signed
let listen: string | null

const parties = () => ({ provider: provider.identity, consumer: consumer.identity })
const order = (more: object = {}) => orderDelivery(platform, { ...parties(), grant, listen, ...more })
const letter = (id: string, what: string, node?: TestNode) =>
  until(() => platform.about(id, what).find((one) => !node || one.node === node.identity.id)).then(({ body }) => body)
const evidence = async (id: string) => {
  const [manifest, receipt] = await Promise.all([letter(id, 'manifest'), letter(id, 'receipt')])
  const text = (body: Record<string, unknown>) => JSON.parse((body['signed'] as Signed).text) as unknown
  return { manifest: Manifest.parse(text(manifest)), receipt: Receipt.parse(text(receipt)), cursor: receipt['cursor'] }
}

beforeAll(async () => {
  await source.query(`
    create table public.register (id int8 primary key, name text, code text, changed_at timestamptz not null, secret text);
    insert into public.register select g, '张三' || g, case when g <= ${BAD} then 'x' || g else g::text end, timestamptz '2026-01-01 00:00+00' + g * interval '1 second', 'no'
    from generate_series(1, ${ROWS}) g; analyze public.register`)
  platform = await FakePlatform.start()
  place = newPlace(platform)
  const listening = { listen: { host: '127.0.0.1', port: 0 } }
  provider = await startTestNode(place, 'provider', { id: SOURCE_STORE, role: 'source', url: urlOf(source.address), pagesPerRange: 16 })
  consumer = await startTestNode(place, 'consumer', { id: TARGET_STORE, role: 'target', url: urlOf(target.address) }, listening)
  listen = platform.nodes.get(consumer.identity.id)!.beat!.listen
  grant = await testGrant(source.address, parties())
})

afterAll(async () => {
  await Promise.all([provider?.node.stop(), consumer?.node.stop()])
  await platform?.stop()
  if (place) fs.rmSync(place.folder, { recursive: true })
})

describe('joining', () => {
  test('a node tells what stands behind it, and nothing of where it is', () => {
    const { beat } = platform.nodes.get(provider.identity.id)!
    expect(beat).toMatchObject({ listen: null, stores: [{ id: SOURCE_STORE, role: 'source', reachable: true, database: source.address.database }] })
    expect(beat!.approvers).toEqual([approver, gmApprover].map(fingerprint))
    expect(JSON.stringify(beat)).not.toContain(String(source.address.password))
  })

  test('a node that joined before suite 2 was shows its SM2 keys by itself once the platform asks for them', async () => {
    const known = platform.nodes.get(provider.identity.id)!
    expect(known.gm).toEqual(provider.identity.gm)
    known.gm = undefined
    await provider.node.stop()
    provider.node = await provider.again()
    expect(await until(() => known.gm)).toEqual(provider.identity.gm)
  })

  test('no log line holds a password or a token', () => {
    const said = place.log.join('\n')
    expect(said).toContain(fingerprint(provider.identity.sign))
    for (const secret of [String(source.address.password), provider.config.token!]) expect(said).not.toContain(secret)
  })

  test('a token that is not good ends the node with words that say what to do', async () => {
    const config = checkConfig({ ...provider.config, home: `${place.folder}/stranger`, token: 'spent' }, place.folder, {})
    const node = await startNode(config)
    await expect(node.ended).rejects.toThrow(/Make a new token on the workbench/)
  })

  test('a node without token and keys says so', async () => {
    const { token: _, ...rest } = provider.config
    const node = await startNode({ ...rest, home: `${place.folder}/nobody` })
    await expect(node.ended).rejects.toThrow(/has not joined yet/)
  })
})

describe('a delivery', () => {
  test('goes straight where the receiver listens; both documents and the quarantine reach the platform', async () => {
    const id = order()
    const { manifest, receipt, cursor } = await evidence(id)
    expect(manifest).toMatchObject({ delivery: id, read: ROWS, filtered: 0, rejected: BAD, sent: ROWS - BAD, reasons: { 'code:digits': BAD } })
    expect(receipt).toMatchObject({ received: ROWS - BAD, loaded: ROWS - BAD, digest: manifest.digest })
    expect(Date.parse(String(cursor))).toBe(Date.parse('2026-01-01T00:00:00Z') + ROWS * 1000)
    expect(platform.progress.filter((one) => one.id === id).map(({ route }) => route)).not.toContain('relay')
    expect((await letter(id, 'quarantine'))['rows']).toHaveLength(BAD)
    expect(await target.query('select name from public.received where id = 5')).toEqual([{ name: '张**' }])
    expect(platform.about(id, 'trouble')).toEqual([])
  })

  test('goes by the relay where the receiver cannot be reached', async () => {
    const before = platform.relayed
    const id = order({ listen: '127.0.0.1:1', table: 'by_relay' })
    await evidence(id)
    expect(platform.relayed).toBe(before + 1)
    expect(await target.query('select count(*)::int as n from public.by_relay')).toEqual([{ n: ROWS - BAD }])
  })

  test('brings increments since the last one', async () => {
    await source.query(`update public.register set code = '7', changed_at = timestamptz '2026-06-01 00:00+00' where id <= ${BAD}`)
    const { manifest, cursor } = await evidence(order({ mode: 'incremental' }))
    expect(manifest).toMatchObject({ mode: 'incremental', rejected: 0 })
    expect(Date.parse(String(cursor))).toBe(Date.parse('2026-06-01T00:00:00Z'))
    expect(await target.query('select count(*)::int as n from public.received')).toEqual([{ n: ROWS }])
  })

  test('waits for a platform that is absent, and tells it all when it is back', async () => {
    platform.interfere = (path) => (/manifest|receipt/.test(path) ? { status: 503, body: {} } : undefined)
    const id = order({ table: 'told_late' })
    await until(async () => (await target.query(`select from zhenghe_exchange.delivery where id = '${id}' and receipt is not null`)).length > 0)
    expect([platform.about(id, 'manifest'), platform.about(id, 'receipt')]).toEqual([[], []])
    platform.interfere = () => undefined
    expect((await evidence(id)).receipt.loaded).toBe(ROWS)
  })

  test('whose grant is over is refused by whichever node looks first', async () => {
    const id = orderDelivery(platform, { ...parties(), listen, grant: await testGrant(source.address, parties(), { notAfter: '2020-01-01T00:00:00Z' }) })
    expect(await letter(id, 'trouble')).toMatchObject({ code: 'expired', resumable: false })
  })

  test('signed by somebody who is not pinned is refused by both nodes', async () => {
    const id = orderDelivery(platform, { ...parties(), listen, grant: { ...grant, key: '0000-'.repeat(7).concat('0000') } })
    expect(await letter(id, 'trouble')).toMatchObject({ code: 'unknown_approver', resumable: false })
  })

  test('that is cancelled on the way leaves nothing at the target', async () => {
    const slow = await testGrant(source.address, parties(), { limits: { rejectShare: 1, connections: 1, rowsPerSecond: 4000 } })
    const id = order({ grant: slow, table: 'cancelled' })
    await until(() => platform.progress.some((one) => one.id === id && one.side === 'receiver'))
    platform.cancel(id)
    await until(async () => (await target.query(`select from zhenghe_exchange.delivery where id = '${id}'`)).length === 0)
    await until(async () => (await target.query(`select from pg_tables where tablename like 'cancelled%'`)).length === 0)
    expect([platform.about(id, 'trouble'), platform.about(id, 'receipt')]).toEqual([[], []])
  })

  test('stopped in the middle with its node goes on from where it was', async () => {
    const slow = await testGrant(source.address, parties(), { limits: { rejectShare: 1, connections: 1, rowsPerSecond: 8000 } })
    const id = order({ grant: slow, table: 'resumed' })
    const landed = async () =>
      (await target.query<{ n: number }>(`select count(*)::int as n from zhenghe_exchange.range_ledger where delivery = '${id}'`))[0]!.n
    await until(async () => (await landed()) > 1)
    await provider.node.stop()
    expect(await letter(id, 'trouble', provider)).toMatchObject({ code: 'draining', resumable: true })
    const kept = await landed()
    provider.node = await provider.again()
    await until(async () => (await landed()) > kept)
    await consumer.node.stop()
    consumer.node = await consumer.again()
    expect((await evidence(id)).receipt.loaded).toBe(ROWS)
    expect(await target.query('select count(*)::int as n from public.resumed')).toEqual([{ n: ROWS }])
  })

  test('whose receipt was lost with its node is told again from the ledger of the target', async () => {
    const id = order({ table: 'lost' })
    await evidence(id)
    await consumer.node.stop()
    fs.rmSync(`${consumer.config.home}/outbox.db`)
    platform.letters.splice(0, platform.letters.length, ...platform.letters.filter(({ path }) => !path.endsWith(`${id}/receipt`)))
    consumer.node = await consumer.again()
    expect((await evidence(id)).receipt.loaded).toBe(ROWS)
  })
})

describe('other orders', () => {
  test.each(['with a cursor', 'without'])('a replay reads the rows of its keys and no others, range by range, %s; the checkpoint stays', async (how) => {
    const without = await testGrant(source.address, parties(), { cursor: undefined, limits: { rejectShare: 0, connections: 2 } })
    const signed = how === 'without' ? without : grant
    const table = how === 'without' ? 'replayed_plain' : 'replayed'
    await source.query(`update public.register set code = 'bad' where id in (21, 22, 23)`)
    if (how === 'without') await evidence(order({ table, grant: await testGrant(source.address, parties(), { cursor: undefined }) }))
    else await evidence(order({ table }))
    const checkpoint = () => target.query(`select checkpoint from zhenghe_exchange.target where target_table = '${table}'`)
    const before = await checkpoint()
    await source.query(`update public.register set code = '1' where id in (21, 22); delete from public.register where id = 24`)
    const id = orderReplay(platform, {
      ...parties(),
      grant: signed,
      listen,
      table,
      ranges: [
        [['21'], ['22']],
        [['23'], ['24'], ['25']],
      ],
    })
    const { manifest, receipt } = await evidence(id)
    expect(manifest).toMatchObject({ mode: 'incremental', read: 4, rejected: 1, sent: 3, ranges: 2 })
    expect(receipt).toMatchObject({ received: 3, loaded: 3 })
    expect(await target.query(`select id::int from public.${table} where id between 20 and 26 order by id`)).toEqual(
      [20, 21, 22, 24, 25, 26].map((n) => ({ id: n })),
    )
    expect(await checkpoint()).toEqual(before)
    const told = await until(() => platform.about(id, 'quarantine').find(({ body }) => body['range'] === 1))
    expect(told.body['rows']).toMatchObject([{ key: '23', keys: ['23'], field: 'code', rule: 'digits' }])
    await source.query(`update public.register set code = id::text where id in (21, 22, 23);
      insert into public.register select 24, '张三24', '24', timestamptz '2026-01-01 00:00+00' + 24 * interval '1 second', 'no' on conflict do nothing`)
  })

  test('a reconciliation finds what differs and mends it', async () => {
    await evidence(order({ table: 'compared' }))
    await target.query('delete from public.compared where id = 7; update public.compared set code = null where id = 8')
    const reconcile = (mend: boolean) => letter(orderReconciliation(platform, { ...parties(), grant, listen, table: 'compared', mend }), '')
    expect(await reconcile(false)).toMatchObject({ sourceRows: ROWS, targetRows: ROWS - 1, missing: 1, differing: 1, extra: 0, mended: false, trouble: null })
    expect(await reconcile(true)).toMatchObject({ missing: 1, differing: 1, mended: true })
    expect(await reconcile(false)).toMatchObject({ sourceRows: ROWS, targetRows: ROWS, missing: 0, differing: 0 })
  })

  test('a clock that is off is told in words, and nothing is lost', async () => {
    platform.skewMs = 3_600_000
    await until(() => place.log.some((line) => line.includes("seconds off the platform's")))
    platform.skewMs = 0
  })
})
