/** The postings of a token brought into one of two forms that can be intersected. */
import { FIELD_BITS, type Postings, SOMEWHERE } from './segment.ts'

/** Ascending, one for a document. */
export type Sparse = { entries: Uint32Array; positions: Uint8Array; from: number; to: number }
/** By slot: the fields, 0 where the token does not occur, and the position. */
export type Dense = { masks: Uint8Array; positions: Uint8Array }

const SORTED_AT_MOST = 4096
const FIELDS = 2 ** FIELD_BITS - 1

/** Postings of many tokens become sparse by sorting where they are few, else dense; `slots` is the length of the segment. */
export function gather(postings: Postings, slots: number, sortedAtMost = SORTED_AT_MOST): Sparse | Dense {
  if (postings.merged) return postings
  return postings.to - postings.from <= sortedAtMost ? sorted(postings) : spread(postings, slots)
}

function sorted({ entries, positions, from, to }: Postings): Sparse {
  const order = new Float64Array(to - from)
  for (let at = from; at < to; at += 1) order[at - from] = entries[at]! * (SOMEWHERE + 1) + positions[at]!
  order.sort()
  const merged = { entries: new Uint32Array(order.length), positions: new Uint8Array(order.length), from: 0, to: 0 }
  for (const packed of order) {
    const entry = Math.floor(packed / (SOMEWHERE + 1))
    const before = merged.to - 1
    if (before >= 0 && merged.entries[before]! >>> FIELD_BITS === entry >>> FIELD_BITS) {
      merged.entries[before] = merged.entries[before]! | entry
      merged.positions[before] = SOMEWHERE
    } else {
      merged.entries[merged.to] = entry
      merged.positions[merged.to++] = packed % (SOMEWHERE + 1)
    }
  }
  return merged
}

function spread({ entries, positions, from, to }: Postings, slots: number): Dense {
  const dense = { masks: new Uint8Array(slots), positions: new Uint8Array(slots) }
  for (let at = from; at < to; at += 1) {
    const slot = entries[at]! >>> FIELD_BITS
    dense.positions[slot] = dense.masks[slot] === 0 ? positions[at]! : SOMEWHERE
    dense.masks[slot]! |= entries[at]! & FIELDS
  }
  return dense
}
