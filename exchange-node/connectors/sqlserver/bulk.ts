/**
 * Rows on their way into SQL Server: a bulk load of their texts into a table of the session, then one INSERT in which the server makes its own types of them. The driver's own
 * types would round: it knows a decimal as a JavaScript number and a moment as a `Date`.
 */
import { TYPES } from 'tedious'
import type { InsertColumn, Inserter, Value } from '../sql/dialect.ts'
import { list } from '../sql/statement.ts'
import { explained } from './errors.ts'
import type { SqlServerSession } from './session.ts'
import { identifier, insertedSql } from './types.ts'

const WAITING = '#zhenghe_rows'
/** Of numbers, moments and UUIDs as text; national, since the driver knows no code page for some collations. */
const SHORT = 64

export class BulkInserter implements Inserter {
  readonly #session: SqlServerSession
  readonly #into: string
  readonly #columns: readonly InsertColumn[]
  #rows = 0

  private constructor(session: SqlServerSession, into: string, columns: readonly InsertColumn[]) {
    this.#session = session
    this.#into = into
    this.#columns = columns
  }

  static async begin(session: SqlServerSession, into: string, columns: readonly InsertColumn[]): Promise<BulkInserter> {
    const waiting = columns.map(({ type }, at) => `${placeOf(at)} ${declared(type)} null`)
    await session.batch(`if object_id(N'tempdb..${WAITING}') is not null drop table ${WAITING}; create table ${WAITING} (${list(waiting)})`)
    return new BulkInserter(session, into, columns)
  }

  async write(rows: readonly Value[][]): Promise<void> {
    if (rows.length === 0) return
    const { connection, side } = this.#session
    const landed = await new Promise<number>((resolve, reject) => {
      const load = connection.newBulkLoad(WAITING, { keepNulls: true }, (error, count) => (error ? reject(explained(error, side)) : resolve(count ?? 0)))
      for (const [at, { type }] of this.#columns.entries()) load.addColumn(placeOf(at), ...driverType(type))
      connection.execBulkLoad(load, rows as Value[][])
    })
    this.#rows += landed
  }

  /** How many rows the table has taken; what was loaded for it and not taken is a fault of ours, which the count shows. */
  async end(): Promise<number> {
    if (this.#rows === 0) return 0
    const names = list(this.#columns.map(({ column }) => identifier(column)))
    const shown = list(this.#columns.map(({ type }, at) => insertedSql(type, placeOf(at))))
    return this.#session.run(`insert into ${this.#into} (${names}) select ${shown} from ${WAITING}`)
  }
}

function placeOf(at: number): string {
  return `c${at}`
}

function declared(type: InsertColumn['type']): string {
  switch (type) {
    case 'text':
    case 'jsonb':
      return 'nvarchar(max)'
    case 'bytea':
    case 'marks':
      return 'varbinary(max)'
    case 'float4':
      return 'real'
    case 'float8':
      return 'float'
    default:
      return `nvarchar(${SHORT})`
  }
}

type DriverType = [(typeof TYPES)[keyof typeof TYPES], { nullable: true; length?: number }]

function driverType(type: InsertColumn['type']): DriverType {
  switch (type) {
    case 'text':
    case 'jsonb':
      return [TYPES.NVarChar, { nullable: true, length: Infinity }]
    case 'bytea':
    case 'marks':
      return [TYPES.VarBinary, { nullable: true, length: Infinity }]
    case 'float4':
      return [TYPES.Real, { nullable: true }]
    case 'float8':
      return [TYPES.Float, { nullable: true }]
    default:
      return [TYPES.NVarChar, { nullable: true, length: SHORT }]
  }
}
