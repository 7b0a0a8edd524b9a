import { screenModules } from './routes.tsx'

const IDLE_MS = 2000

/** The code of every page comes while nobody waits for anything, one after another, so that the first opening of a page costs no round trip. */
export function fetchAhead(): void {
  const waiting = screenModules.flatMap(({ routes }) => routes)
  const next = () => {
    const route = waiting.shift()
    if (route) void route.load().then(whenIdle, () => undefined)
  }
  const whenIdle = () => ('requestIdleCallback' in window ? window.requestIdleCallback(next) : setTimeout(next, IDLE_MS))
  whenIdle()
}
