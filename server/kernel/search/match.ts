/** The documents of a segment in which every term occurs, and in which field each does. */
import { FIELD_END } from './documents.ts'
import { classOf, WORD } from './fold.ts'
import { type Dense, gather, type Sparse } from './gather.ts'
import type { Term } from './query.ts'
import { FIELD_BITS, type Segment, SOMEWHERE } from './segment.ts'
import { occursAt, unitsOf } from './units.ts'

/** Told of each match, by slot ascending, with the first (heaviest) field of each term. The array is used again for the next. */
export type Visit = (slot: number, fields: Uint8Array) => void

/** A token's postings, and what they say of the document looked at. */
type Source = { list: Sparse | Dense; cursor: number; mask: number; position: number; at: number }
type Part = { sources: readonly Source[]; units: Uint16Array; startsWord: boolean; covered: boolean }

const NOWHERE = -1
const FIELDS = 2 ** FIELD_BITS - 1

export function matchSegment(segment: Segment, terms: readonly Term[], visit: Visit): void {
  const { alive, length } = segment.documents
  const fields = new Uint8Array(terms.length)
  const parts = terms.map((term) => partOf(segment, term))
  const sources = parts.flatMap((part) => part.sources).sort((a, b) => sizeOf(a.list) - sizeOf(b.list))
  const lead = sources[0]?.list
  const others = !lead || 'masks' in lead ? sources : sources.slice(1)
  const look = (slot: number) => {
    if (alive[slot] === 0) return
    for (let index = 0; index < others.length; index += 1) if (!moveTo(others[index]!, slot)) return
    for (let index = 0; index < parts.length; index += 1) {
      const field = fieldOf(segment, parts[index]!, slot)
      if (field === NOWHERE) return
      fields[index] = field
    }
    visit(slot, fields)
  }
  if (!lead || 'masks' in lead) {
    for (let slot = 0; slot < length; slot += 1) if (lead?.masks[slot] !== 0) look(slot)
    return
  }
  const { entries, positions, from, to } = lead
  const first = sources[0]!
  for (let index = from; index < to; index += 1) {
    const entry = entries[index]!
    first.mask = entry & FIELDS
    first.position = positions[index]!
    look(entry >>> FIELD_BITS)
  }
}

function partOf(segment: Segment, { text, tokens, covered }: Term): Part {
  const units = unitsOf(text)
  const sources = tokens.map((token) => {
    const list = gather(segment.find(token), segment.documents.length)
    return { list, cursor: 'masks' in list ? 0 : list.from, mask: 0, position: 0, at: token.at }
  })
  return { sources, units, covered, startsWord: classOf(units[0]!) === WORD }
}

/** Lists that must be walked come first, the shortest ahead. */
function sizeOf(list: Sparse | Dense): number {
  return 'masks' in list ? Number.POSITIVE_INFINITY : list.to - list.from
}

/** Reads the source's posting for a slot, which must not be less than the one before; false where it has none. */
function moveTo(source: Source, slot: number): boolean {
  const { list } = source
  if ('masks' in list) {
    source.mask = list.masks[slot]!
    source.position = list.positions[slot]!
    return source.mask !== 0
  }
  const { entries, to } = list
  const at = gallop(entries, source.cursor, to, (slot << FIELD_BITS) >>> 0)
  source.cursor = at
  if (at === to || entries[at]! >>> FIELD_BITS !== slot) return false
  source.mask = entries[at]! & FIELDS
  source.position = list.positions[at]!
  return true
}

/** The first place from `from` on whose entry is not less than `wanted`; cheap where it is near. */
function gallop(entries: Uint32Array, from: number, to: number, wanted: number): number {
  if (from >= to || entries[from]! >= wanted) return from
  let low = from
  let step = 1
  while (low + step < to && entries[low + step]! < wanted) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, to)
  low += 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (entries[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The first field in which the term occurs, or `NOWHERE`. The places of tokens that occur once settle it without a look at the text:
 * they must stand as they do in the term.
 */
function fieldOf(segment: Segment, part: Part, slot: number): number {
  let mask = FIELDS
  let begin = NOWHERE
  let settled = part.covered
  for (let index = 0; index < part.sources.length; index += 1) {
    const source = part.sources[index]!
    mask &= source.mask
    if (source.position === SOMEWHERE) settled = false
    else {
      const place = source.position - source.at
      if (place < 0 || (begin !== NOWHERE && begin !== place)) return NOWHERE
      begin = place
    }
  }
  if (mask === 0) return NOWHERE
  if (settled || (part.covered && part.sources.length === 1)) return firstBit(mask)
  const { starts, text } = segment.documents
  if (begin === NOWHERE) return scan(text, starts[slot]!, starts[slot + 1]!, part)
  return termAt(text, starts[slot]! + begin, starts[slot]!, part) ? firstBit(mask) : NOWHERE
}

const firstBit = (mask: number): number => 31 - Math.clz32(mask & -mask)

function scan(text: Uint16Array, from: number, to: number, part: Part): number {
  const first = part.units[0]!
  let field = 0
  for (let at = from; at < to; at += 1) {
    const unit = text[at]!
    if (unit === first && termAt(text, at, from, part)) return field
    if (unit === FIELD_END) field += 1
  }
  return NOWHERE
}

function termAt(text: Uint16Array, at: number, from: number, { units, startsWord }: Part): boolean {
  return occursAt(text, at, units) && (!startsWord || at === from || classOf(text[at - 1]!) !== WORD)
}
