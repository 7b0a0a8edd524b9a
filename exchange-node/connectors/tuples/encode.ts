/** Values of any store as fields of tuples. What a canonical type cannot hold is refused by the field's name, with what to do about it. */
import { isUtf8 } from 'node:buffer'
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { writeInt32 } from '../../kernels/layout.ts'
import { RowTooLong } from '../../pg/copy-out.ts'
import { Unfit } from '../unfit.ts'
import type { TupleFrames } from './frames.ts'
import { JsonProblem, jsonbText } from './jsonb.ts'
import { parseDate, parseMoment, parseTime, writeMoment } from './moments.ts'
import { encodeNumeric } from './numeric.ts'

/** What drivers answer. A string or bytes is the text of the value (bytea: its own bytes, or `\x00ff` as a string); a `Date` is a moment in UTC. */
export type FieldValue = string | number | bigint | boolean | Uint8Array | Date | null | undefined

/** Writes one field from text that lies in bytes (UTF-8; bytea: the bytes themselves). Answers why not, or nothing. */
export type EncodeBytes = (out: TupleFrames, from: Buffer, at: number, length: number) => string | undefined

type Fields = readonly Pick<GrantField, 'name' | 'type' | 'key'>[]

const BIGINT = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n } as const
const FLOATS = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i
const FLOAT_NAMES: Readonly<Record<string, number>> = { nan: Number.NaN, infinity: Infinity, '-infinity': -Infinity, inf: Infinity, '-inf': -Infinity }
const BOOLEANS: Readonly<Record<string, boolean>> = { t: true, true: true, '1': true, f: false, false: false, '0': false }
const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i
const HEX = /^\\x(?:[0-9a-f]{2})*$/i
const JSON_VERSION = 1
const MINUS = 45
const ZERO = 48
const SAFE_DIGITS = 15

/** The way from text bytes to the type. */
export function encoderOf(type: CanonicalType): EncodeBytes {
  return ENCODERS[type]
}

const ENCODERS: Readonly<Record<CanonicalType, EncodeBytes>> = {
  bool: (out, from, at, length) => {
    const value = BOOLEANS[from.toString('latin1', at, at + length).toLowerCase()]
    if (value === undefined) return 'is neither true nor false'
    const to = out.field(1)
    out.buffer[to] = value ? 1 : 0
    return undefined
  },
  int2: integer('int2'),
  int4: integer('int4'),
  int8: integer('int8'),
  float4: float((out, value) => {
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) return 'is beyond float4'
    const to = out.field(4)
    out.buffer.writeFloatBE(value, to)
    return undefined
  }),
  float8: float((out, value) => {
    const to = out.field(8)
    out.buffer.writeDoubleBE(value, to)
    return undefined
  }),
  numeric: (out, from, at, length) => (encodeNumeric(out, from, at, length) ? undefined : 'is no decimal number that numeric can hold'),
  text: (out, from, at, length) => {
    const problem = textProblem(from, at, length)
    if (problem) return problem
    copy(out, from, at, length)
    return undefined
  },
  bytea: (out, from, at, length) => {
    copy(out, from, at, length)
    return undefined
  },
  date: (out, from, at, length) => {
    const days = parseDate(from, at, length)
    if (days === undefined) return noDay(from, at, length)
    const to = out.field(4)
    writeInt32(out.buffer, to, days)
    return undefined
  },
  time: (out, from, at, length) => {
    const value = parseTime(from, at, length)
    if (value === undefined) return 'is no time of day'
    const to = out.field(8)
    writeInt32(out.buffer, to, Math.floor(value / 2 ** 32))
    writeInt32(out.buffer, to + 4, (value % 2 ** 32) | 0)
    return undefined
  },
  timestamp: moment(false),
  timestamptz: moment(true),
  uuid: (out, from, at, length) => {
    const text = from.toString('latin1', at, at + length)
    if (!UUID.test(text)) return 'is no UUID'
    const to = out.field(16)
    out.buffer.write(text.replaceAll('-', ''), to, 'hex')
    return undefined
  },
  jsonb: (out, from, at, length) => {
    const problem = textProblem(from, at, length)
    if (problem) return problem
    const json = jsonOf(from.toString('utf8', at, at + length))
    if ('problem' in json) return json.problem
    const to = out.field(json.text.length + 1)
    out.buffer[to] = JSON_VERSION
    json.text.copy(out.buffer, to + 1)
    return undefined
  },
}

function copy(out: TupleFrames, from: Buffer, at: number, length: number): void {
  const to = out.field(length)
  const into = out.buffer
  if (length > 48) from.copy(into, to, at, at + length)
  else for (let i = 0; i < length; i++) into[to + i] = from[at + i]!
}

function textProblem(from: Buffer, at: number, length: number): string | undefined {
  let high = 0
  for (let i = at; i < at + length; i++) {
    const byte = from[i]!
    if (byte === 0) return 'holds a NUL character, which no text can hold: clean it at the source, or grant the column as bytea'
    high |= byte
  }
  return high < 0x80 || isUtf8(from.subarray(at, at + length)) ? undefined : 'holds bytes that are no UTF-8: name the encoding the source really has'
}

function jsonOf(text: string): { text: Buffer } | { problem: string } {
  try {
    return { text: Buffer.from(jsonbText(text)) }
  } catch (error) {
    if (error instanceof JsonProblem) return { problem: error.message }
    throw error
  }
}

function integer(type: keyof typeof BIGINT): EncodeBytes {
  const limit = BIGINT[type]
  const bytes = { int2: 2, int4: 4, int8: 8 }[type]
  return (out, from, at, length) => {
    const small = length <= SAFE_DIGITS ? smallInteger(from, at, length) : undefined
    if (small !== undefined && bytes === 8) {
      const to = out.field(8)
      const high = Math.floor(small / 2 ** 32)
      writeInt32(out.buffer, to, high)
      writeInt32(out.buffer, to + 4, (small - high * 2 ** 32) | 0)
      return undefined
    }
    const text = small === undefined ? from.toString('latin1', at, at + length) : ''
    if (small === undefined && !/^[+-]?\d{1,40}$/.test(text)) return 'is no whole number'
    const value = BigInt(small ?? text.replace(/^\+/, ''))
    if (value < -limit || value >= limit) return `is beyond ${type}`
    const to = out.field(bytes)
    if (bytes === 2) out.buffer.writeInt16BE(Number(value), to)
    else if (bytes === 4) writeInt32(out.buffer, to, Number(value))
    else out.buffer.writeBigInt64BE(value, to)
    return undefined
  }
}

function smallInteger(from: Buffer, start: number, length: number): number | undefined {
  const negative = from[start] === MINUS
  let at = negative ? start + 1 : start
  const end = start + length
  if (at >= end) return undefined
  let value = 0
  for (; at < end; at++) {
    const digit = from[at]! - ZERO
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return negative ? -value || 0 : value
}

function float(write: (out: TupleFrames, value: number) => string | undefined): EncodeBytes {
  return (out, from, at, length) => {
    const text = from.toString('latin1', at, at + length)
    const value = FLOATS.test(text) ? Number(text) : FLOAT_NAMES[text.toLowerCase()]
    if (value === undefined) return 'is no number'
    if (FLOATS.test(text) && !Number.isFinite(value)) return 'is beyond float8'
    return write(out, value)
  }
}

function moment(zoned: boolean): EncodeBytes {
  return (out, from, at, length) => {
    const value = parseMoment(from, at, length, zoned)
    if (!value) return noDay(from, at, length)
    const to = out.field(8)
    writeMoment(out.buffer, to, value)
    return undefined
  }
}

function noDay(from: Buffer, at: number, length: number): string {
  const text = from.toString('latin1', at, at + Math.min(length, 32))
  if (/^\d{4}-(00-\d\d|\d\d-00)/.test(text) || text.startsWith('0000'))
    return `is «${text}», a day that never was: set it to null or to the real day at the source`
  return `is «${text}», no day or time that can be carried`
}

/** Rows from JavaScript's own values, in the order of the granted fields. */
export class RowEncoder {
  readonly #out: TupleFrames
  readonly #fields: Fields

  constructor(out: TupleFrames, fields: Fields) {
    this.#out = out
    this.#fields = fields
  }

  /** Refuses the row (`Unfit`) by the field's name and the row's key: a value that is none of its type, or one that is too long; it is then not in the frame. */
  write(values: readonly FieldValue[]): void {
    const out = this.#out
    out.beginRow(this.#fields.length)
    for (let at = 0; at < this.#fields.length; at++) {
      const problem = this.#writeField(at, values)
      if (problem === undefined) continue
      out.dropRow()
      throw problem
    }
    out.endRow()
  }

  #writeField(at: number, values: readonly FieldValue[]): Unfit | undefined {
    const { name, type } = this.#fields[at]!
    try {
      const problem = encodeValue(this.#out, type, values[at])
      return problem === undefined ? undefined : valueRefused(name, this.#keyOf(values), problem)
    } catch (error) {
      if (error instanceof RowTooLong) return tooLong(name, this.#keyOf(values), error)
      throw error
    }
  }

  #keyOf(values: readonly FieldValue[]): string {
    return this.#fields.flatMap(({ name, key }, at) => (key ? [`${name} = ${shown(values[at]).slice(0, 64)}`] : [])).join(', ')
  }
}

function shown(value: FieldValue): string {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length).toString() : String(value)
}

/** @param key of the row, for people: `uscc = 9133…` */
export function valueRefused(field: string, key: string, problem: string): Unfit {
  return new Unfit('unreadable', field, 'source_value', `source: ${field} ${key ? `of the row with ${key} ` : ''}${problem}`)
}

export function tooLong(field: string, key: string, error: RowTooLong): Unfit {
  return new Unfit('tooLong', field, 'row_too_long', `source: the row with ${key}: ${error.message}: grant the table without its longest column`, error)
}

/** Writes one field. Answers why not, or nothing. */
export function encodeValue(out: TupleFrames, type: CanonicalType, value: FieldValue): string | undefined {
  if (value === null || value === undefined) {
    out.null()
    return undefined
  }
  if (value instanceof Date) return encodeDate(out, type, value)
  if (value instanceof Uint8Array) return ENCODERS[type](out, Buffer.from(value.buffer, value.byteOffset, value.length), 0, value.length)
  if (typeof value === 'number' && (type === 'float4' || type === 'float8')) return encodeFloat(out, type, value)
  if (typeof value === 'string' && !value.isWellFormed()) return 'holds half a character'
  if (typeof value === 'string' && type === 'bytea') {
    if (!HEX.test(value)) return 'is no bytes'
    return encodeValue(out, type, Buffer.from(value.slice(2), 'hex'))
  }
  if (typeof value === 'boolean' && type !== 'bool' && type !== 'text' && type !== 'jsonb') return 'is true or false'
  const text = Buffer.from(String(value))
  return ENCODERS[type](out, text, 0, text.length)
}

function encodeFloat(out: TupleFrames, type: 'float4' | 'float8', value: number): string | undefined {
  if (type === 'float4' && Number.isFinite(value) && !Number.isFinite(Math.fround(value))) return 'is beyond float4'
  const to = out.field(type === 'float4' ? 4 : 8)
  if (type === 'float4') out.buffer.writeFloatBE(value, to)
  else out.buffer.writeDoubleBE(value, to)
  return undefined
}

function encodeDate(out: TupleFrames, type: CanonicalType, value: Date): string | undefined {
  if (Number.isNaN(value.getTime())) return 'is no day or time that can be carried'
  const iso = value.toISOString()
  const text = type === 'date' ? iso.slice(0, -14) : type === 'timestamp' ? iso.slice(0, -1) : iso
  return encodeValue(out, type, text)
}
