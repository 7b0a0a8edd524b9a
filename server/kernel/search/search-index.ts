/**
 * Full-text search in memory, for Chinese first: exact totals and facets, ranking, changes visible at once. It holds folded texts, facet
 * values and names, not the documents: a page of hits is names, with which the caller fetches what it shows.
 */
import { setImmediate } from 'node:timers/promises'
import { type Documents, FIELD_END } from './documents.ts'
import { type FacetCount, FacetCounter, FacetValues } from './facets.ts'
import { matchSegment } from './match.ts'
import { mergeSegments } from './merge.ts'
import { OpenSegment } from './open-segment.ts'
import { parseQuery } from './query.ts'
import { Ranking } from './ranking.ts'
import { SealedSegment } from './sealed-segment.ts'
import { FIELD_BITS, type Segment } from './segment.ts'
import { type Cursor, Top } from './top.ts'
