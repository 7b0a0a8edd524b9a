/** Takes the letters of the outbox to the platform, one after another, until each is acknowledged or refused for good. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Control } from './control.ts'
import { PlatformError, UNREACHABLE } from './http.ts'
import { Patience } from './insist.ts'
import type { Letter, Outbox } from './outbox.ts'

/** A letter that was put off waits at least so long. */
const IDLE_MS = 1000
const LOOK_MS = 50

export class Post {
  readonly #outbox: Outbox
  readonly #control: Control
  readonly #log: Logger
  #wake = new AbortController()

  constructor(outbox: Outbox, control: Control, log: Logger) {
    this.#outbox = outbox
    this.#control = control
    this.#log = log
    outbox.onWritten(() => this.#wake.abort())
  }

  /** Until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController()
      await this.#empty(signal)
      await pause(IDLE_MS, undefined, { signal: AbortSignal.any([signal, this.#wake.signal]) }).catch(() => undefined)
    }
  }

  /** Resolves when no letter waits, after so many milliseconds at the latest. */
  async emptied(patienceMs: number): Promise<void> {
    for (const until = performance.now() + patienceMs; performance.now() < until && this.#outbox.counts().waiting > 0; ) await pause(LOOK_MS)
  }

  async #empty(signal: AbortSignal): Promise<void> {
    const patience = new Patience(this.#log)
    for (let letter = this.#outbox.next(Date.now()); letter && !signal.aborted; letter = this.#outbox.next(Date.now())) {
      const failure = await this.#hand(letter, signal)
      if (failure) await pause(patience.failed(failure), undefined, { signal }).catch(() => undefined)
      else patience.restore()
    }
  }

  /** Answers why the platform as a whole cannot be told now; undefined where the next letter may go. */
  async #hand(letter: Letter, signal: AbortSignal): Promise<unknown> {
    try {
      await this.#control.post(letter.path, letter.body, signal)
      this.#outbox.told(letter)
      return undefined
    } catch (error) {
      if (signal.aborted) return undefined
      if (!(error instanceof PlatformError)) throw error
      if (!error.passing) {
        this.#log.error({ about: letter.about, code: error.code }, `the platform will not take this, so it is kept aside in the outbox: ${error.message}`)
        this.#outbox.refused(letter, error.code, error.message)
        return undefined
      }
      const all = error.code === UNREACHABLE || error.code.startsWith('nodes.')
      if (!all) this.#log.warn({ about: letter.about, code: error.code, tries: letter.tries }, error.message)
      if (!all) this.#outbox.later(letter, Date.now() + Math.min(1000 * 2 ** letter.tries, 60_000))
      return all ? error : undefined
    }
  }
}
