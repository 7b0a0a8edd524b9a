/** The documents of one segment in columns: their folded texts end to end, order keys, facet values as numbers. A slot is a row of it. */
import { foldInto } from './fold.ts'
import { withRoom } from './growing.ts'

/** Stands after each field of a document. Folding makes spaces of all control characters, so neither mark occurs in a text. */
export const FIELD_END = 0
/** Stands between the values of one field, so that nothing matches across two of them. */
export const VALUE_END = 1
const LENGTH_AT_MOST = 0xffff

export type Row = { id: string; order: number; texts: readonly (readonly string[])[]; facets: readonly (readonly number[])[] }
export type FacetColumn = {
  /** Where each document's codes begin; one more than there are documents. */
  starts: Uint32Array
  codes: Uint32Array
  used: number
  /** Whether every document has just one value so far, which then stands at its slot. */
  single: boolean
}

export class Documents {
  readonly ids: string[] = []
  readonly slots = new Map<string, number>()
  /** Where each document's text begins; one more than there are documents. */
  starts = new Uint32Array(16)
  text = new Uint16Array(1024)
  orders = new Float64Array(16)
  /** Units in the first field, the marks between its values too; 65,535 where there are as many or more. */
  firstLengths = new Uint16Array(16)
  /** 1 for a document, 0 where it was removed. */
  alive = new Uint8Array(16)
  readonly facets: readonly FacetColumn[]
  removed = 0

  constructor(facetCount: number) {
    this.facets = Array.from({ length: facetCount }, () => ({ starts: new Uint32Array(16), codes: new Uint32Array(16), used: 0, single: true }))
  }

  /** Slots in use, of removed documents too. */
  get length(): number {
    return this.ids.length
  }

  /** The slot of the new row, always the greatest so far. */
  add({ id, order, texts, facets }: Row): number {
    const slot = this.open(id, order)
    let at = this.starts[slot]!
    const length = texts.reduce((sum, values) => values.reduce((inner, value) => inner + value.length + 1, sum) + 1, 0)
    this.text = withRoom(this.text, at + length)
    for (const [field, values] of texts.entries()) {
      for (const [index, value] of values.entries()) {
        if (index > 0) this.text[at++] = VALUE_END
        at = foldInto(value, this.text, at)
      }
      if (field === 0) this.firstLengths[slot] = Math.min(at - this.starts[slot]!, LENGTH_AT_MOST)
      this.text[at++] = FIELD_END
    }
    this.starts[slot + 1] = at
    for (const [index, codes] of facets.entries()) this.addCodes(index, slot, codes)
    return slot
  }

  /** The slot of a copy of another segment's row. */
  copy(other: Documents, from: number): number {
    const slot = this.open(other.ids[from]!, other.orders[from]!)
    const at = this.starts[slot]!
    const text = other.text.subarray(other.starts[from], other.starts[from + 1])
    this.text = withRoom(this.text, at + text.length)
    this.text.set(text, at)
    this.starts[slot + 1] = at + text.length
    this.firstLengths[slot] = other.firstLengths[from]!
    for (const [index, { starts, codes }] of other.facets.entries()) this.addCodes(index, slot, codes.subarray(starts[from], starts[from + 1]))
    return slot
  }

  /** Removes a document; false where there is none of that name. */
  remove(id: string): boolean {
    const slot = this.slots.get(id)
    if (slot === undefined) return false
    this.removeSlot(slot)
    return true
  }

  removeSlot(slot: number): void {
    this.slots.delete(this.ids[slot]!)
    this.alive[slot] = 0
    this.removed += 1
  }

  /** Makes room for this many rows with texts of this many units, so that copying grows nothing. */
  reserve(rows: number, units: number): void {
    this.starts = withRoom(this.starts, rows + 1)
    this.text = withRoom(this.text, units)
    this.orders = withRoom(this.orders, rows)
    this.firstLengths = withRoom(this.firstLengths, rows)
    this.alive = withRoom(this.alive, rows)
    for (const facet of this.facets) facet.starts = withRoom(facet.starts, rows + 1)
  }

  get bytes(): number {
    const facets = this.facets.reduce((sum, { starts, codes }) => sum + starts.byteLength + codes.byteLength, 0)
    const columns = [this.starts, this.text, this.orders, this.firstLengths, this.alive]
    return columns.reduce((sum, column) => sum + column.byteLength, facets)
  }

  private open(id: string, order: number): number {
    const slot = this.ids.push(id) - 1
    this.slots.set(id, slot)
    this.starts = withRoom(this.starts, slot + 2)
    this.orders = withRoom(this.orders, slot + 1)
    this.firstLengths = withRoom(this.firstLengths, slot + 1)
    this.alive = withRoom(this.alive, slot + 1)
    this.orders[slot] = order
    this.alive[slot] = 1
    return slot
  }

  private addCodes(index: number, slot: number, codes: ArrayLike<number>): void {
    const facet = this.facets[index]!
    facet.starts = withRoom(facet.starts, slot + 2)
    facet.codes = withRoom(facet.codes, facet.used + codes.length)
    for (let at = 0; at < codes.length; at += 1) facet.codes[facet.used++] = codes[at]!
    facet.starts[slot + 1] = facet.used
    facet.single &&= codes.length === 1
  }
}
