/**
 * One moment of the source database, held open by a keeper and shared by all readers of a load: whatever is read, is read as of then. Where a database cannot share one, each
 * reader has its own, and says so.
 */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { type Address, connect, one } from '../pg/connect.ts'
import { copyOut, type FramePool, type RowFrame } from '../pg/copy-out.ts'
import { identifier, text } from '../pg/sql.ts'
import { type Abilities, positionSql, systemSql } from './relatives.ts'
import { copyOutSql } from './select.ts'

export type SnapshotFacts = {
  /** this node's name for the moment, never used twice: `7561…@0/1A2B3C4/5d1f…` */
  name: string
  system: string
  /** log position (LSN) */
  position: string
}
const BEGIN = 'begin isolation level repeatable read read only'

export class Snapshot {
  readonly facts: SnapshotFacts
  readonly #address: Address
  readonly #keeper: pg.Client
  /** undefined where readers cannot share a moment */
  readonly #exported: string | undefined
  readonly #role: string
  readonly #timeoutMs: number
  #readers = 0

  private constructor(address: Address, keeper: pg.Client, role: string, timeoutMs: number, exported: string | undefined, facts: SnapshotFacts) {
    this.#address = address
    this.#keeper = keeper
    this.#role = role
    this.#timeoutMs = timeoutMs
    this.#exported = exported
    this.facts = facts
  }

  /** @param role the grant's role, under which every reader reads */
  static async take(address: Address, role: string, timeoutMs: number, abilities: Abilities): Promise<Snapshot> {
    const keeper = await connect(address, 'keeper')
    try {
      await keeper.query(`set idle_in_transaction_session_timeout = 0; ${BEGIN}`)
      const { exported, system, position } = await one<{ exported: string | null; system: string; position: string }>(
        keeper,
        `select ${abilities.exports ? 'pg_export_snapshot()' : 'null'} as exported, ${systemSql(abilities)} as system, ${positionSql(abilities)} as position`,
      )
      return new Snapshot(address, keeper, role, timeoutMs, exported ?? undefined, { name: `${system}@${position}/${randomUUID()}`, system, position })
    } catch (error) {
      await keeper.end().catch(() => undefined)
      throw error
    }
  }

  /** The moment that another connection exports and holds; `keeper` ends with the snapshot. */
  static adopt(address: Address, keeper: pg.Client, role: string, timeoutMs: number, moment: { exported: string; system: string; position: string }): Snapshot {
    const { exported, system, position } = moment
    return new Snapshot(address, keeper, role, timeoutMs, exported, { name: `${system}@${position}/${randomUUID()}`, system, position })
  }

  /** Another reader, of the same moment where one can be shared. The caller ends it. */
  async reader(): Promise<Reader> {
    const moment = this.#exported === undefined ? `${this.facts.name}/${this.#readers++}` : undefined
    const share = this.#exported === undefined ? '' : `; set transaction snapshot ${text(this.#exported)}`
    const client = await connect(this.#address, 'reader')
    try {
      await client.query(`set idle_in_transaction_session_timeout = 0; ${BEGIN}${share}`)
      await client.query(`set local statement_timeout = ${Math.trunc(this.#timeoutMs)}; set local role ${identifier(this.#role)}`)
      return new Reader(client, moment)
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  async end(): Promise<void> {
    await this.#keeper.end().catch(() => undefined)
  }
}

/** A connection inside a read-only transaction, under the grant's role. */
export class Reader {
  readonly #client: pg.Client
  readonly #pool: FramePool = []
  /** its own name for what it sees, where readers cannot share a moment */
  readonly moment: string | undefined

  constructor(client: pg.Client, moment: string | undefined) {
    this.#client = client
    this.moment = moment
  }

  one<Row>(sql: string): Promise<Row> {
    return one<Row>(this.#client, sql)
  }

  /** The rows of a SELECT as frames; leaving the loop early ends the reader. */
  frames(select: string): AsyncGenerator<RowFrame, number> {
    return copyOut(this.#client, copyOutSql(select), this.#pool)
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => undefined)
  }
}
