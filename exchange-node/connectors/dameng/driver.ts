/**
 * 达梦's own driver, `dmdb`. It comes with a licence of its maker's that each user has to accept, so it is no dependency of this program: whoever has a database of 达梦 puts it
 * beside the node, and it is loaded when it is needed.
 */
import type { Driver } from 'dmdb'
import { refusal } from '../../refusal.ts'

let loaded: Promise<Driver> | undefined

/** @param load for a test without the package */
export function driver(load: () => Promise<{ default: Driver }> = () => import('dmdb')): Promise<Driver> {
  loaded ??= load().then(({ default: found }) => {
    found.fetchAsString = [found.CLOB] // long values whole: each is asked for its length before
    found.fetchAsBuffer = [found.BLOB]
    return found
  }, notThere)
  loaded.catch(() => {
    loaded = undefined // it may be installed meanwhile
  })
  return loaded
}

function notThere(error: unknown): never {
  throw refusal(
    'database_unreachable',
    'the driver of 达梦 is not installed on this node: run «npm install dmdb» in its folder, after reading the licence that comes with the package, and start the node again',
    error,
  )
}
