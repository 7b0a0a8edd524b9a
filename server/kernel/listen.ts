/** Hears what is told over PostgreSQL's LISTEN/NOTIFY, on one connection of its own for each process; a lost one is replaced. */
import { setTimeout as pause } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { Platform } from './module.ts'

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 5000

export type Listening = {
  /** A plain word, as in `notify <channel>`. */
  channel: string
  heard: (payload: string) => void
  /** Whenever a connection begins to listen: what was told before it, or while there was none, has not been heard. */
  connected: () => Promise<void> | void
}

/** Resolves when it listens; what it answers ends it. */
export async function listen(platform: Platform, { channel, heard, connected }: Listening): Promise<() => Promise<void>> {
  const stopping = new AbortController()
  let client: PoolClient | undefined

  async function connect(): Promise<void> {
    const fresh = await platform.pool.connect()
    client = fresh
    fresh.on('notification', ({ payload }) => payload && heard(payload))
    fresh.on('error', () => lost(fresh))
    fresh.on('end', () => lost(fresh))
    try {
      await fresh.query(`listen ${channel}`)
      await connected()
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
    platform.log.warn({ channel }, 'the connection that hears changes was lost; connecting again')
    void reconnect()
  }

  async function reconnect(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; !stopping.signal.aborted && !client; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
      await connect().catch((error: unknown) => platform.log.warn({ err: error, channel }, 'changes cannot be heard yet'))
    }
  }

  await connect()
  return async () => {
    stopping.abort()
    client?.release(true)
  }
}
