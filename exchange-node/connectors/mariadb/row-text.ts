/** Tuples as the text that MariaDB loads: lines of `load data`, or the values of an INSERT. What a column cannot hold exactly is refused by field and key before it is sent. */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { type Places, places, readInt32, walk } from '../../kernels/layout.ts'
import { refusal } from '../../refusal.ts'
import { textOf, textRoom, uncommon, type WriteText, writeHex, writerOf } from '../tuples/text.ts'
import { identifier, list } from './sql.ts'
import { keyRoom, NUMERIC_SCALE, NUMERIC_WHOLE, numericFields, SCALES } from './types.ts'

export type Form = 'load' | 'insert'
type Fields = readonly Pick<GrantField, 'name' | 'type' | 'key'>[]

const code = (sign: string) => sign.charCodeAt(0)
const [TAB, LINE, BACKSLASH, QUOTE, COMMA, OPEN, CLOSE, N, LETTER_T, ZERO, ONE] = ['\t', '\n', '\\', "'", ',', '(', ')', 'N', 't', '0', '1'].map(code) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]
const LETTER_N = code('n')
const NULL_WORD = Buffer.from('null')
const [UNHEX, UNHEX_END] = [Buffer.from("unhex('"), Buffer.from("')")]
const SHOWN = 64
const QUOTED: ReadonlySet<CanonicalType> = new Set(['text', 'date', 'time', 'timestamp', 'timestamptz', 'uuid', 'jsonb'])

/** `(code, @1) set photo = unhex(@1)`: the end of a `load data` statement whose lines this file writes. */
export function loadColumns(fields: Fields): string {
  const binary = fields.flatMap(({ name, type }, at) => (type === 'bytea' ? [`${identifier(name)} = unhex(@v${at})`] : []))
  const columns = fields.map(({ name, type }, at) => (type === 'bytea' ? `@v${at}` : identifier(name)))
  if (numericFields(fields) > 0) {
    columns.push('@scales')
    binary.push(`${SCALES} = unhex(@scales)`)
  }
  return `(${list(columns)})${binary.length > 0 ? ` set ${list(binary)}` : ''}`
}

export function insertColumns(fields: Fields): string {
  return list([...fields.map(({ name }) => identifier(name)), ...(numericFields(fields) > 0 ? [SCALES] : [])])
}

export class RowText {
  readonly #fields: Fields
  readonly #form: Form
  readonly #places: Places
  readonly #writers: readonly WriteText[]
  readonly #room: number
  readonly #scales: Buffer
  #out = Buffer.alloc(0)
  #at = 0

  constructor(fields: Fields, form: Form) {
    this.#fields = fields
    this.#form = form
    this.#places = places(fields.length)
    this.#writers = fields.map(({ type }) => this.#writer(type))
    this.#room = keyRoom(fields)
    this.#scales = Buffer.alloc(numericFields(fields))
  }

  /** The rows of a frame, in memory of their own. @param separate where an INSERT goes on, a comma comes first */
  convert(payload: Buffer, separate = false): Buffer {
    this.#out = Buffer.allocUnsafe(payload.length + (payload.length >> 1) + 4096)
    this.#at = 0
    for (let at = 0; at < payload.length; ) {
      if (this.#form === 'insert' && (at > 0 || separate)) this.#put(COMMA)
      at = walk(payload, at, this.#places)
      this.#row(payload)
    }
    return this.#out.subarray(0, this.#at)
  }

  #row(payload: Buffer): void {
    const { offsets, lengths } = this.#places
    let numeric = 0
    if (this.#form === 'insert') this.#put(OPEN)
    for (let field = 0; field < this.#fields.length; field++) {
      const [offset, length] = [offsets[field]!, lengths[field]!]
      const { type } = this.#fields[field]!
      if (field > 0) this.#put(this.#form === 'load' ? TAB : COMMA)
      if (type === 'numeric') this.#scales[numeric++] = length < 0 ? 0 : payload[offset + 7]!
      if (length < 0) this.#null()
      else this.#value(payload, field, offset, length)
    }
    if (numeric > 0) this.#scaleBytes()
    this.#put(this.#form === 'load' ? LINE : CLOSE)
  }

  #value(payload: Buffer, field: number, offset: number, length: number): void {
    const { type, key } = this.#fields[field]!
    const problem = this.#problem(type, key, payload, offset, length)
    if (problem !== undefined) throw this.#refused(payload, field, problem)
    this.#reserve(2 * textRoom(type, payload, offset, length) + 16)
    const quoted = this.#form === 'insert' && QUOTED.has(type)
    if (quoted) this.#out[this.#at++] = QUOTE
    this.#at = this.#writers[field]!(payload, offset, length, this.#out, this.#at)
    if (quoted) this.#out[this.#at++] = QUOTE
  }

  #problem(type: CanonicalType, key: boolean, payload: Buffer, offset: number, length: number): string | undefined {
    switch (type) {
      case 'int2':
      case 'int4':
      case 'int8':
      case 'bool':
        return undefined
      case 'numeric':
        return uncommon(type, payload, offset, length) ?? tooWide(payload, offset)
      case 'text':
        return key && characters(payload, offset, length) > this.#room ? `longer than the ${this.#room} characters of a key` : undefined
      case 'float4':
      case 'float8':
        return isMinusZero(payload, offset, length) ? 'minus zero' : uncommon(type, payload, offset, length)
      default:
        return uncommon(type, payload, offset, length)
    }
  }

  #refused(payload: Buffer, field: number, problem: string): Error {
    const { offsets, lengths } = this.#places
    const keys = this.#fields.flatMap(({ name, type, key }, at) =>
      key ? [`${name} = ${textOf(type, payload, offsets[at]!, lengths[at]!).slice(0, SHOWN)}`] : [],
    )
    const { name, type } = this.#fields[field]!
    return refusal(
      'target_value',
      `target: ${name} of the row with ${keys.join(', ')} is ${problem}, which ${type} of this database cannot hold: mend it at the source, or grant the column as text`,
    )
  }

  #writer(type: CanonicalType): WriteText {
    switch (type) {
      case 'bool':
        return (from, at, _length, into, to) => {
          into[to] = from[at] === 1 ? ONE : ZERO
          return to + 1
        }
      case 'float4': // as the double it is: the database reads a float's own digits less exactly
        return (from, at, _length, into, to) => to + into.write(floatText(from.readFloatBE(at)), to, 'latin1')
      case 'float8':
        return (from, at, _length, into, to) => to + into.write(floatText(from.readDoubleBE(at)), to, 'latin1')
      case 'timestamptz': // the session's zone is UTC
        return writerWithoutZone
      case 'bytea':
        return this.#form === 'load' ? writeHex : writeUnhex
      case 'text':
        return this.#form === 'load' ? escapeLine : escapeQuoted
      case 'jsonb':
        return this.#form === 'load' ? skipVersion(escapeLine) : skipVersion(escapeQuoted)
      default:
        return writerOf(type)
    }
  }

  #null(): void {
    this.#reserve(8)
    if (this.#form === 'load') {
      this.#out[this.#at++] = BACKSLASH
      this.#out[this.#at++] = N
    } else this.#at += NULL_WORD.copy(this.#out, this.#at)
  }

  #scaleBytes(): void {
    this.#put(this.#form === 'load' ? TAB : COMMA)
    this.#reserve(2 * this.#scales.length + 16)
    this.#at = (this.#form === 'load' ? writeHex : writeUnhex)(this.#scales, 0, this.#scales.length, this.#out, this.#at)
  }

  #put(byte: number): void {
    this.#reserve(1)
    this.#out[this.#at++] = byte
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return
    const wider = Buffer.allocUnsafe(2 * this.#out.length + bytes)
    this.#out.copy(wider, 0, 0, this.#at)
    this.#out = wider
  }
}

function floatText(value: number): string {
  const shown = Object.is(value, -0) ? '-0' : String(value)
  return shown.includes('e') ? shown : `${shown}e0`
}

function writerWithoutZone(from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  return writerOf('timestamp')(from, at, length, into, to)
}

function writeUnhex(from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  UNHEX.copy(into, to)
  const end = writeHex(from, at, length, into, to + UNHEX.length)
  UNHEX_END.copy(into, end)
  return end + UNHEX_END.length
}

function skipVersion(write: WriteText): WriteText {
  return (from, at, length, into, to) => write(from, at + 1, length - 1, into, to)
}

function escapeLine(from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  let end = to
  for (let i = at; i < at + length; i++) {
    const byte = from[i]!
    if (byte === TAB || byte === LINE || byte === BACKSLASH) {
      into[end++] = BACKSLASH
      into[end++] = byte === TAB ? LETTER_T : byte === LINE ? LETTER_N : BACKSLASH
    } else into[end++] = byte
  }
  return end
}

function escapeQuoted(from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  let end = to
  for (let i = at; i < at + length; i++) {
    const byte = from[i]!
    if (byte === QUOTE || byte === BACKSLASH) into[end++] = BACKSLASH
    into[end++] = byte
  }
  return end
}

function characters(from: Buffer, at: number, length: number): number {
  let count = 0
  for (let i = at; i < at + length; i++) if ((from[i]! & 0xc0) !== 0x80) count++
  return count
}

function isMinusZero(from: Buffer, at: number, length: number): boolean {
  return from[at] === 0x80 && from.subarray(at + 1, at + length).every((byte) => byte === 0)
}

/** More digits than a decimal has places for. */
function tooWide(from: Buffer, at: number): string | undefined {
  const [count, weight] = [from.readUInt16BE(at), from.readInt16BE(at + 2)]
  const scale = readInt32(from, at + 4) & 0xffff
  const first = count > 0 ? from.readUInt16BE(at + 8) : 0
  const whole = weight < 0 ? 0 : 4 * weight + String(first).length
  return whole > NUMERIC_WHOLE || scale > NUMERIC_SCALE ? `a number with ${whole} digits before the point and ${scale} behind it` : undefined
}
