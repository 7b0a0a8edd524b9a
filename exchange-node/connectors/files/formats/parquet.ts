/** Parquet. Moments keep their microseconds and decimals their digits; a decimal of more than fifteen digits is refused by its column, because it would be rounded. */
import type { Readable } from 'node:stream'
import { type ColumnData, parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { refusal } from '../../../refusal.ts'
import type { FieldValue } from '../../tuples/encode.ts'
import type { FileFormat, FileRecord } from '../records.ts'

export const parquet: FileFormat = { name: 'Parquet', records }

/** The footer stands at the end, so the file is read whole. */
const LARGEST_FILE = 128 << 20
const EXACT_DIGITS = 15
const ROWS_AT_ONCE = 10_000

async function* records(content: Readable): AsyncGenerator<FileRecord> {
  const file = await whole(content)
  const metadata = parquetMetadata(file)
  const columns = metadata.schema.slice(1).filter(({ num_children }) => num_children === undefined)
  for (const column of columns) demandExact(column)
  const rows = Number(metadata.num_rows)
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const chunk = new Map<string, FieldValue[]>()
    const onChunk = ({ columnName, columnData, rowStart }: ColumnData) => {
      const values = chunk.get(columnName) ?? []
      for (const [at, value] of Array.from(columnData).entries())
        values[rowStart - from + at] = fieldOf(
          value,
          columns.find(({ name }) => name === columnName),
        )
      chunk.set(columnName, values)
    }
    const rowEnd = Math.min(from + ROWS_AT_ONCE, rows)
    await parquetRead({ file, metadata, compressors, rowStart: from, rowEnd, onChunk, parsers: PARSERS, utf8: false })
    for (let at = 0; at < rowEnd - from; at++) {
      yield { values: Object.fromEntries([...chunk].map(([name, values]) => [name, values[at]])), line: from + at + 1 }
    }
  }
}

async function whole(content: Readable): Promise<ArrayBuffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > LARGEST_FILE) throw refusal('row_too_long', `source: a Parquet file of more than ${LARGEST_FILE} bytes: write it in several files`)
    chunks.push(chunk)
  }
  const all = Buffer.concat(chunks)
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.length)
}

function demandExact({ name, converted_type, precision = 0 }: SchemaElement): void {
  if (converted_type === 'DECIMAL' && precision > EXACT_DIGITS)
    throw refusal('source_type', `source: the column ${name} is a decimal of ${precision} digits, which would be rounded: write it as text`)
}

const pad = (value: bigint, digits: number) => String(value).padStart(digits, '0')
function momentOf(units: bigint, perSecond: bigint): string {
  const seconds = units >= 0n || units % perSecond === 0n ? units / perSecond : units / perSecond - 1n
  const rest = units - seconds * perSecond
  const iso = new Date(Number(seconds) * 1000).toISOString().slice(0, -5)
  return `${iso}.${pad(rest, String(perSecond).length - 1)}Z`
}
const PARSERS = {
  timestampFromMilliseconds: (units: bigint) => momentOf(units, 1000n),
  timestampFromMicroseconds: (units: bigint) => momentOf(units, 1_000_000n),
  timestampFromNanoseconds: (units: bigint) => momentOf(units / 1000n, 1_000_000n),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8'),
  geometryFromBytes: (bytes: Uint8Array | undefined) => bytes,
  geographyFromBytes: (bytes: Uint8Array | undefined) => bytes,
}

function fieldOf(value: unknown, column: SchemaElement | undefined): FieldValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' && column?.converted_type === 'DECIMAL') return value.toFixed(column.scale ?? 0)
  if (typeof value === 'object' && !(value instanceof Uint8Array) && !(value instanceof Date)) return JSON.stringify(value)
  return value as FieldValue
}
