/** Pure: no database, no clock, no chance. GB/T 22239-2019 §8.1.4.1 (identity: lock-out, timeout) asks for limits and leaves the figures to us. */

import type { DivisionLevel } from '../../assurance/organizations/contract.ts'
import type { Moment } from '../../kernel/contract.ts'
import { divisionLevel } from '../../kernel/identifiers.ts'
import { later } from '../../kernel/time.ts'

const MINUTE = 60_000

export const WRONG_BEFORE_LOCK = 5
export const LOCK_MS = 15 * MINUTE
/** A session ends when nothing has been done in it for so long … */
export const IDLE_MS = 30 * MINUTE
/** … and at this age, whatever has been done. */
export const LONGEST_SESSION_MS = 12 * 60 * MINUTE
/** How exactly «last seen» is kept. */
export const SEEN_EVERY_MS = MINUTE
/** How long one step of signing in may take. */
export const TICKET_MS = 5 * MINUTE
/** Wrong attempts are forgotten after a day without another. */
export const ATTEMPTS_KEPT_MS = 24 * 60 * MINUTE

export type Attempts = { wrong: number; lockedUntil: Moment | null }

/** The moment until which a name is locked, or null where it may be tried. */
export function lockOf({ lockedUntil }: Attempts, now: Moment): Moment | null {
  return lockedUntil && lockedUntil > now ? lockedUntil : null
}

/** One more wrong attempt for a name that is not locked; after a lock has run out the count begins anew. */
export function afterWrong({ wrong, lockedUntil }: Attempts, now: Moment): Attempts {
  const count = lockedUntil ? 1 : wrong + 1
  return { wrong: count, lockedUntil: count >= WRONG_BEFORE_LOCK ? later(now, LOCK_MS) : null }
}

/** Whole minutes left, at least one. */
export function minutesUntil(until: Moment, now: Moment): number {
  return Math.max(1, Math.ceil((Date.parse(until) - Date.parse(now)) / MINUTE))
}

const levels: Partial<Record<NonNullable<ReturnType<typeof divisionLevel>>, DivisionLevel>> = { province: 'province', prefecture: 'city', county: 'county' }

/** The level of a division that may run a platform of its own: province, city or county; undefined for any other code. */
export function platformLevel(code: string): DivisionLevel | undefined {
  const level = divisionLevel(code)
  return level && levels[level]
}
