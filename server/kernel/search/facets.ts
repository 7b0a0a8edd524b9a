/** The values of one facet as numbers, and their counts in a search. */
import type { Documents, FacetColumn } from './documents.ts'

export type FacetCount = { value: string; count: number }

export class FacetValues {
  readonly values: string[] = []
  private readonly codes = new Map<string, number>()

  /** The numbers of the values, new ones where needed, each once. */
  codesOf(values: readonly string[]): number[] {
    return [...new Set(values)].map((value) => {
      const known = this.codes.get(value)
      if (known !== undefined) return known
      const code = this.values.push(value) - 1
      this.codes.set(value, code)
      return code
    })
  }

  /** By number, 1 where the value is chosen. Values nobody has ever had are left out. */
  chosen(values: readonly string[]): Uint8Array {
    const chosen = new Uint8Array(this.values.length)
    for (const value of values) {
      const code = this.codes.get(value)
      if (code !== undefined) chosen[code] = 1
    }
    return chosen
  }
}

const BLOCK = 1024

/** Counts of one search over all facets; each is counted as if nothing were chosen in it. Hits are counted by the block, facet by facet. */
export class FacetCounter {
  private readonly facets: readonly FacetValues[]
  private readonly counts: readonly Uint32Array[]
  private readonly chosen: readonly (Uint8Array | undefined)[]
  private readonly block = new Uint32Array(BLOCK)
  private blocked = 0
  private documents: Documents | undefined

  /** `chosen`: values by facet, none for no filter. */
  constructor(facets: readonly FacetValues[], chosen: readonly (readonly string[])[]) {
    this.facets = facets
    this.counts = facets.map(({ values }) => new Uint32Array(values.length))
    this.chosen = facets.map((facet, index) => (chosen[index]!.length > 0 ? facet.chosen(chosen[index]!) : undefined))
  }

  /** Counts a document that matches the text; true where it has one of the chosen values of every facet, so that it is a hit. */
  count(documents: Documents, slot: number): boolean {
    let missed = -1
    for (let index = 0; index < this.chosen.length; index += 1) {
      const chosen = this.chosen[index]
      if (chosen === undefined || hasAny(documents.facets[index]!, slot, chosen)) continue
      if (missed !== -1) return false
      missed = index
    }
    if (missed !== -1) {
      countOne(documents.facets[missed]!, this.counts[missed]!, slot)
      return false
    }
    if (this.blocked === BLOCK || this.documents !== documents) this.flush()
    this.documents = documents
    this.block[this.blocked++] = slot
    return true
  }

  /** The most frequent values first, those alike by name; at most so many, but every chosen one, with 0 where nothing has it. */
  results(index: number, atMost: number): FacetCount[] {
    this.flush()
    const chosen = this.chosen[index]
    const all = this.facets[index]!.values.flatMap((value, code) => {
      const count = this.counts[index]![code]!
      return count > 0 || chosen?.[code] === 1 ? { value, count, kept: chosen?.[code] === 1 } : []
    })
    all.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    return all.filter(({ kept }, place) => kept || place < atMost).map(({ value, count }) => ({ value, count }))
  }

  private flush(): void {
    for (const [index, facet] of this.documents?.facets.entries() ?? []) countBlock(facet, this.counts[index]!, this.block, this.blocked)
    this.blocked = 0
  }
}

function countBlock(facet: FacetColumn, counts: Uint32Array, slots: Uint32Array, length: number): void {
  if (facet.single) for (let index = 0; index < length; index += 1) counts[facet.codes[slots[index]!]!]! += 1
  else for (let index = 0; index < length; index += 1) countOne(facet, counts, slots[index]!)
}

function countOne({ starts, codes }: FacetColumn, counts: Uint32Array, slot: number): void {
  for (let at = starts[slot]!, end = starts[slot + 1]!; at < end; at += 1) counts[codes[at]!]! += 1
}

function hasAny({ starts, codes }: FacetColumn, slot: number, chosen: Uint8Array): boolean {
  for (let at = starts[slot]!, end = starts[slot + 1]!; at < end; at += 1) if (chosen[codes[at]!] === 1) return true
  return false
}
