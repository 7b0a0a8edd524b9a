/** Nodes are brought up to date one after the other while a delivery runs; and what an operator orders from the monitor, with real nodes. */
import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '@zhenghe/exchange-node/testing/wait.ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { contract as exchange } from '../server/data/exchange/contract.ts'
import { type NodeProcess, shareEntity, type TwoNodes, twoNodes } from './testing/two-nodes.ts'

const ROWS = 30_000
const BAD = 4
const NEXT = '0.99.0'
const place = await twoNodes({ rowsPerSecond: 12_000 }) // long enough to be stopped in the middle
let s: TwoNodes
const { source, target, ended, landed, arrived } = place
const root = path.resolve(import.meta.dirname, '..')
const release = path.join(place.folder, 'release')
const watcher = place.t.as({ rights: ['exchange.supervise'] })(exchange)
const versions = async () => (await watcher.monitor({})).nodes.map(({ name, version, behind }) => ({ name: name.slice(0, 2), version, behind }))
let before: string
let grant: string
let subscription: string

/** The same program as a release of another version, in a folder of its own as an operator unpacks it. */
function unpackRelease(): string {
  fs.cpSync(path.join(root, 'exchange-node'), path.join(release, 'exchange-node'), { recursive: true, filter: (file) => !file.endsWith('.test.ts') })
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(release, 'node_modules'))
  const file = path.join(release, 'exchange-node/package.json')
  const described = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>
  fs.writeFileSync(file, JSON.stringify({ ...described, version: NEXT }))
  return String(described['version'])
}

/** Ends the running version and starts the next one on the same home. */
async function upgrade(node: NodeProcess, how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  await node.end(how)
  node.program = path.join(release, 'exchange-node')
  node.start()
}

/** Both tables hold the same rows: their number and the sum of their hashes. */
async function same(table: string): Promise<boolean> {
  const sum = (of: string, name: string) =>
    `select count(*)::int as rows, sum(hash_record_extended(row(code, ${name}, changed_at), 0))::text as hashes from ${of}`
  const [[there], [here]] = await Promise.all([
    source.query(`${sum('public.entity', `left(name, 1) || '**'`)} where name <> ''`),
    target.query(sum(`shared.${table}`, 'name')),
  ])
  return JSON.stringify(there) === JSON.stringify(here)
}

beforeAll(async () => {
  before = unpackRelease()
  await source.query(`
    create table public.entity (code text primary key, name text not null, changed_at timestamptz not null);
    insert into public.entity select lpad(g::text, 8, '0'), case when g <= ${BAD} then '' else '企业' || g end, timestamptz '2026-01-01 00:00+08' + g * interval '1 second'
    from generate_series(1, ${ROWS}) g; analyze public.entity`)
  await target.query('create schema shared')
  s = { ...place, ...(await place.begin()) }
  grant = (await shareEntity(s)).grant
})

describe('upgrading', () => {
  test('a node stopped in the middle of a load and started as another version ends the delivery exact; the platform shows who is behind', async () => {
    expect(await versions()).toMatchObject([
      { version: before, behind: false },
      { version: before, behind: false },
    ])
    const made = await s.asker.subscribe({ grant, store: 'shared', schema: 'shared', table: 'entity' })
    subscription = made.subscription.id
    await until(async () => (await landed(made.delivery)) > 1)
    const kept = await landed(made.delivery)
    await upgrade(s.sending.running, 'SIGTERM')
    const view = await ended(made.delivery)
    expect(view).toMatchObject({ state: 'done', loaded: ROWS - BAD, rejected: BAD, balance: { agrees: true } })
    expect(view.troubles.every(({ resumable }) => resumable)).toBe(true)
    expect([kept > 1, await same('entity')]).toEqual([true, true])
    await until(async () => (await versions()).some(({ version }) => version === NEXT))
    expect(await versions()).toMatchObject([
      { name: '市场', version: NEXT, behind: false },
      { name: '税务', version: before, behind: true },
    ])
  })

  test('the other node, killed -9 in the middle and started as another version, goes on with the ranges that are missing', async () => {
    const { id } = await s.asker.deliver({ id: subscription })
    await until(async () => (await landed(id)) > 1)
    await upgrade(s.receiving.running, 'SIGKILL')
    const view = await ended(id)
    expect(view).toMatchObject({ state: 'done', loaded: ROWS - BAD, balance: { agrees: true } })
    expect(await same('entity')).toBe(true)
    await until(async () => (await versions()).every(({ version, behind }) => version === NEXT && !behind))
  })
})

describe('from the monitor', () => {
  test('a node tells how it is: outbox, disk, memory, delay of its loop', async () => {
    const { nodes } = await watcher.monitor({})
    for (const { health, silent } of nodes) {
      expect(silent).toBe(false)
      expect(health).toMatchObject({ outbox: { waiting: expect.any(Number), refused: 0 }, disk: { totalBytes: expect.any(Number) } })
      expect(health!.memoryBytes).toBeGreaterThan(20e6)
      expect(health!.loopLagMs).toBeGreaterThanOrEqual(0)
    }
  })

  test('rows mended at the source are replayed by their keys and delivered; what is still wrong stays, what is gone leaves', async () => {
    const open = async () => [...new Set((await s.liaison.quarantine({ state: 'open' })).items.map(({ rowKey }) => rowKey))].sort()
    expect(await open()).toEqual(['00000001', '00000002', '00000003', '00000004'])
    const { id: first } = await s.asker.deliver({ id: subscription })
    await expect(s.liaison.replayQuarantine({})).rejects.toMatchObject({ code: 'exchange.nothing_to_replay', params: { busy: 4 } })
    await ended(first)
    await source.query(
      `update public.entity set name = '改好' || code where code in ('00000001', '00000002'); delete from public.entity where code = '00000004'`,
    )
    const { deliveries, left } = await s.liaison.replayQuarantine({})
    expect([deliveries.length, deliveries[0]!.rows, left.unkeyed]).toEqual([1, 4, 0])
    const view = await ended(deliveries[0]!.delivery)
    expect(view).toMatchObject({
      state: 'done',
      replay: true,
      mode: 'incremental',
      rejected: 1,
      loaded: 2,
      balance: { agrees: true, read: 3, rejected: 1, loaded: 2 },
    })
    await s.t.work()
    expect(await open()).toEqual(['00000003'])
    expect(await target.query(`select code, name from shared.entity where code < '00000005' order by code`)).toEqual([
      { code: '00000001', name: '改**' },
      { code: '00000002', name: '改**' },
    ])
    expect(await s.liaison.replays({})).toMatchObject([{ state: 'done', rows: 4, mended: 3, rejected: 1 }])
    expect(await same('entity')).toBe(true)
  })

  test('a refused letter of a node is told again on order', async () => {
    const { id } = (await s.asker.deliveries({ limit: 1 })).items[0]!
    const box = new DatabaseSync(path.join(s.receiving.running.home, 'outbox.db'))
    const body = JSON.stringify({ side: 'receiver', code: 'told_again', detail: 'x', resumable: true })
    box
      .prepare('insert into refused (id, about, path, body, code, detail, at) values (?, ?, ?, ?, ?, ?, ?)')
      .run(900_001, `${id}/again`, `/api/exchange/deliveries/${id}/trouble`, body, 'exchange.wrong_state', 'no', Date.now())
    box.close()
    const operator = s.t.as({ rights: ['nodes.operate'], unit: s.consumer.id })(exchange)
    const refused = async () => (await operator.monitor({})).nodes.find(({ id: node }) => node === s.receiving.id)!.health!.refused
    const [letter] = await until(async () => {
      const listed = await refused()
      return listed.length > 0 && listed
    })
    expect(letter).toMatchObject({ id: 900_001, code: 'exchange.wrong_state', about: `${id}/again` })
    await operator.replayLetters({ node: s.receiving.id, letters: [letter!.id] })
    await until(async () => (await s.t.ledger()).some(({ endpoint, body: line }) => endpoint.endsWith('/trouble') && line.includes('told_again')))
    await until(async () => (await refused()).length === 0)
    await until(async () => (await operator.monitor({})).nodes.every(({ orders }) => orders.length === 0))
  })
})

test('an order reaches both nodes at once: they hold their questions open', async () => {
  const began = performance.now()
  const { id } = await s.asker.deliver({ id: subscription })
  await until(async () => (await s.asker.deliveryById({ id })).progress, 3000)
  expect(performance.now() - began).toBeLessThan(3000)
  expect((await ended(id)).state).toBe('done')
  expect(await arrived('entity')).toBe(ROWS - 2)
})
