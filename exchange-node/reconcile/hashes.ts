/** Buckets of row hashes, summed as they come out of COPY: the same code for both sides. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { BUCKETS } from '@zhenghe/wire/messages.ts'
import { places, readInt32, walk } from '../kernels/layout.ts'
import { type Check, compileRule } from '../kernels/rules.ts'
import type { RowFrame } from '../pg/copy-out.ts'

export type Bucket = { k: number; n: number; sum: string }
export type KeyHash = { key: string[]; hash: string }
type RuleField = Pick<GrantField, 'rules'>

const BUCKET = 0
const HASH = 1
const EXTRAS = 2

/** How one side's rows hash, whichever way. */
export interface RowHashes {
  /** Rows and sum of hashes of every bucket that is not empty. */
  sums(): Promise<Bucket[]>
  /** Key and hash of every row of some buckets. */
  keys(buckets: readonly number[]): Promise<KeyHash[]>
}

/** Sums of signed 64-bit hashes by bucket, in two halves that doubles hold exactly up to 2²¹ rows a bucket. */
export class BucketSums {
  readonly #count = new Float64Array(BUCKETS)
  readonly #high = new Float64Array(BUCKETS)
  readonly #low = new Float64Array(BUCKETS)

  /** @param high upper and @param low lower 32 bits of the hash */
  add(bucket: number, high: number, low: number): void {
    this.#count[bucket]! += 1
    this.#high[bucket]! += high
    this.#low[bucket]! += low >>> 0
  }

  /** Those that are not empty, in order. */
  all(): Bucket[] {
    const sums: Bucket[] = []
    for (const [k, n] of this.#count.entries()) if (n > 0) sums.push({ k, n, sum: String(BigInt(this.#high[k]!) * 2n ** 32n + BigInt(this.#low[k]!)) })
    return sums
  }
}

/** Reads tuples of bucket, hash, the fields that have rules, then the key as texts. Rows that break a rule are left out, as they are from a delivery. */
export class HashRows {
  readonly #checks: { field: number; check: Check }[]
  readonly #places
  readonly #firstKey: number

  constructor(ruleFields: readonly RuleField[], keys: number) {
    this.#checks = ruleFields.flatMap(({ rules }, at) => rules.map((rule) => ({ field: EXTRAS + at, check: compileRule(rule) })))
    this.#firstKey = EXTRAS + ruleFields.length
    this.#places = places(this.#firstKey + keys)
  }

  async sums(frames: AsyncIterable<RowFrame>): Promise<Bucket[]> {
    const sums = new BucketSums()
    await this.#each(frames, (payload, { offsets }) => {
      const hash = offsets[HASH]!
      sums.add(readInt32(payload, offsets[BUCKET]!), readInt32(payload, hash), readInt32(payload, hash + 4))
    })
    return sums.all()
  }

  async keys(frames: AsyncIterable<RowFrame>): Promise<KeyHash[]> {
    const found: KeyHash[] = []
    await this.#each(frames, (payload, { offsets, lengths }) => {
      const key: string[] = []
      for (let at = this.#firstKey; at < offsets.length; at++) key.push(payload.toString('utf8', offsets[at]!, offsets[at]! + lengths[at]!))
      found.push({ key, hash: String(payload.readBigInt64BE(offsets[HASH]!)) })
    })
    return found
  }

  async #each(frames: AsyncIterable<RowFrame>, visit: (payload: Buffer, at: ReturnType<typeof places>) => void): Promise<void> {
    const { offsets, lengths } = this.#places
    for await (const { payload } of frames) {
      for (let at = 0; at < payload.length; ) {
        at = walk(payload, at, this.#places)
        if (this.#checks.every(({ field, check }) => check(payload, offsets[field]!, lengths[field]!))) visit(payload, this.#places)
      }
    }
  }
}
