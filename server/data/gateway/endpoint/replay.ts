/**
 * Remembers what has been signed, so that nothing is served twice: 48 bits of each good signature, in a set for each minute of the caller's
 * clock. What was signed before this process began is refused: it may have been served by the one before.
 */
import { CALL_SKEW_MS } from '../call.rules.ts'

const MINUTE_MS = 60_000
/** Callers' clocks may be behind so far when a process begins. */
const GRACE_MS = 2000
export type Freshness = 'new' | 'replayed' | 'skewed' | 'before_start'

export class Replays {
  readonly #seen = new Map<number, Set<number>>()
  readonly #startedAt: number

  constructor(startedAt: number) {
    this.#startedAt = startedAt
  }

  /** Whether a time stamp can be served at all; asked before the signature is worked out. */
  fits(time: number, now: number): Freshness {
    if (!(Math.abs(time - now) <= CALL_SKEW_MS)) return 'skewed'
    return time < this.#startedAt - GRACE_MS ? 'before_start' : 'new'
  }

  /** @param mac the signature's own bytes */
  remember(time: number, mac: Buffer, now: number): Freshness {
    const minute = Math.floor(time / MINUTE_MS)
    let seen = this.#seen.get(minute)
    if (!seen) {
      seen = new Set()
      this.#seen.set(minute, seen)
      for (const old of this.#seen.keys()) if (old * MINUTE_MS + MINUTE_MS < now - CALL_SKEW_MS) this.#seen.delete(old)
    }
    const before = seen.size
    seen.add(mac.readUIntBE(0, 6))
    return seen.size === before ? 'replayed' : 'new'
  }
}
