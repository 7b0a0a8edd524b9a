/**
 * 达梦's own driver, `dmdb`. It comes with a licence of its maker's that each user has to accept, so it is no dependency of this program: whoever has a database of 达梦 puts it
 * beside the node, and it is loaded when it is needed.
 */
import type { Driver } from 'dmdb'
import { refusal } from '../../refusal.ts'

let loaded: Promise<Driver> | undefined

/** Refuses `database_unreachable` with what to install where it is not there; it is looked for again the next time. */
export function driver(): Promise<Driver> {
  loaded ??= driverFrom(() => import('dmdb'))
  loaded.catch(() => {
    loaded = undefined
  })
  return loaded
}

/** The driver, set so that long values come whole: each is asked for its length before. */
export async function driverFrom(load: () => Promise<{ default: Driver }>): Promise<Driver> {
  const { default: found } = await load().catch(notThere)
  found.fetchAsString = [found.CLOB]
  found.fetchAsBuffer = [found.BLOB]
  return found
}

function notThere(error: unknown): never {
  throw refusal(
    'database_unreachable',
    'the driver of 达梦 is not installed on this node: run «npm install dmdb» in its folder, after reading the licence that comes with the package, and start the node again',
    error,
  )
}
