/**
 * One moment of the database, shared by the readers of a load without a lock: each begins its own consistent snapshot, and MariaDB tells at which place of the binary log it
 * lies. Those that lie at the same place see the same rows. Where the place is not told (MySQL, no binary log), one reader serves all.
 */
import { randomUUID } from 'node:crypto'
import type { SnapshotFacts } from '../../source/snapshot.ts'
import { kill, type Login, type MariaAddress, Session, timeoutSql } from './session.ts'

const ATTEMPTS = 5
const BEGIN = 'start transaction with consistent snapshot, read only'

export type Opening = { address: MariaAddress; login: Login | undefined; timeoutMs: number; connections: number }

export class MariaMoment {
  readonly facts: SnapshotFacts
  readonly #opening: Opening
  readonly #free: Session[]
  readonly #all: Set<Session>
  readonly #waiting: PromiseWithResolvers<Session>[] = []

  private constructor(opening: Opening, sessions: Session[], facts: SnapshotFacts) {
    this.#opening = opening
    this.#free = [...sessions]
    this.#all = new Set(sessions)
    this.facts = facts
  }

  static async take(opening: Opening): Promise<MariaMoment> {
    const { address, login, timeoutMs, connections } = opening
    const sessions = await Promise.all(Array.from({ length: connections }, () => Session.open(address, 'source', login)))
    try {
      await Promise.all(sessions.map((session) => session.query(timeoutSql(session.product, timeoutMs))))
      const { shared, position } = await beginTogether(sessions)
      for (const session of sessions.filter((one) => !shared.includes(one))) await session.end()
      const { system } = await shared[0]!.one<{ system: string }>(`select concat(@@hostname, ':', @@port, '/', @@server_id) as system`)
      return new MariaMoment(opening, shared, { name: `${system}@${position}/${randomUUID()}`, system, position })
    } catch (error) {
      for (const session of sessions) session.destroy()
      throw error
    }
  }

  /** The next reader that is free. It is given back with `release`, or with `lose` where it was left in the middle. */
  acquire(): Promise<Session> {
    const free = this.#free.pop()
    if (free) return Promise.resolve(free)
    const waiting = Promise.withResolvers<Session>()
    this.#waiting.push(waiting)
    this.#refuseIfNone()
    return waiting.promise
  }

  release(session: Session): void {
    if (!this.#all.has(session)) return
    const next = this.#waiting.shift()
    if (next) next.resolve(session)
    else this.#free.push(session)
  }

  /** The server is told to stop: it may be at work for long without noticing that nobody listens. */
  lose(session: Session): void {
    if (!this.#all.delete(session)) return
    session.destroy()
    this.#refuseIfNone()
    const { address, login } = this.#opening
    kill(address, 'source', session.id, login).catch(() => undefined)
  }

  async end(): Promise<void> {
    const sessions = [...this.#all]
    this.#all.clear()
    this.#refuseIfNone()
    await Promise.allSettled(sessions.map((session) => session.end()))
  }

  #refuseIfNone(): void {
    if (this.#all.size > 0) return
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('connection ended: no reader of this moment is left'))
  }
}

/** All at the same place of the binary log if that can be had, else the first alone. */
async function beginTogether(sessions: readonly Session[]): Promise<{ shared: Session[]; position: string }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await Promise.all(sessions.map((session) => session.query(BEGIN)))
    const places = await Promise.all(sessions.map(placeOf))
    const [first] = places
    if (first === undefined) break
    if (places.every((place) => place === first)) return { shared: [...sessions], position: first }
  }
  return { shared: [sessions[0]!], position: (await placeOf(sessions[0]!)) ?? 'no binary log' }
}

/** Where in the binary log this session's snapshot lies: `binlog.000007:4711`. */
async function placeOf(session: Session): Promise<string | undefined> {
  if (!session.product.mariadb) return undefined
  const rows = await session.query<{ Variable_name: string; Value: string }>(`show status like 'binlog_snapshot_%'`)
  const of = (name: string) => rows.find(({ Variable_name }) => Variable_name.toLowerCase() === name)?.Value
  const [file, position] = [of('binlog_snapshot_file'), of('binlog_snapshot_position')]
  return file && position ? `${file}:${position}` : undefined
}
