/** Fields of tuples as text, byte by byte, for stores that take text: CSV, SQL literals, JSON. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { decode } from '../../kernels/decode.ts'
import { readInt32 } from '../../kernels/layout.ts'
import { isCommon, readMoment, writeDate, writeTime } from './moments.ts'
import { writeNumeric } from './numeric.ts'

/** Writes the text of the value of `length` bytes at `at`; answers where it ends. `into` must have room for `textRoom` bytes. */
export type WriteText = (from: Buffer, at: number, length: number, into: Buffer, to: number) => number

const FIXED_ROOM = 64
const [T, F, SPACE, PLUS, ZERO, MINUS] = ['t', 'f', ' ', '+', '0', '-'].map((letter) => letter.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
  number,
]
const HEX = [...'0123456789abcdef'].map((digit) => digit.charCodeAt(0))

/** How many bytes the text of a value may take at most. */
export function textRoom(type: CanonicalType, from: Buffer, at: number, length: number): number {
  if (type === 'numeric') return FIXED_ROOM + 4 * (length + Math.max(from.readInt16BE(at + 2), 0)) + from.readUInt16BE(at + 6)
  return FIXED_ROOM + (type === 'bytea' ? 2 * length : length)
}

/**
 * PostgreSQL's text of each type under ISO settings and UTC: `t`, `-12.50`, `2026-01-31 08:30:00.5+00`, `\x00ff`; floats are the shortest that read back to the same
 * bits; days out of the years 1 to 9999 are in ISO 8601's extended years.
 */
export function writerOf(type: CanonicalType): WriteText {
  return WRITERS[type]
}

const WRITERS: Readonly<Record<CanonicalType, WriteText>> = {
  bool: (from, at, _length, into, to) => {
    into[to] = from[at] === 1 ? T : F
    return to + 1
  },
  int2: (from, at, _length, into, to) => writeInteger(into, to, ((from[at]! << 24) >> 16) | from[at + 1]!),
  int4: (from, at, _length, into, to) => writeInteger(into, to, readInt32(from, at)),
  int8: (from, at, _length, into, to) => {
    const high = readInt32(from, at)
    if (high < -(2 ** 20) || high >= 2 ** 20) return to + into.write(String(from.readBigInt64BE(at)), to, 'latin1')
    return writeInteger(into, to, high * 2 ** 32 + (readInt32(from, at + 4) >>> 0))
  },
  float4: (from, at, length, into, to) => float('float4', from, at, length, into, to),
  float8: (from, at, length, into, to) => float('float8', from, at, length, into, to),
  numeric: (from, at, _length, into, to) => writeNumeric(from, at, into, to),
  text: (from, at, length, into, to) => to + from.copy(into, to, at, at + length),
  jsonb: (from, at, length, into, to) => to + from.copy(into, to, at + 1, at + length),
  bytea: (from, at, length, into, to) => {
    into.write('\\x', to, 'latin1')
    return writeHex(from, at, length, into, to + 2)
  },
  uuid: (from, at, _length, into, to) => {
    let end = to
    for (const [start, bytes] of UUID_PARTS) {
      if (start > 0) into[end++] = MINUS
      end = writeHex(from, at + start, bytes, into, end)
    }
    return end
  },
  date: (from, at, length, into, to) => {
    const days = readInt32(from, at)
    return isCommon(days) ? writeDate(into, to, days) : long('date', from, at, length, into, to)
  },
  time: (from, at, _length, into, to) => writeTime(into, to, readInt32(from, at) * 2 ** 32 + (readInt32(from, at + 4) >>> 0)),
  timestamp: (from, at, length, into, to) => moment('timestamp', from, at, length, into, to),
  timestamptz: (from, at, length, into, to) => moment('timestamptz', from, at, length, into, to),
}
const UUID_PARTS = [
  [0, 4],
  [4, 2],
  [6, 2],
  [8, 2],
  [10, 6],
] as const

/** The text of one value. */
export function textOf(type: CanonicalType, from: Buffer, at: number, length: number): string {
  if (type === 'text') return from.toString('utf8', at, at + length)
  if (type === 'jsonb') return from.toString('utf8', at + 1, at + length)
  const into = Buffer.allocUnsafe(textRoom(type, from, at, length))
  return into.toString('latin1', 0, writerOf(type)(from, at, length, into, 0))
}

/** Lower-case hex digits; answers where they end. */
export function writeHex(from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  for (let i = 0; i < length; i++) {
    const byte = from[at + i]!
    into[to + 2 * i] = HEX[byte >> 4]!
    into[to + 2 * i + 1] = HEX[byte & 15]!
  }
  return to + 2 * length
}

function moment(type: 'timestamp' | 'timestamptz', from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  const { days, microseconds } = readMoment(from, at)
  if (!isCommon(days)) return long(type, from, at, length, into, to)
  into[to + 10] = SPACE
  writeDate(into, to, days)
  const end = writeTime(into, to + 11, microseconds)
  if (type === 'timestamp') return end
  into[end] = PLUS
  into[end + 1] = ZERO
  into[end + 2] = ZERO
  return end + 3
}

const NEGATIVE_ZERO = 0x80
function float(type: 'float4' | 'float8', from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  const shown = decode(type, from.subarray(at, at + length))
  return to + into.write(shown === '0' && from[at] === NEGATIVE_ZERO ? '-0' : shown, to, 'latin1')
}

function long(type: CanonicalType, from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  return to + into.write(decode(type, from.subarray(at, at + length)), to, 'latin1')
}

function writeInteger(into: Buffer, at: number, value: number): number {
  if (value < 0) into[at] = MINUS
  const first = value < 0 ? at + 1 : at
  let rest = Math.abs(value)
  let end = first
  do {
    into[end++] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  } while (rest > 0)
  for (let low = first, high = end - 1; low < high; low++, high--) [into[low], into[high]] = [into[high]!, into[low]!]
  return end
}

/** Whether a value is one of those only PostgreSQL knows: NaN and infinities of numeric, the infinite days, years before 1 and after 9999. Answers its text then. */
export function uncommon(type: CanonicalType, from: Buffer, at: number, length: number): string | undefined {
  switch (type) {
    case 'numeric':
      return (from[at + 4]! & 0xc0) === 0xc0 ? decode(type, from.subarray(at, at + length)) : undefined
    case 'date':
      return isCommon(readInt32(from, at)) ? undefined : decode(type, from.subarray(at, at + length))
    case 'timestamp':
    case 'timestamptz':
      return isCommon(readMoment(from, at).days) ? undefined : decode(type, from.subarray(at, at + length))
    case 'float4':
    case 'float8': {
      const value = type === 'float4' ? from.readFloatBE(at) : from.readDoubleBE(at)
      return Number.isFinite(value) ? undefined : String(value)
    }
    default:
      return undefined
  }
}
