/** The binary form of a column's own type as the binary form of its granted type: the same bytes for most, a few bytes of work for others. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { decode } from '../../kernels/decode.ts'

/** Writes the value of `length` bytes at `at` in its granted form to `to`; answers the bytes written, `growth` more than `length` at most. */
export type Write = (from: Buffer, at: number, length: number, into: Buffer, to: number) => number
export type Conversion = { write: Write; growth: number }

const copy: Write = (from, at, length, into, to) => {
  if (length > 48) from.copy(into, to, at, at + length)
  else for (let i = 0; i < length; i++) into[to + i] = from[at + i]!
  return length
}
const SAME: Conversion = { write: copy, growth: 0 }

/** `char(n)` is padded with blanks, which its text does not have. */
const unpadded: Write = (from, at, length, into, to) => {
  let end = at + length
  while (end > at && from[end - 1] === 0x20) end--
  return copy(from, at, end - at, into, to)
}

const JSONB_VERSION = 1
const jsonToJsonb: Write = (from, at, length, into, to) => {
  into[to] = JSONB_VERSION
  return 1 + copy(from, at, length, into, to + 1)
}
const jsonbToText: Write = (from, at, length, into, to) => copy(from, at + 1, length - 1, into, to)

/** A value whose text is what PostgreSQL's cast to text gives. */
const asText = (type: CanonicalType, growth: number): Conversion => ({
  write: (from, at, length, into, to) => into.write(type === 'bool' ? (from[at] === 1 ? 'true' : 'false') : decode(type, from.subarray(at, at + length)), to),
  growth,
})

const readInteger = (from: Buffer, at: number, length: number): bigint =>
  length === 8 ? from.readBigInt64BE(at) : BigInt(length === 4 ? from.readInt32BE(at) : from.readInt16BE(at))

const toNumeric: Write = (from, at, length, into, to) => writeNumeric(readInteger(from, at, length), into, to)

/** Digits of base 10000, most significant first; without those at the end that are 0. */
function writeNumeric(value: bigint, into: Buffer, to: number): number {
  const digits: number[] = []
  for (let rest = value < 0n ? -value : value; rest > 0n; rest /= 10_000n) digits.unshift(Number(rest % 10_000n))
  const weight = Math.max(digits.length - 1, 0)
  while (digits.at(-1) === 0) digits.pop()
  const head = [digits.length, weight, value < 0n ? 0x4000 : 0, 0]
  for (const [index, word] of [...head, ...digits].entries()) into.writeUInt16BE(word, to + 2 * index)
  return 2 * (head.length + digits.length)
}
const NUMERIC_GROWTH = 20

const [DAY_MICROSECONDS, DATE_ENDS] = [86_400_000_000n, { [2 ** 31 - 1]: 2n ** 63n - 1n, [-(2 ** 31)]: -(2n ** 63n) } as Readonly<Record<number, bigint>>]
const dateToTimestamp: Write = (from, at, _length, into, to) => {
  const days = from.readInt32BE(at)
  return into.writeBigInt64BE(DATE_ENDS[days] ?? BigInt(days) * DAY_MICROSECONDS, to) - to
}

/** By base type of the column and granted type. */
const WORK: Readonly<Record<string, Partial<Record<CanonicalType, Conversion>>>> = {
  bool: { text: asText('bool', 4) },
  int2: {
    int4: { write: (from, at, _l, into, to) => into.writeInt32BE(from.readInt16BE(at), to) - to, growth: 2 },
    int8: { write: (from, at, _l, into, to) => into.writeBigInt64BE(BigInt(from.readInt16BE(at)), to) - to, growth: 6 },
    float4: { write: (from, at, _l, into, to) => into.writeFloatBE(from.readInt16BE(at), to) - to, growth: 2 },
    float8: { write: (from, at, _l, into, to) => into.writeDoubleBE(from.readInt16BE(at), to) - to, growth: 6 },
    numeric: { write: toNumeric, growth: NUMERIC_GROWTH },
    text: asText('int2', 4),
  },
  int4: {
    int8: { write: (from, at, _l, into, to) => into.writeBigInt64BE(BigInt(from.readInt32BE(at)), to) - to, growth: 4 },
    float8: { write: (from, at, _l, into, to) => into.writeDoubleBE(from.readInt32BE(at), to) - to, growth: 4 },
    numeric: { write: toNumeric, growth: NUMERIC_GROWTH },
    text: asText('int4', 7),
  },
  int8: { numeric: { write: toNumeric, growth: NUMERIC_GROWTH }, text: asText('int8', 12) },
  oid: { int8: { write: (from, at, _l, into, to) => into.writeBigInt64BE(BigInt(from.readUInt32BE(at)), to) - to, growth: 4 } },
  float4: { float8: { write: (from, at, _l, into, to) => into.writeDoubleBE(from.readFloatBE(at), to) - to, growth: 4 } },
  date: { timestamp: { write: dateToTimestamp, growth: 4 } },
  uuid: { text: asText('uuid', 20) },
  bpchar: { text: { write: unpadded, growth: 0 } },
  json: { jsonb: { write: jsonToJsonb, growth: 1 }, text: SAME },
  jsonb: { text: { write: jsonbToText, growth: 0 } },
}
/** Types whose binary form is that of the canonical type of the same name, or of text. */
const AS_THEY_ARE = new Set([
  'bool',
  'int2',
  'int4',
  'int8',
  'float4',
  'float8',
  'numeric',
  'text',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
  'bytea',
  'jsonb',
])
const LIKE_TEXT = new Set(['varchar', 'name', 'citext'])

/** How a column is carried, exactly as its cast in SQL would; undefined where that cannot be done on the bytes. @param base the type under all domains @param kind its `typtype` */
export function conversionOf(base: string, kind: string, granted: CanonicalType): Conversion | undefined {
  if (granted === base && AS_THEY_ARE.has(base)) return SAME
  if (granted === 'text' && (LIKE_TEXT.has(base) || kind === 'e')) return SAME
  return WORK[base]?.[granted]
}
