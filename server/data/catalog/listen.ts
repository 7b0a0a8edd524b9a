import { setTimeout as pause } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { Platform } from '../../kernel/module.ts'
import { CHANNEL, finderOf } from './finder.ts'
import type { Tables } from './tables.ts'

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 5000

/** Fills the index and follows the changes other processes make, over one connection of its own; a lost one is replaced and the index filled anew. */
export async function followChanges(platform: Platform): Promise<() => Promise<void>> {
  const finder = platform.local(finderOf)
  const stopping = new AbortController()
  let client: PoolClient | undefined

  async function connect(): Promise<void> {
    const fresh = await platform.pool.connect()
    client = fresh
    fresh.on('notification', ({ payload }) => payload && finder.note(payload))
    fresh.on('error', () => lost(fresh))
    fresh.on('end', () => lost(fresh))
    try {
      await fresh.query(`listen ${CHANNEL}`)
      finder.forget()
      await platform.asSystem<Tables, void>('catalog search', (ctx) => finder.refresh(ctx))
    } catch (error) {
      if (client === fresh) fresh.release(true)
      client = undefined
      throw error
    }
  }

  function lost(gone: PoolClient): void {
    if (gone !== client || stopping.signal.aborted) return
    client = undefined
    gone.release(true)
    platform.log.warn({ part: 'catalog' }, 'the connection that tells of catalogue changes was lost; connecting again')
    void reconnect()
  }

  async function reconnect(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; !stopping.signal.aborted && !client; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
      await connect().catch((error: unknown) => platform.log.warn({ err: error, part: 'catalog' }, 'catalogue changes cannot be followed yet'))
    }
  }

  await connect()
  return async () => {
    stopping.abort()
    client?.release(true)
  }
}
