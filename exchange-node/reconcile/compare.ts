/** What two sides' buckets and keys say about each other. Pure. */
import type { Bucket, KeyHash } from './hashes.ts'

/** Rows looked at together when buckets are opened: bounds the memory of both sides. */
const BATCH_ROWS = 100_000

/** The numbers of the buckets that differ, in batches of at most about 100,000 rows. */
export function differingBuckets(source: readonly Bucket[], target: readonly Bucket[]): number[][] {
  const there = new Map(target.map((bucket) => [bucket.k, bucket]))
  const here = new Map(source.map((bucket) => [bucket.k, bucket]))
  const batches: number[][] = []
  let rows = Number.POSITIVE_INFINITY
  for (const k of new Set([...here.keys(), ...there.keys()])) {
    const [a, b] = [here.get(k), there.get(k)]
    if (a && b && a.n === b.n && a.sum === b.sum) continue
    const size = Math.max(a?.n ?? 0, b?.n ?? 0)
    if (rows + size > BATCH_ROWS) {
      batches.push([])
      rows = 0
    }
    batches.at(-1)!.push(k)
    rows += size
  }
  return batches
}

/** Whether the sides seem to hash in different ways, rather than to hold different rows: every bucket has the same count, and none the same sum. */
export function incomparable(source: readonly Bucket[], target: readonly Bucket[]): boolean {
  const there = new Map(target.map((bucket) => [bucket.k, bucket]))
  return source.length > 16 && source.length === target.length && source.every(({ k, n, sum }) => there.get(k)?.n === n && there.get(k)?.sum !== sum)
}

export type Differences = { missing: string[][]; extra: string[][]; changed: string[][] }

/** By key: only at the source, only at the target, or not the same (a key that stands twice on a side is never the same). */
export function differingKeys(source: readonly KeyHash[], target: readonly KeyHash[]): Differences {
  const [here, there] = [hashesByKey(source), hashesByKey(target)]
  const missing: string[][] = []
  const changed: string[][] = []
  for (const [id, { key, hash }] of here) {
    const other = there.get(id)
    if (!other) missing.push(key)
    else if (other.hash !== hash || hash === TWICE) changed.push(key)
  }
  const extra = [...there].filter(([id]) => !here.has(id)).map(([, { key }]) => key)
  return { missing, extra, changed }
}

const TWICE = 'twice'
function hashesByKey(rows: readonly KeyHash[]): Map<string, KeyHash> {
  const byKey = new Map<string, KeyHash>()
  for (const row of rows) {
    const id = JSON.stringify(row.key)
    byKey.set(id, byKey.has(id) ? { key: row.key, hash: TWICE } : row)
  }
  return byKey
}
