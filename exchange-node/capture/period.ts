/** Sums of what a capture has done since its last pair of signed documents, the same on both sides. */
import type { Grant, Manifest, SuiteName } from '@zhenghe/wire/documents.ts'
import type { ChangeCounts, OpenPeriod, RefusedChange } from '@zhenghe/wire/messages.ts'
import { deliveryDigest } from '@zhenghe/wire/ranges.ts'

const NO_DIGEST = '0'.repeat(64)

export function noCounts(): ChangeCounts {
  return { changes: 0, read: 0, filtered: 0, rejected: 0, sent: 0, bytes: 0, masked: {}, reasons: {} }
}

export function addCounts(a: ChangeCounts, b: ChangeCounts): ChangeCounts {
  const sum = (key: 'changes' | 'read' | 'filtered' | 'rejected' | 'sent' | 'bytes') => a[key] + b[key]
  return {
    changes: sum('changes'),
    read: sum('read'),
    filtered: sum('filtered'),
    rejected: sum('rejected'),
    sent: sum('sent'),
    bytes: sum('bytes'),
    masked: addUp(a.masked, b.masked),
    reasons: addUp(a.reasons, b.reasons),
  }
}

/** Changes that the target refuses count as rejected, by what refuses them. */
export function withRefused(counts: ChangeCounts, refused: readonly RefusedChange[]): ChangeCounts {
  if (refused.length === 0) return counts
  const reasons = { ...counts.reasons }
  for (const { field, rule } of refused) reasons[`${field}:${rule}`] = (reasons[`${field}:${rule}`] ?? 0) + 1
  return { ...counts, sent: counts.sent - refused.length, rejected: counts.rejected + refused.length, reasons }
}

function addUp(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sums = { ...a }
  for (const [key, value] of Object.entries(b)) sums[key] = (sums[key] ?? 0) + value
  return sums
}

/** @param n from 1; the load before is none */
export function openPeriod(n: number, from: string, startedAt: string): OpenPeriod {
  return { n, from, startedAt, batches: 0, digest: NO_DIGEST, counts: noCounts() }
}

/** With one more batch. */
export function grown(period: OpenPeriod, counts: ChangeCounts, digest: string, suite: SuiteName): OpenPeriod {
  return {
    ...period,
    batches: period.batches + 1,
    digest: deliveryDigest([period.digest, digest], suite),
    counts: addCounts(period.counts, counts),
  }
}

/** What the sender signs for a period that ends at this position. */
export function manifestOf(period: OpenPeriod, of: { delivery: string; grant: Grant; system: string; position: string; endedAt: string }): Manifest {
  const { delivery, grant, system, position, endedAt } = of
  const { read, filtered, rejected, sent, bytes, masked, reasons, changes } = period.counts
  return {
    v: 1,
    delivery,
    grant: { id: grant.id, version: grant.version },
    mode: 'capture',
    read,
    filtered,
    rejected,
    sent,
    bytes,
    ranges: period.batches,
    masked,
    reasons,
    digest: period.digest,
    cursor: { from: period.from, to: position },
    period: period.n,
    changes,
    source: { system, position },
    startedAt: period.startedAt,
    endedAt,
  }
}
