/** The parts of a running gateway, put together once in each process. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import type { Logger } from 'pino'
import type { Id } from '../../../kernel/contract.ts'
import { local, type Platform } from '../../../kernel/module.ts'
import { uuidv7 } from '../../../kernel/uuid.ts'
import type { BreakerView } from '../api.contract.ts'
import { boxOf } from '../secret.ts'
import { Breaker } from './breaker.ts'
import { AnswerCache } from './cache.ts'
import { Directory } from './directory.ts'
import { CallLedger } from './lines.ts'
import { Quotas } from './quota.ts'
import { Replays } from './replay.ts'
import { CallServer } from './serve.ts'
import { Tunnels } from './tunnels.ts'
import { Upstream } from './upstream.ts'

export type GatewayParts = {
  directory: Directory
  quotas: Quotas
  cache: AnswerCache
  replays: Replays
  ledger: CallLedger
  breakers: Breakers
  upstreams: Upstreams
  tunnels: Tunnels
  log: Logger
  now: () => Date
}
export type Gateway = GatewayParts & { server: CallServer }

export class Breakers {
  readonly #all = new Map<string, Breaker>()

  of(api: Id, n: number): Breaker {
    const key = `${api} ${n}`
    const known = this.#all.get(key) ?? new Breaker()
    this.#all.set(key, known)
    return known
  }

  view(api: Id, n: number, now: Date): BreakerView {
    const breaker = this.of(api, n)
    const { state, failures, waitMs } = breaker
    return { state, failures, retryAt: waitMs > 0 ? new Date(now.getTime() + waitMs).toISOString() : null }
  }
}

export class Upstreams {
  readonly #all = new Map<string, Upstream>()

  of(url: URL): Upstream {
    const known = this.#all.get(url.href) ?? new Upstream(url)
    this.#all.set(url.href, known)
    return known
  }

  close(): void {
    for (const one of this.#all.values()) one.close()
  }
}

/** `ctx.local(gatewayOf)`. */
export const gatewayOf = local<Gateway>((platform) => {
  const { pool, log, now } = platform
  const process = uuidv7(now().getTime())
  const parts: GatewayParts = {
    directory: new Directory(pool, platform.local(boxOf)),
    quotas: new Quotas(pool),
    cache: new AnswerCache(),
    replays: new Replays(now().getTime()),
    ledger: new CallLedger(pool, log, now, process),
    breakers: new Breakers(),
    upstreams: new Upstreams(),
    tunnels: new Tunnels(log),
    log,
    now,
  }
  return { ...parts, server: new CallServer(parts, process) }
})

const HAND_BACK_MS = 1000
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 5000

/** Fills the directory and follows its changes; at the stop, hands back what is reserved and writes the last lines. */
export async function startGateway(platform: Platform): Promise<() => Promise<void>> {
  const gateway = platform.local(gatewayOf)
  const follower = new Follower(platform.pool, platform.log, () => gateway.directory.fill())
  await follower.begin()
  const idle = setInterval(() => {
    gateway.quotas
      .handBack(gateway.now().getTime())
      .catch((error: unknown) => platform.log.warn({ err: error, part: 'gateway' }, 'quota could not be handed back'))
  }, HAND_BACK_MS)
  return async () => {
    clearInterval(idle)
    gateway.tunnels.close()
    gateway.upstreams.close()
    await follower.end()
    await gateway.ledger.flushed()
    await gateway.quotas.handBack(gateway.now().getTime(), true)
  }
}

/** One connection that hears of changes, replaced when it is lost; each change, and each new connection, fills anew. */
class Follower {
  readonly #pool: Pool
  readonly #log: Logger
  readonly #fill: () => Promise<void>
  #client: PoolClient | undefined
  #filling: Promise<void> | undefined
  #again = false
  #ended = false

  constructor(pool: Pool, log: Logger, fill: () => Promise<void>) {
    this.#pool = pool
    this.#log = log
    this.#fill = fill
  }

  async begin(): Promise<void> {
    const client = await this.#pool.connect()
    this.#client = client
    client.on('notification', () => void this.#changed())
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    try {
      await client.query('listen gateway')
      await this.#fill()
    } catch (error) {
      this.#client = undefined
      client.release(true)
      throw error
    }
  }

  async end(): Promise<void> {
    this.#ended = true
    this.#client?.release(true)
    this.#client = undefined
    await this.#filling
  }

  /** Changes that come while it is being filled are one more filling. */
  #changed(): void {
    if (this.#filling) {
      this.#again = true
      return
    }
    this.#filling = this.#fill()
      .catch((error: unknown) => this.#log.error({ err: error, part: 'gateway' }, 'interfaces and grants could not be read'))
      .finally(() => {
        this.#filling = undefined
        if (this.#again) {
          this.#again = false
          this.#changed()
        }
      })
  }

  #lost(client: PoolClient): void {
    if (client !== this.#client || this.#ended) return
    this.#client = undefined
    client.release(true)
    void this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; !this.#ended && !this.#client; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await pause(wait)
      if (!this.#ended) await this.begin().catch((error: unknown) => this.#log.warn({ err: error, part: 'gateway' }, 'changes cannot be followed yet'))
    }
  }
}
