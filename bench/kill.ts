/**
 * kill -9 at random moments of a load: of the sending node, the receiving node, the source database and the target database in turn, the rest
 * going on. The victim is started again, the same delivery resumed, and every load must end with exactly the source's rows, masked.
 * `--quick`: 8 kills.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { withClient } from '@zhenghe/exchange-node/pg/connect.ts'
import { readTable, shapeOf } from '@zhenghe/exchange-node/source/schema.ts'
import type { WorkerAnswer, WorkerSettings, WorkerTask } from '@zhenghe/exchange-node/testing/kill-worker.ts'
import { freePort, type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import type { Grant, Signed } from '@zhenghe/wire/documents.ts'
import { generateNodeKeys, rawPublicKey, storeNodeKeys } from '@zhenghe/wire/keys.ts'
import { signDocument } from '@zhenghe/wire/sign.ts'
import { GRANT } from '@zhenghe/wire/signed.ts'
import { report } from './measure/line.ts'

const KILLS = 100
const ROWS = 30_000
const PAGES_PER_RANGE = 16
const TRIES = 10
const FIRST_MS = 400
const WORKER = new URL(import.meta.resolve('@zhenghe/exchange-node/testing/kill-worker.ts'))
const SETTINGS = { shared_buffers: '64MB' }
const VICTIMS = ['sender', 'receiver', 'source', 'target'] as const
type Victim = (typeof VICTIMS)[number]
type Side = 'source' | 'target'
type Role = 'sender' | 'receiver'
type Kill = { victim: Victim; afterMs: number; interrupted: boolean; exact: boolean }

const keys = { sender: generateNodeKeys('provider'), receiver: generateNodeKeys('consumer') }
const approver = generateKeyPairSync('ed25519')

class Scene {
  readonly #home: string
  readonly #ports: Record<Side, number>
  readonly #nodePort: number
  readonly #databases = new Map<Side, Postgres>()
  readonly #nodes = new Map<Role, ChildProcess>()

  constructor(home: string, ports: Record<Side, number>, nodePort: number) {
    this.#home = home
    this.#ports = ports
    this.#nodePort = nodePort
  }

  async database(side: Side): Promise<void> {
    this.#databases.set(side, await startPostgres({ dir: path.join(this.#home, side), port: this.#ports[side], settings: SETTINGS }))
  }

  address(side: Side) {
    const { host, port, user, password } = this.#databases.get(side)!
    return { host, port, user, password, database: 'postgres' }
  }

  query(side: Side, sql: string): Promise<Record<string, unknown>[]> {
    return withClient(
      this.address(side),
      'bench',
      async (client) => ((await client.query(`set search_path = public; ${sql}`)) as unknown as { rows: never[] }[]).at(-1)!.rows,
    )
  }

  async node(role: Role): Promise<void> {
    const peer = keys[role === 'sender' ? 'receiver' : 'sender'].identity
    const address = this.address(role === 'sender' ? 'source' : 'target')
    const settings: WorkerSettings = { role, keys: storeNodeKeys(keys[role]), peer, approver: rawPublicKey(approver.publicKey), address, port: this.#nodePort }
    const child = fork(WORKER, [JSON.stringify(settings)], { stdio: 'inherit' })
    this.#nodes.set(role, child)
    await once(child, 'message')
  }

  /** Both halves; undefined for one that was killed meanwhile. */
  deliver(task: WorkerTask): Promise<(WorkerAnswer | undefined)[]> {
    return Promise.all(
      [...this.#nodes.values()].map((child) => {
        const gone = once(child, 'exit').then(() => undefined)
        child.send(task)
        return Promise.race([once(child, 'message').then(([answer]) => answer as WorkerAnswer), gone])
      }),
    )
  }

  kill(victim: Victim): void {
    if (victim === 'sender' || victim === 'receiver') this.#nodes.get(victim)!.kill('SIGKILL')
    else process.kill(this.#databases.get(victim)!.pid, 'SIGKILL')
  }

  /** As often as the ends of a killed server's children demand. */
  async revive(victim: Victim): Promise<void> {
    if (victim === 'sender' || victim === 'receiver') return this.node(victim)
    for (let tries = 1; ; tries++) {
      try {
        await this.database(victim)
        return
      } catch (error) {
        if (tries === TRIES) throw error
        await pause(200)
      }
    }
  }

  async end(): Promise<void> {
    for (const child of this.#nodes.values()) child.kill()
    for (const server of this.#databases.values()) await server.stop()
  }
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { quick: { type: 'boolean' }, kills: { type: 'string' } } })
  const quick = values.quick ?? false
  const kills = Number(values.kills ?? (quick ? 8 : KILLS))
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-bench-kill-'))
  fs.chmodSync(home, 0o755)
  const scene = new Scene(home, { source: await freePort(), target: await freePort() }, await freePort())
  const done: Kill[] = []
  try {
    const grant = await prepare(scene)
    let typicalMs = FIRST_MS
    for (let n = 0; n < kills; n++) {
      const began = performance.now()
      done.push(await killOnce(scene, grant, VICTIMS[n % VICTIMS.length]!, Math.random() * typicalMs))
      typicalMs = Math.min(2000, 0.7 * typicalMs + 0.15 * (performance.now() - began))
      console.log(`kill ${n + 1}: ${JSON.stringify(done.at(-1))}`)
    }
  } finally {
    await scene.end()
    fs.rmSync(home, { recursive: true, force: true })
  }
  const exact = done.filter((one) => one.exact).length
  const line = { row: 'kill -9', target: kills, stretch: null, ours: exact, peer: null, ratio: null, pass: exact === kills, rounds: kills, quick }
  report('kill', [{ ...line, kills, exact, interrupted: done.filter((one) => one.interrupted).length }], done)
}

async function prepare(scene: Scene): Promise<Signed> {
  await scene.database('source')
  await scene.database('target')
  await scene.query(
    'source',
    `create table register (k text primary key, name text, n int8);
    insert into register select md5(g::text), '企业' || g, g from generate_series(1, ${ROWS}) g; analyze register`,
  )
  const table = (await withClient(scene.address('source'), 'bench', (client) => readTable(client, 'public', 'register')))!
  const fields = table.columns.map(({ column, type, nullable }) => ({
    ...{ name: column, column, type, title: column, key: column === 'k', nullable, rules: [] },
    ...(column === 'name' ? { mask: { kind: 'name' as const } } : {}),
  }))
  await scene.node('sender')
  await scene.node('receiver')
  const grant: Grant = {
    v: 1,
    id: randomUUID(),
    version: 1,
    resource: { code: '307001/000001', name: 'register', version: 1 },
    source: { id: 'register', schema: 'public', table: 'register', shape: shapeOf(table.columns) },
    provider: { unit: 'provider', name: 'provider', node: keys.sender.identity },
    consumer: { unit: 'consumer', name: 'consumer', node: keys.receiver.identity },
    fields,
    purpose: 'bench',
    basis: 'bench',
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2099-01-01T00:00:00Z',
    limits: { rejectShare: 0, connections: 3 },
  }
  return signDocument(GRANT, grant, approver.privateKey)
}

async function killOnce(scene: Scene, grant: Signed, victim: Victim, afterMs: number): Promise<Kill> {
  await scene.query('source', `update register set n = n + 1 where n % 37 = 0`)
  const task = { delivery: randomUUID(), grant, pagesPerRange: PAGES_PER_RANGE }
  const killing = pause(afterMs).then(() => scene.kill(victim))
  const [first] = await Promise.all([scene.deliver(task), killing])
  const interrupted = !first.every((answer) => answer && 'receipt' in answer)
  await scene.revive(victim)
  for (let tries = 1; ; tries++) {
    const answers = await scene.deliver(task)
    if (answers.every((answer) => answer && 'receipt' in answer)) break
    if (tries === TRIES) throw new Error(`${victim} killed after ${Math.round(afterMs)} ms: the load does not end: ${JSON.stringify(answers)}`)
  }
  const sum = (row: string, table: string) => `select count(*)::text as rows, sum(hash_record_extended(row(${row}), 0))::text as hashes from ${table}`
  const there = await scene.query('source', sum(`k, left(name, 1) || '**', n`, 'register'))
  const here = await scene.query('target', sum('k, name, n', 'received'))
  return { victim, afterMs: Math.round(afterMs), interrupted, exact: JSON.stringify(there) === JSON.stringify(here) }
}
