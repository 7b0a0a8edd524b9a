/** How well a document answers a query: being its whole first field before all, then the fields its terms are in, then terms side by side. */
import type { Documents } from './documents.ts'
import type { Term } from './query.ts'
import { occursAt, unitsOf } from './units.ts'

export const WEIGHT_AT_MOST = 10_000
const WHOLE_FIELD = 2 ** 20 // above twice the greatest weight for each of 16 terms
const SIDE_BY_SIDE = 1

export class Ranking {
  private readonly weights: readonly number[]
  /** The terms in their order, without and with spaces between them: as Chinese and as latin is written. */
  private readonly phrases: readonly Uint16Array[]
  private readonly several: boolean

  /** `weights`: of the fields, in the order in which documents hold them. */
  constructor(weights: readonly number[], terms: readonly Term[]) {
    this.weights = weights
    this.several = terms.length > 1
    const texts = terms.map(({ text }) => text)
    this.phrases = [...new Set([texts.join(''), texts.join(' ')])].map(unitsOf)
  }

  /** The greatest rank that a document with the terms in these fields may have, found without a look at its text. */
  bound(documents: Documents, slot: number, fields: Uint8Array): number {
    const length = documents.firstLengths[slot]!
    const whole = (length === this.phrases[0]!.length || length === this.phrases.at(-1)!.length) && inFirstField(fields)
    return this.fromFields(fields) + (this.several ? SIDE_BY_SIDE : 0) + (whole ? WHOLE_FIELD : 0)
  }

  rank(documents: Documents, slot: number, fields: Uint8Array): number {
    const whole = inFirstField(fields) && this.isFirstField(documents, slot) ? WHOLE_FIELD : 0
    const phrase = this.several && this.hasPhrase(documents, slot) ? SIDE_BY_SIDE : 0
    return this.fromFields(fields) + phrase + whole
  }

  private fromFields(fields: Uint8Array): number {
    let sum = 0
    for (let term = 0; term < fields.length; term += 1) sum += 2 * this.weights[fields[term]!]!
    return sum
  }

  private isFirstField({ text, starts, firstLengths }: Documents, slot: number): boolean {
    return this.phrases.some((phrase) => phrase.length === firstLengths[slot] && occursAt(text, starts[slot]!, phrase))
  }

  private hasPhrase({ text, starts }: Documents, slot: number): boolean {
    const end = starts[slot + 1]!
    for (let at = starts[slot]!; at < end; at += 1) {
      for (const phrase of this.phrases) if (text[at] === phrase[0] && occursAt(text, at, phrase)) return true
    }
    return false
  }
}

function inFirstField(fields: Uint8Array): boolean {
  if (fields.length === 0) return false
  for (let term = 0; term < fields.length; term += 1) if (fields[term] !== 0) return false
  return true
}
