/** The values a filter compares, by canonical type: which are good, and how two of them stand to each other. Safe in a browser. */
import type { CanonicalType } from './documents.ts'

export type Scalar = string | number | bigint | boolean
type Comparable = string | number | bigint

const INTEGER_LIMIT = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n } as const
const TIME = String.raw`([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?`
const DATE = String.raw`(\d{4})-(\d{2})-(\d{2})`
const ZONE = String.raw`(Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)`
const PATTERN = {
  date: new RegExp(`^${DATE}$`),
  time: new RegExp(`^${TIME}$`),
  timestamp: new RegExp(`^${DATE}[T ]${TIME}$`),
  timestamptz: new RegExp(`^${DATE}[T ]${TIME}${ZONE}$`),
} as const
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The numerics that are no numbers, by where PostgreSQL sorts them; every number is at 0. */
const NOT_FINITE: Readonly<Record<string, number>> = { NaN: 2, Infinity: 1, '-Infinity': -1 }
const DAY_MICROSECONDS = 86_400_000_000n

/**
 * Whether a value may stand in a filter on a field of the type. Whole numbers beyond 2⁵³ and exact decimals are given as text; a date is
 * `2026-01-31`, a time `08:30` to `08:30:00.000001`, a timestamp both with `T` between, a timestamptz with its offset besides.
 */
export function isValue(type: CanonicalType, value: unknown): boolean {
  switch (type) {
    case 'bool':
      return typeof value === 'boolean'
    case 'int2':
    case 'int4':
    case 'int8':
      return isInteger(value, INTEGER_LIMIT[type])
    case 'numeric':
      return typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
    case 'float4':
      return typeof value === 'number' && Number.isFinite(Math.fround(value)) && (value === 0 || Math.fround(value) !== 0)
    case 'float8':
      return typeof value === 'number' && Number.isFinite(value)
    case 'text':
      return typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
    case 'uuid':
      return typeof value === 'string' && UUID.test(value)
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return typeof value === 'string' && moment(type, value) !== undefined
    default:
      return false
  }
}

/** Below, above or at 0 as `a` sorts before, after or with `b`: numbers by value, text by code points (COLLATE "C"), moments in time. */
export function compare(type: CanonicalType, a: Scalar, b: Scalar): number {
  if (type === 'numeric') return compareDecimals(String(a), String(b))
  if (type === 'float4') return compareFloats(Math.fround(Number(a)), Math.fround(Number(b)))
  if (type === 'float8') return compareFloats(Number(a), Number(b))
  const [left, right] = [comparable(type, a), comparable(type, b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function comparable(type: CanonicalType, value: Scalar): Comparable {
  switch (type) {
    case 'bool':
      return value ? 1 : 0
    case 'int2':
    case 'int4':
    case 'int8':
      return BigInt(value)
    case 'uuid':
      return String(value).toLowerCase()
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return moment(type, String(value)) ?? endOfTime(String(value))
    default:
      return codePoints(String(value))
  }
}

function isInteger(value: unknown, limit: bigint): boolean {
  const whole = typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?\d{1,19}$/.test(value)
  if (!whole) return false
  const integer = BigInt(value as number | string)
  return integer >= -limit && integer < limit
}

/** PostgreSQL sorts NaN above everything and with itself. */
function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a < b ? -1 : a > b ? 1 : 0
}

/** Text whose UTF-16 order is the order of code points: surrogates are lifted above U+E000…U+FFFF. */
function codePoints(text: string): string {
  return text.replace(/[\ud800-\uffff]/g, (unit) => (unit >= '\ue000' ? `\ud800${unit}` : `\uffff${unit}`))
}

/** Microseconds since 1970 (of the day where there is only a time); undefined where the text is none, or names a day that never was. */
function moment(type: keyof typeof PATTERN, text: string): bigint | undefined {
  const match = PATTERN[type].exec(text)
  if (!match) return undefined
  const parts = type === 'time' ? ['1970', '01', '01', ...match.slice(1)] : match.slice(1)
  const [year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = parts
  const days = daysOf(Number(year), Number(month), Number(day))
  if (days === undefined) return undefined
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetSeconds(zone))
  return days * DAY_MICROSECONDS + seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
}

function daysOf(year: number, month: number, day: number): bigint | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const real = year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return real ? BigInt(date.getTime() / 86_400_000) : undefined
}

function offsetSeconds(zone: string): number {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)]
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60)
}

function endOfTime(text: string): bigint {
  if (text === 'infinity') return 10n ** 30n
  if (text === '-infinity') return -(10n ** 30n)
  throw new RangeError(`«${text}» is no moment`)
}

function compareDecimals(a: string, b: string): number {
  if (a in NOT_FINITE || b in NOT_FINITE) return (NOT_FINITE[a] ?? 0) - (NOT_FINITE[b] ?? 0)
  const [left, right] = [decimal(a), decimal(b)]
  const exponent = Math.min(left.exponent, right.exponent)
  const difference = left.digits * 10n ** BigInt(left.exponent - exponent) - right.digits * 10n ** BigInt(right.exponent - exponent)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function decimal(text: string): { digits: bigint; exponent: number } {
  const match = DECIMAL.exec(text)
  if (!match) throw new RangeError(`«${text}» is no decimal number`)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  return { digits: BigInt(`${sign}${whole}${fraction}`), exponent: Number(exponent) - fraction.length }
}
