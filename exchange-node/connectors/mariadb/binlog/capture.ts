/** Change capture from MariaDB and MySQL: a load at one moment, and the binary log from there on. Nothing is made at the server, and nothing is kept there for a capture. */
import { hash } from 'node:crypto'
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Backlog, Beginning, Capture, CaptureOptions, ChangeLog, Standing } from '../../../capture/capture.ts'
import { compileFilter, type RowFilter } from '../../../capture/row-filter.ts'
import { refusal } from '../../../refusal.ts'
import type { Key } from '../../connector.ts'
import type { Granted } from '../select.ts'
import { type Login, type MariaAddress, Session, withSession } from '../session.ts'
import { MariaSnapshot, prepareGranted } from '../source.ts'
import { type ChangeSink, MariaChanges } from './changes.ts'
import { checkLogin, checkPlace, checkServer, checkTable, logFiles } from './checks.ts'
import { lost } from './dump.ts'
import { positionOf } from './position.ts'

/** What this capture asks of its options: the server alone decides how much of its log it keeps, and for how long. */
export type MariaCaptureOptions = Omit<CaptureOptions, 'budgetBytes' | 'overBudget' | 'folder'>

/** Replicas of the server are numbered by their administrators, mostly from 1; ours lie above. */
const FIRST_SERVER_ID = 0x7000_0000

export class MariaCapture implements Capture {
  readonly grant: Grant
  readonly #address: MariaAddress
  readonly #options: MariaCaptureOptions
  readonly #granted: Granted
  readonly #login: Login | undefined
  readonly #mariadb: boolean
  readonly #passes: RowFilter | undefined
  /** a connection of its own, for it looks while others are busy; taken up again when it was lost */
  #lookout: Session | undefined
  #position: string | undefined

  private constructor(address: MariaAddress, options: MariaCaptureOptions, granted: Granted, login: Login | undefined, mariadb: boolean) {
    const { grant } = granted
    this.grant = grant
    this.#address = address
    this.#options = options
    this.#granted = granted
    this.#login = login
    this.#mariadb = mariadb
    this.#passes = grant.filter && compileFilter(grant.filter, grant.fields)
  }

  /** Everything that can be refused before anybody is called. Refuses `binlog_settings`, `binlog_type`, and as a load. The caller ends it. */
  static prepare(address: MariaAddress, given: Grant, options: MariaCaptureOptions): Promise<MariaCapture> {
    const grant = { ...given, source: { ...given.source, shape: `${given.source.shape} ${options.accepted}`.trim() } }
    return withSession(address, 'source', async (session) => {
      await checkServer(session)
      await checkLogin(session)
      const { granted, login } = await prepareGranted(session, address, grant, { overlapSeconds: 0 })
      checkTable(granted.table, grant, session.product.mariadb)
      return new MariaCapture(address, options, granted, login, session.product.mariadb)
    })
  }

  async begin(): Promise<Beginning> {
    const { statementTimeoutMs, pagesPerRange } = this.#options
    // where the snapshot does not say its place, a place before it: what is told twice ends the same
    const earlier = this.#mariadb ? undefined : await withSession(this.#address, 'source', endOf)
    const snapshot = await MariaSnapshot.take(this.#address, this.#login, this.#granted, 'snapshot', { statementTimeoutMs, overlapSeconds: 0, pagesPerRange })
    const { system, position } = snapshot.facts
    return { binding: JSON.stringify({ system }), position: earlier ?? position, source: { table: this.#granted.table, snapshot: async () => snapshot } }
  }

  async moment(): Promise<Standing> {
    if (!this.#mariadb)
      throw refusal('capture_unsupported', 'source: MySQL does not say at which place of its log a moment lies: stop the capture, then compare')
    const reading = { statementTimeoutMs: this.#options.statementTimeoutMs, overlapSeconds: 0 }
    const snapshot = await MariaSnapshot.take(this.#address, this.#login, this.#granted, 'incremental', reading) // one reader
    return { position: snapshot.facts.position, snapshot }
  }

  /** The log holds rows whole. */
  ahead(): readonly Key[] {
    return []
  }

  async follow(binding: string, position: string, before: string | undefined, arrived: () => void): Promise<MariaLog> {
    const bound = JSON.parse(binding) as { system: string }
    const system = await withSession(this.#address, 'source', systemOf)
    if (system !== bound.system) throw lost(`this is the server ${system}, and not ${bound.system} as before`)
    const { table } = this.#granted
    const serverId = FIRST_SERVER_ID + (hash('sha256', this.#options.delivery, 'buffer').readUInt32BE() >>> 4)
    const changes = await MariaChanges.follow(this.#address, this.grant, position, { serverId, table, before, arrived, passes: this.#passes })
    this.#position = position
    return new MariaLog(changes, (confirmed) => {
      this.#position = confirmed
    })
  }

  /** Nothing is kept for this capture; what lags is the log behind where the target stands. */
  async look(): Promise<Backlog> {
    if (this.#position === undefined) return { keptBytes: 0, lagBytes: 0 }
    this.#lookout ??= await Session.open(this.#address, 'source')
    const lookout = this.#lookout
    try {
      return { keptBytes: 0, lagBytes: await checkPlace(lookout, positionOf(this.#position)) }
    } catch (error) {
      this.#lookout = undefined
      lookout.destroy()
      throw error
    }
  }

  /** Nothing was made. */
  async drop(): Promise<void> {}

  async end(): Promise<void> {
    await this.#lookout?.end().catch(() => undefined)
  }
}

async function endOf(session: Session): Promise<string> {
  const last = (await logFiles(session)).at(-1)
  return `${last?.name}:${last?.bytes}`
}

async function systemOf(session: Session): Promise<string> {
  return (await session.one<{ system: string }>(`select concat(@@hostname, ':', @@port, '/', @@server_id) as system`)).system
}

export class MariaLog implements ChangeLog {
  readonly #changes: MariaChanges
  readonly #confirmed: (position: string) => void

  constructor(changes: MariaChanges, confirmed: (position: string) => void) {
    this.#changes = changes
    this.#confirmed = confirmed
  }

  take(sink: ChangeSink): Promise<void> {
    return this.#changes.take(sink)
  }

  stopBefore(position: string | undefined): void {
    this.#changes.stopBefore(position)
  }

  get atEnd(): boolean {
    return this.#changes.atEnd
  }

  confirm(position: string): void {
    this.#confirmed(position)
  }

  end(): Promise<void> {
    return this.#changes.end()
  }
}
