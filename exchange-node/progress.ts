/** Tells the platform how a delivery goes, once a second and at its end. */
import type { Logger } from 'pino'
import type { Control } from './control.ts'
import type { ReceiveProgress } from './receive-ranges.ts'
import type { SendProgress } from './send.ts'

export type Counters = Readonly<SendProgress> | Readonly<ReceiveProgress>
type Under = { id: string; side: 'sender' | 'receiver'; route: 'direct' | 'relay' }

const EVERY_MS = 1000

/** Begins telling; the answer ends it with a last word. Where the platform says that the order was cancelled, `cancel` is aborted. A platform that does not answer stops nothing. */
export function reportProgress(
  control: Control,
  { id, side, route }: Under,
  counters: { now?: Counters },
  cancel: AbortController,
  log: Logger,
): () => Promise<void> {
  const started = performance.now()
  let told = ''
  let telling: Promise<void> = Promise.resolve()
  const tell = async () => {
    const progress = counters.now && wordsOf(counters.now, performance.now() - started)
    const text = JSON.stringify(counters.now)
    if (!progress || text === told) return
    told = text
    try {
      if (await control.progress(id, { side, route, progress })) cancel.abort()
    } catch (error) {
      log.debug({ delivery: id }, `progress was not told: ${(error as Error).message}`)
    }
  }
  const timer = setInterval(() => (telling = telling.then(tell)), EVERY_MS)
  return async () => {
    clearInterval(timer)
    await telling
    await tell()
  }
}

function wordsOf(counters: Counters, elapsedMs: number): object {
  const { phase, ranges, rangesDone, totalRows, bytes } = counters
  const moved = 'sent' in counters ? counters.sent : counters.received
  return {
    phase,
    rangesDone,
    ranges,
    rowsPlanned: totalRows,
    rowsRead: 'sent' in counters ? counters.read : 0,
    rowsSent: 'sent' in counters ? counters.sent : 0,
    rowsRejected: 'sent' in counters ? counters.rejected : 0,
    rowsLoaded: 'sent' in counters ? 0 : counters.received,
    bytes,
    rowsPerSecond: Math.round((moved / Math.max(elapsedMs, 1)) * 1000),
  }
}
