import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { duplexPair, Transform } from 'node:stream'
import { type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { captureRig } from './testing/rig.ts'

/** A source of its own, whose limits are reached soon. */
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-large-'))
let server: Postgres
let pool: pg.Pool
const source = {
  get address() {
    return { host: server.host, port: server.port, user: server.user, password: server.password, database: 'postgres' }
  },
  query: async <Row>(sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows as Row[],
}
const target = testDatabase()
const rig = captureRig(source, target)
const fields = [field('k', 'int8', { key: true }), field('t', 'text'), field('n', 'int4')]
const MIB = 1 << 20

beforeAll(async () => {
  fs.chmodSync(folder, 0o755)
  const limits = { shared_buffers: '64MB', logical_decoding_work_mem: '64kB', wal_sender_timeout: '5s', max_wal_size: '64MB', min_wal_size: '32MB' }
  server = await startPostgres({ dir: folder, throwaway: true, settings: limits })
  pool = new pg.Pool({ ...source.address, max: 4 })
  pool.on('error', () => undefined)
  await source.query('create table public.register (k int8 primary key, t text, n int4)')
})
afterAll(async () => {
  await pool.end()
  await server.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

async function expectSame(): Promise<void> {
  const [here, there] = await Promise.all([source.query(rig.sum('k, t, n', 'register')), target.query(rig.sum('k, t, n', 'received'))])
  expect(there).toEqual(here)
}

test('a transaction of 300,000 rows comes in pieces, with others beside it, is applied whole, and never stands in memory', { timeout: 120_000 }, async () => {
  await source.query(`truncate public.register; insert into public.register select g, 'x', 0 from generate_series(1, 1000) g`)
  const capture = await rig.begin(await rig.grant({ table: 'register', fields }))
  await until(() => capture.sender())
  const large = new pg.Client(source.address)
  large.on('error', () => undefined)
  await large.connect()
  global.gc?.()
  const before = process.memoryUsage().rss
  let most = 0
  const seen = new Set<string>()
  let over = false
  const looking = (async () => {
    while (!over) {
      const [row] = await target.query<{ n: number }>('select count(*)::int as n from public.received where k > 10000')
      seen.add(String(row!.n))
      most = Math.max(most, process.memoryUsage().rss)
    }
  })()
  await large.query(`begin; insert into public.register select g, repeat('大', 30), g from generate_series(10001, 160000) g`)
  await large.query(`savepoint s; insert into public.register select g, 'undone', g from generate_series(200001, 230000) g; rollback to s`)
  await source.query(`update public.register set n = 7 where k <= 10`)
  await large.query(
    `insert into public.register select g, 'second half', g from generate_series(160001, 310000) g; update public.register set n = n + 1 where k % 2 = 0; commit`,
  )
  await rig.caughtUp(capture, 90_000).finally(async () => {
    over = true
    await Promise.all([looking, large.end()])
  })
  await expectSame()
  expect([...seen].filter((rows) => rows !== '0' && rows !== '300000')).toEqual([])
  expect(most - before).toBeLessThan(150 * MIB)
})

test('a large transaction that is rolled back vanishes', { timeout: 60_000 }, async () => {
  await source.query(`truncate public.register; insert into public.register select g, 'x', 0 from generate_series(1, 100) g`)
  const capture = await rig.begin(await rig.grant({ table: 'register', fields }))
  await until(() => capture.sender())
  await source.query(`begin; insert into public.register select g, repeat('y', 50), 1 from generate_series(1000, 30000) g; rollback`)
  await source.query(`update public.register set n = 5`)
  await rig.caughtUp(capture, 30_000)
  await expectSame()
})

test('a target that stalls for longer than wal_sender_timeout costs neither the connection nor a row', { timeout: 60_000 }, async () => {
  await source.query(`truncate public.register; insert into public.register select g, 'x', 0 from generate_series(1, 100) g`)
  let stalled = false
  let release: () => void = () => undefined
  const line = () => {
    const [left, far] = duplexPair()
    const [near, right] = duplexPair()
    const gate = new Transform({
      transform: (chunk, _encoding, done) => {
        if (!stalled) done(null, chunk)
        else release = () => done(null, chunk)
      },
    })
    far.pipe(gate).pipe(near)
    near.pipe(far)
    return [left, right] as [typeof left, typeof right]
  }
  const capture = await rig.begin(await rig.grant({ table: 'register', fields }), { line })
  await until(() => capture.sender())
  const walsender = () => source.query<{ pid: number }>(`select pid from pg_stat_replication where state = 'streaming'`)
  const [first] = await until(async () => {
    const found = await walsender()
    return found.length > 0 && found
  })
  stalled = true
  await source.query(`insert into public.register select g, repeat(md5(g::text), 20), 1 from generate_series(1000, 40000) g`)
  const began = performance.now()
  await until(() => performance.now() - began > 12_000, 20_000)
  expect(await walsender()).toEqual([first])
  stalled = false
  release()
  await rig.caughtUp(capture, 30_000)
  await expectSame()
})

test('a slot that max_slot_wal_keep_size cut off is lost, and says so', { timeout: 60_000 }, async () => {
  await source.query(`alter system set max_slot_wal_keep_size = '16MB'`)
  await source.query('select pg_reload_conf()')
  await source.query(`truncate public.register; insert into public.register select g, 'x', 0 from generate_series(1, 100) g`)
  const grant = await rig.grant({ table: 'register', fields })
  const first = await rig.begin(grant)
  await until(() => first.sender())
  await first.cut()
  const lost = () => source.query(`select from pg_replication_slots where wal_status = 'lost' and slot_name = 'zhenghe_${first.delivery.replaceAll('-', '')}'`)
  for (let round = 0; round < 20 && (await lost()).length === 0; round++) {
    await source.query(
      `create table if not exists public.noise (t text); insert into public.noise select repeat(md5(g::text), 60) from generate_series(1, 10000) g`,
    )
    await source.query('select pg_switch_wal()')
    await source.query('checkpoint')
  }
  const again = await rig.begin(grant, { delivery: first.delivery })
  expect((await again.ended)[0]).toMatchObject({ code: 'slot_lost', message: expect.stringMatching(/let go of its log/) })
})
