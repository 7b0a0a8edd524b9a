/** One delivery at a time on a table of a store that has no locks of its own: within this process, which is the only one that writes there. */
import { refusal } from '../../refusal.ts'

const WAIT_MS = 30_000
const held = new Map<string, Promise<void>>()

/** Waits for whoever is at work on it. Answers how to let go. Refuses `database_busy` after half a minute. */
export async function holdTable(name: string): Promise<() => void> {
  const until = performance.now() + WAIT_MS
  for (let other = held.get(name); other; other = held.get(name)) {
    const left = until - performance.now()
    if (left <= 0) throw refusal('database_busy', 'target: another delivery is at work on the same table: it is tried again')
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, left)
    await Promise.race([other, late])
    clearTimeout(timer)
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  held.set(name, promise)
  return () => {
    if (held.get(name) === promise) held.delete(name)
    resolve()
  }
}
