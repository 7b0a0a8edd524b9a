/** The end of a grant, told to whatever runs under it: what an AbortSignal is, without what that costs a thousand times a second. */
export class Ending {
  over = false
  readonly #running = new Set<() => void>()

  /** Runs `stop` when the end comes, at once where it has come; answers how to take that back. */
  during(stop: () => void): () => void {
    if (this.over) stop()
    else this.#running.add(stop)
    return () => void this.#running.delete(stop)
  }

  end(): void {
    this.over = true
    for (const stop of this.#running) stop()
    this.#running.clear()
  }
}
