/**
 * What a column's own type does not say about a value stands beside it in a column of bytes, `zhenghe_marks`, one byte for each column of the table in their order: how many
 * decimals of a number are to be shown, so that 1.50 stays 1.50, and that a text or bytes had no length, where the database takes such for null. Which canonical type a column
 * was loaded as, the end of its comment says: «[timestamptz]». A department may mark its own columns so.
 */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import type { FieldValue } from '../tuples/encode.ts'
import type { Dialect, SqlColumn } from './dialect.ts'

export const MARKS = 'zhenghe_marks'
const EMPTY = 1
/** The most decimals that a byte can tell of. */
export const MARKED_SCALE = 254

const TYPES: readonly CanonicalType[] = [
  ...(['bool', 'int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'text'] as const),
  ...(['date', 'time', 'timestamp', 'timestamptz', 'uuid', 'bytea', 'jsonb'] as const),
]
const MARK = new RegExp(`\\s*\\[(${TYPES.join('|')})\\]$`)

/** The canonical type that a comment ends with. */
export function markOf(comment: string | null): CanonicalType | undefined {
  return MARK.exec(comment ?? '')?.[1] as CanonicalType | undefined
}

export function withoutMark(comment: string | null): string | null {
  return comment?.replace(MARK, '') || null
}

/** Whether a table of these fields has marks. */
export function needsMarks(fields: readonly Pick<GrantField, 'type'>[], { emptyIsNull }: Pick<Dialect, 'emptyIsNull'>): boolean {
  return fields.some(({ type }) => type === 'numeric' || (emptyIsNull && (type === 'text' || type === 'bytea')))
}

/** The mark of a number that shows so many decimals. */
export function scaleMark(scale: number): number {
  return scale + 1
}

export function emptyMark(length: number): number {
  return length === 0 ? EMPTY : 0
}

/** A value as it was loaded, unless somebody has changed it since. @param mark of the column; 0 where there is none */
export function unmarked(value: FieldValue, { type }: Pick<SqlColumn, 'type'>, mark: number): FieldValue {
  if (mark === 0) return value
  if (type === 'numeric') return typeof value === 'string' ? shown(value, mark - 1) : value
  if (value !== null || (type !== 'text' && type !== 'bytea')) return value
  return type === 'bytea' ? new Uint8Array(0) : ''
}

/** With so many decimals; as it is where that would be another number. */
function shown(text: string, scale: number): string {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text)
  if (!match) return text
  const [, sign = '', whole = '', decimals = ''] = match
  const significant = decimals.replace(/0+$/, '')
  if (significant.length > scale) return text
  return `${sign}${whole || '0'}${scale > 0 ? `.${significant.padEnd(scale, '0')}` : ''}`
}
