import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 20

/** Resolves with the first answer that is neither undefined nor false; throws where none comes in time. */
export async function until<T>(look: () => T | Promise<T>, patienceMs = 20_000): Promise<NonNullable<T>> {
  for (const end = performance.now() + patienceMs; performance.now() < end; ) {
    const found = await look()
    if (found) return found
    await pause(LOOK_MS)
  }
  throw new Error(`nothing came in ${patienceMs} ms: ${look}`)
}
