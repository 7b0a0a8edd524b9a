/** What both kinds of segment offer to a search, and how a posting is packed. */
import type { Documents } from './documents.ts'
import type { Token } from './query.ts'

/**
 * A posting says that a token occurs in a document. Its entry is the slot, times 16, plus one bit for each field it occurs in; its position
 * is the distance of the only occurrence from the beginning of the document's text, or `SOMEWHERE`.
 */
export const FIELD_BITS = 4
export const SOMEWHERE = 255
/** A packed slot has 28 bits. */
export const SLOTS_AT_MOST = 2 ** (32 - FIELD_BITS)

/** The postings from `from` up to, not including, `to`. `merged`: at most one for a document, ascending; else in any order. */
export type Postings = { entries: Uint32Array; positions: Uint8Array; from: number; to: number; merged: boolean }

export type Segment = {
  readonly documents: Documents
  find(token: Token): Postings
  /** Bytes of the postings and of their dictionary, strings not counted. */
  readonly bytes: number
}

/** A pair of neighbouring characters as a number; `second` is 0 after the last character of a run. */
export function pairKey(first: number, second: number): number {
  return ((first << 16) | second) >>> 0
}
