import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Manifest, Receipt, type Signed } from '@zhenghe/wire/documents.ts'
import { storeNodeKeys } from '@zhenghe/wire/keys.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from './testing/databases.ts'
import { approver, consumer, draftGrant, field, provider, signGrant } from './testing/delivery.ts'
import type { WorkerAnswer, WorkerSettings, WorkerTask } from './testing/kill-worker.ts'

const KILLS = 30
const ROWS = 30_000
const PAGES_PER_RANGE = 16
const WORKER = new URL('./testing/kill-worker.ts', import.meta.url)

const source = testDatabase()
const target = testDatabase()
const workers = new Set<Worker>()

class Worker {
  readonly #child: ChildProcess
  readonly ready: Promise<unknown>

  constructor(settings: WorkerSettings) {
    this.#child = fork(WORKER, [JSON.stringify(settings)], { stdio: 'inherit' })
    this.ready = once(this.#child, 'message')
    workers.add(this)
  }

  /** Undefined where it was killed meanwhile. */
  async deliver(task: WorkerTask): Promise<WorkerAnswer | undefined> {
    this.#child.send(task)
    const gone = once(this.#child, 'exit').then(() => undefined)
    return Promise.race([once(this.#child, 'message').then(([answer]) => answer as WorkerAnswer), gone])
  }

  kill(): void {
    this.#child.kill('SIGKILL')
    workers.delete(this)
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  return port
}

function start(role: 'sender' | 'receiver', port: number): Worker {
  const sending = { keys: storeNodeKeys(provider), peer: consumer.identity, address: source.address }
  const receiving = { keys: storeNodeKeys(consumer), peer: provider.identity, address: target.address }
  return new Worker({ role, approver, port, ...(role === 'sender' ? sending : receiving) })
}

let grant: Signed
beforeAll(async () => {
  await source.query(`create table public.register (k text primary key, name text, n int8, changed_at timestamptz not null);
    insert into public.register select md5(g::text), '企业' || g, g, '2026-01-01' from generate_series(1, ${ROWS}) g`)
  const fields = [
    field('k', 'text', { key: true }),
    field('name', 'text', { mask: { kind: 'name' } }),
    field('n', 'int8'),
    field('changed_at', 'timestamptz', { nullable: false }),
  ]
  grant = signGrant(await draftGrant(source.address, { table: 'register', fields }))
})
afterAll(() => {
  for (const worker of workers) worker.kill()
})

/** Changes that move rows to other pages, take rows away and bring new ones. */
async function changeSource(round: number): Promise<void> {
  await source.query(`drop table if exists public.before; create table public.before as table public.register;
    update public.register set name = name || '改', n = n + 1 where n % 37 = ${round % 37};
    delete from public.register where n % 401 = ${round};
    insert into public.register select md5('new' || ${round} || '/' || g), '新', g, '2026-02-01' from generate_series(1, 50) g`)
}

/** A multiset of rows in one line: their number and the sum of their hashes. */
const sumOf = (row: string, table: string) => `select count(*)::int as rows, sum(hash_record_extended(row(${row}), 0))::text as hashes from public.${table}`

test(`${KILLS} kill -9 at random moments of a load, of either node, the source changing in between: each load ends exact`, { timeout: 180_000 }, async () => {
  const port = await freePort()
  const nodes = { sender: start('sender', port), receiver: start('receiver', port) }
  await Promise.all([nodes.sender.ready, nodes.receiver.ready])
  let interrupted = 0
  let mended = 0
  let typicalMs = 400
  for (let round = 0; round < KILLS; round++) {
    const task = { delivery: randomUUID(), grant, pagesPerRange: PAGES_PER_RANGE }
    const victim = round % 3 === 0 ? 'receiver' : 'sender'
    const killing = pause(Math.random() * typicalMs).then(() => nodes[victim].kill())
    await Promise.all([nodes.sender.deliver(task), nodes.receiver.deliver(task), killing])
    const landed = await target.query(`select from zhenghe_exchange.range_ledger where delivery = $1`, [task.delivery]).catch(() => [])
    await changeSource(round)
    nodes[victim] = start(victim, port)
    await nodes[victim].ready
    const began = performance.now()
    const [sent, received] = await Promise.all([nodes.sender.deliver(task), nodes.receiver.deliver(task)])
    expect(received, `round ${round}`).toHaveProperty('receipt')
    expect(sent, `round ${round}`).toEqual(received)
    const { manifest, receipt } = received as { manifest: string; receipt: string }
    expect(Receipt.parse(JSON.parse(receipt)).loaded).toBe(Manifest.parse(JSON.parse(manifest)).sent)
    const granted = (table: string) => source.query(sumOf(`k, left(name, 1) || '**', n, changed_at`, table))
    const [[now], [before], [there]] = await Promise.all([granted('register'), granted('before'), target.query(sumOf('k, name, n, changed_at', 'received'))])
    const isNow = JSON.stringify(there) === JSON.stringify(now)
    if (!isNow) expect(there, `round ${round}, ${victim} killed, ${landed.length} ranges had landed`).toEqual(before)
    if (landed.length > 0 && isNow) interrupted++
    if (victim === 'sender' && landed.length > 0 && isNow) mended++
    typicalMs = 0.7 * typicalMs + 0.3 * (performance.now() - began)
  }
  // the kills have hit where it hurts, not only before the first range or after the last
  expect(interrupted).toBeGreaterThan(KILLS / 6)
  expect(mended).toBeGreaterThan(1)
})
