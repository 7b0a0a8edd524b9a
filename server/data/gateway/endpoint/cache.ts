/** Answers kept for a while, by grant and question. The oldest go first when room is short. */
type Kept = { body: Buffer; type: string; digest: string; until: number }
const MOST_BYTES = 64 << 20
const LARGEST = 1 << 20

export class AnswerCache {
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  get(key: string, now: number): Kept | undefined {
    const kept = this.#kept.get(key)
    if (!kept || kept.until > now) return kept
    this.#forget(key, kept)
    return undefined
  }

  put(key: string, kept: Kept): void {
    if (kept.body.length > LARGEST) return
    const before = this.#kept.get(key)
    if (before) this.#forget(key, before)
    this.#kept.set(key, kept)
    this.#bytes += kept.body.length + key.length
    for (const [oldest, one] of this.#kept) {
      if (this.#bytes <= MOST_BYTES) break
      this.#forget(oldest, one)
    }
  }

  clear(): void {
    this.#kept.clear()
    this.#bytes = 0
  }

  #forget(key: string, { body }: Kept): void {
    this.#kept.delete(key)
    this.#bytes -= body.length + key.length
  }
}
