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
    const [count, high, low] = [new Float64Array(BUCKETS), new Float64Array(BUCKETS), new Float64Array(BUCKETS)]
    await this.#each(frames, (payload, { offsets }) => {
      const bucket = readInt32(payload, offsets[BUCKET]!)
      count[bucket]! += 1
      high[bucket]! += readInt32(payload, offsets[HASH]!)
      low[bucket]! += readInt32(payload, offsets[HASH]! + 4) >>> 0
    })
    const sums: Bucket[] = []
    for (const [k, n] of count.entries()) if (n > 0) sums.push({ k, n, sum: String(BigInt(high[k]!) * 2n ** 32n + BigInt(low[k]!)) })
    return sums
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
