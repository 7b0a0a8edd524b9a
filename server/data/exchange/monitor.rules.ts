/** Pure: what a watcher concludes from what nodes and deliveries tell. Browser-safe. */
import type { Moment } from '../../kernel/contract.ts'
import type { Progress } from './delivery.contract.ts'

/** Less than 0 where the first version is the older one: number by number, a pre-release before its release. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)]
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at++) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0)
    if (difference !== 0) return difference
  }
  if (a.suffix === b.suffix) return 0
  if (a.suffix === '' || b.suffix === '') return a.suffix === '' ? 1 : -1
  return a.suffix < b.suffix ? -1 : 1
}

function partsOf(version: string): { numbers: number[]; suffix: string } {
  const [numbers = '', suffix = ''] = version.split(/-(.*)/s)
  return { numbers: numbers.split('.').map((part) => Number.parseInt(part, 10) || 0), suffix }
}

/** Null where there is none. */
export function newestOf(versions: readonly (string | null)[]): string | null {
  return versions.reduce((newest, version) => (version !== null && (newest === null || compareVersions(version, newest) > 0) ? version : newest), null)
}

/** Seconds until the rows that are planned have moved at the present pace; null where nothing moves or nothing is planned. */
export function etaSeconds(progress: Progress | null): number | null {
  if (progress?.phase !== 'moving' || progress.rowsPerSecond <= 0) return null
  const left = progress.rowsPlanned - Math.max(progress.rowsLoaded, progress.rowsSent)
  return left > 0 ? Math.round(left / progress.rowsPerSecond) : null
}

/** Seconds since the later of both sides told of it; null where neither has yet. */
export function lagSeconds(seen: readonly (Moment | null)[], now: Moment): number | null {
  const latest = Math.max(...seen.map((moment) => (moment === null ? Number.NEGATIVE_INFINITY : Date.parse(moment))))
  return Number.isFinite(latest) ? Math.max(0, Math.round((Date.parse(now) - latest) / 1000)) : null
}
