/** How this node itself is: what waits in its outbox, the room for it, its memory, and whether its one thread keeps up. */
import { statfs } from 'node:fs/promises'
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { Health } from './control.ts'
import type { Outbox } from './outbox.ts'

const LISTED = 50
const LONGEST_ABOUT = 200
const LONGEST_DETAIL = 500
const NS_PER_MS = 1e6
const RESOLUTION_MS = 20

export class Pulse {
  readonly #home: string
  readonly #outbox: Outbox
  readonly #startedAt = new Date().toISOString()
  readonly #delay: IntervalHistogram

  /** @param home the folder whose file system is measured */
  constructor(home: string, outbox: Outbox) {
    this.#home = home
    this.#outbox = outbox
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    this.#delay.enable()
  }

  /** The delay of the event loop is that since the last time. */
  async take(): Promise<Health> {
    const { waiting, refused, oldest } = this.#outbox.counts()
    const late = this.#delay.count > 0 ? Math.max(0, this.#delay.percentile(99) / NS_PER_MS - RESOLUTION_MS) : 0
    this.#delay.reset()
    return {
      outbox: { waiting, refused, oldestSeconds: oldest === null ? null : Math.max(0, Math.round((Date.now() - oldest) / 1000)) },
      refused: this.#outbox.listRefused(LISTED).map(({ id, about, code, detail, at }) => ({
        ...{ id, code, about: about.slice(0, LONGEST_ABOUT), detail: detail.slice(0, LONGEST_DETAIL), at: new Date(at).toISOString() },
      })),
      disk: await roomAt(this.#home),
      memoryBytes: process.memoryUsage.rss(),
      loopLagMs: Math.round(late * 10) / 10,
      startedAt: this.#startedAt,
    }
  }
}

/** Null where the system does not tell. */
async function roomAt(folder: string): Promise<Health['disk']> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch {
    return null
  }
}
