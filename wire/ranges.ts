/** The running digest and the frame count of each range on one session. */
import { hash } from 'node:crypto'
import type { SuiteName } from './documents.ts'
import { WireError } from './error.ts'

/** H, by the name under which the library knows it. */
const HASH = { international: 'sha512-256', gm: 'sm3' } as const satisfies Record<SuiteName, string>
const START = Buffer.alloc(32)

/** D₀ = 32 zero bytes, Dₙ₊₁ = H(Dₙ ‖ header ‖ tag): 80 bytes hashed a frame (96 in suite 2); the tag stands for the body, which is never hashed again. */
export class RangeDigest {
  private readonly algorithm: (typeof HASH)[SuiteName]
  private digest = START
  /** the number the next frame must bear */
  seq = 0
  constructor(suite: SuiteName) {
    this.algorithm = HASH[suite]
  }

  absorb(header: Buffer, tag: Buffer): void {
    this.digest = hash(this.algorithm, Buffer.concat([this.digest, header, tag]), 'buffer')
  }

  hex(): string {
    return this.digest.toString('hex')
  }
}

export class RangeDigests {
  private readonly ranges = new Map<number, RangeDigest>()
  private readonly suite: SuiteName
  constructor(suite: SuiteName = 'international') {
    this.suite = suite
  }

  begin(range: number): void {
    this.ranges.set(range, new RangeDigest(this.suite))
  }

  /** Refuses `out_of_order` where the range was never begun. */
  of(range: number): RangeDigest {
    const found = this.ranges.get(range)
    if (!found) throw new WireError('out_of_order', `range ${range} was not begun`, { range })
    return found
  }

  /** A frame of the range in its turn. */
  advance(range: number, header: Buffer, tag: Buffer): void {
    const digest = this.of(range)
    digest.absorb(header, tag)
    digest.seq++
  }

  /** Hex. */
  digest(range: number): string {
    return this.of(range).hex()
  }
}

/** The digest of a whole delivery: H, hex, over the raw digests of its ranges in the order of their numbers. */
export function deliveryDigest(rangeDigests: readonly string[], suite: SuiteName = 'international'): string {
  return hash(HASH[suite], Buffer.from(rangeDigests.join(''), 'hex'), 'hex')
}
