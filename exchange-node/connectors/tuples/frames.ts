/**
 * Tuples for a store that is not PostgreSQL. A source writes each row with `encode.ts` (values as bytes or JavaScript's own) into `TupleFrames`, and yields a frame
 * whenever it is full; where its driver pushes rows, `FrameQueue` holds the driver back. A target reads tuples with `walk` (kernels/layout.ts) and then `textOf`,
 * `writeText` (text.ts) or `tupleValue` (values.ts):
 *
 *     const row = new RowEncoder(frames, grant.fields)
 *     for await (const record of records) {
 *       row.write(record)
 *       if (frames.full) yield frames.take()
 *     }
 *     if (frames.rows > 0) yield frames.take()
 */

import { writeInt32 } from '../../kernels/layout.ts'
import { FRAME_BYTES, type RowFrame, RowTooLong } from '../../pg/copy-out.ts'

/** The longest row that still fits into one frame of the wire. */
export const MAX_ROW_BYTES = 7 << 20
const SLACK_BYTES = 1 << 16
const NULL = -1

/** Rows being written into one of two buffers that take turns: a frame that was taken is good until the next one is. */
export class TupleFrames {
  /** where the row in hand is being written */
  buffer: Buffer
  #other: Buffer
  #length = 0
  #rowStart = 0
  #rows = 0

  /** @param bytes of a buffer to begin with, less than usual where only a few rows will come */
  constructor(bytes = FRAME_BYTES + SLACK_BYTES) {
    this.buffer = Buffer.allocUnsafeSlow(bytes)
    this.#other = Buffer.allocUnsafeSlow(bytes)
  }

  get rows(): number {
    return this.#rows
  }

  /** Time for `take`. A driver that cannot be stopped at once may write on; the frame grows. */
  get full(): boolean {
    return this.#length >= FRAME_BYTES
  }

  beginRow(fields: number): void {
    this.#rowStart = this.#length
    const at = this.#reserve(2)
    this.buffer[at] = fields >> 8
    this.buffer[at + 1] = fields
  }

  /** Room for a field of so many bytes in `buffer`; answers where it begins. All of it must be written. Throws `RowTooLong`. */
  field(bytes: number): number {
    const at = this.#reserve(bytes + 4)
    writeInt32(this.buffer, at, bytes)
    return at + 4
  }

  null(): void {
    writeInt32(this.buffer, this.#reserve(4), NULL)
  }

  endRow(): void {
    this.#rows++
  }

  /** Takes back what was written of a row that turned out not to be one. */
  dropRow(): void {
    this.#length = this.#rowStart
  }

  /** The rows so far, whole ones only: not between `beginRow` and `endRow`. */
  take(): RowFrame {
    const frame = { payload: this.buffer.subarray(0, this.#length), rows: this.#rows }
    const filled = this.buffer
    this.buffer = this.#other
    this.#other = filled.length > FRAME_BYTES + MAX_ROW_BYTES ? Buffer.allocUnsafeSlow(FRAME_BYTES + SLACK_BYTES) : filled
    this.#length = 0
    this.#rowStart = 0
    this.#rows = 0
    return frame
  }

  #reserve(bytes: number): number {
    const at = this.#length
    const end = at + bytes
    if (end - this.#rowStart > MAX_ROW_BYTES) throw new RowTooLong(end - this.#rowStart)
    if (end > this.buffer.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(end + SLACK_BYTES, 2 * this.buffer.length))
      this.buffer.copy(wider, 0, 0, at)
      this.buffer = wider
    }
    this.#length = end
    return at
  }
}

/** What a driver must do that pushes rows by itself. */
type Flow = { pause(): void; resume(): void }

/** Between a driver that pushes rows and the engine, which asks for frames: while a full frame waits to be asked for, the driver is paused. */
export class FrameQueue {
  readonly frames = new TupleFrames()
  readonly #flow: Flow
  #paused = false
  #ended = false
  #error: unknown
  #wake: (() => void) | undefined

  constructor(flow: Flow) {
    this.#flow = flow
  }

  /** After each row. */
  rowDone(): void {
    if (!this.frames.full) return
    if (!this.#paused) {
      this.#paused = true
      this.#flow.pause()
    }
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  fail(error: unknown): void {
    this.#error ??= error
    this.#ended = true
    this.#wake?.()
  }

  get failed(): boolean {
    return this.#error !== undefined
  }

  /** Ends when the driver has; throws its error, then without the rows before it. The return value is how many rows there were. */
  async *all(): AsyncGenerator<RowFrame, number> {
    let rows = 0
    for (;;) {
      if (this.#error !== undefined) throw this.#error
      if (this.frames.full || (this.#ended && this.frames.rows > 0)) {
        const frame = this.frames.take()
        rows += frame.rows
        this.#resume()
        yield frame
      } else if (this.#ended) return rows
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#flow.resume()
  }
}
