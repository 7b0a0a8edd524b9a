/** A few connections to one source, kept for questions: read only, each under the role of the grant it last served. */
import type pg from 'pg'
import { connect } from '../pg/connect.ts'
import { identifier } from '../pg/sql.ts'
import { Refusal, refusal } from '../refusal.ts'

type Place = { client: pg.Client; role: string; timeoutMs: number }
type Waiting = { resolve: (place: Place | undefined) => void; signal: AbortSignal }
export type Under = { role: string; timeoutMs: number }

export class SourcePool {
  readonly #url: string
  readonly #most: number
  #idle: Place[] = []
  #waiting: Waiting[] = []
  #open = 0
  #closed = false

  /** @param most connections at once */
  constructor(url: string, most: number) {
    this.#url = url
    this.#most = most
  }

  /** Runs `work` on a connection that reads under this role and no other. Refuses `database_busy` where none came free before the signal. */
  async under<T>(wish: Under, signal: AbortSignal, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const place = await this.#take(wish.role, signal)
    try {
      if (place.role !== wish.role || place.timeoutMs !== wish.timeoutMs) {
        await place.client.query(`reset role; set role ${identifier(wish.role)}; set statement_timeout = ${Math.trunc(wish.timeoutMs)}`)
        Object.assign(place, wish)
      }
      const result = await work(place.client)
      this.#give(place)
      return result
    } catch (error) {
      if (error instanceof Refusal || (error as { severity?: string }).severity === 'ERROR') this.#give(place)
      else this.#drop(place)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined)
    await Promise.all(this.#idle.splice(0).map(({ client }) => client.end().catch(() => undefined)))
  }

  async #take(role: string, signal: AbortSignal): Promise<Place> {
    const at = this.#idle.findLastIndex((one) => one.role === role)
    const idle = this.#idle.splice(at < 0 ? -1 : at, 1)[0]
    if (idle) return idle
    if (this.#open < this.#most) return this.#connect()
    const { promise, resolve } = Promise.withResolvers<Place | undefined>()
    const waiting = { resolve, signal }
    const give = () => {
      this.#waiting = this.#waiting.filter((one) => one !== waiting)
      resolve(undefined)
    }
    this.#waiting.push(waiting)
    signal.addEventListener('abort', give, { once: true })
    const place = await promise
    signal.removeEventListener('abort', give)
    if (place) return place
    throw refusal('database_busy', 'source: all connections for questions are in use: ask again in a moment')
  }

  async #connect(): Promise<Place> {
    this.#open++
    try {
      const client = await connect(this.#url, 'gateway')
      await client.query(`set default_transaction_read_only = on`)
      const place = { client, role: '', timeoutMs: 0 }
      client.on('end', () => this.#drop(place))
      return place
    } catch (error) {
      this.#open--
      throw error
    }
  }

  #give(place: Place): void {
    if (this.#closed) return void this.#drop(place)
    const next = this.#waiting.shift()
    if (next) next.resolve(place)
    else this.#idle.push(place)
  }

  readonly #gone = new WeakSet<Place>()
  #drop(place: Place): void {
    if (this.#gone.has(place)) return
    this.#gone.add(place)
    this.#open--
    this.#idle = this.#idle.filter((one) => one !== place)
    place.client.end().catch(() => undefined)
    const next = this.#waiting.shift()
    if (next) this.#connect().then(next.resolve, () => next.resolve(undefined))
  }
}
