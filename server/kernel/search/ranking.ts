/** How well a document answers a query: the whole first field before all, then the fields the terms are in, then the terms side by side. */
import { type Documents, FIELD_END } from './documents.ts'
import { foldInto } from './fold.ts'
import type { Term } from './query.ts'

const WHOLE_FIELD = 2 ** 20
const SIDE_BY_SIDE = 1
const SPACE = ' '.charCodeAt(0)

export class Ranking {
  private readonly weights: readonly number[]
  /** The terms in their order, without and with spaces between them: as Chinese and as latin is written. */
  private readonly phrases: readonly Uint16Array[]
  private readonly many: boolean
  private readonly most: number

  /** `weights`: of the fields, in the order in which documents hold them. */
  constructor(weights: readonly number[], terms: readonly Term[]) {
    this.weights = weights
    this.many = terms.length > 1
    const texts = terms.map(({ text }) => text)
    this.phrases = [...new Set([texts.join(''), texts.join(' ')])].map(unitsOf)
    this.most = this.base(new Uint8Array(terms.length))
  }
}
