/** The one place where names and values become SQL text. Everything else composes what comes from here; nothing else quotes. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'

const NAME_BYTES = 63

/** A name, always quoted. Throws for what PostgreSQL would cut or refuse: longer than 63 bytes, empty, or holding a NUL. */
export function identifier(name: string): string {
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > NAME_BYTES) throw new Error(`not a name PostgreSQL can hold: ${JSON.stringify(name)}`)
  return `"${name.replaceAll('"', '""')}"`
}

export function qualified(schema: string, name: string): string {
  return `${identifier(schema)}.${identifier(name)}`
}

/** A text constant, whatever `standard_conforming_strings` says. Throws on NUL, which no text value can hold. */
export function text(value: string): string {
  if (value.includes('\0')) throw new Error('a text value cannot hold NUL')
  const quoted = value.replaceAll("'", "''")
  return value.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

/** The type's name in SQL, out of reach of any search path. */
export function typeName(type: CanonicalType): string {
  return `pg_catalog.${type}`
}

/** A constant of one type: its text form, cast. The database parses it; a bad one is its error, never another statement. */
export function literal(value: string | number | boolean, type: CanonicalType): string {
  return `${text(String(value))}::${typeName(type)}`
}

/** A bound of a ctid range: the first tuple of a page. */
export function pageStart(page: number): string {
  if (!Number.isSafeInteger(page) || page < 0) throw new Error(`not a page number: ${page}`)
  return `'(${page},0)'::pg_catalog.tid`
}

/** Joined by commas. */
export function list(parts: readonly string[]): string {
  return parts.join(', ')
}
