/** What a file seems to hold, from its first rows: names, likely types, a likely key. A proposal to the catalogue; each value is read exactly as its granted type, or refused. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import type { SourceColumn } from '../../source/schema.ts'
import { encodeValue, type FieldValue } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import type { FileRecord, SpoiltRecord } from './records.ts'

const SAMPLED_ROWS = 1000
/** The narrowest first; `text` takes everything. A code with a leading zero is text, whatever its digits say. */
const CANDIDATES: readonly CanonicalType[] = ['bool', 'int8', 'numeric', 'date', 'timestamp', 'timestamptz', 'uuid']
const LEADING_ZERO = /^-?0\d/
/** Longer numbers are codes: credit codes, telephone and identity numbers. */
const LONGEST_NUMBER = 15
/** Everything a file holds is text until a grant gives it a type; so that a file whose rows change does not look like another table. */
export const FILE_TYPE = 'text'

export async function columnsOf(records: AsyncIterable<FileRecord | SpoiltRecord>): Promise<SourceColumn[]> {
  const seen = new Map<string, FieldValue[]>()
  let rows = 0
  for await (const record of records) {
    if ('problem' in record) continue
    const { values } = record
    for (const [name, value] of Object.entries(values)) seen.set(name, [...(seen.get(name) ?? Array<FieldValue>(rows).fill(null)), value])
    rows++
    if (rows === SAMPLED_ROWS) break
  }
  const columns = [...seen].map(([column, values]) => columnOf(column, values))
  const key = columns.find(({ column }) => distinct(seen.get(column) ?? [], rows))
  return columns.map((column) => (column === key ? { ...column, key: true, nullable: false } : column))
}

function columnOf(column: string, values: readonly FieldValue[]): SourceColumn {
  const given = values.filter((value) => value !== null && value !== undefined)
  const type = given.length === 0 ? 'text' : (CANDIDATES.find((candidate) => given.every((value) => reads(candidate, value))) ?? 'text')
  return { column, dbType: FILE_TYPE, type, nullable: true, key: false, comment: null }
}

const scratch = new TupleFrames()
function reads(type: CanonicalType, value: FieldValue): boolean {
  const text = String(value)
  if (type === 'bool' && !/^(true|false|t|f)$/i.test(text)) return false
  if ((type === 'int8' || type === 'numeric') && (LEADING_ZERO.test(text) || text.length > LONGEST_NUMBER)) return false
  scratch.beginRow(1)
  const problem = encodeValue(scratch, type, value)
  scratch.dropRow()
  return problem === undefined
}

function distinct(values: readonly FieldValue[], rows: number): boolean {
  return rows > 0 && values.length === rows && values.every((value) => value !== null && value !== '') && new Set(values.map(String)).size === rows
}
