/** The segment that takes new documents: postings in the order of arrival, each chained to the one before it of the same token. */
import { Documents, FIELD_END, type Row } from './documents.ts'
import { classOf, HAN, WORD } from './fold.ts'
import { withRoom } from './growing.ts'
import { PairTable } from './pair-table.ts'
import type { Token } from './query.ts'
import { FIELD_BITS, type Postings, pairKey, type Segment, SOMEWHERE } from './segment.ts'
import { textOf } from './units.ts'

const NONE: Postings = { entries: new Uint32Array(), positions: new Uint8Array(), from: 0, to: 0, merged: true }

export class OpenSegment implements Segment {
  readonly documents: Documents
  readonly pairs = new PairTable()
  readonly words = new Map<string, number>()
  /** Postings so far. */
  used = 0
  private tokens = 0
  private entries = new Uint32Array(1024)
  private positions = new Uint8Array(1024)
  /** The posting before, + 1, of the same token; 0 at the first. */
  private previous = new Uint32Array(1024)
  /** Of each token: its latest posting + 1, and how many it has. */
  private latest = new Uint32Array(256)
  private counts = new Uint32Array(256)

  constructor(facetCount: number) {
    this.documents = new Documents(facetCount)
  }

  add(row: Row): void {
    const { documents } = this
    const slot = documents.add(row)
    const begin = documents.starts[slot]!
    const end = documents.starts[slot + 1]!
    const { text } = documents
    let field = 0
    for (let at = begin; at < end; ) {
      const unit = text[at]!
      const kind = classOf(unit)
      const entry = (slot << FIELD_BITS) | (1 << field)
      if (kind === WORD) {
        let after = at + 1
        while (classOf(text[after]!) === WORD) after += 1 // a field's end is no part of a word
        this.post(this.wordToken(textOf(text.subarray(at, after))), entry, at - begin)
        at = after
        continue
      }
      if (kind === HAN) {
        const next = text[at + 1]!
        this.post(this.pairToken(pairKey(unit, classOf(next) === HAN ? next : 0)), entry, at - begin)
      } else if (unit === FIELD_END) field += 1
      at += 1
    }
  }

  find({ kind, text }: Token): Postings {
    if (kind === 'prefix') return this.gather(Array.from(this.words).flatMap(([word, token]) => (word.startsWith(text) ? token : [])))
    if (kind === 'char') return this.gather(this.pairs.valuesBeginning(text.charCodeAt(0)))
    const token = kind === 'word' ? this.words.get(text) : this.pairs.get(pairKey(text.charCodeAt(0), kind === 'pair' ? text.charCodeAt(1) : 0))
    return token === undefined ? NONE : this.gather([token])
  }

  /** The postings of one token are merged, those of several are not. */
  gather(tokens: readonly number[]): Postings {
    const length = tokens.reduce((sum, token) => sum + this.counts[token]!, 0)
    const entries = new Uint32Array(length)
    const positions = new Uint8Array(length)
    let end = 0
    for (const token of tokens) {
      end += this.counts[token]!
      for (let at = end - 1, posting = this.latest[token]!; posting !== 0; at -= 1, posting = this.previous[posting - 1]!) {
        entries[at] = this.entries[posting - 1]!
        positions[at] = this.positions[posting - 1]!
      }
    }
    return { entries, positions, from: 0, to: length, merged: tokens.length <= 1 }
  }

  get bytes(): number {
    const columns = [this.entries, this.positions, this.previous, this.latest, this.counts, this.pairs]
    return columns.reduce((sum, column) => sum + ('bytes' in column ? column.bytes : column.byteLength), 0)
  }

  private pairToken(key: number): number {
    const token = this.pairs.getOrAdd(key, this.tokens)
    if (token === this.tokens) this.addToken()
    return token
  }

  private wordToken(word: string): number {
    const known = this.words.get(word)
    if (known !== undefined) return known
    this.words.set(word, this.tokens)
    return this.addToken()
  }

  private addToken(): number {
    this.latest = withRoom(this.latest, this.tokens + 1)
    this.counts = withRoom(this.counts, this.tokens + 1)
    return this.tokens++
  }

  private post(token: number, entry: number, distance: number): void {
    const last = this.latest[token]!
    if (last !== 0 && this.entries[last - 1]! >>> FIELD_BITS === entry >>> FIELD_BITS) {
      this.entries[last - 1]! |= entry
      this.positions[last - 1] = SOMEWHERE
      return
    }
    const at = this.used++
    if (at === this.entries.length) {
      this.entries = withRoom(this.entries, at + 1)
      this.positions = withRoom(this.positions, at + 1)
      this.previous = withRoom(this.previous, at + 1)
    }
    this.entries[at] = entry
    this.positions[at] = Math.min(distance, SOMEWHERE)
    this.previous[at] = last
    this.latest[token] = at + 1
    this.counts[token]! += 1
  }
}
