/** What is done while source and target stand at the same moment, in the order in which it was asked for. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Key } from '../connectors/connector.ts'
import type { Rejection } from '../kernels/kernel.ts'
import { type Refusal, refusal } from '../refusal.ts'
import type { Batch } from './batch.ts'
import type { Capture, ChangeLog, Standing } from './capture.ts'
import { rowsAt } from './fetch.ts'
import type { LiveCapture } from './moments.ts'

/** Everything of before the moment has been sent when it is called. */
export type Ask = { act(standing: Standing): Promise<void>; fail(error: unknown): void }
export type Line = {
  hold(id: string): Promise<void>
  /** Sends a batch of its own; resolves when it is committed at the target. */
  apply(batch: Batch): Promise<readonly Rejection[]>
  wake(): void
}
/** The log may have been read beyond the moment by a hair. */
const ATTEMPTS = 5

export class Standstill implements LiveCapture {
  readonly grant: Grant
  readonly #capture: Capture
  readonly #line: Line
  readonly #asks: Ask[] = []
  readonly #holding = new Map<string, PromiseWithResolvers<void>>()
  #over: Refusal | undefined

  constructor(capture: Capture, line: Line) {
    this.grant = capture.grant
    this.#capture = capture
    this.#line = line
  }

  async hold(id: string): Promise<Standing> {
    const held = Promise.withResolvers<void>()
    held.promise.catch(() => undefined) // told by `hold` itself to who waits for it
    const standing = await this.#ask(async (at) => {
      this.#holding.set(id, held)
      await this.#line.hold(id)
      return at
    })
    try {
      await held.promise
      return standing
    } catch (error) {
      await standing.snapshot.end()
      throw error
    }
  }

  fetch(keys: readonly Key[]): Promise<readonly Rejection[]> {
    return this.#ask(async ({ snapshot }) => {
      try {
        return await this.#line.apply(await rowsAt(snapshot, this.grant, keys))
      } finally {
        await snapshot.end()
      }
    })
  }

  /** The other side holds its table. */
  held(id: string): void {
    this.#holding.get(id)?.resolve()
    this.#holding.delete(id)
  }

  next(): Ask | undefined {
    return this.#asks.shift()
  }

  /** Opens a moment and stops the log at it; undefined where that was not possible, which the asker has been told. The log is not read meanwhile. */
  async open(log: ChangeLog, ask: Ask): Promise<Standing | undefined> {
    for (let attempt = 1; ; attempt++) {
      let standing: Standing | undefined
      try {
        standing = await this.#capture.moment()
        log.stopBefore(standing.position)
        return standing
      } catch (error) {
        await standing?.snapshot.end()
        if (standing && attempt < ATTEMPTS) continue
        ask.fail(error)
        return undefined
      }
    }
  }

  /** Nothing that still waits will come. */
  end(): void {
    this.#over = refusal('capture_away', 'the capture that follows this table has ended its session; it is done when it goes on')
    for (const ask of this.#asks.splice(0)) ask.fail(this.#over)
    for (const held of this.#holding.values()) held.reject(this.#over)
    this.#holding.clear()
  }

  #ask<T>(act: (standing: Standing) => Promise<T>): Promise<T> {
    if (this.#over) return Promise.reject(this.#over)
    return new Promise((resolve, reject) => {
      this.#asks.push({ act: (standing) => act(standing).then(resolve), fail: reject })
      this.#line.wake()
    })
  }
}
