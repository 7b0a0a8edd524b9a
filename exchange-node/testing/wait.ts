import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 20
type Falsy = undefined | null | false | '' | 0

/** Resolves with the first answer that is not falsy; throws where none comes in time. */
export async function until<T>(look: () => T | Promise<T>, patienceMs = 20_000): Promise<Exclude<T, Falsy>> {
  for (const end = performance.now() + patienceMs; performance.now() < end; ) {
    const found = await look()
    if (found) return found as Exclude<T, Falsy>
    await pause(LOOK_MS)
  }
  throw new Error(`nothing came in ${patienceMs} ms: ${look}`)
}
