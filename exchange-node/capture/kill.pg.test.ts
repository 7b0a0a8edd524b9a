import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import { Manifest, Receipt } from '@zhenghe/wire/documents.ts'
import { storeNodeKeys } from '@zhenghe/wire/keys.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from '../pg/connect.ts'
import { approver, consumer, draftGrant, field, provider, signGrant } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { lsnOf } from './postgres/replication.ts'
import type { WorkerSettings } from './testing/kill-worker.ts'

const KILLS = 12
const ROWS = 20_000
const VICTIMS = ['sender', 'receiver', 'sender', 'source', 'receiver', 'target'] as const
const WORKER = new URL('./testing/kill-worker.ts', import.meta.url)
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-capture-kill-'))

/** A cluster that a machine without power leaves, and that is started again at the same place. */
class Cluster {
  readonly #dir: string
  readonly #port: number
  #server!: Postgres

  private constructor(dir: string, port: number) {
    this.#dir = dir
    this.#port = port
  }

  static async start(name: string): Promise<Cluster> {
    const dir = path.join(folder, name)
    const cluster = new Cluster(dir, await freePort())
    await cluster.#start()
    return cluster
  }

  get address() {
    const { host, port, user, password } = this.#server
    return { host, port, user, password, database: 'postgres' }
  }

  async query<Row = Record<string, unknown>>(sql: string): Promise<Row[]> {
    return withClient(this.address, 'test', async (client) => (await client.query(sql)).rows as Row[])
  }

  async crash(): Promise<void> {
    process.kill(this.#server.pid, 'SIGKILL')
    const again = async () => {
      await pause(100) // its children end when they notice
      await this.#start()
      return this.query('select')
    }
    await until(() =>
      again().then(
        () => true,
        () => false,
      ),
    )
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }

  async #start(): Promise<void> {
    this.#server = await startPostgres({ dir: this.#dir, port: this.#port, settings: { shared_buffers: '32MB', wal_sender_timeout: '5s' } })
  }
}

let source: Cluster
let target: Cluster
const workers = new Map<'sender' | 'receiver', ChildProcess>()
const troubles: unknown[] = []

beforeAll(async () => {
  fs.chmodSync(folder, 0o755)
  source = await Cluster.start('source')
  target = await Cluster.start('target')
})
afterAll(async () => {
  for (const worker of workers.values()) worker.kill('SIGKILL')
  await Promise.all([source.stop(), target.stop()])
  fs.rmSync(folder, { recursive: true, force: true })
})

const rowsOf = (table: string) => `select count(*)::int as rows, sum(hash_record_extended(row(k, name, long, n), 0))::text as hashes from public.${table}`

/** A few transactions of all kinds; some hold a value that does not stand in the log when another changes. */
const changes = (round: number, step: number) => `
  begin; update public.register set n = n + 1 where k % 17 = ${step % 17}; delete from public.register where k % 101 = ${(round * 7 + step) % 101};
  insert into public.register select 1000000 * ${round + 1} + 1000 * ${step} + g, 'new', repeat('x' || g, 900), ${step} from generate_series(1, 40) g; commit;
  update public.register set name = 'r${round}' where k % 211 = ${step}; update public.register set k = -k where k % 307 = ${(round + step) % 307};`

test(`${KILLS} kill -9 at random moments of a capture, of either node and either database: after each the target ends as the source`, {
  timeout: 280_000,
}, async () => {
  await source.query(`create table public.register (k int8 primary key, name text, long text, n int8); alter table public.register alter column long set storage external;
    insert into public.register select g, '企业' || g, case when g % 50 = 0 then repeat('长' || g, 900) end, g from generate_series(1, ${ROWS}) g`)
  const fields = [field('k', 'int8', { key: true }), field('name', 'text'), field('long', 'text'), field('n', 'int8')]
  const grant = signGrant(await draftGrant(source.address, { table: 'register', fields }))
  const [delivery, port] = [randomUUID(), await freePort()]
  const start = (role: 'sender' | 'receiver') => {
    const [own, other, cluster] = role === 'sender' ? [provider, consumer, source] : [consumer, provider, target]
    const settings: WorkerSettings = {
      ...{ role, port, delivery, grant, approver, keys: storeNodeKeys(own), peer: other.identity, address: cluster.address },
      folder: path.join(folder, 'spill'),
    }
    const child = fork(WORKER, [JSON.stringify(settings)], { stdio: 'inherit' })
    child.on('message', (trouble) => troubles.push(trouble))
    workers.set(role, child)
  }
  start('receiver')
  start('sender')
  for (let round = 0; round < KILLS; round++) {
    const victim = VICTIMS[round % VICTIMS.length]!
    const killing = pause(Math.random() * (round < 6 ? 1500 : 600)).then(async () => {
      if (victim === 'source' || victim === 'target') await (victim === 'source' ? source : target).crash()
      else {
        workers.get(victim)!.kill('SIGKILL')
        start(victim)
      }
    })
    for (let step = 0; step < 6; step++) await source.query(changes(round, step)).catch(() => undefined) // the source may be the victim
    await killing
    await source.query(changes(round, 7))
    const [mark] = await source.query<{ at: string }>(`select pg_logical_emit_message(true, 'test', '')::text as at`)
    const positions = () =>
      target
        .query<{ position: string }>(
          'select position from zhenghe_exchange.capture c join zhenghe_exchange.delivery d on d.id = c.delivery where d.receipt is not null',
        )
        .catch(() => [])
    await until(async () => {
      expect(troubles, `round ${round}, ${victim} killed`).toEqual([])
      return lsnOf((await positions())[0]?.position ?? '0/0') >= lsnOf(mark!.at)
    }, 60_000)
    expect(await target.query(rowsOf('received')), `round ${round}, ${victim} killed`).toEqual(await source.query(rowsOf('register')))
  }
  const periods = await target.query<{ n: number; manifest: { text: string }; receipt: unknown }>(
    'select n, manifest, receipt from zhenghe_exchange.capture_period order by n',
  )
  expect(periods.length).toBeGreaterThan(3)
  for (const [at, period] of periods.entries()) {
    const [manifest, receipt] = [Manifest.parse(JSON.parse(period.manifest.text)), Receipt.parse(period.receipt)]
    expect(period.n).toBe(at + 1)
    expect(manifest.read).toBe(manifest.filtered + manifest.rejected + manifest.sent)
    expect(receipt).toMatchObject({ received: manifest.sent, loaded: manifest.sent, digest: manifest.digest })
  }
})
