/**
 * Full-text search in memory, for Chinese first: exact totals and facets, ranking, changes visible at once. It holds folded texts, facet
 * values and names, not the documents: a page of hits is names, by which the caller fetches what it shows.
 */
import { setImmediate } from 'node:timers/promises'
import { type FacetCount, FacetCounter, FacetValues } from './facets.ts'
import { matchSegment } from './match.ts'
import { mergeSegments } from './merge.ts'
import { OpenSegment } from './open-segment.ts'
import { parseQuery } from './query.ts'
import { Ranking, WEIGHT_AT_MOST } from './ranking.ts'
import { SealedSegment } from './sealed-segment.ts'
import { FIELD_BITS, type Segment } from './segment.ts'
import { type Cursor, Top } from './top.ts'

export type Schema<Doc, Facet extends string> = {
  id: (doc: Doc) => string
  /** Among hits of one rank the greater comes first: a time, a number of uses. */
  order: (doc: Doc) => number
  /** One to four, the heaviest first. Weights are whole numbers from 0 to 10,000. */
  fields: readonly { weight: number; text: (doc: Doc) => string | readonly string[] }[]
  facets: Record<Facet, (doc: Doc) => string | readonly string[] | undefined>
}

export type SearchQuery<Facet extends string> = {
  /** See `parseQuery`; every term must occur. Without terms all documents are hits. */
  text?: string
  /** Of each facet named here a hit has at least one of the values; an empty list asks for nothing. */
  filters?: Partial<Record<Facet, readonly string[]>>
  /** By rank, then order key, then name; or without the rank. */
  sort?: 'rank' | 'order'
  limit?: number
  /** Hits to leave out; counted after `after`. Cost grows with it: for reading on and on use `after`. */
  offset?: number
  /** `next` of the page before. What was changed in between neither repeats nor hides other hits. */
  after?: Cursor
  /** Values to count for each facet, the most frequent first. */
  facetValues?: number
}

export type SearchResult<Facet extends string> = {
  total: number
  ids: string[]
  /** Given where hits follow. */
  next?: Cursor
  /** Each facet is counted without the filter on itself. */
  facets: Record<Facet, FacetCount[]>
}

export type SearchFigures = {
  documents: number
  /** Changes since the last compaction: documents added, and removed ones still in memory. */
  pending: number
  postings: number
  /** Of typed arrays; names, words and their maps come on top. */
  bytes: number
}

const LIMIT = 20
const FACET_VALUES = 50
const STEP_MS = 8
const PENDING_AT_LEAST = 1000
const PENDING_AT_MOST = 20_000
const LOAD_CHUNK = 50_000

export class SearchIndex<Doc, Facet extends string> {
  private readonly schema: Schema<Doc, Facet>
  private readonly facetNames: readonly Facet[]
  private readonly facets: readonly FacetValues[]
  private sealed: SealedSegment
  /** Being merged into the sealed segment. */
  private frozen: OpenSegment | undefined
  private open: OpenSegment
  private compaction: Promise<void> | undefined

  /** Throws RangeError where the schema has too few or too many fields, or a weight out of bounds. */
  constructor(schema: Schema<Doc, Facet>) {
    const weights = schema.fields.map(({ weight }) => weight)
    if (weights.length < 1 || weights.length > FIELD_BITS) throw new RangeError(`an index has 1 to ${FIELD_BITS} fields`)
    if (weights.some((weight, at) => !Number.isInteger(weight) || weight < 0 || weight > (weights[at - 1] ?? WEIGHT_AT_MOST)))
      throw new RangeError(`weights are whole numbers from ${WEIGHT_AT_MOST} down to 0, the heaviest field first`)
    this.schema = schema
    this.facetNames = Object.keys(schema.facets) as Facet[]
    this.facets = this.facetNames.map(() => new FacetValues())
    this.sealed = SealedSegment.empty(this.facets.length)
    this.open = new OpenSegment(this.facets.length)
  }

  /** Adds a document, or replaces the one of the same id. */
  put(doc: Doc): void {
    const { schema } = this
    const id = schema.id(doc)
    this.remove(id)
    this.open.add({
      id,
      order: schema.order(doc),
      texts: schema.fields.map(({ text }) => listOf(text(doc))),
      facets: this.facetNames.map((name, index) => this.facets[index]!.codesOf(listOf(schema.facets[name](doc)))),
    })
  }

  /** False where there is no such document. */
  remove(id: string): boolean {
    return this.segments().some(({ documents }) => documents.remove(id))
  }

  /** Puts all and compacts as it goes: the way to fill an index. */
  async load(docs: Iterable<Doc> | AsyncIterable<Doc>): Promise<void> {
    for await (const doc of docs) {
      this.put(doc)
      if (this.open.documents.length >= Math.max(LOAD_CHUNK, this.sealed.documents.length / 2)) await this.compact()
    }
    await this.compact()
  }

  /** Compacts where enough has changed for it to pay: what whoever feeds the index calls after a change. */
  async compactIfDue(): Promise<void> {
    const { documents, pending } = this.figures()
    if (pending > Math.min(Math.max(PENDING_AT_LEAST, documents / 8), PENDING_AT_MOST)) await this.compact()
  }

  /** Brings all changes into the dense form and frees what was removed. Works in steps of some milliseconds: searches and changes go on. */
  compact(): Promise<void> {
    this.compaction ??= this.merge().finally(() => {
      this.compaction = undefined
    })
    return this.compaction
  }

  search(query: SearchQuery<Facet> = {}): SearchResult<Facet> {
    const { filters = {}, sort = 'rank', limit = LIMIT, offset = 0, after, facetValues = FACET_VALUES } = query
    const terms = parseQuery(query.text ?? '')
    const chosen = this.facetNames.map((name) => (filters[name as keyof typeof filters] as readonly string[] | undefined) ?? [])
    const counter = new FacetCounter(this.facets, chosen)
    const ranking = new Ranking(this.weights(), terms)
    const segments = this.segments()
    const top = new Top(offset + limit + 1, after)
    let total = 0
    for (const [segment, { documents }] of segments.entries()) {
      matchSegment(segments[segment]!, terms, (slot, fields) => {
        if (!counter.count(documents, slot)) return
        total += 1
        const order = documents.orders[slot]!
        if (!top.admits(sort === 'rank' ? ranking.bound(documents, slot, fields) : 0, order)) return
        const rank = sort === 'rank' ? ranking.rank(documents, slot, fields) : 0
        if (top.admits(rank, order)) top.offer({ rank, order, id: documents.ids[slot]! })
      })
    }
    const page = top.sorted().slice(offset)
    const last = page.length > limit ? page[limit - 1] : undefined
    const facets = Object.fromEntries(this.facetNames.map((name, index) => [name, counter.results(index, facetValues)]))
    return { total, ids: page.slice(0, limit).map(({ id }) => id), facets: facets as Record<Facet, FacetCount[]>, ...(last ? { next: last } : {}) }
  }

  figures(): SearchFigures {
    const segments = this.segments()
    const sum = (of: (segment: Segment) => number) => segments.reduce((total, segment) => total + of(segment), 0)
    const opened = this.open.documents.length + (this.frozen?.documents.length ?? 0)
    return {
      documents: sum(({ documents }) => documents.length - documents.removed),
      pending: opened + this.sealed.documents.removed,
      postings: this.sealed.entries.length + this.open.used + (this.frozen?.used ?? 0),
      bytes: sum((segment) => segment.bytes + segment.documents.bytes),
    }
  }

  private segments(): Segment[] {
    return this.frozen ? [this.sealed, this.frozen, this.open] : [this.sealed, this.open]
  }

  private weights(): number[] {
    return this.schema.fields.map(({ weight }) => weight)
  }

  private async merge(): Promise<void> {
    if (this.figures().pending === 0) return
    if (!this.frozen) {
      this.frozen = this.open
      this.open = new OpenSegment(this.facets.length)
    }
    const steps = mergeSegments(this.sealed, this.frozen)
    for (let until = performance.now() + STEP_MS; ; ) {
      const step = steps.next()
      if (step.done) {
        this.sealed = step.value
        this.frozen = undefined
        return
      }
      if (performance.now() < until) continue
      await setImmediate()
      until = performance.now() + STEP_MS
    }
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}
