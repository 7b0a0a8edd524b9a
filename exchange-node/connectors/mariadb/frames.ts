/** Rows of a SELECT as tuples, straight from the packets: no value becomes an object on the way. */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { type RowFrame, RowTooLong } from '../../pg/copy-out.ts'
import { type EncodeBytes, encoderOf, tooLong, valueRefused } from '../tuples/encode.ts'
import { FrameQueue, MAX_ROW_BYTES, TupleFrames } from '../tuples/frames.ts'
import { type HoldBack, keyOfTuple, type Unfit, unfitRow } from '../unfit.ts'
import { explained } from './errors.ts'
import type { RawPacket, Session } from './session.ts'

export type FrameFields = readonly Pick<GrantField, 'name' | 'type' | 'key'>[]

const NULL = 0xfb
const [TWO_BYTES, THREE_BYTES] = [0xfc, 0xfd]
const SHOWN = 64
const LONGEST_VALUE = 256
const SCRATCH_BYTES = 1 << 12

/** MySQL sends a moment of its own session's zone, which is UTC, without saying so. */
function encoderFor(type: CanonicalType): EncodeBytes {
  return encoderOf(type === 'timestamptz' ? 'timestamp' : type)
}

/**
 * The statement answers the fields in their order, and with `guarded` the bytes of the row's long values ahead of them. Rows that cannot be carried are held back, without
 * `holdBack` refused by field and key; the return value counts them. Leaving the loop early ends the session. `cancel` is called then: the server may be at work without writing.
 */
export async function* selectFrames(
  session: Session,
  sql: string,
  { fields, guarded, holdBack }: { fields: FrameFields; guarded: boolean; holdBack?: HoldBack | undefined },
  cancel: () => void,
): AsyncGenerator<RowFrame, number> {
  let ended = false
  const queue = new FrameQueue({ pause: () => flow.pause(), resume: () => flow.resume() })
  const fail = (error: unknown) => {
    ended = true
    queue.fail(explained(error, session.side))
  }
  const { command, flow } = session.raw(sql, fail)
  const rows = new RowPackets(queue.frames, fields, guarded, holdBack)
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
    return (yield* queue.all()) + rows.held
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
  readonly #holdBack: HoldBack | undefined
  held = 0
  #at = 0

  constructor(out: TupleFrames, fields: FrameFields, guarded: boolean, holdBack: HoldBack | undefined) {
    this.#holdBack = holdBack
    this.#out = out
    this.#fields = fields
    this.#encoders = fields.map(({ type }) => encoderFor(type))
    this.#guarded = guarded
  }

  take(packet: RawPacket): void {
    const problem = this.#write(packet)
    if (!problem) return
    if (!this.#holdBack) throw problem
    this.held++
    const { key, value, shown } = this.#described(packet, problem.field)
    this.#holdBack(unfitRow(problem, key, value, Object.keys(key).length > 0 ? undefined : shown))
  }

  /** Answers why the row cannot be carried; it is then not in the frame. */
  #write({ buffer, offset }: RawPacket): Unfit | undefined {
    this.#at = offset
    const out = this.#out
    const bytes = this.#guarded ? this.#guard(buffer) : 0
    if (bytes > MAX_ROW_BYTES) return tooLong('', this.#keyOf(buffer, offset), new RowTooLong(bytes))
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
        return valueRefused(this.#fields[field]!.name, this.#keyOf(buffer, offset), problem)
      }
      this.#at += length
    }
    out.endRow()
    return undefined
  }

  /** A long value is left out of the row by the server; its length stands in front. */
  #guard(buffer: Buffer): number {
    const length = this.#length(buffer)
    const bytes = Number(buffer.toString('latin1', this.#at, this.#at + length))
    this.#at += length
    return bytes
  }

  /** For the quarantine: the key as it would arrive (empty where it cannot be read) and as it stands there, and the value at fault. */
  #described({ buffer, offset }: RawPacket, field: string): { key: Record<string, string>; value: string | null; shown: string } {
    const out = new TupleFrames(SCRATCH_BYTES)
    const keys = this.#fields.flatMap(({ key, name, type }, at) => (key ? [{ name, type, at }] : []))
    let value: string | null = null
    let fits = true
    this.#at = offset
    if (this.#guarded) this.#guard(buffer)
    out.beginRow(keys.length)
    for (const [at, { name, key }] of this.#fields.entries()) {
      const length = this.#length(buffer)
      if (name === field && length >= 0) value = buffer.toString('utf8', this.#at, this.#at + Math.min(length, LONGEST_VALUE))
      if (key) fits &&= length >= 0 && length <= LONGEST_VALUE && this.#encoders[at]!(out, buffer, this.#at, length) === undefined
      this.#at += Math.max(length, 0)
    }
    out.endRow()
    return { key: fits ? keyOfTuple(out.take().payload, keys) : {}, value, shown: this.#keyOf(buffer, offset) }
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
