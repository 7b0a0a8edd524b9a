/** Declared types of SQLite and canonical ones. SQLite keeps any value in any column, so each value is read exactly as its granted type, or refused by its row. */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { TupleValue } from '../tuples/values.ts'
import { identifier } from './file.ts'

/** What a granted type is declared as in a table of the exchange: what SQLite has no exact type for is text, as PostgreSQL prints it. */
const DECLARED: Readonly<Record<CanonicalType, string>> = {
  bool: 'boolean',
  int2: 'int2',
  int4: 'int4',
  int8: 'int8',
  float4: 'float4',
  float8: 'float8',
  numeric: 'numeric_text',
  text: 'text',
  bytea: 'blob',
  date: 'date_text',
  time: 'time_text',
  timestamp: 'timestamp_text',
  timestamptz: 'timestamptz_text',
  uuid: 'uuid_text',
  jsonb: 'jsonb_text',
}
const OURS = new Map(Object.entries(DECLARED).map(([type, declared]) => [declared, type as CanonicalType]))
/** By a word in the declared type; the first that fits. */
const WORDS: readonly (readonly [RegExp, CanonicalType])[] = [
  [/bool/, 'bool'],
  [/int/, 'int8'],
  [/char|clob|text/, 'text'],
  [/blob|binary|bytea/, 'bytea'],
  [/real|floa|doub/, 'float8'],
  [/timestamptz|with time zone/, 'timestamptz'],
  [/timestamp|datetime/, 'timestamp'],
  [/date/, 'date'],
  [/^time/, 'time'],
  [/uuid|guid/, 'uuid'],
  [/json/, 'jsonb'],
  [/num|dec|money/, 'numeric'],
]

export function canonicalOf(declared: string): CanonicalType {
  const type = declared.toLowerCase()
  return OURS.get(type) ?? WORDS.find(([word]) => word.test(type))?.[1] ?? 'text'
}

export function columnSql({ name, type, nullable }: Pick<GrantField, 'name' | 'type' | 'nullable'>): string {
  return `${identifier(name)} ${DECLARED[type]}${nullable ? '' : ' not null'}`
}

/** A column as the encoder takes it: texts as their bytes, so that nothing is put in place of a byte that is no character. */
export function readSql(column: string, type: CanonicalType): string {
  const name = identifier(column)
  return type === 'bytea' ? name : `case when typeof(${name}) = 'text' then cast(${name} as blob) else ${name} end`
}

export type Stored = string | number | bigint | Uint8Array | null

/** A field of a tuple as it is kept. Refuses `target_value` where that would be another value. */
export function stored({ name, type }: Pick<GrantField, 'name' | 'type'>, value: TupleValue): Stored {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value !== 'number') return value
  if (type !== 'float4' && type !== 'float8') return BigInt(value)
  if (Object.is(value, -0)) throw refusal('target_value', `target: ${name} is minus zero, which SQLite keeps as zero: let a rule at the source make it zero`)
  return Number.isNaN(value) ? 'NaN' : value // SQLite takes a NaN for a null
}
