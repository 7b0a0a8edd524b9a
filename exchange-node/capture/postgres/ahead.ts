/** Rows that were asked for, because the log did not hold them whole: what is known of them may be newer than the place in the log at which they were met. */
import type { Key } from '../../connectors/connector.ts'

export class Ahead {
  #older = new Map<string, Key>()
  #newer = new Map<string, Key>()
  /** the log ended here when the older ones had all been asked for */
  #border = 0n

  asked(key: Key): void {
    this.#newer.set(JSON.stringify(key), key)
  }

  /** @param applied up to where the log is at the target @param end where it ends */
  passed(applied: bigint, end: bigint): void {
    if (applied < this.#border) return
    this.#older = this.#newer
    this.#newer = new Map()
    this.#border = end
  }

  keys(): Key[] {
    return [...new Map([...this.#older, ...this.#newer]).values()]
  }
}
