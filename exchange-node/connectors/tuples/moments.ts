/** Dates and times between text and PostgreSQL's counts: days from 2000-01-01, microseconds of a day, microseconds from 2000-01-01 (UTC where there is a zone). */
import { DATE_INFINITY, DATE_MINUS_INFINITY, daysOfYear, readInt32, writeInt32, yearOf } from '../../kernels/layout.ts'

export const DAY_MICROSECONDS = 86_400_000_000
/** 86 400 000 000 = 20 · 2³² + this */
const DAY_REST = 500_654_080
const TWO_32 = 2 ** 32
const ZERO = 48
const [DASH, COLON, POINT, SPACE, LETTER_T, LETTER_C] = ['-', ':', '.', ' ', 'T', 'C'].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
  number,
]
const BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
/** What PostgreSQL's timestamps reach. */
const [FIRST_YEAR, LAST_YEAR] = [-4712, 294_276]
/** ISO 8601's extended years, a sign or more than four digits, or PostgreSQL's « BC». */
const LONG_DATE = /^([+-]?)(\d{4,6})-(\d\d)-(\d\d)(?=$|[ T])/
const BC = / BC$/

/** A moment: a day and the microseconds of it. Days beyond all days are PostgreSQL's infinities. */
export type Moment = { days: number; microseconds: number }

/** Days of the date whose text lies there; undefined where it is none, or names a day that never was (0000-00-00, 30 February). */
export function parseDate(from: Uint8Array, at: number, length: number): number | undefined {
  if (length === 10 && from[at + 4] === DASH && from[at + 7] === DASH) {
    return daysOf(number(from, at, 4), number(from, at + 5, 2), number(from, at + 8, 2), 1)
  }
  const text = latin1(from, at, length)
  return /\d[ T]\d/.test(text) ? undefined : parseLong(text)?.days // a moment is no day: its hours would be lost
}

/** Microseconds of the day: `08:30`, `08:30:00.25`, `24:00:00`. */
export function parseTime(from: Uint8Array, at: number, length: number): number | undefined {
  if (length < 5 || from[at + 2] !== COLON) return undefined
  const [hours, minutes] = [number(from, at, 2), number(from, at + 3, 2)]
  let seconds = 0
  let fraction = 0
  if (length > 5) {
    if (from[at + 5] !== COLON || length < 8) return undefined
    seconds = number(from, at + 6, 2)
    if (length > 8) {
      const digits = length - 9
      if (from[at + 8] !== POINT || digits < 1 || digits > 6) return undefined
      fraction = number(from, at + 9, digits) * 10 ** (6 - digits)
    }
  }
  const value = (hours * 3600 + minutes * 60 + seconds) * 1e6 + fraction
  return minutes < 60 && seconds < 60 && value <= DAY_MICROSECONDS ? value : undefined // a comparison with NaN is false
}

/** `2026-01-31 08:30:00.25`, with `T` or a blank between; where `zoned` it must end in `Z` or an offset, by which it is taken to UTC. */
export function parseMoment(from: Uint8Array, at: number, length: number, zoned: boolean): Moment | undefined {
  const plain = length > 10 && from[at + length - 1] !== LETTER_C && from[at + 4] === DASH && (from[at + 10] === SPACE || from[at + 10] === LETTER_T)
  if (!plain) return parseLongMoment(latin1(from, at, length), zoned)
  const days = parseDate(from, at, 10)
  return days === undefined ? undefined : withTime(days, from, at + 11, length - 11, zoned)
}

function withTime(days: number, from: Uint8Array, at: number, length: number, zoned: boolean): Moment | undefined {
  const offset = zoned ? zoneOf(latin1(from, at, length)) : { seconds: 0, characters: 0 }
  if (!offset) return undefined
  const time = parseTime(from, at, length - offset.characters)
  if (time === undefined) return undefined
  const microseconds = time - offset.seconds * 1e6
  const shift = Math.floor(microseconds / DAY_MICROSECONDS)
  return { days: days + shift, microseconds: microseconds - shift * DAY_MICROSECONDS }
}

function parseLongMoment(text: string, zoned: boolean): Moment | undefined {
  const found = parseLong(text)
  if (!found || !Number.isFinite(found.days) || found.days === DATE_INFINITY || found.days === DATE_MINUS_INFINITY)
    return found && { days: found.days, microseconds: 0 }
  const rest = Buffer.from(found.rest.slice(1), 'latin1')
  return rest.length === 0 ? undefined : withTime(found.days, rest, 0, rest.length, zoned)
}

function parseLong(text: string): { days: number; rest: string } | undefined {
  if (text === 'infinity') return { days: DATE_INFINITY, rest: '' }
  if (text === '-infinity') return { days: DATE_MINUS_INFINITY, rest: '' }
  const match = LONG_DATE.exec(text)
  if (!match) return undefined
  const [whole, sign, digits, month, day] = match
  const bc = BC.test(text)
  const year = bc ? 1 - Number(digits) : Number(`${sign}${digits}`)
  const days = daysOf(year, Number(month), Number(day), FIRST_YEAR)
  return days === undefined ? undefined : { days, rest: text.slice(whole.length).replace(BC, '') }
}

const ZONE = /(Z|[+-]\d\d(?::?\d\d(?::\d\d)?)?)$/
function zoneOf(text: string): { seconds: number; characters: number } | undefined {
  const zone = ZONE.exec(text)?.[0]
  if (!zone) return undefined
  if (zone === 'Z') return { seconds: 0, characters: 1 }
  const [hours, minutes, seconds] = [zone.slice(1, 3), zone.slice(3).replaceAll(':', '').slice(0, 2), zone.slice(7)]
  const value = Number(hours) * 3600 + Number(minutes || 0) * 60 + Number(seconds || 0)
  return { seconds: zone.startsWith('-') ? -value : value, characters: zone.length }
}

function daysOf(year: number, month: number, day: number, firstYear: number): number | undefined {
  if (!(year >= firstYear && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1)) return undefined
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > MONTH_DAYS[month]! + (leap && month === 2 ? 1 : 0)) return undefined
  return daysOfYear(year) + BEFORE_MONTH[month]! + (leap && month > 2 ? 1 : 0) + day - 1
}

/** NaN where another character than a digit stands there. */
function number(from: Uint8Array, at: number, digits: number): number {
  let value = 0
  for (let place = at; place < at + digits; place++) {
    const digit = from[place]! - ZERO
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function latin1(from: Uint8Array, at: number, length: number): string {
  return Buffer.from(from.buffer, from.byteOffset + at, length).toString('latin1')
}

/** The eight bytes of a timestamp. */
export function writeMoment(into: Uint8Array, at: number, { days, microseconds }: Moment): void {
  const buffer = into as Buffer
  if (days === DATE_INFINITY || days === DATE_MINUS_INFINITY) {
    writeInt32(buffer, at, days)
    writeInt32(buffer, at + 4, days === DATE_INFINITY ? -1 : 0)
  } else if (Math.abs(days) > 10_000_000) buffer.writeBigInt64BE(BigInt(days) * BigInt(DAY_MICROSECONDS) + BigInt(microseconds), at)
  else {
    const low = days * DAY_REST + microseconds
    const carry = Math.floor(low / TWO_32)
    writeInt32(buffer, at, days * 20 + carry)
    writeInt32(buffer, at + 4, (low - carry * TWO_32) | 0)
  }
}

/** The day and time of a timestamp's eight bytes. */
export function readMoment(from: Buffer, at: number): Moment {
  const [high, low] = [readInt32(from, at), readInt32(from, at + 4) >>> 0]
  if (high === DATE_INFINITY && low === 0xffff_ffff) return { days: DATE_INFINITY, microseconds: 0 }
  if (high === DATE_MINUS_INFINITY && low === 0) return { days: DATE_MINUS_INFINITY, microseconds: 0 }
  const days = Math.floor((high * TWO_32 + low) / DAY_MICROSECONDS)
  if (Math.abs(days) > 10_000_000) {
    const value = from.readBigInt64BE(at)
    const day = BigInt(DAY_MICROSECONDS)
    const rest = ((value % day) + day) % day
    return { days: Number((value - rest) / day), microseconds: Number(rest) }
  }
  const microseconds = (high - days * 20) * TWO_32 + low - days * DAY_REST
  const shift = Math.floor(microseconds / DAY_MICROSECONDS) // the first division may be off by one day
  return { days: days + shift, microseconds: microseconds - shift * DAY_MICROSECONDS }
}

/** Whether the day lies in the years 1 to 9999, which every database can hold. */
export function isCommon(days: number): boolean {
  return days >= FIRST_COMMON && days <= LAST_COMMON
}
const FIRST_COMMON = daysOfYear(1)
const LAST_COMMON = daysOfYear(10_000) - 1

/** `2026-01-31` for a day of the years 1 to 9999; answers where it ends. */
export function writeDate(into: Uint8Array, at: number, days: number): number {
  const year = yearOf(days)
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0
  let day = days - daysOfYear(year)
  let month = 12
  while (day < BEFORE_MONTH[month]! + (month > 2 ? leap : 0)) month--
  day -= BEFORE_MONTH[month]! + (month > 2 ? leap : 0)
  write(into, at, year, 4)
  into[at + 4] = DASH
  write(into, at + 5, month, 2)
  into[at + 7] = DASH
  write(into, at + 8, day + 1, 2)
  return at + 10
}

/** `08:30:00`, with as many decimals as are needed, none or up to six. */
export function writeTime(into: Uint8Array, at: number, microseconds: number): number {
  const seconds = Math.floor(microseconds / 1e6)
  write(into, at, Math.floor(seconds / 3600), 2)
  into[at + 2] = COLON
  write(into, at + 3, Math.floor(seconds / 60) % 60, 2)
  into[at + 5] = COLON
  write(into, at + 6, seconds % 60, 2)
  let fraction = microseconds - seconds * 1e6
  if (fraction === 0) return at + 8
  let digits = 6
  while (fraction % 10 === 0) {
    fraction /= 10
    digits--
  }
  into[at + 8] = POINT
  write(into, at + 9, fraction, digits)
  return at + 9 + digits
}

function write(into: Uint8Array, at: number, value: number, digits: number): void {
  let rest = value
  for (let place = at + digits - 1; place >= at; place--) {
    into[place] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
}
