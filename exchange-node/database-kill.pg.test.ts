import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from './pg/connect.ts'
import { testDatabase } from './testing/databases.ts'
import { deliver, draftGrant, field, signGrant, whenLanded } from './testing/delivery.ts'

const ROWS = 30_000
const source = testDatabase()
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-kill-'))
let server: Postgres

const address = () => ({ host: server.host, port: server.port, user: server.user, password: server.password, database: 'postgres' })

beforeAll(async () => {
  fs.chmodSync(folder, 0o755)
  server = await startPostgres({ dir: folder, settings: { shared_buffers: '32MB' } })
  await source.query(`create table public.register (k text primary key, n int8, t text);
    insert into public.register select md5(g::text), g, repeat('政', g % 50) from generate_series(1, ${ROWS}) g`)
})
afterAll(async () => {
  await server.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** Kills the whole cluster and starts it again, as a machine that lost its power would. */
async function crash(): Promise<void> {
  process.kill(server.pid, 'SIGKILL')
  for (;;) {
    await pause(100) // its children end when they notice
    const started = await startPostgres({ dir: folder, settings: { shared_buffers: '32MB' } }).catch(() => undefined)
    if (started) {
      server = started
      return
    }
  }
}

test.each([1, 10, 25])('a target database killed after %i ranges recovers with its ledger, and the load goes on from there', async (after) => {
  const fields = [field('k', 'text', { key: true }), field('n', 'int8'), field('t', 'text')]
  const grant = signGrant(await draftGrant(source.address, { table: 'register', fields }))
  const ends = { grant, source: source.address, delivery: randomUUID(), pagesPerRange: 8 }
  let crashed: Promise<void> | undefined
  const first = deliver({ ...ends, target: address(), ...whenLanded(after, () => (crashed = crash())) })
  await expect(first).rejects.toMatchObject({ resumable: true })
  await crashed
  const { evidence } = await deliver({ ...ends, target: address() })
  expect(JSON.parse(evidence.receipt.text)).toMatchObject({ loaded: ROWS, target: { rows: ROWS } })
  const sum = `select count(*)::int as rows, sum(hash_record_extended(row(k, n, t), 0))::text as hash from public`
  const there = await withClient(address(), 'test', (client) => client.query(`${sum}.received`))
  expect(there.rows).toEqual(await source.query(`${sum}.register`))
})
