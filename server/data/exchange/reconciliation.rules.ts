/** Pure: what became of a reconciliation. Browser-safe. */
import type { Moment } from '../../kernel/contract.ts'
import type { Reconciliation } from './reconciliation.contract.ts'

export type ReconciliationFacts = {
  runningSince: Moment | null
  endedAt: Moment | null
  differing: number | null
  missing: number | null
  extra: number | null
  mended: boolean
  trouble: string | null
}

export function stateOfReconciliation({ runningSince, endedAt, differing, missing, extra, mended, trouble }: ReconciliationFacts): Reconciliation['state'] {
  if (!endedAt) return runningSince ? 'running' : 'ordered'
  if (trouble) return 'failed'
  if (mended) return 'mended'
  return (differing ?? 0) + (missing ?? 0) + (extra ?? 0) > 0 ? 'different' : 'equal'
}

/** Whether the last look found both sides equal and nothing has been delivered since. */
export function nothingToMend(last: ReconciliationFacts, deliveredAt: Moment | null): boolean {
  return stateOfReconciliation(last) === 'equal' && last.endedAt !== null && (deliveredAt === null || deliveredAt <= last.endedAt)
}
