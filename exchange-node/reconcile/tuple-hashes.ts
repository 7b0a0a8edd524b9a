/**
 * Hashes of rows by their tuples, for two stores that have no hash in common. Both sides hash the same canonical bytes, whatever the stores are made of; the scale of a
 * number does not count (1.0 is 1.00), as in PostgreSQL's own hash.
 */
import { hash } from 'node:crypto'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { BUCKETS } from '@zhenghe/wire/messages.ts'
import { decode } from '../kernels/decode.ts'
import { type Places, places, readInt32, walk } from '../kernels/layout.ts'
import type { RowFrame } from '../pg/copy-out.ts'
import { type Bucket, BucketSums, type KeyHash, type RowHashes } from './hashes.ts'

type Fields = readonly Pick<GrantField, 'type' | 'key'>[]

const ALGORITHM = 'sha512-256'
/** Where a number's scale lies behind its digits, weight and sign. */
const SCALE_AT = 6

/** Frames of a reader as they are after `change`, without its end. */
export async function* hashTuples(frames: AsyncIterable<RowFrame>, change: (frame: RowFrame) => RowFrame): AsyncGenerator<RowFrame, void> {
  for await (const frame of frames) yield change(frame)
}

/** @param frames all rows, each time it is called */
export class TupleHashes implements RowHashes {
  readonly #fields: Fields
  readonly #frames: () => AsyncIterable<RowFrame>
  readonly #numbers: number[]
  readonly #keys: number[]
  readonly #places: Places
  #keyBytes = Buffer.allocUnsafe(256)

  constructor(fields: Fields, frames: () => AsyncIterable<RowFrame>) {
    this.#fields = fields
    this.#frames = frames
    this.#numbers = fields.flatMap(({ type }, at) => (type === 'numeric' ? [at] : []))
    this.#keys = fields.flatMap(({ key }, at) => (key ? [at] : []))
    this.#places = places(fields.length)
  }

  async sums(): Promise<Bucket[]> {
    const sums = new BucketSums()
    await this.#each((payload, bucket, start, end) => {
      const digest = this.#digest(payload.subarray(start, end))
      sums.add(bucket, readInt32(digest, 0), readInt32(digest, 4))
    })
    return sums.all()
  }

  async keys(buckets: readonly number[]): Promise<KeyHash[]> {
    const wanted = new Set(buckets)
    const found: KeyHash[] = []
    await this.#each((payload, bucket, start, end) => {
      if (!wanted.has(bucket)) return
      const { offsets, lengths } = this.#places
      const key = this.#keys.map((at) => decode(this.#fields[at]!.type, payload.subarray(offsets[at]!, offsets[at]! + lengths[at]!)))
      found.push({ key, hash: String(this.#digest(payload.subarray(start, end)).readBigInt64BE()) })
    })
    return found
  }

  async #each(visit: (payload: Buffer, bucket: number, start: number, end: number) => void): Promise<void> {
    for await (const { payload } of this.#frames()) {
      for (let at = 0; at < payload.length; ) {
        const next = walk(payload, at, this.#places)
        this.#dropScales(payload)
        visit(payload, this.#bucket(payload), at, next)
        at = next
      }
    }
  }

  #dropScales(payload: Buffer): void {
    const { offsets, lengths } = this.#places
    for (const at of this.#numbers) if (lengths[at]! > SCALE_AT) payload.fill(0, offsets[at]! + SCALE_AT, offsets[at]! + SCALE_AT + 2)
  }

  #bucket(payload: Buffer): number {
    const { offsets, lengths } = this.#places
    let length = 0
    for (const at of this.#keys) {
      const bytes = Math.max(lengths[at]!, 0) + 4
      if (length + bytes > this.#keyBytes.length) this.#keyBytes = Buffer.concat([this.#keyBytes, Buffer.allocUnsafe(length + bytes)])
      payload.copy(this.#keyBytes, length, offsets[at]! - 4, offsets[at]! - 4 + bytes)
      length += bytes
    }
    return readInt32(this.#digest(this.#keyBytes.subarray(0, length)), 0) & (BUCKETS - 1)
  }

  #digest(bytes: Buffer): Buffer {
    return hash(ALGORITHM, bytes, 'buffer')
  }
}
