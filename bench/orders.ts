/**
 * From an order's commit to the node that has it in its hands, over HTTP with signed requests: a question that is held open (what nodes do) against a
 * question every 0.7 s (what they did), in the same run on the same platform. Also how often each asks while nothing is to be done.
 */
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readConfig } from '@zhenghe/server/kernel/config.ts'
import { openLog } from '@zhenghe/server/kernel/observe.ts'
import { type Started, startPlatform } from '@zhenghe/server/kernel/start.ts'
import { modules } from '@zhenghe/server/modules.ts'
import { signRequest } from '@zhenghe/wire/http-auth.ts'
import { fingerprint, generateNodeKeys, type NodeKeys } from '@zhenghe/wire/keys.ts'

const STORE = { id: 'register', role: 'source', product: 'PostgreSQL 18', database: 'd', reachable: true }
const WAYS = { 'held open': { wait: 25, everyMs: 0 }, 'every 0.7 s': { wait: 0, everyMs: 700 } } as const
const ORDERS = 60
const QUICK_ORDERS = 20
const QUIET_MS = 10_000
const LONGEST_PAUSE_MS = 900

type Way = keyof typeof WAYS
type Row = { way: Way; orders: number; p50Ms: number; p99Ms: number; questionsAMinute: number }

/** `--quick` for fewer orders. */
export async function run(args: readonly string[]): Promise<void> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'zh-bench-orders-'))
  chmodSync(home, 0o711)
  const config = { ...readConfig(process.env, { dataDir: home }), dataDir: home, port: 0, log: 'error' as const }
  const started = await startPlatform({ config, modules: Object.values(modules), log: openLog('error') })
  const askers = await Promise.all((Object.keys(WAYS) as Way[]).map((way) => Asker.begin(started, way)))
  try {
    const before = askers.map(({ asked }) => asked)
    await pause(QUIET_MS)
    const quiet = askers.map(({ asked }, at) => Math.round(((asked - before[at]!) * 60_000) / QUIET_MS))
    for (let n = 0; n < (args.includes('--quick') ? QUICK_ORDERS : ORDERS); n++) for (const asker of askers) await asker.order()
    const rows = askers.map((asker, at) => asker.row(quiet[at]!))
    console.table(rows)
    for (const row of rows) console.log(JSON.stringify({ bench: 'orders', ...row, cpus: os.cpus().length, load: os.loadavg()[0] }))
  } finally {
    for (const asker of askers) asker.end()
    await started.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

/** A node that asks for orders in one of the ways. */
class Asker {
  readonly #started: Started
  readonly #way: Way
  readonly #keys: NodeKeys
  readonly #stop = new AbortController()
  readonly #took: number[] = []
  #arrived: (order: string) => void = () => undefined
  asked = 0

  private constructor(started: Started, way: Way) {
    this.#started = started
    this.#way = way
    this.#keys = generateNodeKeys(way, randomUUID())
  }

  static async begin(started: Started, way: Way): Promise<Asker> {
    const asker = new Asker(started, way)
    const { id, sign, seal } = asker.#keys.identity
    await started.platform.pool.query(
      `insert into nodes.node (id, unit, name, token_hash, token_expires_at, sign, seal, fingerprint, stores, made_at, joined_at, confirmed_at, confirmed_by)
       values ($1, $1, $2, sha256(convert_to($3, 'UTF8')), now(), $3, $4, $5, $6, now(), now(), now(), $1)`,
      [id, way, sign, seal, fingerprint(sign), JSON.stringify([STORE])],
    )
    void asker.#ask().catch(() => undefined) // ends with the platform
    return asker
  }

  async #ask(): Promise<void> {
    const { wait, everyMs } = WAYS[this.#way]
    const at = `/api/exchange/orders?wait=${wait}`
    while (!this.#stop.signal.aborted) {
      const headers = signRequest({ method: 'GET', path: at, body: undefined }, this.#keys, Date.now())
      this.asked++
      const answer = await fetch(this.#started.address + at, { headers, signal: this.#stop.signal })
      const { orders } = (await answer.json()) as { orders: { kind: string; order: { id: string } }[] }
      for (const { order } of orders) this.#arrived(order.id)
      if (everyMs > 0) await pause(everyMs, undefined, { signal: this.#stop.signal })
    }
  }

  /** Orders at a moment of chance, and waits until the node has it. */
  async order(): Promise<void> {
    await pause(Math.random() * LONGEST_PAUSE_MS)
    const { id: node } = this.#keys.identity
    const { pool } = this.#started.platform
    const order = randomUUID()
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = (came) => came === order && resolve()
    })
    await pool.query('insert into nodes.schema_order (id, node, store, asked_at, asked_by) values ($1, $2, $3, now(), $2)', [order, node, STORE.id])
    const began = performance.now()
    await arrived
    this.#took.push(performance.now() - began)
    await pool.query('update nodes.schema_order set answered_at = now() where id = $1', [order])
  }

  row(questionsAMinute: number): Row {
    const sorted = this.#took.toSorted((a, b) => a - b)
    const at = (share: number) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10
    return { way: this.#way, orders: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), questionsAMinute }
  }

  end(): void {
    this.#stop.abort()
  }
}
