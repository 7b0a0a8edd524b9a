/** Polls that nodes hold open: woken by what the database tells of changed rows, in every process of the platform alike. */
import type { z } from 'zod'
import type { Id } from '../../kernel/contract.ts'
import { listen } from '../../kernel/listen.ts'
import { type Hold, local, type Module } from '../../kernel/module.ts'
import { nodeEndpoints } from './node.contract.ts'

/** Told by the triggers of this module and of `nodes`: «node» or «node milliseconds», the moment from which on there is something to do. */
const CHANNEL = 'nodes_wake'
/** However quiet it is, so often is looked again: a moment that was told to a process that has ended is not lost. */
const LOOK_AGAIN_MS = 5000
/** A moment is looked at when it has surely come, by the clock the query is asked with. */
const SLACK_MS = 50
const LONGEST_TIMER_MS = 120_000
const SECOND = 1000

/** Who waits in this process. */
export class Waiters {
  readonly #waiting = new Map<Id, Set<Waiter>>()
  readonly #timers = new Set<NodeJS.Timeout>()

  enter(node: Id): Waiter {
    const waiter = new Waiter(() => this.#leave(node, waiter))
    const there = this.#waiting.get(node) ?? new Set()
    this.#waiting.set(node, there.add(waiter))
    return waiter
  }

  get size(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** @param payload as the channel carries it */
  heard(payload: string, now: number): void {
    const [node = '', at] = payload.split(' ')
    const inMs = (at === undefined ? 0 : Number(at) - now) + SLACK_MS
    if (inMs <= SLACK_MS) this.#wake(node)
    if (inMs <= SLACK_MS || inMs > LONGEST_TIMER_MS) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#wake(node)
    }, inMs)
    this.#timers.add(timer)
  }

  wakeAll(): void {
    for (const node of this.#waiting.keys()) this.#wake(node)
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #wake(node: Id): void {
    for (const waiter of this.#waiting.get(node) ?? []) waiter.wake()
  }

  #leave(node: Id, waiter: Waiter): void {
    const there = this.#waiting.get(node)
    there?.delete(waiter)
    if (there?.size === 0) this.#waiting.delete(node)
  }
}

/** One poll that is held. A wake that comes while nobody waits counts for the next wait. */
export class Waiter {
  readonly leave: () => void
  #woken = false
  #resolve: (() => void) | undefined

  constructor(leave: () => void) {
    this.leave = leave
  }

  wake(): void {
    this.#woken = true
    this.#resolve?.()
  }

  /** Resolves when woken, after so long, or when the signal comes. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#woken && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, ms)
        function done(): void {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          resolve()
        }
        signal.addEventListener('abort', done, { once: true })
        this.#resolve = done
      })
    }
    this.#woken = false
    this.#resolve = undefined
  }
}

export const waitersOf = local(() => new Waiters())

/** Holds a node's question for orders open for as many seconds as it says, and answers at once when something is due. */
export const holdOrders: Hold = (platform, { actor }, input, gone) => {
  const { wait } = nodeEndpoints.orders.in.safeParse(input).data ?? { wait: 0 }
  const waiter = platform.local(waitersOf).enter(actor.id)
  const until = performance.now() + wait * SECOND
  return {
    again: async (out) => {
      const { orders } = out as z.output<typeof nodeEndpoints.orders.out>
      const left = until - performance.now()
      if (orders.length > 0 || left <= 0 || gone.aborted) return false
      await waiter.next(Math.min(left, LOOK_AGAIN_MS), gone)
      return !gone.aborted
    },
    end: waiter.leave,
  }
}

/** One connection for each process hears for all polls that are held in it. */
export const hearWakes: NonNullable<Module['start']> = async (platform) => {
  const waiters = platform.local(waitersOf)
  const stop = await listen(platform, {
    channel: CHANNEL,
    heard: (payload) => waiters.heard(payload, platform.now().getTime()),
    connected: () => waiters.wakeAll(),
  })
  return async () => {
    waiters.close()
    await stop()
  }
}
