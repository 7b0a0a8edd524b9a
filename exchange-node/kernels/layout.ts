/**
 * How values lie in PostgreSQL's binary COPY tuples: a 16-bit count of fields, then for each field a 32-bit length (-1 for null) and that
 * many bytes, all big-endian.
 */

/** Where fields begin and how long they are in the tuple last walked; -1 is null. */
export type Places = { readonly offsets: Int32Array; readonly lengths: Int32Array }

export function places(fields: number): Places {
  return { offsets: new Int32Array(fields), lengths: new Int32Array(fields) }
}

export function readInt32(buffer: Buffer, at: number): number {
  return (buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!
}

export function writeInt32(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value >> 24
  buffer[at + 1] = value >> 16
  buffer[at + 2] = value >> 8
  buffer[at + 3] = value
}

/** Fills `into` from the tuple at `at`; answers where the next tuple begins. Throws where the bytes are no tuple of so many fields. */
export function walk(buffer: Buffer, at: number, { offsets, lengths }: Places): number {
  const fields = offsets.length
  if (((buffer[at]! << 8) | buffer[at + 1]!) !== fields) throw new Error(`a tuple of ${fields} fields was due at byte ${at}`)
  let next = at + 2
  for (let field = 0; field < fields; field++) {
    const length = (buffer[next]! << 24) | (buffer[next + 1]! << 16) | (buffer[next + 2]! << 8) | buffer[next + 3]!
    next += 4
    offsets[field] = next
    lengths[field] = length
    if (length > 0) next += length
  }
  if (next > buffer.length) throw new Error(`the tuple at byte ${at} is cut off`)
  return next
}

/** Bytes of the UTF-8 character that begins with this byte. */
export function characterBytes(first: number): number {
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

/** Days from 2000-01-01, as PostgreSQL stores a date, of 1 January of a year; the proleptic Gregorian calendar, year 0 being 1 BC. */
export function daysOfYear(year: number): number {
  const before = year - 1
  return 365 * (year - 2000) + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - LEAP_DAYS_TO_2000
}
const LEAP_DAYS_TO_2000 = Math.floor(1999 / 4) - Math.floor(1999 / 100) + Math.floor(1999 / 400)

/** The year in which a stored date lies. */
export function yearOf(days: number): number {
  let year = 2000 + Math.floor(days / 365.2425)
  while (daysOfYear(year) > days) year--
  while (daysOfYear(year + 1) <= days) year++
  return year
}

/** PostgreSQL's dates beyond all dates. */
export const DATE_INFINITY = 0x7fffffff
export const DATE_MINUS_INFINITY = -0x80000000
