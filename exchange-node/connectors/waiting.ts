/** Rows that wait for their transaction. */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import { refusal } from '../refusal.ts'
import type { Sink } from './connector.ts'

/** Whole tuples in a file that has no name any more: when the process ends, however it ends, it is gone. */
export class Waiting {
  readonly #file: number
  readonly #lengths: number[] = []
  #open = true
  bytes = 0

  /** @param beside a path whose folder has room for the rows */
  constructor(beside: string) {
    const name = `${beside}-zhenghe-${randomUUID()}`
    this.#file = fs.openSync(name, 'wx+', 0o600)
    fs.unlinkSync(name)
  }

  add(payload: Buffer): void {
    for (let written = 0; written < payload.length; ) written += fs.writeSync(this.#file, payload, written, payload.length - written, this.bytes + written)
    this.#lengths.push(payload.length)
    this.bytes += payload.length
  }

  *all(): Generator<Buffer> {
    let at = 0
    for (const length of this.#lengths) {
      const payload = Buffer.allocUnsafe(length)
      for (let read = 0; read < length; ) read += fs.readSync(this.#file, payload, read, length - read, at + read)
      at += length
      yield payload
    }
  }

  end(): void {
    if (this.#open) fs.closeSync(this.#file)
    this.#open = false
  }
}

/** Lands its rows all at once, as whole frames in their order; `rows` may be gone through several times. */
export type Land = (rows: () => Iterable<Buffer>, counts: RangeCounts) => Promise<void>

/** A range for a store that takes one transaction at a time: its rows wait at this node, then they are landed. */
export class WaitingSink implements Sink {
  readonly #waiting: Waiting
  readonly #land: Land
  #rows = 0

  constructor(beside: string, land: Land) {
    this.#waiting = new Waiting(beside)
    this.#land = land
  }

  async write(payload: Buffer, rows: number): Promise<void> {
    this.#rows += rows
    this.#waiting.add(payload)
  }

  async commit(counts: RangeCounts): Promise<void> {
    const { n, sent, bytes } = counts
    if (this.#rows !== sent || this.#waiting.bytes !== bytes)
      throw refusal('counts_differ', `range ${n}: the sender tells of ${sent} rows in ${bytes} bytes, ${this.#rows} in ${this.#waiting.bytes} came`)
    await this.#land(() => this.#waiting.all(), counts)
    this.#waiting.end()
  }

  async abort(): Promise<void> {
    this.#waiting.end()
  }
}
