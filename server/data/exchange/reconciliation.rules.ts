/** Pure: what became of a reconciliation, and when the next is due. Browser-safe. */
import type { Moment } from '../../kernel/contract.ts'
import { addDays, dayOf } from '../../kernel/time.ts'
import type { ReconcileSchedule, Reconciliation } from './reconciliation.contract.ts'
import { momentOf } from './schedule.rules.ts'

export type ReconciliationFacts = {
  mend: boolean
  approvedAt: Moment | null
  declinedAt: Moment | null
  runningSince: Moment | null
  endedAt: Moment | null
  differing: number | null
  missing: number | null
  extra: number | null
  mended: boolean
  trouble: string | null
}

export function stateOfReconciliation(facts: ReconciliationFacts): Reconciliation['state'] {
  const { mend, approvedAt, declinedAt, runningSince, endedAt, differing, missing, extra, mended, trouble } = facts
  if (declinedAt) return 'declined'
  if (!endedAt) return mend && !approvedAt ? 'asked' : runningSince ? 'running' : 'ordered'
  if (trouble) return 'failed'
  if (mended) return 'mended'
  return (differing ?? 0) + (missing ?? 0) + (extra ?? 0) > 0 ? 'different' : 'equal'
}

/** Whether the last look found both sides equal and nothing has been delivered since. */
export function nothingToMend(last: ReconciliationFacts, deliveredAt: Moment | null): boolean {
  return stateOfReconciliation(last) === 'equal' && last.endedAt !== null && (deliveredAt === null || deliveredAt <= last.endedAt)
}

/** The next moment after `now`, in the city's time; null where it is never compared by itself. */
export function nextReconciliation(schedule: ReconcileSchedule, now: Moment): Moment | null {
  if (schedule.kind === 'never') return null
  const days = Array.from({ length: 8 }, (_, ahead) => addDays(dayOf(now), ahead))
  const fits = (day: string) => schedule.kind === 'daily' || weekdayOf(day) === schedule.weekday
  return (
    days
      .filter(fits)
      .map((day) => momentOf(day, schedule.at))
      .find((moment) => moment > now) ?? null
  )
}

/** 1 is Monday, 7 Sunday. */
const weekdayOf = (day: string): number => new Date(`${day}T12:00:00Z`).getUTCDay() || 7
