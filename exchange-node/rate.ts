import { setTimeout as pause } from 'node:timers/promises'

/** Holds a stream of rows to so many a second on average, by making it wait after a frame; without a limit it never waits. */
export class RateBudget {
  readonly #rowsPerSecond: number
  #free = 0 // when the next frame may go, of performance.now()

  /** The lowest of the given limits holds. */
  constructor(...limits: (number | undefined)[]) {
    this.#rowsPerSecond = Math.min(...limits.filter((limit) => limit !== undefined), Number.POSITIVE_INFINITY)
  }

  /** Resolves when these rows may go. */
  async take(rows: number): Promise<void> {
    if (this.#rowsPerSecond === Number.POSITIVE_INFINITY) return
    const now = performance.now()
    const wait = this.#free - now
    this.#free = Math.max(this.#free, now) + (rows / this.#rowsPerSecond) * 1000
    if (wait > 0) await pause(wait)
  }
}
