/** Rows of a SELECT as tuples, straight from the packets: no value becomes an object on the way. */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { type RowFrame, RowTooLong } from '../../pg/copy-out.ts'
import { type EncodeBytes, encoderOf, valueRefused } from '../tuples/encode.ts'
import { FrameQueue, MAX_ROW_BYTES, type TupleFrames } from '../tuples/frames.ts'
import { explained } from './errors.ts'
import type { RawPacket, Session } from './session.ts'

export type FrameFields = readonly Pick<GrantField, 'name' | 'type' | 'key'>[]

const NULL = 0xfb
const [TWO_BYTES, THREE_BYTES] = [0xfc, 0xfd]
const SHOWN = 64

/** MySQL sends a moment of its own session's zone, which is UTC, without saying so. */
function encoderFor(type: CanonicalType): EncodeBytes {
  return encoderOf(type === 'timestamptz' ? 'timestamp' : type)
}

/**
 * The statement answers the fields in their order, and with `guarded` the bytes of the row's long values ahead of them. Values that cannot be carried are refused by field
 * and key. Leaving the loop early ends the session. `cancel` is called then: the server may be at work without writing.
 */
export async function* selectFrames(
  session: Session,
  sql: string,
  fields: FrameFields,
  guarded: boolean,
  cancel: () => void,
): AsyncGenerator<RowFrame, number> {
  let ended = false
  const queue = new FrameQueue({ pause: () => flow.pause(), resume: () => flow.resume() })
  const fail = (error: unknown) => {
    ended = true
    queue.fail(explained(error, session.side))
  }
  const { command, flow } = session.raw(sql, fail)
  const rows = new RowPackets(queue.frames, fields, guarded)
  command.on('error', fail)
  command.on('end', () => {
    ended = true
    queue.end()
  })
  const take = (packet: RawPacket): unknown => {
    if (packet.isEOF()) return command.done()
    if (queue.failed) return take
    try {
      rows.take(packet)
      queue.rowDone()
    } catch (error) {
      queue.fail(error)
    }
    return take
  }
  command.row = take
  try {
    return yield* queue.all()
  } finally {
    if (!ended) {
      session.destroy()
      cancel()
    }
  }
}

class RowPackets {
  readonly #out: TupleFrames
  readonly #fields: FrameFields
  readonly #encoders: readonly EncodeBytes[]
  readonly #guarded: boolean
  #at = 0

  constructor(out: TupleFrames, fields: FrameFields, guarded: boolean) {
    this.#out = out
    this.#fields = fields
    this.#encoders = fields.map(({ type }) => encoderFor(type))
    this.#guarded = guarded
  }

  take({ buffer, offset }: RawPacket): void {
    this.#at = offset
    if (this.#guarded) this.#guard(buffer)
    const out = this.#out
    out.beginRow(this.#encoders.length)
    for (let field = 0; field < this.#encoders.length; field++) {
      const length = this.#length(buffer)
      if (length < 0) {
        out.null()
        continue
      }
      const problem = this.#encoders[field]!(out, buffer, this.#at, length)
      if (problem !== undefined) {
        out.dropRow()
        throw valueRefused(this.#fields[field]!.name, this.#keyOf(buffer, offset), problem)
      }
      this.#at += length
    }
    out.endRow()
  }

  /** A long value is left out of the row by the server; its length stands in front. */
  #guard(buffer: Buffer): void {
    const length = this.#length(buffer)
    const bytes = Number(buffer.toString('latin1', this.#at, this.#at + length))
    if (bytes > MAX_ROW_BYTES) throw new RowTooLong(bytes)
    this.#at += length
  }

  /** -1 is null. */
  #length(buffer: Buffer): number {
    const first = buffer[this.#at++]!
    if (first < NULL) return first
    if (first === NULL) return -1
    const bytes = first === TWO_BYTES ? 2 : first === THREE_BYTES ? 3 : 6
    const length = buffer.readUIntLE(this.#at, bytes)
    this.#at += first === TWO_BYTES ? 2 : first === THREE_BYTES ? 3 : 8
    return length
  }

  #keyOf(buffer: Buffer, offset: number): string {
    this.#at = offset
    if (this.#guarded) {
      const length = this.#length(buffer)
      this.#at += length
    }
    const parts: string[] = []
    for (const { name, key } of this.#fields) {
      const length = Math.max(this.#length(buffer), 0)
      if (key) parts.push(`${name} = ${buffer.toString('utf8', this.#at, this.#at + Math.min(length, SHOWN))}`)
      this.#at += length
    }
    return parts.join(', ')
  }
}
