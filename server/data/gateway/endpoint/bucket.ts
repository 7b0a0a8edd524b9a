/** A token bucket: `perSecond` calls a second, as many at once after a quiet second. */
export class Bucket {
  readonly #perSecond: number
  #tokens: number
  #at: number

  /** @param now milliseconds that never go back */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond
    this.#tokens = perSecond
    this.#at = now
  }

  /** Takes one; answers 0, or milliseconds until the next is there. */
  take(now: number): number {
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#at) * this.#perSecond) / 1000)
    this.#at = now
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return 0
    }
    return Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond)
  }
}
