/** Something may have happened: whoever waits looks again. One waiter at a time; a set signal wakes the next wait at once. */
export class Signal {
  #set = false
  #resolve: (() => void) | undefined
  readonly #sleepers = new Set<() => void>()

  set(): void {
    this.#set = true
    this.#resolve?.()
    for (const wake of this.#sleepers) wake()
  }

  async wait(): Promise<void> {
    if (!this.#set) await new Promise<void>((resolve) => (this.#resolve = resolve))
    this.#set = false
    this.#resolve = undefined
  }

  /** So many milliseconds, or until the signal is set and `enough` holds. */
  pause(ms: number, enough: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#sleepers.delete(look)
        resolve()
      }
      const look = () => enough() && end()
      const timer = setTimeout(end, ms)
      this.#sleepers.add(look)
      look()
    })
  }
}
