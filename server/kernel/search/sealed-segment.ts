/** The segment most documents are in: tokens sorted, postings of each side by side, nothing to spare. */
import { Documents } from './documents.ts'
import type { Token } from './query.ts'
import { type Postings, pairKey, type Segment } from './segment.ts'

export type Dictionary = {
  /** Pairs ascending, so that all that begin with one character are neighbours. */
  pairs: Uint32Array
  /** Words ascending by UTF-16 unit, so that all that begin alike are neighbours. */
  words: readonly string[]
  /** Where the postings of each token begin, pairs first, then words; one more than there are tokens. */
  offsets: Uint32Array
}

export class SealedSegment implements Segment {
  readonly documents: Documents
  readonly dictionary: Dictionary
  readonly entries: Uint32Array
  readonly positions: Uint8Array

  constructor(documents: Documents, dictionary: Dictionary, entries: Uint32Array, positions: Uint8Array) {
    this.documents = documents
    this.dictionary = dictionary
    this.entries = entries
    this.positions = positions
  }

  static empty(facetCount: number): SealedSegment {
    const dictionary = { pairs: new Uint32Array(), words: [], offsets: new Uint32Array(1) }
    return new SealedSegment(new Documents(facetCount), dictionary, new Uint32Array(), new Uint8Array())
  }

  find(token: Token): Postings {
    const [first, after] = this.range(token)
    const { offsets } = this.dictionary
    return { entries: this.entries, positions: this.positions, from: offsets[first]!, to: offsets[after]!, merged: after - first <= 1 }
  }

  get bytes(): number {
    return this.entries.byteLength + this.positions.byteLength + this.dictionary.pairs.byteLength + this.dictionary.offsets.byteLength
  }

  /** The tokens that serve, the last not included. */
  private range({ kind, text }: Token): [number, number] {
    const { pairs, words } = this.dictionary
    const first = text.charCodeAt(0)
    if (kind === 'word' || kind === 'prefix') {
      const from = lowerBound(words, text)
      const after = kind === 'word' ? from + (words[from] === text ? 1 : 0) : firstNotBeginning(words, text, from)
      return [pairs.length + from, pairs.length + after]
    }
    if (kind === 'char') return [lowerBound(pairs, pairKey(first, 0)), lowerBound(pairs, pairKey(first, 0xffff) + 1)]
    const key = pairKey(first, kind === 'pair' ? text.charCodeAt(1) : 0)
    const from = lowerBound(pairs, key)
    return [from, from + (pairs[from] === key ? 1 : 0)]
  }
}

/** The place of the first element that is not less. */
function lowerBound<T extends number | string>(sorted: ArrayLike<T>, wanted: T): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}

function firstNotBeginning(words: readonly string[], beginning: string, from: number): number {
  let low = from
  let high = words.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (words[middle]!.startsWith(beginning)) low = middle + 1
    else high = middle
  }
  return low
}
