/** A sealed and an open segment into one sealed segment, in small steps so that searches go on in between. */
import { Documents } from './documents.ts'
import { fitted, withRoom } from './growing.ts'
import type { OpenSegment } from './open-segment.ts'
import { SealedSegment } from './sealed-segment.ts'
import { FIELD_BITS, type Postings, SLOTS_AT_MOST } from './segment.ts'

const ROWS_A_STEP = 1024
const POSTINGS_A_STEP = 50_000
const REMOVED = -1
const FIELDS = 2 ** FIELD_BITS - 1

/** Old slots to new ones; `REMOVED` for what is left out. `shift` is given where all moved alike, and nothing is left out. */
type Moves = { slots: Int32Array; shift: number | undefined }

/** Yields after each step. Documents removed from the old segments meanwhile are removed from the new one too. Throws past 2^28 documents. */
export function* mergeSegments(sealed: SealedSegment, open: OpenSegment): Generator<void, SealedSegment> {
  if (sealed.documents.length + open.documents.length >= SLOTS_AT_MOST) throw new RangeError('the index is full')
  const documents = new Documents(sealed.documents.facets.length)
  documents.reserve(
    live(sealed.documents) + live(open.documents),
    sealed.documents.starts[sealed.documents.length]! + open.documents.starts[open.documents.length]!,
  )
  const sealedMoves = yield* copyRows(sealed.documents, documents)
  const openMoves = yield* copyRows(open.documents, documents)
  const output = new Output(sealed.entries.length + open.used)
  const pairs = yield* mergePairs(sealed, open, output, [sealedMoves, openMoves])
  const words = yield* mergeWords(sealed, open, output, [sealedMoves, openMoves])
  const merged = output.seal(documents, pairs, words)
  dropRemoved(sealed.documents, sealedMoves, documents)
  dropRemoved(open.documents, openMoves, documents)
  return merged
}

const live = (documents: Documents): number => documents.length - documents.removed

function* copyRows(from: Documents, to: Documents): Generator<void, Moves> {
  const first = to.length
  const slots = new Int32Array(from.length)
  for (let slot = 0; slot < from.length; slot += 1) {
    slots[slot] = from.alive[slot] === 1 ? to.copy(from, slot) : REMOVED
    if (slot % ROWS_A_STEP === 0) yield
  }
  return { slots, shift: to.length - first === from.length ? first : undefined }
}

/** Two ascending dictionaries side by side: each token once, with its place in the one, the other or both. */
function* union<T extends number | string>(a: ArrayLike<T>, b: ArrayLike<T>): Generator<[token: T, inA: number | undefined, inB: boolean]> {
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const takeA = j >= b.length || (i < a.length && a[i]! <= b[j]!)
    const takeB = i >= a.length || (j < b.length && b[j]! <= a[i]!)
    yield [takeA ? a[i]! : b[j]!, takeA ? i : undefined, takeB]
    if (takeA) i += 1
    if (takeB) j += 1
  }
}

function* mergePairs(sealed: SealedSegment, open: OpenSegment, output: Output, [sealedMoves, openMoves]: [Moves, Moves]): Generator<void, Uint32Array> {
  const { pairs } = sealed.dictionary
  const kept = new Uint32Array(pairs.length + open.pairs.size)
  let count = 0
  for (const [key, place, isOpen] of union<number>(pairs, open.pairs.sortedKeys())) {
    if (place !== undefined) output.append(sealedRange(sealed, place), sealedMoves)
    if (isOpen) output.append(open.gather([open.pairs.get(key)!]), openMoves)
    if (output.endToken()) kept[count++] = key
    if (output.stepIsDone()) yield
  }
  return kept.slice(0, count)
}

function* mergeWords(sealed: SealedSegment, open: OpenSegment, output: Output, [sealedMoves, openMoves]: [Moves, Moves]): Generator<void, string[]> {
  const { pairs, words } = sealed.dictionary
  const kept: string[] = []
  for (const [word, place, isOpen] of union<string>(words, [...open.words.keys()].sort())) {
    if (place !== undefined) output.append(sealedRange(sealed, pairs.length + place), sealedMoves)
    if (isOpen) output.append(open.gather([open.words.get(word)!]), openMoves)
    if (output.endToken()) kept.push(word)
    if (output.stepIsDone()) yield
  }
  return kept
}

function sealedRange({ dictionary: { offsets }, entries, positions }: SealedSegment, token: number): Postings {
  return { entries, positions, from: offsets[token]!, to: offsets[token + 1]!, merged: true }
}

class Output {
  private readonly entries: Uint32Array<ArrayBuffer>
  private readonly positions: Uint8Array<ArrayBuffer>
  private offsets = new Uint32Array(1024)
  private tokens = 0
  private used = 0
  private lastStep = 0

  constructor(postingsAtMost: number) {
    this.entries = new Uint32Array(postingsAtMost)
    this.positions = new Uint8Array(postingsAtMost)
  }

  append({ entries, positions, from, to }: Postings, { slots, shift }: Moves): void {
    if (shift === 0 && to - from > 32) {
      this.entries.set(entries.subarray(from, to), this.used)
      this.positions.set(positions.subarray(from, to), this.used)
      this.used += to - from
      return
    }
    for (let at = from; at < to; at += 1) {
      const entry = entries[at]!
      const slot = slots[entry >>> FIELD_BITS]!
      if (slot === REMOVED) continue
      this.entries[this.used] = (slot << FIELD_BITS) | (entry & FIELDS)
      this.positions[this.used++] = positions[at]!
    }
  }

  /** Whether the token has any posting; else it is not counted. */
  endToken(): boolean {
    if (this.used === this.offsets[this.tokens]) return false
    this.tokens += 1
    this.offsets = withRoom(this.offsets, this.tokens + 1)
    this.offsets[this.tokens] = this.used
    return true
  }

  stepIsDone(): boolean {
    if (this.used - this.lastStep < POSTINGS_A_STEP) return false
    this.lastStep = this.used
    return true
  }

  seal(documents: Documents, pairs: Uint32Array, words: readonly string[]): SealedSegment {
    const dictionary = { pairs, words, offsets: this.offsets.slice(0, this.tokens + 1) }
    return new SealedSegment(documents, dictionary, fitted(this.entries, this.used), fitted(this.positions, this.used))
  }
}

function dropRemoved(from: Documents, { slots }: Moves, to: Documents): void {
  for (let slot = 0; slot < from.length; slot += 1) {
    if (from.alive[slot] === 0 && slots[slot] !== REMOVED) to.removeSlot(slots[slot]!)
  }
}
