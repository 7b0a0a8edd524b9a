/** The running digest and the frame count of each range on one session. */
import { hash } from 'node:crypto'
import { WireError } from './error.ts'

interface Progress {
  seq: number
  digest: Buffer
}

const START = Buffer.alloc(32)

/** D₀ = 32 zero bytes, Dₙ₊₁ = SHA-512/256(Dₙ ‖ header ‖ tag): 80 bytes hashed a frame; the tag stands for the body, which is never hashed again. */
export class RangeDigests {
  private readonly ranges = new Map<number, Progress>()

  begin(range: number): void {
    this.ranges.set(range, { seq: 0, digest: START })
  }

  /** The number the next frame of a range must bear; refuses `out_of_order` where the range was never begun. */
  nextSeq(range: number): number {
    return this.progress(range).seq
  }

  advance(range: number, header: Buffer, tag: Buffer): void {
    const progress = this.progress(range)
    progress.digest = hash('sha512-256', Buffer.concat([progress.digest, header, tag]), 'buffer')
    progress.seq++
  }

  /** Hex. */
  digest(range: number): string {
    return this.progress(range).digest.toString('hex')
  }

  private progress(range: number): Progress {
    const progress = this.ranges.get(range)
    if (!progress) throw new WireError('out_of_order', `range ${range} was not begun`, { range })
    return progress
  }
}

/** The digest of a whole delivery: SHA-512/256, hex, over the raw digests of its ranges in the order of their numbers. */
export function deliveryDigest(rangeDigests: readonly string[]): string {
  return hash('sha512-256', Buffer.from(rangeDigests.join(''), 'hex'), 'hex')
}
