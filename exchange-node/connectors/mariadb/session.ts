/** One connection to MariaDB or MySQL, set up the same everywhere. */
import type { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import mysql from 'mysql2'
import { explained, type Side } from './errors.ts'
import { identifier } from './sql.ts'

const CONNECT_TIMEOUT_MS = 10_000
const LOCK_WAIT_SECONDS = 30
const FAREWELL_MS = 5000
/** A delivery may wait for the other side for a long time. */
const IDLE_SECONDS = 7 * 86_400
/** Text forms and refusals that do not depend on how the server is set up. */
const SETTINGS = [
  `set names utf8mb4`,
  `set session time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', autocommit = 1`,
  `set session lock_wait_timeout = ${LOCK_WAIT_SECONDS}, innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
  `set session wait_timeout = ${IDLE_SECONDS}, net_write_timeout = 3600, net_read_timeout = 3600`,
]

/** `mariadb://user:password@host:3306/database` or `mysql://…`. Holds a password; is never logged. */
export type MariaAddress = string
export type Login = { user: string; password: string }
export type Product = { mariadb: boolean; version: number; shown: string }
export type Outcome = { affectedRows: number; warningStatus: number; info: string }

/** Where a connection goes, as the driver takes it. `?ssl=required` asks for TLS with a certificate that is verified. */
export function optionsOf(address: MariaAddress, login?: Login): mysql.ConnectionOptions {
  const url = new URL(address)
  const part = (text: string) => decodeURIComponent(text)
  const socket = url.searchParams.get('socket')
  return {
    ...(socket ? { socketPath: socket } : { host: part(url.hostname).replace(/^\[|\]$/g, ''), port: Number(url.port || 3306) }),
    user: login?.user ?? part(url.username),
    password: login?.password ?? part(url.password),
    ...(login ? {} : { database: part(url.pathname.slice(1)) }), // a grant's user may see no database but the granted table's
    ...(url.searchParams.get('ssl') === 'required' ? { ssl: { rejectUnauthorized: true } } : {}),
  }
}

/** The driver's own reader decides whether an address can be used. */
export function isMariaAddress(address: string): boolean {
  try {
    const { user, database } = optionsOf(address)
    return /^(mysql|mariadb):$/.test(new URL(address).protocol) && !!user && !!database
  } catch {
    return false
  }
}

/** What the driver keeps to itself and streaming needs: the running command, its packets and the flow of its socket. */
export type RawPacket = { buffer: Buffer; offset: number; end: number; isEOF(): boolean }
export type RawCommand = EventEmitter & { row: (packet: RawPacket) => unknown; done(): null }

export class Session {
  readonly product: Product
  readonly side: Side
  readonly #client: mysql.Connection
  #lost: Error | undefined
  #onLost: ((error: Error) => void) | undefined

  private constructor(client: mysql.Connection, product: Product, side: Side) {
    this.#client = client
    this.product = product
    this.side = side
    client.on('error', (error) => {
      this.#lost ??= error
      this.#onLost?.(error)
    })
  }

  static async open(address: MariaAddress, side: Side, login?: Login): Promise<Session> {
    const client = mysql.createConnection({
      ...optionsOf(address, login),
      charset: 'utf8mb4_bin',
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableKeepAlive: true,
      dateStrings: true,
      supportBigNumbers: true,
      timezone: 'Z',
      // rows of the other side name no file of this machine: only a stream that a statement brings along is ever sent
      infileStreamFactory: () => {
        throw new Error('no file is ever sent')
      },
    })
    try {
      await new Promise<void>((resolve, reject) => client.connect((error) => (error ? reject(error) : resolve())))
      const product = await readProduct(client)
      const session = new Session(client, product, side)
      for (const setting of SETTINGS) await session.query(setting)
      return session
    } catch (error) {
      client.on('error', () => undefined)
      client.destroy()
      throw explained(error, side)
    }
  }

  get id(): number {
    return this.#client.threadId!
  }

  /** With values the statement is prepared by the server. */
  query<Row = Record<string, unknown>>(sql: string, values: readonly (string | number | null)[] = []): Promise<Row[]> {
    return this.#run<Row[]>(sql, values)
  }

  /** A statement that answers no rows. */
  run(sql: string, values: readonly (string | number | null)[] = []): Promise<Outcome> {
    return this.#run<Outcome>(sql, values)
  }

  /** The first row. Throws where there is none. */
  async one<Row>(sql: string, values: readonly (string | number | null)[] = []): Promise<Row> {
    const [row] = await this.query<Row>(sql, values)
    if (row === undefined) throw new Error('the statement answered no row')
    return row
  }

  /** `load data local infile` from a stream. */
  load(sql: string, rows: Readable): Promise<Outcome> {
    return this.#settle<Outcome>((done) => this.#client.query({ sql, infileStreamFactory: () => rows }, done))
  }

  /** Committed when `work` resolves, rolled back when it rejects. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.query('start transaction')
    try {
      const result = await work()
      await this.query('commit')
      return result
    } catch (error) {
      await this.query('rollback').catch(() => undefined)
      throw error
    }
  }

  /** Starts a statement whose rows are taken packet by packet; `lost` hears of a connection that is gone. */
  raw(sql: string, lost: (error: Error) => void): { command: RawCommand; flow: { pause(): void; resume(): void } } {
    this.#onLost = lost
    const command = this.#client.query({ sql }) as unknown as RawCommand
    if (this.#lost) lost(this.#lost)
    return { command, flow: { pause: () => this.#client.pause(), resume: () => this.#client.resume() } }
  }

  /** Runs a command of our own as one of the driver's; `lost` hears of a connection that is gone. */
  command(command: object, lost: (error: Error) => void): { pause(): void; resume(): void } {
    this.#onLost = lost
    const client = this.#client as unknown as { addCommand(command: object): void }
    client.addCommand(command)
    if (this.#lost) lost(this.#lost)
    return { pause: () => this.#client.pause(), resume: () => this.#client.resume() }
  }

  /** Ends the connection whatever it is doing; a statement under way rejects, which the driver would leave open. */
  destroy(): void {
    this.#lost ??= new Error('connection ended by this node')
    this.#client.destroy()
    this.#onLost?.(this.#lost)
  }

  async end(): Promise<void> {
    const { stream } = this.#client as unknown as { stream: EventEmitter }
    await new Promise<void>((resolve) => {
      if (this.#lost) return resolve()
      stream.once('close', resolve) // a driver that says goodbye to a server that is gone never hears of it
      setTimeout(resolve, FAREWELL_MS).unref()
      this.#client.end(() => resolve())
    })
    this.#client.destroy()
  }

  #run<Result>(sql: string, values: readonly (string | number | null)[]): Promise<Result> {
    return this.#settle<Result>((done) => (values.length > 0 ? this.#client.execute(sql, [...values], done as never) : this.#client.query(sql, done as never)))
  }

  async #settle<Result>(start: (done: (error: Error | null, result: never) => void) => unknown): Promise<Result> {
    if (this.#lost) throw explained(this.#lost, this.side)
    try {
      return await new Promise<Result>((resolve, reject) => {
        this.#onLost = reject
        start((error, result) => (error ? reject(error) : resolve(result)))
      })
    } catch (error) {
      throw explained(error, this.side)
    } finally {
      this.#onLost = undefined
    }
  }
}

async function readProduct(client: mysql.Connection): Promise<Product> {
  const version = await new Promise<string>((resolve, reject) =>
    client.query('select version() as version', (error, rows) => (error ? reject(error) : resolve((rows as unknown as { version: string }[])[0]!.version))),
  )
  const mariadb = /mariadb/i.test(version)
  const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []
  return {
    mariadb,
    version: Number(major) * 10_000 + Number(minor) * 100 + Number(patch),
    shown: `${mariadb ? 'MariaDB' : 'MySQL'} ${major}.${minor}.${patch}`,
  }
}

/** Runs `work` with a connection of its own and ends it whatever happens. */
export async function withSession<T>(address: MariaAddress, side: Side, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await Session.open(address, side)
  try {
    return await work(session)
  } finally {
    await session.end()
  }
}

/** Ends another connection of the same login, whatever it is doing there. */
export async function kill(address: MariaAddress, side: Side, id: number, login?: Login): Promise<void> {
  const session = await Session.open(address, side, login)
  try {
    await session.query(`kill connection ${Math.trunc(id)}`)
  } finally {
    await session.end()
  }
}

/** The longest a statement may take. MySQL's limit holds for SELECT alone. */
export function timeoutSql({ mariadb }: Product, milliseconds: number): string {
  return mariadb ? `set session max_statement_time = ${milliseconds / 1000}` : `set session max_execution_time = ${Math.trunc(milliseconds)}`
}

export function databaseOf(address: MariaAddress): string {
  return optionsOf(address).database ?? ''
}

export function useDatabase(database: string): string {
  return `use ${identifier(database)}`
}
