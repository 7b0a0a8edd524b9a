/**
 * Reads `COPY … TO STDOUT (FORMAT binary)` straight from the socket as frames of whole tuples. No value becomes an object on the way:
 * the only work per row is to find its end, which the protocol tells (one CopyData message per row).
 */
import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { LendingSocket } from './socket.ts'

/** Whole tuples in PostgreSQL's binary COPY encoding, without the file's header and trailer. `payload` is good until the next frame is asked for. */
export type RowFrame = { payload: Buffer; rows: number }

/** Frames are closed at the first row border after this many bytes. */
export const FRAME_BYTES = 1 << 20
/** The longest row that still fits into one frame of the wire. */
const MAX_ROW_BYTES = 7 << 20

const HEAD_BYTES = 5
const SLACK_BYTES = 1 << 16
const FILE_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const [COPY_DATA, COPY_DONE, ERROR] = ['d', 'c', 'E'].map((letter) => letter.charCodeAt(0))
/** Messages that may stand among the rows and say nothing about them: CopyOutResponse, notice, parameter status, notification. */
const IGNORED = new Set(['H', 'N', 'S', 'A'].map((letter) => letter.charCodeAt(0)))
const QUEUE_HIGH = 3
const POOL_FRAMES = QUEUE_HIGH + 2

type Listener = (chunk: Buffer) => void

/** Frames to be filled again, kept from one COPY to the next. */
export type FramePool = Buffer[]

/** Starts the COPY on a connection that nobody else uses meanwhile. Leaving the loop early ends the connection: a COPY cannot be stopped otherwise. */
export function copyOut(client: pg.Client, sql: string, pool: FramePool = []): AsyncGenerator<RowFrame, number> {
  return client.query(new CopyOut(sql, pool)).frames()
}

class CopyOut {
  readonly #sql: string
  #stream: Duplex | undefined
  #driver!: Listener
  readonly #queue: RowFrame[] = []
  readonly #pool: FramePool
  #wake: (() => void) | undefined
  #error: Error | undefined
  #ended = false
  #taggedRows = -1

  // where the reader stands in the messages
  readonly #head = Buffer.alloc(HEAD_BYTES)
  #headBytes = 0
  #kind = 0
  #bodyLeft = 0
  #fileHeaderBytes = 0

  // the frame being filled
  #frame: Buffer
  #length = 0
  #rowStart = 0
  #rows = 0
  #totalRows = 0

  constructor(sql: string, pool: FramePool) {
    this.#sql = sql
    this.#pool = pool
    this.#frame = this.#fresh()
  }

  /** Frames in the order of the server; the generator's return value is the number of rows, checked against the server's own count. */
  async *frames(): AsyncGenerator<RowFrame, number> {
    try {
      for (;;) {
        const frame = this.#queue.shift()
        if (frame) {
          if (this.#queue.length < QUEUE_HIGH) this.#stream?.resume()
          yield frame
          this.#release(Buffer.from(frame.payload.buffer))
        } else if (this.#error) throw this.#error
        else if (this.#ended) break
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
      if (this.#taggedRows !== this.#totalRows) throw new Error(`COPY told of ${this.#taggedRows} rows and sent ${this.#totalRows}`)
      return this.#totalRows
    } finally {
      if (this.#ended) this.#release(this.#frame)
      else this.#stream?.destroy()
    }
  }

  #fresh(): Buffer {
    return this.#pool.pop() ?? Buffer.allocUnsafeSlow(FRAME_BYTES + SLACK_BYTES)
  }

  /** A frame made for one long row is not kept. */
  #release(frame: Buffer): void {
    if (this.#pool.length < POOL_FRAMES && frame.length === FRAME_BYTES + SLACK_BYTES) this.#pool.push(frame)
  }

  // what the driver calls
  submit(connection: pg.Connection): void {
    const { stream } = connection
    const [driver] = stream.listeners('data') as Listener[]
    if (!driver) throw new Error('the connection has no reader')
    this.#stream = stream
    this.#driver = driver
    stream.removeListener('data', driver)
    stream.on('data', this.#feed)
    if (stream instanceof LendingSocket) stream.lends = true
    connection.query(this.#sql)
  }
  handleCommandComplete(message: { text: string }): void {
    this.#taggedRows = Number(/^COPY (\d+)$/.exec(message.text)?.[1] ?? -1)
  }
  handleReadyForQuery(): void {
    this.#end()
  }
  handleError(error: Error): void {
    this.#error ??= error
    this.#handBack()
    this.#end()
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}

  #end(): void {
    this.#ended = true
    this.#wake?.()
  }

  #feed = (chunk: Buffer): void => {
    let at = 0
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) at = this.#takeBody(chunk, at)
      else {
        at = this.#takeHead(chunk, at)
        if (at < 0) return
      }
    }
  }

  /** Reads a message's kind and length. Answers the place after them, or -1 where the rest belongs to the driver. */
  #takeHead(chunk: Buffer, from: number): number {
    let at = from
    while (this.#headBytes < HEAD_BYTES && at < chunk.length) this.#head[this.#headBytes++] = chunk[at++]!
    if (this.#headBytes < HEAD_BYTES) return at
    this.#headBytes = 0
    this.#kind = this.#head[0]!
    const length = this.#head.readUInt32BE(1) - 4
    if (this.#kind === COPY_DATA) {
      if (length > MAX_ROW_BYTES) return this.#breakOff(new RowTooLong(length))
      this.#startRow(length)
    } else if (this.#kind === COPY_DONE) return this.#handOver(Buffer.from(chunk.subarray(at)))
    else if (this.#kind === ERROR) return this.#handOver(Buffer.concat([this.#head, chunk.subarray(at)]))
    else if (!IGNORED.has(this.#kind)) return this.#breakOff(new Error(`unexpected message ${this.#kind} while copying out`))
    this.#bodyLeft = length
    return at
  }

  #startRow(length: number): void {
    if (this.#length + length > this.#frame.length) this.#closeFrame(length)
    this.#rowStart = this.#length
  }

  #takeBody(chunk: Buffer, from: number): number {
    let at = from
    const end = Math.min(chunk.length, from + this.#bodyLeft)
    this.#bodyLeft -= end - from
    if (this.#kind !== COPY_DATA) return end
    while (this.#fileHeaderBytes < FILE_HEADER.length && at < end) {
      if (chunk[at++] !== FILE_HEADER[this.#fileHeaderBytes++]) return this.#breakOff(new Error('the server does not send binary COPY'))
    }
    if (at < end) {
      chunk.copy(this.#frame, this.#length, at, end)
      this.#length += end - at
    }
    if (this.#bodyLeft === 0) this.#endRow()
    return end
  }

  #endRow(): void {
    const bytes = this.#length - this.#rowStart
    if (bytes === 0) return
    if (bytes === 2 && this.#frame[this.#rowStart] === 0xff) {
      this.#length = this.#rowStart // the trailer
      return
    }
    this.#rows += 1
    if (this.#length >= FRAME_BYTES) this.#closeFrame(0)
  }

  #closeFrame(room: number): void {
    if (this.#rows > 0) {
      this.#queue.push({ payload: this.#frame.subarray(0, this.#length), rows: this.#rows })
      this.#totalRows += this.#rows
      this.#frame = this.#fresh()
      if (this.#queue.length >= QUEUE_HIGH) this.#stream?.pause()
      this.#wake?.()
    }
    this.#length = 0
    this.#rows = 0
    if (room > this.#frame.length) this.#frame = Buffer.allocUnsafeSlow(room)
  }

  #handOver(rest: Buffer): number {
    if (this.#kind === COPY_DONE) this.#closeFrame(0)
    this.#handBack()
    this.#stream?.resume()
    if (rest.length > 0) this.#driver(rest)
    return -1
  }

  #handBack(): void {
    if (!this.#stream?.listeners('data').includes(this.#feed)) return
    this.#stream.removeListener('data', this.#feed)
    this.#stream.on('data', this.#driver)
    if (this.#stream instanceof LendingSocket) this.#stream.lends = false
  }

  #breakOff(error: Error): number {
    this.#error ??= error
    this.#stream?.destroy()
    this.#wake?.()
    return -1
  }
}

/** One row of the table is larger than a frame may be. */
export class RowTooLong extends Error {
  override name = 'RowTooLong'
  readonly bytes: number
  constructor(bytes: number) {
    super(`a row of ${bytes} bytes is longer than the ${MAX_ROW_BYTES} a frame can carry`)
    this.bytes = bytes
  }
}
