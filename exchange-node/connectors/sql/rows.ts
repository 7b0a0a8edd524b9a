/** Rows of a SELECT as tuples. Every row is held against part and filter here as well, whatever the database has made of them: what is not granted does not leave. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { type RowFrame, RowTooLong } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { Passing } from '../passing.ts'
import { type FieldValue, RowEncoder } from '../tuples/encode.ts'
import { MAX_ROW_BYTES, TupleFrames } from '../tuples/frames.ts'
import type { Row, SqlTable } from './dialect.ts'
import { unmarked } from './marks.ts'
import { columnOf, type Selection } from './select.ts'

type Fields = readonly Pick<GrantField, 'name' | 'column' | 'type' | 'key'>[]
type Shape = Pick<Selection, 'guarded' | 'marked'> & { fields: Fields; table: SqlTable }

/** Answers how many rows were wanted, passing or not. Values that cannot be carried are refused by field and key. */
export async function* framesOf(batches: AsyncIterable<Row[]>, shape: Shape, passing?: Passing): AsyncGenerator<RowFrame, number> {
  const { fields, table } = shape
  const frames = new TupleFrames()
  const encoder = new RowEncoder(frames, fields)
  const plain = new PlainRows(shape)
  const keys = fields.flatMap(({ key }, at) => (key ? [at] : []))
  let wanted = 0
  for await (const batch of batches) {
    for (const raw of batch) {
      const row = plain.of(raw)
      if (passing && !passing.wanted(row)) continue
      wanted++
      if (passing && !passing.passes(row)) continue
      if (keys.some((at) => row[at] === null))
        throw refusal('source_key', `source: a row of ${table.schema}.${table.table} has no key: give it one, or let the filter pass it over`)
      encoder.write(row)
      if (frames.full) yield frames.take()
    }
  }
  if (frames.rows > 0) yield frames.take()
  return wanted
}

/** The fields of a row without what stands before and behind them. */
class PlainRows {
  readonly #shape: Shape
  /** bytes that are granted as text */
  readonly #hex: readonly number[]
  readonly #marked: { at: number; position: number; type: SqlTable['own'][number]['type'] }[]

  constructor(shape: Shape) {
    this.#shape = shape
    const { fields, table, marked } = shape
    this.#hex = fields.flatMap(({ column, type }, at) => (type === 'text' && columnOf(table, column).type === 'bytea' ? [at] : []))
    this.#marked = marked
      ? fields.flatMap(({ column }, at) => {
          const own = columnOf(table, column)
          return own.type === 'numeric' || own.type === 'text' || own.type === 'bytea' ? [{ at, position: table.own.indexOf(own), type: own.type }] : []
        })
      : []
  }

  of(raw: Row): FieldValue[] {
    const { fields, guarded, table } = this.#shape
    if (guarded) {
      const bytes = Number(raw[0])
      if (bytes > MAX_ROW_BYTES) throw new RowTooLong(bytes)
    }
    const row = raw.slice(guarded ? 1 : 0, fields.length + (guarded ? 1 : 0))
    const marks = raw[fields.length + (guarded ? 1 : 0)]
    // of another length: columns have come or gone since, and nobody knows which byte is whose
    if (marks instanceof Uint8Array && marks.length === table.own.length)
      for (const { at, position, type } of this.#marked) row[at] = unmarked(row[at], { type }, marks[position]!)
    for (const at of this.#hex) row[at] = hexOf(row[at])
    return row
  }
}

function hexOf(value: FieldValue): FieldValue {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value
}
