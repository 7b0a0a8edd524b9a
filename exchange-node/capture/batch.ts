/** Changes on their way into one batch: the last word on each key, as tuples in one buffer. No value becomes an object. */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { decode } from '../kernels/decode.ts'
import { type Places, places, walk, writeInt32 } from '../kernels/layout.ts'
import type { RowFrame } from '../pg/copy-out.ts'

type Field = Pick<GrantField, 'name' | 'type' | 'key'>
type Entry = {
  op: 'upsert' | 'patch' | 'remove'
  at: number
  end: number
  /** of a patch: the fields that it leaves as they are, by number, rising */
  unchanged: readonly number[]
  /** the target may hold a row of this key */
  known: boolean
}
/** A patch's fields that stay, and its rows. */
export type Patches = { unchanged: readonly number[]; rows: number; frames: () => Generator<RowFrame> }

const ROWS = 20_000
const BYTES = 8 << 20
const FRAME_BYTES = 1 << 20
const FIRST_BYTES = 1 << 18

export class Batch {
  /** The buffer that tuples are written to, behind `length`; good after `reserve`. */
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  length = 0
  /** in the middle of a transaction */
  open = false
  /** where the last whole transaction ends */
  position: string | undefined
  committedAt: string | undefined
  changes = 0
  filtered = 0
  /** every row went before the entries */
  emptied = false
  readonly #fields: readonly Field[]
  readonly #keys: readonly number[]
  readonly #normal: readonly (((value: Buffer) => string) | undefined)[]
  readonly #entries = new Map<string, Entry>()
  readonly #older: Places
  readonly #newer: Places

  constructor(fields: readonly Field[]) {
    this.#fields = fields
    this.#keys = fields.flatMap(({ key }, at) => (key ? [at] : []))
    this.#normal = this.#keys.map((at) => normalOf(fields[at]!.type))
    this.#older = places(fields.length)
    this.#newer = places(fields.length)
  }

  get rows(): number {
    return this.#entries.size
  }

  /** No more should be put before what is there has gone. */
  get full(): boolean {
    return this.#entries.size >= ROWS || this.length >= BYTES
  }

  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return
    const roomy = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.length + bytes))
    this.bytes.copy(roomy, 0, 0, this.length)
    this.bytes = roomy
  }

  /** The tuple written behind `length`, up to `end`, is the row as it now is. @param inserted the key had no row before */
  upsert(at: Places, end: number, inserted: boolean): void {
    const key = this.keyOf(this.bytes, at)
    const before = this.#entries.get(key)
    this.#put(key, { op: 'upsert', at: this.length, end, unchanged: [], known: before?.known ?? !inserted })
  }

  /** The same for a row of which some fields, null in the tuple, stay as they are. The row exists, and keeps its key. */
  patch(at: Places, end: number, unchanged: readonly number[]): void {
    const key = this.keyOf(this.bytes, at)
    const before = this.#entries.get(key)
    if (!before || before.op === 'remove') this.#put(key, { op: 'patch', at: this.length, end, unchanged, known: true })
    else this.#complete(key, before, end, unchanged)
  }

  /** The row whose key fields lie at these places of `from` is gone. */
  remove(from: Buffer, at: Places): void {
    const key = this.keyOf(from, at)
    const before = this.#entries.get(key)
    const start = this.length
    this.#put(key, { op: 'remove', at: start, end: this.#writeKey(from, at), unchanged: [], known: before?.known ?? true })
  }

  /** Every row is gone, with all that was put before. */
  empty(): void {
    this.#entries.clear()
    this.length = 0
    this.emptied = true
  }

  begin(): void {
    this.open = true
  }

  commit(position: string, at: string): void {
    Object.assign(this, { open: false, position, committedAt: at })
  }

  /** What was put has gone; the transaction under way goes on. */
  next(): void {
    this.#entries.clear()
    Object.assign(this, { length: 0, changes: 0, filtered: 0, emptied: false })
  }

  /** The rows as they now are, in frames that the reader may change. */
  upserts(): { rows: number; frames: () => Generator<RowFrame> } {
    return this.#group((entry) => entry.op === 'upsert')
  }

  patches(): Patches[] {
    const groups = new Map<string, readonly number[]>()
    for (const { op, unchanged } of this.#entries.values()) if (op === 'patch') groups.set(unchanged.join(), unchanged)
    return [...groups].map(([name, unchanged]) => ({ unchanged, ...this.#group((entry) => entry.op === 'patch' && entry.unchanged.join() === name) }))
  }

  /** The keys whose rows are gone, as tuples of the key fields. */
  removals(): { rows: number; frames: () => Generator<RowFrame> } {
    return this.#group((entry) => entry.op === 'remove')
  }

  /** An upsert that was held back: what the target has of it goes. Answers whether it may have anything. */
  revoke(from: Buffer, at: Places): boolean {
    const key = this.keyOf(from, at)
    const known = this.#entries.get(key)?.known ?? true
    if (!known) return false
    const start = this.length
    this.#entries.set(key, { op: 'remove', at: start, end: this.#writeKey(from, at), unchanged: [], known })
    this.length = this.#entries.get(key)!.end
    return true
  }

  /** One string a key, the same for two values that SQL calls equal. */
  keyOf(bytes: Buffer, { offsets, lengths }: Places): string {
    if (this.#keys.length === 1) return this.#partOf(bytes, offsets, lengths, 0)
    let whole = ''
    for (let part = 0; part < this.#keys.length; part++) {
      const text = this.#partOf(bytes, offsets, lengths, part)
      whole += `${text.length}:${text}`
    }
    return whole
  }

  #partOf(bytes: Buffer, offsets: Int32Array, lengths: Int32Array, part: number): string {
    const at = offsets[this.#keys[part]!]!
    const end = at + lengths[this.#keys[part]!]!
    const normal = this.#normal[part]
    return normal ? normal(bytes.subarray(at, end)) : bytes.toString('latin1', at, end)
  }

  /** Later words stand behind earlier ones, so that the rows go in the order of their last change. */
  #put(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    this.length = entry.end
  }

  /** A patch on top of a row or patch of the same batch: one tuple with the newer value of each field. */
  #complete(key: string, before: Entry, end: number, unchanged: readonly number[]): void {
    const start = this.length
    this.length = end
    this.reserve(end - start + before.end - before.at)
    walk(this.bytes, before.at, this.#older)
    walk(this.bytes, start, this.#newer)
    let to = end
    to = this.bytes.writeInt16BE(this.#fields.length, to)
    for (let field = 0; field < this.#fields.length; field++) {
      const { offsets, lengths } = unchanged.includes(field) ? this.#older : this.#newer
      to = copyField(this.bytes, offsets[field]!, lengths[field]!, this.bytes, to)
    }
    const still = before.op === 'patch' ? unchanged.filter((field) => before.unchanged.includes(field)) : []
    this.#put(key, { op: before.op, at: end, end: to, unchanged: still, known: before.known })
    if (before.op === 'patch' && still.length === 0) this.#entries.get(key)!.op = 'upsert'
  }

  #writeKey(from: Buffer, { offsets, lengths }: Places): number {
    let size = 2
    for (const field of this.#keys) size += 4 + Math.max(lengths[field]!, 0)
    this.reserve(size)
    let to = this.bytes.writeInt16BE(this.#keys.length, this.length)
    for (const field of this.#keys) to = copyField(from, offsets[field]!, lengths[field]!, this.bytes, to)
    return to
  }

  #group(belongs: (entry: Entry) => boolean): { rows: number; frames: () => Generator<RowFrame> } {
    const chosen = [...this.#entries.values()].filter(belongs)
    return { rows: chosen.length, frames: () => this.#frames(chosen) }
  }

  /** Copies runs of neighbours at once. */
  *#frames(chosen: readonly Entry[]): Generator<RowFrame> {
    for (let from = 0; from < chosen.length; ) {
      let [to, size] = [from, 0]
      while (to < chosen.length && (to === from || size + chosen[to]!.end - chosen[to]!.at <= FRAME_BYTES)) {
        size += chosen[to]!.end - chosen[to]!.at
        to++
      }
      const payload = Buffer.allocUnsafe(size)
      let length = 0
      for (let at = from; at < to; ) {
        const run = chosen[at]!.at
        let end = chosen[at++]!.end
        while (at < to && chosen[at]!.at === end) end = chosen[at++]!.end
        length += this.bytes.copy(payload, length, run, end)
      }
      yield { payload, rows: to - from }
      from = to
    }
  }
}

function copyField(from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  writeInt32(into, to, length)
  return length > 0 ? to + 4 + from.copy(into, to + 4, at, at + length) : to + 4
}

/** Of types in which values that differ in their bytes can be equal. */
function normalOf(type: CanonicalType): ((value: Buffer) => string) | undefined {
  if (type === 'numeric')
    return (value) =>
      decode(type, value)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '')
        .replace(/^-0$/, '0')
  if (type === 'float4' || type === 'float8') return (value) => decode(type, value).replace(/^-0$/, '0')
  return undefined
}
