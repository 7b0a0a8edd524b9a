/** One value of a COPY tuple as text for people: row keys and offending values in the quarantine. Never on the path of the rows themselves. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { DATE_INFINITY, DATE_MINUS_INFINITY } from './layout.ts'

const EPOCH_MS = Date.UTC(2000, 0, 1)
const DAY_MS = 86_400_000
const INT64_MAX = 2n ** 63n - 1n
const NUMERIC_SIGNS: Readonly<Record<number, string>> = { 49152: 'NaN', 53248: 'Infinity', 61440: '-Infinity' }

/** The value as PostgreSQL would print it under ISO settings and UTC; a date before the year 1 or after 9999 in ISO 8601's extended years. */
export function decode(type: CanonicalType, value: Buffer): string {
  switch (type) {
    case 'bool':
      return value[0] === 1 ? 't' : 'f'
    case 'int2':
      return String(value.readInt16BE())
    case 'int4':
      return String(value.readInt32BE())
    case 'int8':
      return String(value.readBigInt64BE())
    case 'float4':
      return shortestFloat(value.readFloatBE())
    case 'float8':
      return String(value.readDoubleBE())
    case 'numeric':
      return decodeNumeric(value)
    case 'date':
      return decodeDate(value.readInt32BE())
    case 'time':
      return clock(value.readBigInt64BE())
    case 'timestamp':
      return moment(value.readBigInt64BE(), '')
    case 'timestamptz':
      return moment(value.readBigInt64BE(), '+00')
    case 'uuid':
      return value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    case 'bytea':
      return `\\x${value.toString('hex')}`
    case 'jsonb':
      return value.toString('utf8', 1)
    case 'text':
      return value.toString('utf8')
  }
}

/** The shortest decimal that is this single-precision number and no other. */
function shortestFloat(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(Number(value.toPrecision(9)))
}

function decodeDate(days: number): string {
  if (days === DATE_INFINITY) return 'infinity'
  if (days === DATE_MINUS_INFINITY) return '-infinity'
  const date = new Date(EPOCH_MS + days * DAY_MS)
  return Number.isNaN(date.getTime()) ? `2000-01-01 + ${days} days` : date.toISOString().slice(0, -14)
}

function clock(microseconds: bigint): string {
  const seconds = microseconds / 1_000_000n
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0'))
  const fraction = String(microseconds % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return parts.join(':') + (fraction && `.${fraction}`)
}

function moment(microseconds: bigint, zone: string): string {
  if (microseconds === INT64_MAX) return 'infinity'
  if (microseconds === -INT64_MAX - 1n) return '-infinity'
  const day = 86_400_000_000n
  const time = ((microseconds % day) + day) % day
  return `${decodeDate(Number((microseconds - time) / day))} ${clock(time)}${zone}`
}

/** Base-10000 digits, a weight, a sign and the number of decimals to show. */
function decodeNumeric(value: Buffer): string {
  const [count, weight, sign, scale] = [value.readUInt16BE(0), value.readInt16BE(2), value.readUInt16BE(4), value.readUInt16BE(6)]
  const named = NUMERIC_SIGNS[sign]
  if (named) return named
  const digit = (index: number) => String(index >= 0 && index < count ? value.readUInt16BE(8 + index * 2) : 0).padStart(4, '0')
  let whole = ''
  for (let index = 0; index <= weight; index++) whole += digit(index)
  let fraction = ''
  for (let index = weight + 1; fraction.length < scale; index++) fraction += digit(index)
  const text = whole.replace(/^0+(?=\d)/, '') || '0'
  return (sign === 0x4000 ? '-' : '') + text + (scale > 0 ? `.${fraction.slice(0, scale)}` : '')
}
