/** Transactions too large for the source's memory come before their commit, in pieces and mixed: each waits in a file of its own until it is known what becomes of it. */
import fs from 'node:fs'
import path from 'node:path'

const WRITE_BYTES = 1 << 20
const READ_BYTES = 1 << 20
const HEAD_BYTES = 8
type Waiting = { file: number; path: string; buffer: Buffer; length: number; aborted: Set<number> }
/** A change of a large transaction, `bytes` good until the next is asked for. */
export type Spilled = { bytes: Buffer; end: number }

export class Spill {
  readonly #folder: string
  readonly #waiting = new Map<number, Waiting>()

  /** What another run has left in the folder is removed: the source sends it again. */
  constructor(folder: string) {
    this.#folder = folder
    fs.rmSync(folder, { recursive: true, force: true })
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /** @param part the subtransaction of the change, or the transaction itself */
  append(transaction: number, part: number, message: Buffer): void {
    const waiting = this.#waiting.get(transaction) ?? this.#open(transaction)
    if (waiting.length + HEAD_BYTES + message.length > waiting.buffer.length) this.#flush(waiting)
    const whole = HEAD_BYTES + message.length
    const buffer = whole > waiting.buffer.length ? Buffer.allocUnsafe(whole) : waiting.buffer
    const at = buffer === waiting.buffer ? waiting.length : 0
    buffer.writeUInt32BE(message.length, at)
    buffer.writeUInt32BE(part, at + 4)
    message.copy(buffer, at + HEAD_BYTES)
    if (buffer === waiting.buffer) waiting.length += whole
    else writeAll(waiting.file, buffer, whole)
  }

  /** Nothing of the transaction, or of one of its parts, has happened. */
  abort(transaction: number, part: number): void {
    if (part === transaction) this.forget(transaction)
    else this.#waiting.get(transaction)?.aborted.add(part)
  }

  /** The changes that stand, in their order. The file is removed at the end. */
  *replay(transaction: number): Generator<Spilled> {
    const waiting = this.#waiting.get(transaction)
    if (!waiting) return
    this.#flush(waiting)
    try {
      let buffer = Buffer.allocUnsafe(READ_BYTES)
      let [start, end, position] = [0, 0, 0]
      for (;;) {
        const size = end - start >= HEAD_BYTES ? HEAD_BYTES + buffer.readUInt32BE(start) : HEAD_BYTES
        if (end - start >= size && size > HEAD_BYTES) {
          if (!waiting.aborted.has(buffer.readUInt32BE(start + 4))) yield { bytes: buffer.subarray(start + HEAD_BYTES, start + size), end: size - HEAD_BYTES }
          start += size
          continue
        }
        const roomy = size > buffer.length ? Buffer.allocUnsafe(2 * size) : buffer
        buffer.copy(roomy, 0, start, end)
        buffer = roomy
        end -= start
        start = 0
        const read = fs.readSync(waiting.file, buffer, end, buffer.length - end, position)
        if (read === 0) return
        position += read
        end += read
      }
    } finally {
      this.forget(transaction)
    }
  }

  forget(transaction: number): void {
    const waiting = this.#waiting.get(transaction)
    if (!waiting) return
    this.#waiting.delete(transaction)
    fs.closeSync(waiting.file)
    fs.rmSync(waiting.path, { force: true })
  }

  end(): void {
    for (const transaction of [...this.#waiting.keys()]) this.forget(transaction)
    fs.rmSync(this.#folder, { recursive: true, force: true })
  }

  #open(transaction: number): Waiting {
    const file = path.join(this.#folder, `${transaction}.changes`)
    const waiting = { file: fs.openSync(file, 'w+', 0o600), path: file, buffer: Buffer.allocUnsafe(WRITE_BYTES), length: 0, aborted: new Set<number>() }
    this.#waiting.set(transaction, waiting)
    return waiting
  }

  #flush(waiting: Waiting): void {
    writeAll(waiting.file, waiting.buffer, waiting.length)
    waiting.length = 0
  }
}

/** A disk that is nearly full may take a part. */
function writeAll(file: number, buffer: Buffer, length: number): void {
  for (let written = 0; written < length; ) written += fs.writeSync(file, buffer, written, length - written)
}
