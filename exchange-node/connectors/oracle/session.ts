/** One connection to Oracle by the thin driver, set up the same everywhere. */
import oracledb, { type Connection, type FetchTypeHandler } from 'oracledb'
import type { Row, Side, SqlSession, SqlStore, Value } from '../sql/dialect.ts'
import { numbered } from '../sql/statement.ts'
import { loginOf, type OracleLogin } from './address.ts'
import { OracleDialect } from './dialect.ts'
import { explained } from './errors.ts'

const BATCH_ROWS = 1000
/** A longer text is bound as a large object: a bind of more than 4000 bytes must not stand behind one. */
const SHORT_CHARACTERS = 1000
/** Text forms and comparisons that do not depend on how the server or the login are set up. */
const SETTINGS = [
  `alter session set nls_numeric_characters = '.,' nls_date_language = 'AMERICAN' nls_calendar = 'GREGORIAN' nls_comp = 'BINARY' nls_sort = 'BINARY' nls_length_semantics = 'BYTE'`,
  `alter session set time_zone = '+00:00'`,
  'alter session set ddl_lock_timeout = 30',
]

export class Oracle implements SqlStore {
  readonly #login: OracleLogin

  constructor(address: string) {
    this.#login = loginOf(address)
  }

  async open(side: Side, timeoutMs = 0): Promise<SqlSession> {
    let connection: Connection | undefined
    try {
      connection = await oracledb.getConnection(this.#login)
      connection.callTimeout = timeoutMs
      return await OracleSession.of(connection, side)
    } catch (error) {
      await connection?.close({ drop: true }).catch(() => undefined)
      throw explained(error, side)
    }
  }
}

/** Numbers of the dictionary and of counts as their digits, long values whole: each is asked for its length before. */
const fetchTypeHandler: FetchTypeHandler = ({ dbType }) => {
  if (dbType === oracledb.DB_TYPE_NUMBER) return { type: oracledb.DB_TYPE_VARCHAR }
  if (dbType === oracledb.DB_TYPE_CLOB) return { type: oracledb.DB_TYPE_VARCHAR }
  if (dbType === oracledb.DB_TYPE_NCLOB) return { type: oracledb.DB_TYPE_NVARCHAR }
  return dbType === oracledb.DB_TYPE_BLOB ? { type: oracledb.DB_TYPE_RAW } : undefined
}

export class OracleSession implements SqlSession {
  readonly dialect: OracleDialect
  readonly side: Side
  readonly product: string
  readonly database: string
  readonly version: number
  readonly connection: Connection
  #open = false
  #ended = false

  private constructor(connection: Connection, side: Side, facts: { database: string; charset: string }) {
    this.connection = connection
    this.side = side
    this.product = `Oracle ${connection.oracleServerVersionString}`
    this.version = connection.oracleServerVersion
    this.database = facts.database
    this.dialect = new OracleDialect(facts.charset)
  }

  static async of(connection: Connection, side: Side): Promise<OracleSession> {
    for (const setting of SETTINGS) await connection.execute(setting, [], {})
    const { rows } = await connection.execute(
      `select sys_context('USERENV', 'SERVICE_NAME'), (select value from nls_database_parameters where parameter = 'NLS_CHARACTERSET') from dual`,
      [],
      { outFormat: oracledb.OUT_FORMAT_ARRAY },
    )
    const [database, charset] = rows?.[0] ?? []
    return new OracleSession(connection, side, { database: String(database), charset: String(charset) })
  }

  query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    return this.#told(async () => {
      const { rows } = await this.connection.execute(named(sql), values.map(bound), { outFormat: oracledb.OUT_FORMAT_ARRAY, fetchTypeHandler })
      return (rows ?? []) as Row[]
    })
  }

  run(sql: string, values: readonly Value[] = []): Promise<number> {
    return this.#told(async () => {
      const { rowsAffected } = await this.connection.execute(named(sql), values.map(bound), { autoCommit: !this.#open })
      return rowsAffected ?? 0
    })
  }

  async *batches(sql: string, values: readonly Value[] = []): AsyncGenerator<Row[]> {
    const options = { resultSet: true, outFormat: oracledb.OUT_FORMAT_ARRAY, fetchArraySize: BATCH_ROWS, prefetchRows: BATCH_ROWS, fetchTypeHandler }
    let whole = false
    try {
      const { resultSet } = await this.#told(() => this.connection.execute(named(sql), values.map(bound), options))
      for (;;) {
        const rows = (await this.#told(() => resultSet!.getRows(BATCH_ROWS))) as Row[]
        if (rows.length === 0) break
        yield rows
      }
      await this.#told(() => resultSet!.close())
      whole = true
    } finally {
      if (!whole) this.destroy()
    }
  }

  /** A transaction begins with its first statement. */
  async begin(): Promise<void> {
    this.#open = true
  }

  async commit(): Promise<void> {
    await this.#told(() => this.connection.commit())
    this.#open = false
  }

  async rollback(): Promise<void> {
    await this.#told(() => this.connection.rollback())
    this.#open = false
  }

  /** The server is told to stop: it may be at work for long without noticing that nobody listens. */
  destroy(): void {
    if (this.#ended) return
    this.#ended = true
    const { connection } = this
    connection
      .break()
      .catch(() => undefined)
      .then(() => connection.close({ drop: true }))
      .catch(() => undefined)
  }

  async end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.connection.close({ drop: true }).catch(() => undefined)
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    if (this.#ended) throw explained(new Error('connection ended by this node'), this.side)
    try {
      return await work()
    } catch (error) {
      throw explained(error, this.side)
    }
  }
}

function named(sql: string): string {
  return numbered(sql, (at) => `:${at}`)
}

/** Texts as national ones, so that no character of theirs is lost in a database of a smaller character set. */
function bound(value: Value): unknown {
  if (value instanceof Uint8Array) return { val: Buffer.from(value), type: oracledb.DB_TYPE_RAW }
  if (typeof value === 'number' || typeof value === 'bigint') return { val: value, type: oracledb.DB_TYPE_NUMBER }
  return { val: value, type: value !== null && value.length > SHORT_CHARACTERS ? oracledb.DB_TYPE_NCLOB : oracledb.DB_TYPE_NVARCHAR }
}
