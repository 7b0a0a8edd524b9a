/** What this node is doing, what it has just done, and which of the platform's orders it takes up next. */
import { setTimeout as pause } from 'node:timers/promises'
import { Chores } from './chores.ts'
import { dropCapture, openTarget } from './connectors/open.ts'
import type { Order, OrderOf } from './control.ts'
import { type DeliveryOrder, idOf } from './desk.ts'
import { explain, Refusal } from './refusal.ts'
import { DeliveryRun, type Ending, type NodeContext } from './run-delivery.ts'
import { readStore } from './stores.ts'

/** Deliveries and reconciliations at once. */
const AT_ONCE = 4
const CAPTURES_AT_ONCE = 64
const FIRST_REST_MS = 1000
const LONGEST_REST_MS = 30_000
const LONGEST_TROUBLE = 1000

/** After a run: not before `until` (of performance.now()) again. */
type Rest = { order: DeliveryOrder; until: number; failures: number; code: string | undefined }

const isCapture = (order: DeliveryOrder): boolean => 'mode' in order && order.mode === 'capture'

export class OrderBook {
  readonly #context: NodeContext
  readonly #runs = new Map<string, DeliveryRun>()
  readonly #rests = new Map<string, Rest>()
  readonly #reading = new Set<string>()
  readonly #chores: Chores
  #stirred = new AbortController()
  readonly #dropping = new Set<string>()
  #closed = false

  constructor(context: NodeContext) {
    this.#context = context
    this.#chores = new Chores(context)
  }

  /** What the platform need not order again now, but may cancel. */
  running(): string[] {
    const resting = [...this.#rests].filter(([, { until }]) => until > performance.now()).map(([id]) => id)
    return [...this.#runs.keys(), ...resting]
  }

  /** Aborted when something has ended: what was running is not any more, so a poll that is held open asks for too little. */
  get stirred(): AbortSignal {
    return this.#stirred.signal
  }

  /** Whole seconds for which a poll may be held open: no longer than until the next rest is over. */
  patienceSeconds(longest: number): number {
    const left = [...this.#rests.values()].map(({ until }) => Math.floor((until - performance.now()) / 1000)).filter((seconds) => seconds >= 0)
    return Math.min(longest, ...left)
  }

  /** Takes up what can be. @param asked what was running when the platform was asked */
  take(orders: readonly Order[], asked: readonly string[]): void {
    if (this.#closed) return
    const offered = new Set<string>(asked)
    for (const order of orders) {
      if (order.kind === 'schema') this.#read(order)
      else if (order.kind === 'cancel') this.#cancel(order)
      else if (order.kind === 'pause') this.#runs.get(order.delivery)?.drain()
      else if (order.kind === 'drop_role' || order.kind === 'replay_letters' || order.kind === 'replay_capture') this.#chores.take(order)
      else if (order.kind === 'drop_capture') this.#drop(order)
      else {
        offered.add(idOf(order))
        this.#begin(order)
      }
    }
    for (const id of this.#rests.keys()) if (!offered.has(id)) this.#rests.delete(id) // nobody wants it any more
  }

  /** Lets runs come to a border, for so long at most; what is not done by then is broken off and can be resumed. */
  async drain(patienceMs: number): Promise<void> {
    this.#closed = true
    const runs = [...this.#runs.values()]
    for (const run of runs) run.drain()
    const all = Promise.all(runs.map(({ ended }) => ended))
    await Promise.race([all, pause(patienceMs, undefined, { ref: false })])
    for (const run of this.#runs.values()) run.abandon()
    await Promise.race([all, pause(FIRST_REST_MS, undefined, { ref: false })])
  }

  #begin(order: DeliveryOrder): void {
    const { outbox } = this.#context
    const id = idOf(order)
    const rest = this.#rests.get(id)
    const early = rest !== undefined && rest.until > performance.now()
    if (early || this.#runs.has(id) || this.#full(order)) return
    if (outbox.holds(id) || ((order.kind === 'send' || order.kind === 'replay') && outbox.knows(id, 'manifest'))) return // the platform has yet to hear how it ended
    const run = new DeliveryRun(this.#context, order, rest?.code)
    this.#runs.set(id, run)
    void run.ended.then((ending) => this.#rest(run, ending, rest?.failures ?? 0))
  }

  /** Captures never end, so they do not take the place of deliveries. */
  #full(order: DeliveryOrder): boolean {
    const captures = [...this.#runs.values()].filter((run) => isCapture(run.order)).length
    return isCapture(order) ? captures >= CAPTURES_AT_ONCE : this.#runs.size - captures >= AT_ONCE
  }

  #rest({ id, order }: DeliveryRun, { kind, met, code }: Ending, before: number): void {
    this.#runs.delete(id)
    const failures = met ? 1 : before + 1
    const until = performance.now() + Math.min(FIRST_REST_MS * 2 ** failures, LONGEST_REST_MS)
    if (kind === 'cancelled') void this.#clear(order)
    else this.#rests.set(id, { order, until, failures, code })
    this.#stirred.abort()
    this.#stirred = new AbortController()
  }

  #cancel({ delivery, reason }: OrderOf<'cancel'>): void {
    this.#runs.get(delivery)?.cancel(reason)
    const rest = this.#rests.get(delivery)
    this.#rests.delete(delivery)
    if (rest) void this.#clear(rest.order)
  }

  /** What an earlier run of a cancelled delivery has left. */
  async #clear(order: DeliveryOrder): Promise<void> {
    if (order.kind !== 'receive') return
    const { config, log } = this.#context
    const store = config.stores.find(({ id, role }) => id === order.store && role === 'target')
    try {
      if (store) await openTarget(store).discard(order.delivery)
    } catch (error) {
      log.warn({ id: order.delivery }, `a cancelled delivery could not be cleared away; the next to the same table does: ${explain(error, 'target').message}`)
    }
  }

  /** Only of a capture that does not run here any more. */
  #drop({ delivery: id, store: name }: OrderOf<'drop_capture'>): void {
    const { config, outbox, log } = this.#context
    const store = config.stores.find((one) => one.id === name && one.role === 'source')
    if (!store || this.#runs.has(id) || this.#dropping.has(id) || outbox.holds(id)) return
    this.#dropping.add(id)
    dropCapture(store, id)
      .then(
        () => outbox.write(id, 'dropped', `/api/exchange/deliveries/${id}/dropped`, {}),
        (error: unknown) =>
          log.warn({ id }, `what a capture has left at its source could not be removed, it is tried again: ${explain(error, 'source').message}`),
      )
      .finally(() => this.#dropping.delete(id))
  }

  #read({ order: { id, store: name } }: OrderOf<'schema'>): void {
    const { outbox, log } = this.#context
    if (this.#reading.has(id) || outbox.holds(id)) return
    this.#reading.add(id)
    void this.#schema(name).then((answer) => {
      outbox.write(id, 'schema', `/api/nodes/schema-orders/${id}`, answer)
      this.#reading.delete(id)
      log.info({ store: name, tables: answer.tables.length, trouble: answer.trouble }, 'schema read')
    })
  }

  async #schema(name: string): Promise<{ tables: unknown[]; trouble?: string }> {
    try {
      const store = this.#context.config.stores.find(({ id }) => id === name)
      if (!store) throw new Refusal('store_unknown', `this node has no store called «${name}»`, false)
      return { tables: await readStore(store) }
    } catch (error) {
      return { tables: [], trouble: (error as Error).message.slice(0, LONGEST_TROUBLE) }
    }
  }
}
