/** Proves the ledger of calls: nothing was changed, removed or put between. */
import { digestOf, GENESIS } from './endpoint/lines.ts'
import type { Db } from './tables.ts'
import { batchesAfter } from './usage.store.ts'

const CHECKED_AT_ONCE = 500
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/** Every chain from its first row: each names the digest before it, and its own is over its lines. */
export async function verifyCalls(db: Db): Promise<{ chains: number; calls: number; broken: { chain: string; seq: number }[] }> {
  const broken: { chain: string; seq: number }[] = []
  let [chains, calls, chain, seq, previous] = [0, 0, BEFORE_ALL, -1, '']
  for (;;) {
    const batches = await batchesAfter(db, chain, seq, CHECKED_AT_ONCE)
    for (const batch of batches) {
      if (batch.chain !== chain) {
        ;[chain, seq, previous] = [batch.chain, -1, GENESIS]
        chains++
      }
      if (batch.seq !== seq + 1 || batch.previous !== previous || batch.digest !== digestOf(previous, batch.lines)) broken.push({ chain, seq: batch.seq })
      calls += batch.calls
      ;[seq, previous] = [batch.seq, batch.digest]
    }
    if (batches.length < CHECKED_AT_ONCE) return { chains, calls, broken }
  }
}
