/** Rows on their way into Oracle: one INSERT for a frame of rows, bound as arrays of texts of which the server makes its own types. */
import oracledb, { type Bind } from 'oracledb'
import type { InsertColumn, Inserter, Value } from '../sql/dialect.ts'
import { list } from '../sql/statement.ts'
import { explained } from './errors.ts'
import type { OracleSession } from './session.ts'
import { fromSql, identifier } from './types.ts'

/** Of one bind that is no large object, in any character set. */
const [SHORT_CHARACTERS, SHORT_BYTES] = [1000, 2000]
const DIGIT_CHARACTERS = 64

export class ArrayInserter implements Inserter {
  readonly #session: OracleSession
  readonly #sql: string
  readonly #columns: readonly InsertColumn[]
  readonly #national: boolean
  #rows = 0

  /** @param head `insert into "S"."T"` */
  constructor(session: OracleSession, head: string, columns: readonly InsertColumn[], national: boolean) {
    this.#session = session
    this.#columns = columns
    this.#national = national
    this.#sql = insertSql(head, columns)
  }

  async write(rows: readonly Value[][]): Promise<void> {
    if (rows.length === 0) return
    const { connection, side } = this.#session
    const bindDefs = this.#columns.map(({ type }, at) => this.#bind(type, rows, at))
    try {
      const { rowsAffected } = await connection.executeMany(
        this.#sql,
        rows.map((row) => row.map(heldAs)),
        { bindDefs, autoCommit: false },
      )
      this.#rows += rowsAffected ?? 0
    } catch (error) {
      throw explained(error, side)
    }
  }

  async end(): Promise<number> {
    return this.#rows
  }

  /** A column whose longest value in these rows is long is bound as large objects; the driver must know the sizes of the others. */
  #bind(type: InsertColumn['type'], rows: readonly Value[][], at: number): Bind {
    switch (type) {
      case 'float4':
        return { type: oracledb.DB_TYPE_BINARY_FLOAT }
      case 'float8':
        return { type: oracledb.DB_TYPE_BINARY_DOUBLE }
      case 'bytea':
      case 'marks':
        return longest(rows, at) > SHORT_BYTES ? { type: oracledb.DB_TYPE_BLOB } : { type: oracledb.DB_TYPE_RAW, maxSize: SHORT_BYTES }
      case 'text':
      case 'jsonb': {
        const long = longest(rows, at) > SHORT_CHARACTERS
        if (this.#national) return long ? { type: oracledb.DB_TYPE_NCLOB } : { type: oracledb.DB_TYPE_NVARCHAR, maxSize: 4 * SHORT_CHARACTERS }
        return long ? { type: oracledb.DB_TYPE_CLOB } : { type: oracledb.DB_TYPE_VARCHAR, maxSize: 4 * SHORT_CHARACTERS }
      }
      default:
        return { type: oracledb.DB_TYPE_VARCHAR, maxSize: DIGIT_CHARACTERS }
    }
  }
}

/** `insert into "S"."T" ("ID", "CHANGED") values (to_number(:1), to_timestamp(:2, …))` */
export function insertSql(head: string, columns: readonly InsertColumn[]): string {
  const names = list(columns.map(({ column }) => identifier(column)))
  return `${head} (${names}) values (${list(columns.map(({ type }, at) => fromSql(type, `:${at + 1}`)))})`
}

function longest(rows: readonly Value[][], at: number): number {
  return rows.reduce((most, row) => {
    const value = row[at]
    return typeof value === 'string' || value instanceof Uint8Array ? Math.max(most, value.length) : most
  }, 0)
}

/** Nothing and a null are one here; the marks tell them apart. */
function heldAs(value: Value): unknown {
  if (value instanceof Uint8Array) return value.length === 0 ? null : Buffer.from(value)
  return value === '' ? null : value
}
