/** JSON: an object a line (JSON Lines, NDJSON), or one array of objects. Values that are objects or arrays stay JSON text. */
import type { Readable } from 'node:stream'
import { refusal } from '../../../refusal.ts'
import type { FieldValue } from '../../tuples/encode.ts'
import { utf8 } from '../encoding.ts'
import { type FileFormat, type FileRecord, type Slice, type SpoiltRecord, spoilt } from '../records.ts'

/** An array is read whole: larger files are to be written a line each. */
const LARGEST_ARRAY = 256 << 20
const LONGEST_LINE = 7 << 20

export const jsonLines: FileFormat = {
  name: 'JSON Lines',
  records: (content) => lines(content),
  cut: { quoted: false, records: lines },
}
export const jsonArray: FileFormat = { name: 'JSON', records: array }

async function* lines(content: Readable, slice?: Slice): AsyncGenerator<FileRecord | SpoiltRecord> {
  let rest = ''
  let line = slice?.lines ?? 0
  for await (const chunk of utf8(content, slice?.encoding)) {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw refusal('row_too_long', `source: line ${line + parts.length + 1} is longer than ${LONGEST_LINE} characters`)
    for (const part of parts) {
      line++
      if (part.trim() !== '') yield ofLine(part, line)
    }
  }
  if (rest.trim() !== '') yield ofLine(rest, line + 1)
}

async function* array(content: Readable): AsyncGenerator<FileRecord | SpoiltRecord> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of utf8(content)) {
    bytes += chunk.length
    if (bytes > LARGEST_ARRAY)
      throw refusal('row_too_long', `source: a JSON file of more than ${LARGEST_ARRAY} bytes: write it as JSON Lines, an object a line`)
    chunks.push(chunk)
  }
  const all = parsed(Buffer.concat(chunks).toString())
  const rows = Array.isArray(all) ? all : onlyArray(all)
  for (const [at, row] of rows.entries()) yield recordOf(row, at + 1)
}

/** `{ "data": [ … ] }` is an array as well. */
function onlyArray(value: unknown): unknown[] {
  const arrays = value !== null && typeof value === 'object' ? Object.values(value).filter(Array.isArray) : []
  if (arrays.length === 1) return arrays[0] as unknown[]
  throw refusal('source_value', 'source: the file is JSON, but neither an array of objects nor an object with one array in it')
}

function ofLine(text: string, line: number): FileRecord | SpoiltRecord {
  try {
    return recordOf(parseExactly(text), line)
  } catch (error) {
    return spoilt(line, text, `line ${line} is no JSON (${(error as Error).message}): mend the line, then deliver again`, error)
  }
}

function parsed(text: string): unknown {
  try {
    return parseExactly(text)
  } catch (error) {
    throw refusal('source_value', `source: the file is no JSON (${(error as Error).message}): mend it, then resume`, error)
  }
}

/** JSON whose numbers keep their digits. Throws a `SyntaxError`. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, kept)
}

/** A number keeps the digits it was written with, so that no amount is rounded on the way. */
export class NumberText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON(): unknown {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(this.text)
  }
}

function kept(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? new NumberText(context.source) : value
}

function recordOf(row: unknown, line: number): FileRecord | SpoiltRecord {
  if (row === null || typeof row !== 'object' || Array.isArray(row) || row instanceof NumberText)
    return spoilt(line, String(fieldOf(row)), `entry ${line} is no object with named values: mend it, then deliver again`)
  return { values: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, fieldOf(value)])), line }
}

/** A value as a field takes it: objects and arrays as their JSON text. */
export function fieldOf(value: unknown): FieldValue {
  if (value === undefined) return null
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  return value instanceof NumberText ? value.text : JSON.stringify(value)
}
