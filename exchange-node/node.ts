/** The exchange node at work: beats, takes orders, runs them, and delivers its letters until it is told to stop. */
import { setTimeout as pause } from 'node:timers/promises'
import { fingerprint, type NodeKeys } from '@zhenghe/wire/keys.ts'
import type { Logger } from 'pino'
import { addressOf, type Config, type Store } from './config.ts'
import { Control, type Order, PlatformError } from './control.ts'
import { type JobContext, type JobSignals, runOrder } from './jobs.ts'
import { Outbox } from './outbox.ts'
import { one, withClient } from './pg/connect.ts'
import { explain } from './refusal.ts'
import { Listener } from './route.ts'
import { VERSION } from './version.ts'

const BEAT_MS = 30_000
const RETRY_MS = 2000
const IDLE_MS = 500
/** An order that has just ended is not begun again before the platform has had time to read why. */
const COOLING_MS = 3000
const DRAIN_MS = 60_000
const LAST_LETTERS_MS = 3000

type Job = JobSignals & { done: Promise<void> }

export class ExchangeNode {
  readonly #context: JobContext
  readonly #jobs = new Map<string, Job>()
  readonly #cooling = new Set<string>()
  readonly #stopping = new AbortController()
  readonly #loops: Promise<void>[] = []

  private constructor(context: JobContext) {
    this.#context = context
  }

  /** Listens, where it is to, and begins. */
  static async start(config: Config, keys: NodeKeys, outboxFile: string, log: Logger): Promise<ExchangeNode> {
    const listener = config.listen && (await Listener.open(config.listen.host, config.listen.port))
    const control = new Control(config.platform, keys)
    const node = new ExchangeNode({ config, keys, control, listener, log, outbox: new Outbox(outboxFile) })
    node.#loops.push(
      node.#repeat(() => node.#beat(), BEAT_MS),
      node.#repeat(() => node.#takeOrders(), 0),
      node.#repeat(() => node.#post(), IDLE_MS),
    )
    return node
  }

  /** Lets the ranges under way end (a minute at most), tells the last letters, and ends. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const jobs = [...this.#jobs.values()]
    await Promise.race([Promise.all(jobs.map(({ done }) => done)), pause(DRAIN_MS, undefined, { ref: false })])
    for (const { cancel } of jobs) cancel.abort()
    await Promise.all(this.#loops)
    await Promise.race([this.#post(), pause(LAST_LETTERS_MS, undefined, { ref: false })]).catch(() => undefined)
    this.#context.listener?.close()
    this.#context.outbox.close()
  }

  /** Does `work` again and again; after a failure a while later. */
  async #repeat(work: () => Promise<void>, everyMs: number): Promise<void> {
    const { signal } = this.#stopping
    let silent = false
    while (!signal.aborted) {
      let wait = everyMs
      try {
        await work()
        silent = false
      } catch (error) {
        if (signal.aborted) return
        wait = Math.max(everyMs, RETRY_MS)
        if (!silent) this.#context.log.warn({ code: (error as PlatformError).code }, (error as Error).message)
        silent = true
      }
      await pause(wait, undefined, { signal }).catch(() => undefined)
    }
  }

  async #takeOrders(): Promise<void> {
    const running = [...this.#jobs.keys(), ...this.#cooling]
    const orders = await this.#context.control.orders(running, this.#stopping.signal)
    for (const order of orders) this.#begin(order)
  }

  #begin(order: Order): void {
    const id = idOf(order)
    if (order.kind === 'cancel') this.#jobs.get(order.delivery)?.cancel.abort()
    if (this.#jobs.has(id) || this.#cooling.has(id) || this.#stopping.signal.aborted) return
    this.#context.log.info({ order: order.kind, id }, 'order taken')
    const signals = { stop: this.#stopping.signal, cancel: new AbortController() }
    const before = order.kind === 'cancel' ? this.#jobs.get(order.delivery)?.done : undefined
    const done = Promise.resolve(before)
      .then(() => runOrder(this.#context, order, signals))
      .then(() => this.#cool(id))
    this.#jobs.set(id, { ...signals, done })
  }

  #cool(id: string): void {
    this.#jobs.delete(id)
    this.#cooling.add(id)
    setTimeout(() => this.#cooling.delete(id), COOLING_MS).unref()
  }

  /** Hands in letters until none is left. One that the platform will never take is dropped, and said so. */
  async #post(): Promise<void> {
    const { outbox, control, log } = this.#context
    for (let letter = outbox.first(); letter; letter = outbox.first()) {
      try {
        await control.post(letter.path, letter.body)
      } catch (error) {
        if (!(error instanceof PlatformError) || error.passing) {
          outbox.again(letter)
          throw error
        }
        log.warn({ path: letter.path, code: error.code }, `the platform does not take this: ${error.message}`)
      }
      outbox.done(letter)
    }
  }

  async #beat(): Promise<void> {
    const { config, control } = this.#context
    const stores = await Promise.all(config.stores.map(look))
    const approvers = config.approvers.map(fingerprint)
    await control.beat({ version: VERSION, listen: config.listen?.advertise ?? null, clock: new Date().toISOString(), stores, approvers })
  }
}

function idOf(order: Order): string {
  switch (order.kind) {
    case 'schema':
      return order.order.id
    case 'send':
    case 'receive':
      return order.delivery
    case 'cancel':
      return `cancel ${order.delivery}`
    default:
      return order.reconciliation
  }
}

type Seen = { id: string; role: Store['role']; product: string; database: string; reachable: boolean; trouble?: string }

/** Whether a database answers; never its address, never a password. */
async function look(store: Store): Promise<Seen> {
  const { id, role } = store
  try {
    const seen = await withClient(addressOf(store), 'beat', (client) =>
      one<{ product: string; database: string }>(
        client,
        `select 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) as product, current_database() as database`,
      ),
    )
    return { id, role, ...seen, reachable: true }
  } catch (error) {
    return { id, role, product: '', database: '', reachable: false, trouble: explain(error, role).message.slice(0, 500) }
  }
}
