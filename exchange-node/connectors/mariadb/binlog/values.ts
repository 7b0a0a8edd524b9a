/** Values of a row image as the text the same column has in a SELECT, so that changes and loads give the same tuples. */
import type { MappedColumn } from './events.ts'

/** Where the value ends, and its text, or its bytes where it has no text of its own. */
export type Decoded = { end: number; value: string | Buffer }

const [TINY, SHORT, LONG, FLOAT, DOUBLE, LONGLONG, INT24, DATE, YEAR, VARCHAR, BIT, TIMESTAMP2, DATETIME2, TIME2] = [
  1, 2, 3, 4, 5, 8, 9, 10, 13, 15, 16, 17, 18, 19,
]
const [DECIMAL, ENUM, SET, BLOB, VAR_STRING, STRING] = [246, 247, 248, 252, 253, 254]
/** Kinds whose metadata says how many bytes their length has: BLOB, and beside the granted columns MySQL's JSON and geometries. */
const LONG_VALUES = new Set([BLOB, 245, 255])
const DIGITS_BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4] as const
const GROUP = 9
const DATETIME_ZERO = 0x80_0000_0000
const TIME_ZERO = 0x80_0000

/** Whether this program reads columns of this type from the log. */
export function isRead({ type }: MappedColumn): boolean {
  return [
    TINY,
    SHORT,
    LONG,
    FLOAT,
    DOUBLE,
    LONGLONG,
    INT24,
    DATE,
    YEAR,
    VARCHAR,
    BIT,
    TIMESTAMP2,
    DATETIME2,
    TIME2,
    DECIMAL,
    BLOB,
    VAR_STRING,
    STRING,
  ].includes(type)
}

/** @param labels of an enum or set, in their order */
export function decodeValue({ type, meta, unsigned }: MappedColumn, from: Buffer, at: number, labels: readonly string[]): Decoded {
  switch (type) {
    case TINY:
      return { end: at + 1, value: String(unsigned ? from[at] : from.readInt8(at)) }
    case SHORT:
      return { end: at + 2, value: String(unsigned ? from.readUInt16LE(at) : from.readInt16LE(at)) }
    case INT24:
      return { end: at + 3, value: String(unsigned ? from.readUIntLE(at, 3) : from.readIntLE(at, 3)) }
    case LONG:
      return { end: at + 4, value: String(unsigned ? from.readUInt32LE(at) : from.readInt32LE(at)) }
    case LONGLONG:
      return { end: at + 8, value: String(unsigned ? from.readBigUInt64LE(at) : from.readBigInt64LE(at)) }
    case FLOAT:
      return { end: at + 4, value: String(from.readFloatLE(at)) }
    case DOUBLE:
      return { end: at + 8, value: String(from.readDoubleLE(at)) }
    case YEAR:
      return { end: at + 1, value: String(from[at] === 0 ? 0 : 1900 + from[at]!) }
    case DECIMAL:
      return decimal(meta >> 8, meta & 0xff, from, at)
    case BIT:
      return bits(meta, from, at)
    default:
      return temporal(type, meta, from, at) ?? sized(type, meta, from, at, labels)
  }
}

function bits(meta: number, from: Buffer, at: number): Decoded {
  const bytes = (meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0)
  return { end: at + bytes, value: String(BigInt(`0x${from.toString('hex', at, at + bytes) || '0'}`)) }
}

function temporal(type: number, meta: number, from: Buffer, at: number): Decoded | undefined {
  switch (type) {
    case DATE: {
      const packed = from.readUIntLE(at, 3)
      return { end: at + 3, value: day(packed >> 9, (packed >> 5) & 15, packed & 31) }
    }
    case DATETIME2: {
      const packed = from.readUIntBE(at, 5) - DATETIME_ZERO
      const [high, low] = [Math.floor(packed / 2 ** 17), packed % 2 ** 17]
      const month = high >> 5
      return {
        end: at + 5 + fractionBytes(meta),
        value: `${day(Math.floor(month / 13), month % 13, high & 31)} ${clock(low >> 12, (low >> 6) & 63, low & 63)}${fraction(meta, from, at + 5)}`,
      }
    }
    case TIMESTAMP2: {
      const seconds = from.readUInt32BE(at)
      const shown = seconds === 0 ? '0000-00-00 00:00:00' : new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
      return { end: at + 4 + fractionBytes(meta), value: shown + fraction(meta, from, at + 4) }
    }
    case TIME2: {
      const packed = from.readUIntBE(at, 3) - TIME_ZERO
      const shown = packed < 0 ? 'before 00:00:00' : clock((packed >> 12) & 0x3ff, (packed >> 6) & 63, packed & 63) + fraction(meta, from, at + 3)
      return { end: at + 3 + fractionBytes(meta), value: shown }
    }
    default:
      return undefined
  }
}

function day(year: number, month: number, date: number): string {
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(date, 2)}`
}

function clock(hours: number, minutes: number, seconds: number): string {
  return `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}`
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}

function fractionBytes(decimals: number): number {
  return (decimals + 1) >> 1
}

function fraction(decimals: number, from: Buffer, at: number): string {
  const bytes = fractionBytes(decimals)
  return bytes === 0 ? '' : `.${pad(from.readUIntBE(at, bytes), 2 * bytes).slice(0, decimals)}`
}

/** Groups of nine digits, each four bytes, what is over on both sides in fewer; the sign in the first bit, negative numbers inverted. */
function decimal(precision: number, scale: number, from: Buffer, at: number): Decoded {
  const [whole, wholeLeft] = [Math.floor((precision - scale) / GROUP), (precision - scale) % GROUP]
  const [part, partLeft] = [Math.floor(scale / GROUP), scale % GROUP]
  const bytes = DIGITS_BYTES[wholeLeft]! + 4 * (whole + part) + DIGITS_BYTES[partLeft]!
  const packed = Buffer.from(from.subarray(at, at + bytes))
  const negative = (packed[0]! & 0x80) === 0
  packed[0]! ^= 0x80
  if (negative) for (let i = 0; i < bytes; i++) packed[i]! ^= 0xff
  let next = 0
  const digits = (count: number) => {
    const size = DIGITS_BYTES[count]!
    next += size
    return size === 0 ? '' : pad(packed.readUIntBE(next - size, size), count)
  }
  let shown = digits(wholeLeft)
  for (let group = 0; group < whole; group++) shown += digits(GROUP)
  let decimals = ''
  for (let group = 0; group < part; group++) decimals += digits(GROUP)
  decimals += digits(partLeft)
  return { end: at + bytes, value: `${negative ? '-' : ''}${shown.replace(/^0+(?=\d)/, '') || '0'}${scale > 0 ? `.${decimals}` : ''}` }
}

/** Values that say how long they are. */
function sized(type: number, meta: number, from: Buffer, at: number, labels: readonly string[]): Decoded {
  if (type === STRING) {
    const [high, low] = [meta >> 8, meta & 0xff]
    const real = (high & 0x30) === 0x30 ? high : high | 0x30
    if (real === ENUM) return { end: at + low, value: labels[from.readUIntLE(at, low) - 1] ?? '' }
    if (real === SET) return { end: at + low, value: members(from.toString('hex', at, at + low), labels) }
    const most = (high & 0x30) === 0x30 ? low : low | (((high & 0x30) ^ 0x30) << 4)
    return bytesOf(from, at, most > 255 ? 2 : 1)
  }
  return bytesOf(from, at, LONG_VALUES.has(type) ? meta : meta > 255 ? 2 : 1)
}

function members(hex: string, labels: readonly string[]): string {
  const bitmap = BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`)
  return labels.filter((_, bit) => (bitmap >> BigInt(bit)) & 1n).join(',')
}

function bytesOf(from: Buffer, at: number, lengthBytes: number): Decoded {
  const length = from.readUIntLE(at, lengthBytes)
  const start = at + lengthBytes
  return { end: start + length, value: from.subarray(start, start + length) }
}
