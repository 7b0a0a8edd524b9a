/** The receiving half of a line over NATS: packets in whatever order and number the broker gives them, out of it bytes in order, each once. */

/** Held for a busy reader or until an earlier packet comes; the other side sends no more than its window. */
const MOST_HELD = 64 << 20

/** What the other side is told: everything up to `arrived` is here, and read up to `taken`. */
export type Account = { arrived: number; taken: number }

export class Incoming {
  /** Ahead of a packet that is missing. */
  readonly #ahead = new Map<number, Buffer>()
  #ready: Buffer[] = []
  #arrived = 0
  #taken = 0
  #held = 0

  get account(): Account {
    return { arrived: this.#arrived, taken: this.#taken }
  }

  /** Bytes here that nobody has read yet. */
  get held(): number {
    return this.#held
  }

  /** Answers whether it was new. Throws where the other side sends more than it may. */
  receive(seq: number, data: Buffer): boolean {
    if (seq <= this.#arrived || this.#ahead.has(seq)) return false
    if (this.#held + data.length > MOST_HELD) throw new Error('the other side sends more than was asked of it')
    this.#held += data.length
    this.#ahead.set(seq, data)
    for (let next = this.#ahead.get(this.#arrived + 1); next; next = this.#ahead.get(this.#arrived + 1)) {
      this.#arrived += 1
      this.#ahead.delete(this.#arrived)
      this.#ready.push(next)
    }
    return true
  }

  /** The next bytes in order, empty where the other side has ended; undefined where none are here. */
  take(): Buffer | undefined {
    const next = this.#ready.shift()
    if (!next) return undefined
    this.#taken += 1
    this.#held -= next.length
    return next
  }
}
