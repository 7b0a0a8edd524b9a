/** Keeps an eye on what waits at the source for a capture, from before the nodes meet until after they part: a target that stays away must not fill the source's disk. */
import { explain, type Refusal } from '../refusal.ts'
import type { Backlog, Capture } from './capture.ts'
import { Signal } from './signal.ts'

const LOOK_MS = 2000

export class SourceWatch {
  backlog: Backlog = { keptBytes: 0, lagBytes: 0 }
  /** why the capture may not go on */
  failure: Refusal | undefined
  /** called when there is something new to know */
  onLook: () => void = () => undefined
  readonly #capture: Capture
  readonly #sleep = new Signal()
  readonly #looking: Promise<void>
  #ended = false
  #now: Promise<void> = Promise.resolve()

  constructor(capture: Capture, everyMs = LOOK_MS) {
    this.#capture = capture
    this.#looking = this.#run(everyMs)
  }

  async end(): Promise<void> {
    this.#ended = true
    this.#sleep.set()
    await this.#looking
  }

  /** Looks once more, after the look under way: why something broke may stand at the source. */
  async settle(): Promise<Refusal | undefined> {
    await this.#now
    if (!this.failure && !this.#ended) await this.#look()
    return this.failure
  }

  async #run(everyMs: number): Promise<void> {
    while (!this.#ended && !this.failure) {
      this.#now = this.#look()
      await this.#now
      if (!this.#ended) this.onLook()
      await this.#sleep.pause(everyMs, () => this.#ended)
    }
  }

  async #look(): Promise<void> {
    try {
      this.backlog = await this.#capture.look()
    } catch (error) {
      const reason = explain(error, 'source')
      if (!reason.resumable || this.#ended) this.failure ??= reason
    }
  }
}
