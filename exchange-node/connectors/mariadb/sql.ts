/** The one place where names and values become MariaDB's or MySQL's SQL text. Text constants are written in hex, so that no setting of the server changes what they are. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import { encodeValue, type FieldValue } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import { textOf } from '../tuples/text.ts'

const NAME_CHARACTERS = 64
/** Where a constant begins in a tuple of one field. */
const BODY_AT = 6
/** Digits a decimal constant keeps exactly. */
const DECIMAL_DIGITS = 65

/** The collation by which text is compared by code points, blanks at the end counting. */
export type Dialect = { binary: 'utf8mb4_nopad_bin' | 'utf8mb4_0900_bin' }

/** A name, always quoted. Throws for what the database would cut or refuse. */
export function identifier(name: string): string {
  if (name === '' || [...name].length > NAME_CHARACTERS || name.includes('\0')) throw new Error(`not a name MariaDB can hold: ${JSON.stringify(name)}`)
  return `\`${name.replaceAll('`', '``')}\``
}

export function qualified({ schema, table }: { schema: string; table: string }): string {
  return `${identifier(schema)}.${identifier(table)}`
}

/** Joined by commas. */
export function list(parts: readonly string[]): string {
  return parts.join(', ')
}

/** A text constant that takes the collation of the column it is compared with. */
export function text(value: string): string {
  return value === '' ? `_utf8mb4''` : `_utf8mb4 x'${Buffer.from(value).toString('hex')}'`
}

/** A comment, which must be a plain constant. Quoted as the session's own `sql_mode` reads it (session.ts). */
export function comment(words: string): string {
  return `'${words.replace(/\0/g, '').replace(/[\\']/g, '\\$&')}'`
}

/** Text compared by code points. */
export function exactly(expression: string, { binary }: Dialect): string {
  return `(${expression} collate ${binary})`
}

/** A constant of a canonical type. Refuses `protocol` where it is none: bounds and keys come from the other side. */
export function literal(type: CanonicalType, value: FieldValue): string {
  const shown = canonicalText(type, value)
  switch (type) {
    case 'bool':
      return shown === 't' ? '1' : '0'
    case 'int2':
    case 'int4':
    case 'int8':
      return shown
    case 'numeric':
      if (!/^-?\d+(\.\d+)?$/.test(shown) || shown.replace(/[-.]/g, '').replace(/^0+/, '').length > DECIMAL_DIGITS) throw bad(type, shown)
      return shown
    case 'float4':
      return double(Math.fround(Number(shown)))
    case 'float8':
      return double(Number(shown))
    case 'date':
      return `date'${common(type, shown)}'`
    case 'time':
      return `time'${common(type, shown)}'`
    case 'timestamp':
    case 'timestamptz':
      return `timestamp'${common(type, shown.replace(/\+00$/, ''))}'`
    case 'bytea':
      return `x'${shown.slice(2)}'`
    default:
      return text(shown)
  }
}

/** The value as its type prints it. Refuses `protocol`. */
export function canonicalText(type: CanonicalType, value: FieldValue): string {
  const out = new TupleFrames(1 << 12)
  out.beginRow(1)
  const problem = encodeValue(out, type, value)
  out.endRow()
  if (problem !== undefined || value === null || value === undefined) throw bad(type, String(value))
  const { payload } = out.take()
  return textOf(type, payload, BODY_AT, payload.length - BODY_AT)
}

function double(value: number): string {
  if (!Number.isFinite(value)) throw bad('float8', String(value))
  const shown = Object.is(value, -0) ? '-0' : String(value)
  return shown.includes('e') ? shown : `${shown}e0`
}

/** Only digits and the signs between them ever stand there. */
function common(type: CanonicalType, shown: string): string {
  if (!/^[\d: .-]+$/.test(shown)) throw bad(type, shown)
  return shown
}

function bad(type: CanonicalType, value: string): Error {
  return refusal('protocol', `«${value.slice(0, 64)}» is no ${type} that this database can compare with`)
}
