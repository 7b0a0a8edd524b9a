/**
 * Choices that look like chance and repeat for ever: the same stream and index always give the same sequence, so that any row of any
 * register can be made alone, in any order. Not for secrets.
 */
export class Draw {
  #state = 0

  /** Begins the sequence of one row: `stream` tells kinds of rows apart, `index` is the row's number. */
  begin(stream: number, index: number): this {
    this.#state = Math.imul(stream, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)
    return this
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000) * limit)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

/** A list to pick from in which each value stands as often as its weight says. */
export function weighted<T extends string | number>(weights: readonly (readonly [value: T, weight: number])[]): T[] {
  return weights.flatMap(([value, weight]) => Array<T>(weight).fill(value))
}
