/** One connection to SQL Server, set up the same everywhere. */
import { Connection, type ConnectionConfiguration, Request, TYPES } from 'tedious'
import type { Row, Side, SqlSession, SqlStore, Value } from '../sql/dialect.ts'
import { numbered } from '../sql/statement.ts'
import { configurationOf } from './address.ts'
import { SqlServerDialect } from './dialect.ts'
import { explained } from './errors.ts'

const LOCK_WAIT_MS = 30_000
const BATCH_ROWS = 1000
/** Text forms and refusals that do not depend on how the server or the login are set up. */
const SETTINGS = `set language us_english; set dateformat ymd; set datefirst 1; set ansi_nulls on; set ansi_padding on; set ansi_warnings on; set arithabort on;
  set concat_null_yields_null on; set quoted_identifier on; set numeric_roundabort off; set xact_abort on; set nocount off; set textsize 2147483647; set lock_timeout ${LOCK_WAIT_MS}`

export class SqlServer implements SqlStore {
  readonly #configuration: ConnectionConfiguration

  constructor(address: string) {
    this.#configuration = configurationOf(address)
  }

  async open(side: Side, timeoutMs = 0): Promise<SqlServerSession> {
    const connection = new Connection({ ...this.#configuration, options: { ...this.#configuration.options, requestTimeout: timeoutMs } })
    connection.on('error', () => undefined) // a lost connection is told by the statement that needed it
    try {
      await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))
      return await SqlServerSession.of(connection, side)
    } catch (error) {
      connection.close()
      throw explained(error, side)
    }
  }

  /** Reads under the grant's user from here on; nothing in the session can take that back. */
  async enter(session: SqlSession, user: string): Promise<void> {
    await (session as SqlServerSession).batch(`execute as user = N'${user.replaceAll("'", "''")}' with no revert`)
  }
}

type ColumnValue = { value: unknown }

export class SqlServerSession implements SqlSession {
  readonly dialect = new SqlServerDialect()
  readonly side: Side
  readonly product: string
  readonly database: string
  /** for bulk loads, which the shared core does not know */
  readonly connection: Connection
  #ended: Error | undefined

  private constructor(connection: Connection, side: Side, product: string, database: string) {
    this.connection = connection
    this.side = side
    this.product = product
    this.database = database
    connection.on('end', () => {
      this.#ended ??= new Error('connection ended')
    })
  }

  static async of(connection: Connection, side: Side): Promise<SqlServerSession> {
    const first = new SqlServerSession(connection, side, '', '')
    await first.batch(SETTINGS)
    const [row] = await first.query(`select convert(nvarchar(128), serverproperty('ProductVersion')), db_name()`)
    return new SqlServerSession(connection, side, `SQL Server ${String(row?.[0])}`, String(row?.[1]))
  }

  async query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    const rows: Row[] = []
    await this.#request(sql, values, (request) => request.on('row', (columns: ColumnValue[]) => rows.push(plainRow(columns)))).done
    return rows
  }

  run(sql: string, values: readonly Value[] = []): Promise<number> {
    return this.#request(sql, values).done
  }

  /** A batch of several statements, settings among them, which would be forgotten with a prepared one. */
  async batch(sql: string): Promise<void> {
    await this.#settled((done) => this.connection.execSqlBatch(new Request(sql, done)))
  }

  async *batches(sql: string, values: readonly Value[] = []): AsyncGenerator<Row[]> {
    let rows: Row[] = []
    let wake: (() => void) | undefined
    let ended = false
    const { request, done } = this.#request(sql, values, (one) =>
      one.on('row', (columns: ColumnValue[]) => {
        rows.push(plainRow(columns))
        if (rows.length < BATCH_ROWS) return
        one.pause()
        wake?.()
      }),
    )
    let failure: unknown
    void done
      .catch((error: unknown) => {
        failure = error
      })
      .finally(() => {
        ended = true
        wake?.()
      })
    try {
      for (;;) {
        if (failure !== undefined) throw failure
        if (rows.length >= BATCH_ROWS || (ended && rows.length > 0)) {
          const batch = rows
          rows = []
          if (!ended) request.resume()
          yield batch
        } else if (ended) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      if (!ended) this.destroy()
    }
  }

  begin(): Promise<void> {
    return this.#settled((done) => this.connection.beginTransaction(done))
  }

  commit(): Promise<void> {
    return this.#settled((done) => this.connection.commitTransaction(done))
  }

  rollback(): Promise<void> {
    return this.#settled((done) => this.connection.rollbackTransaction(done))
  }

  destroy(): void {
    this.#ended ??= new Error('connection ended by this node')
    this.connection.close()
  }

  async end(): Promise<void> {
    if (this.#ended) return
    await new Promise<void>((resolve) => {
      this.connection.once('end', resolve)
      this.connection.close()
    })
  }

  /** Runs what answers by a callback; rejects with what its error means. */
  async #settled(start: (done: (error?: Error | null) => void) => unknown): Promise<void> {
    if (this.#ended) throw explained(this.#ended, this.side)
    await new Promise<void>((resolve, reject) => start((error) => (error ? reject(explained(error, this.side)) : resolve())))
  }

  #request(sql: string, values: readonly Value[], prepare?: (request: Request) => unknown): { request: Request; done: Promise<number> } {
    const settled = Promise.withResolvers<number>()
    const request = new Request(
      numbered(sql, (at) => `@p${at}`),
      (error, rows) => (error ? settled.reject(explained(error, this.side)) : settled.resolve(rows ?? 0)),
    )
    if (this.#ended) settled.reject(explained(this.#ended, this.side))
    else {
      prepare?.(request)
      for (const [at, value] of values.entries()) request.addParameter(`p${at + 1}`, parameterType(value), sendable(value))
      this.connection.execSql(request)
    }
    return { request, done: settled.promise }
  }
}

function parameterType(value: Value) {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? TYPES.Int : TYPES.Float
  return value instanceof Uint8Array ? TYPES.VarBinary : TYPES.NVarChar
}

/** The driver knows bytes as a Buffer alone. */
function sendable(value: Value): string | number | Buffer | null {
  if (value instanceof Uint8Array) return Buffer.from(value)
  return typeof value === 'bigint' ? String(value) : value
}

function plainRow(columns: ColumnValue[]): Row {
  return columns.map(({ value }) => (value === undefined ? null : value)) as Row
}
