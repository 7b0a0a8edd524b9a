/** Change capture from MariaDB and MySQL: a load at one moment, and the binary log from there on. Nothing is made at the server, and nothing is kept there for a capture. */
import { hash } from 'node:crypto'
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Places } from '../../../kernels/layout.ts'
import type { Source } from '../../connector.ts'
import type { Granted } from '../select.ts'
import { type Login, type MariaAddress, Session } from '../session.ts'
import { MariaSnapshot, prepareGranted } from '../source.ts'
import { type ChangeSink, MariaChanges } from './changes.ts'
import { checkPlace, checkServer, checkTable, logFiles } from './checks.ts'
import { lost } from './dump.ts'
import { positionOf } from './position.ts'

export type CaptureOptions = {
  /** UUID */
  delivery: string
  statementTimeoutMs: number
  pagesPerRange?: number | undefined
  /** whether a tuple passes the grant's filter; needed where the grant has one */
  passes?: (tuple: Buffer, at: Places) => boolean
}

/** A place in the log from which nothing will be missed, and the moment of the database to load from. */
export type Beginning = { binding: string; position: string; source: Source }

/** Replicas of the server are numbered by their administrators, mostly from 1; ours lie above. */
const FIRST_SERVER_ID = 0x7000_0000

export class MariaCapture {
  readonly grant: Grant
  readonly #address: MariaAddress
  readonly #options: CaptureOptions
  readonly #control: Session
  readonly #granted: Granted
  readonly #login: Login | undefined
  #position: string | undefined

  private constructor(address: MariaAddress, options: CaptureOptions, control: Session, granted: Granted, login: Login | undefined) {
    this.grant = granted.grant
    this.#address = address
    this.#options = options
    this.#control = control
    this.#granted = granted
    this.#login = login
  }

  /** Everything that can be refused before anybody is called. Refuses `binlog_settings`, `binlog_type`, and as a load. The caller ends it. */
  static async prepare(address: MariaAddress, grant: Grant, options: CaptureOptions): Promise<MariaCapture> {
    const control = await Session.open(address, 'source')
    try {
      await checkServer(control)
      await logFiles(control)
      const { granted, login } = await prepareGranted(control, address, grant, { overlapSeconds: 0 })
      checkTable(granted.table, grant, control.product.mariadb)
      return new MariaCapture(address, options, control, granted, login)
    } catch (error) {
      control.destroy()
      throw error
    }
  }

  async begin(): Promise<Beginning> {
    const { statementTimeoutMs, pagesPerRange } = this.#options
    // where the snapshot does not say its place, a place before it: what is told twice ends the same
    const earlier = this.#control.product.mariadb ? undefined : await this.#end()
    const snapshot = await MariaSnapshot.take(this.#address, this.#login, this.#granted, 'snapshot', { statementTimeoutMs, overlapSeconds: 0, pagesPerRange })
    const { system, position } = snapshot.facts
    return { binding: JSON.stringify({ system }), position: earlier ?? position, source: { table: this.#granted.table, snapshot: async () => snapshot } }
  }

  /** Opens the log behind a position. Refuses `binlog_lost` where it is another server's, or does not reach back so far. @param before take nothing of transactions behind it */
  async follow(binding: string, position: string, before: string | undefined, arrived: () => void): Promise<MariaLog> {
    const bound = JSON.parse(binding) as { system: string }
    const { system } = await this.#control.one<{ system: string }>(`select concat(@@hostname, ':', @@port, '/', @@server_id) as system`)
    if (system !== bound.system) throw lost(`this is the server ${system}, and not ${bound.system} as before`)
    this.#position = position
    const { passes, delivery } = this.#options
    const serverId = FIRST_SERVER_ID + (hash('sha256', delivery, 'buffer').readUInt32BE() >>> 4)
    const changes = await MariaChanges.follow(this.#address, this.grant, position, { serverId, before, arrived, ...(passes ? { passes } : {}) })
    return new MariaLog(changes, (confirmed) => {
      this.#position = confirmed
    })
  }

  /** Bytes of log behind what the target has. Refuses `binlog_lost`. */
  async look(): Promise<{ keptBytes: number; lagBytes: number }> {
    return { keptBytes: 0, lagBytes: this.#position === undefined ? 0 : await checkPlace(this.#control, positionOf(this.#position)) }
  }

  async drop(): Promise<void> {}

  end(): Promise<void> {
    return this.#control.end()
  }

  async #end(): Promise<string> {
    const last = (await logFiles(this.#control)).at(-1)
    return `${last?.name}:${last?.bytes}`
  }
}

export class MariaLog {
  readonly #changes: MariaChanges
  readonly #confirmed: (position: string) => void

  constructor(changes: MariaChanges, confirmed: (position: string) => void) {
    this.#changes = changes
    this.#confirmed = confirmed
  }

  /** Puts what has come into the sink, until that is full or nothing is left. Throws `TableChanged`. */
  take(sink: ChangeSink): Promise<void> {
    return this.#changes.take(sink)
  }

  get atEnd(): boolean {
    return this.#changes.atEnd
  }

  /** Everything up to here is durable at the target. */
  confirm(position: string): void {
    this.#confirmed(position)
  }

  end(): Promise<void> {
    return this.#changes.end()
  }
}
