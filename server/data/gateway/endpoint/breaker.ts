/** A circuit-breaker (熔断): after failures in a row, or half of the recent calls, nothing is asked for a while; then one call tries. */
import type { BreakerState } from '../api.contract.ts'

export type BreakerLimits = { inARow: number; ofRecent: number; share: number; openMs: number; longestMs: number }
export const BREAKER: BreakerLimits = { inARow: 5, ofRecent: 20, share: 0.5, openMs: 5000, longestMs: 120_000 }

export class Breaker {
  readonly #limits: BreakerLimits
  readonly #now: () => number
  #inARow = 0
  #recent: boolean[] = []
  #openedAt = 0
  #openMs = 0
  #trying = false

  /** @param now milliseconds that never go back */
  constructor(now: () => number = () => performance.now(), limits: BreakerLimits = BREAKER) {
    this.#now = now
    this.#limits = limits
  }

  get state(): BreakerState {
    if (this.#openMs === 0) return 'closed'
    return this.#trying || this.#now() >= this.#openedAt + this.#openMs ? 'half_open' : 'open'
  }

  get failures(): number {
    return this.#inARow
  }

  /** Milliseconds until a call may try; 0 where one may now. */
  get waitMs(): number {
    if (this.#openMs === 0) return 0
    if (this.#trying) return this.#limits.openMs
    return Math.max(0, this.#openedAt + this.#openMs - this.#now())
  }

  /** Whether a call may go through; while half open, one alone. Whoever is let through must say what came of it. */
  enter(): boolean {
    if (this.#openMs === 0) return true
    if (this.#trying || this.#now() < this.#openedAt + this.#openMs) return false
    this.#trying = true
    return true
  }

  succeeded(): void {
    if (this.#openMs > 0 && !this.#trying) return // asked before it opened: the trial decides
    this.#inARow = 0
    if (this.#openMs > 0) {
      this.#openMs = 0
      this.#trying = false
      this.#recent = []
    } else if (this.#recent.length > 0) this.#note(false)
  }

  failed(): void {
    if (this.#openMs > 0 && !this.#trying) return
    this.#inARow++
    this.#note(true)
    const { inARow, ofRecent, share, openMs, longestMs } = this.#limits
    const failures = this.#recent.filter(Boolean).length
    const over = this.#inARow >= inARow || (this.#recent.length >= ofRecent && failures >= share * ofRecent)
    if (!this.#trying && !over) return
    this.#openMs = this.#trying ? Math.min(this.#openMs * 2, longestMs) : openMs
    this.#openedAt = this.#now()
    this.#trying = false
    this.#recent = []
  }

  /** The call was ended by us: it says nothing of the other side. */
  abandoned(): void {
    this.#trying = false
  }

  #note(failed: boolean): void {
    this.#recent.push(failed)
    if (this.#recent.length > this.#limits.ofRecent) this.#recent.shift()
  }
}
