/** One connection to 达梦, set up the same everywhere. */
import type { Bind, Connection, Driver } from 'dmdb'
import { refusal } from '../../refusal.ts'
import type { Row, Side, SqlSession, SqlStore, Value } from '../sql/dialect.ts'
import { type DamengLogin, loginOf } from './address.ts'
import { DamengDialect } from './dialect.ts'
import { driver } from './driver.ts'
import { explained } from './errors.ts'

const CONNECT_TIMEOUT_MS = 10_000
const BATCH_ROWS = 1000

export class Dameng implements SqlStore {
  readonly #login: DamengLogin
  readonly #driver: () => Promise<Driver>

  /** @param load how the driver comes, for tests */
  constructor(address: string, load: () => Promise<Driver> = driver) {
    this.#login = loginOf(address)
    this.#driver = load
  }

  async open(side: Side, timeoutMs = 0): Promise<SqlSession> {
    const found = await this.#driver()
    const { schema, ...login } = this.#login
    let connection: Connection | undefined
    try {
      connection = await found.getConnection({ ...login, connectTimeout: CONNECT_TIMEOUT_MS, ...(timeoutMs > 0 ? { socketTimeout: timeoutMs } : {}) })
      return await DamengSession.of(connection, side, { arrays: found.OUT_FORMAT_ARRAY, schema })
    } catch (error) {
      await connection?.close().catch(() => undefined)
      throw explained(error, side)
    }
  }
}

type Facts = { arrays: number; product: string; database: string; exact: boolean; emptyIsNull: boolean }

export class DamengSession implements SqlSession {
  readonly dialect: DamengDialect
  readonly side: Side
  readonly product: string
  readonly database: string
  readonly #connection: Connection
  readonly #arrays: number
  #open = false
  #ended = false

  private constructor(connection: Connection, side: Side, { arrays, product, database, exact, emptyIsNull }: Facts) {
    this.#connection = connection
    this.#arrays = arrays
    this.side = side
    this.product = product
    this.database = database
    this.dialect = new DamengDialect({ exact, emptyIsNull })
  }

  static async of(connection: Connection, side: Side, { arrays, schema }: { arrays: number; schema: string | undefined }): Promise<DamengSession> {
    const one = async (sql: string) => (await connection.execute(sql, [], { outFormat: arrays })).rows?.[0] ?? []
    if (schema !== undefined) await connection.execute(`set schema "${schema.replaceAll('"', '""')}"`, [], {})
    await connection.execute(`set time zone '+00:00'`, [], {})
    const [product] = await one(`select banner from v$version where rownum = 1`)
    const [database] = await one(`select name from v$database`).catch(() => [])
    const [letters, blanks, empties] = await one(
      `select case when 'a' = 'A' then 1 else 0 end, case when 'a' = 'a ' then 1 else 0 end, case when '' is null then 1 else 0 end from dual`,
    )
    const no = (answer: unknown) => Number(answer) === 0
    return new DamengSession(connection, side, {
      arrays,
      product: `达梦 ${/V\d[\w.]*/.exec(String(product))?.[0] ?? String(product)}`,
      database: String(database ?? 'DAMENG'),
      exact: no(letters) && no(blanks),
      emptyIsNull: !no(empties),
    })
  }

  query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    return this.#told(async () => {
      const { rows } = await this.#connection.execute(sql, values.map(bound), { outFormat: this.#arrays })
      return (rows ?? []) as Row[]
    })
  }

  run(sql: string, values: readonly Value[] = []): Promise<number> {
    return this.#told(async () => (await this.#connection.execute(sql, values.map(bound), { autoCommit: !this.#open })).rowsAffected ?? 0)
  }

  /** One INSERT for many rows. Answers how many the database has taken. */
  runMany(sql: string, rows: readonly Value[][]): Promise<number> {
    return this.#told(async () => {
      const { rowsAffected } = await this.#connection.executeMany(
        sql,
        rows.map((row) => row.map(bound)),
        { autoCommit: false },
      )
      if (rowsAffected === undefined) throw refusal('counts_differ', 'the driver of 达梦 does not say how many rows were taken: use another version of it')
      return rowsAffected
    })
  }

  async *batches(sql: string, values: readonly Value[] = []): AsyncGenerator<Row[]> {
    let whole = false
    try {
      const { resultSet } = await this.#told(() => this.#connection.execute(sql, values.map(bound), { resultSet: true, outFormat: this.#arrays }))
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
    await this.#told(() => this.#connection.commit())
    this.#open = false
  }

  async rollback(): Promise<void> {
    await this.#told(() => this.#connection.rollback())
    this.#open = false
  }

  destroy(): void {
    void this.end()
  }

  async end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.#connection.close().catch(() => undefined)
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

function bound(value: Value): Bind {
  if (value instanceof Uint8Array) return Buffer.from(value)
  return typeof value === 'bigint' ? String(value) : value
}
