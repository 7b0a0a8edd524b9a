/** Pieces of statements. Values stand beside them, never in them: there is a question mark for each, and a session numbers them as its database wants. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import { encodeValue, type FieldValue } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import { textOf } from '../tuples/text.ts'
import type { Dialect, Fragment } from './dialect.ts'

/** Where a constant begins in a tuple of one field. */
const BODY_AT = 6
/** What may hold a question mark that is none: names and constants in their quotes. */
const QUOTED = /"(?:[^"]|"")*"|'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|\?/g

/** The statement with its question marks numbered. @param mark `@p1` or `:1` of 1 */
export function numbered(sql: string, mark: (at: number) => string): string {
  let at = 0
  return sql.replace(QUOTED, (found) => (found === '?' ? mark(++at) : found))
}

export function plain(sql: string): Fragment {
  return { sql, values: [] }
}

/** Nothing where there are none. */
export function joined(fragments: readonly Fragment[], between: string): Fragment {
  return { sql: fragments.map(({ sql }) => sql).join(between), values: fragments.flatMap(({ values }) => values) }
}

/** Joined by commas. */
export function list(parts: readonly string[]): string {
  return parts.join(', ')
}

export function qualified(dialect: Dialect, { schema, table }: TargetName): string {
  return `${dialect.identifier(schema)}.${dialect.identifier(table)}`
}

/** The value as its type prints it. Refuses `protocol` where it is none: bounds and keys come from the other side. */
export function canonicalText(type: CanonicalType, value: FieldValue): string {
  const out = new TupleFrames(1 << 12)
  out.beginRow(1)
  const problem = encodeValue(out, type, value)
  out.endRow()
  if (problem !== undefined || value === null || value === undefined)
    throw refusal('protocol', `«${String(value).slice(0, 64)}» is no ${type} that this database can compare with`)
  const { payload } = out.take()
  return textOf(type, payload, BODY_AT, payload.length - BODY_AT)
}
