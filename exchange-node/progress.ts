/** Tells the platform how a delivery goes, twice a second at most; the rows never wait for it. */
import type { CaptureReceiveProgress } from './capture/receive.ts'
import type { CaptureProgress } from './capture/send.ts'
import type { Control, ProgressReport, RouteKind, Side } from './control.ts'
import type { ReceiveProgress } from './receive-ranges.ts'
import type { SendProgress } from './send.ts'

/** The engine's live counters of either side. */
export type Counters = Readonly<SendProgress> | Readonly<ReceiveProgress> | Readonly<CaptureProgress> | Readonly<CaptureReceiveProgress>
export type Telling = { control: Control; id: string; side: Side; route: RouteKind; counters: () => Counters | undefined; cancelled: () => void }

const EVERY_MS = 500
/** The platform takes a silent node for a vanished one. */
const AT_LEAST_EVERY_MS = 10_000
/** Over which the speed is taken. */
const WINDOW_MS = 3000

/** Begins to tell; the answer tells the last state and ends. A platform that cannot be reached is told later or not at all. */
export function tellProgress({ control, id, side, route, counters, cancelled }: Telling): () => Promise<void> {
  const speed = new Speed()
  let last = ''
  let toldAt = 0
  let telling: Promise<void> | undefined
  const tell = async () => {
    const now = counters()
    if (!now) return
    const state = JSON.stringify(now)
    const rowsPerSecond = speed.at(performance.now(), 'sent' in now ? now.sent : now.received)
    if (state === last && performance.now() - toldAt < AT_LEAST_EVERY_MS) return
    last = state
    toldAt = performance.now()
    const stop = await control.progress(id, { side, route, progress: reportOf(now, rowsPerSecond) }).catch(() => false)
    if (stop) cancelled()
  }
  const begin = () => {
    telling ??= tell().finally(() => {
      telling = undefined
    })
    return telling
  }
  const timer = setInterval(() => void begin(), EVERY_MS)
  void begin()
  return async () => {
    clearInterval(timer)
    await telling
    await tell()
  }
}

/** What this side does not know is 0; the platform puts both sides together. */
function reportOf(counters: Counters, rowsPerSecond: number): ProgressReport {
  if (counters.phase === 'following') return followingReport(counters, rowsPerSecond)
  const { phase, ranges, rangesDone, totalRows, bytes } = counters
  const common = { phase, ranges, rangesDone, rowsPlanned: totalRows, bytes, rowsPerSecond }
  if ('sent' in counters) return { ...common, rowsRead: counters.read, rowsSent: counters.sent, rowsRejected: counters.rejected, rowsLoaded: 0 }
  return { ...common, rowsRead: 0, rowsSent: 0, rowsRejected: 0, rowsLoaded: counters.received }
}

const NO_RANGES = { ranges: 0, rangesDone: 0, rowsPlanned: 0 }
function followingReport(counters: Readonly<CaptureProgress> | Readonly<CaptureReceiveProgress>, rowsPerSecond: number): ProgressReport {
  const { phase, position, committedAt, changes, bytes } = counters
  const common = { phase, ...NO_RANGES, bytes, rowsPerSecond }
  if ('received' in counters) return { ...common, rowsRead: 0, rowsSent: 0, rowsRejected: 0, rowsLoaded: counters.received }
  const { sent, rejected, lagBytes, lagSeconds, keptBytes, budgetBytes } = counters
  const capture = { position, committedAt, lagBytes, lagSeconds, keptBytes, budgetBytes }
  return { ...common, rowsRead: changes, rowsSent: sent, rowsRejected: rejected, rowsLoaded: 0, capture }
}

class Speed {
  readonly #seen: { at: number; rows: number }[] = []

  /** Rows a second over the last seconds, whole. */
  at(at: number, rows: number): number {
    this.#seen.push({ at, rows })
    while (this.#seen.length > 2 && at - this.#seen[1]!.at >= WINDOW_MS) this.#seen.shift()
    const from = this.#seen[0]!
    return at > from.at ? Math.round(((rows - from.rows) / (at - from.at)) * 1000) : 0
  }
}
