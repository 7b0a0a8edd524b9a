/** Tuples as values that a table of the exchange's own holds exactly: texts, but floats and bytes as they are. What a column cannot hold is refused by field and key. */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { type Places, places, readInt32, walk } from '../../kernels/layout.ts'
import { refusal } from '../../refusal.ts'
import { textOf, uncommon } from '../tuples/text.ts'
import type { Dialect, Limits, Value } from './dialect.ts'
import { emptyMark, MARKED_SCALE, needsMarks, scaleMark } from './marks.ts'

type Fields = readonly Pick<GrantField, 'name' | 'type' | 'key'>[]

const SHOWN = 64
/** The least floats that have all their digits. */
const LEAST = { float4: 2 ** -126, float8: 2 ** -1022 } as const
const END_OF_DAY = '24:00:00'

/** How many characters of a text, or bytes, each open-ended column of the key may have. */
export function keyRoom(fields: readonly Pick<GrantField, 'type' | 'key'>[], { keyRoom: room }: Pick<Limits, 'keyRoom'>): number {
  const open = fields.filter(({ type, key }) => key && (type === 'text' || type === 'bytea')).length
  return open === 0 ? 0 : Math.floor(room / open)
}

export class HeldRows {
  readonly #fields: Fields
  readonly #limits: Limits
  readonly #emptyIsNull: boolean
  readonly #marked: boolean
  readonly #places: Places
  readonly #room: number

  constructor(fields: Fields, dialect: Pick<Dialect, 'limits' | 'emptyIsNull'>) {
    this.#fields = fields
    this.#limits = dialect.limits
    this.#emptyIsNull = dialect.emptyIsNull
    this.#marked = needsMarks(fields, dialect)
    this.#places = places(fields.length)
    this.#room = keyRoom(fields, dialect.limits)
  }

  /** Each row the values of its fields, and with marks those behind them. Refuses `target_value`. */
  of(payload: Buffer): Value[][] {
    const rows: Value[][] = []
    for (let at = 0; at < payload.length; ) {
      at = walk(payload, at, this.#places)
      rows.push(this.#row(payload))
    }
    return rows
  }

  #row(payload: Buffer): Value[] {
    const { offsets, lengths } = this.#places
    const marks = this.#marked ? Buffer.alloc(this.#fields.length) : undefined
    const row = this.#fields.map((field, at): Value => {
      const [offset, length] = [offsets[at]!, lengths[at]!]
      if (length < 0) return null
      const problem = this.#problem(field, payload, offset, length)
      if (problem !== undefined) throw this.#refused(payload, at, problem)
      if (marks) marks[at] = this.#mark(field.type, payload, offset, length)
      return heldValue(field.type, payload, offset, length)
    })
    return marks ? [...row, marks] : row
  }

  #mark(type: CanonicalType, payload: Buffer, offset: number, length: number): number {
    if (type === 'numeric') return scaleMark(payload.readUInt16BE(offset + 6))
    return this.#emptyIsNull && (type === 'text' || type === 'bytea') ? emptyMark(length) : 0
  }

  #problem({ type, key }: Fields[number], payload: Buffer, offset: number, length: number): string | undefined {
    switch (type) {
      case 'numeric':
        return uncommon(type, payload, offset, length) ?? this.#tooWide(payload, offset, length)
      case 'float4':
      case 'float8':
        return this.#strangeFloat(type, payload, offset, length)
      case 'time':
        return !this.#limits.endOfDay && textOf(type, payload, offset, length) === END_OF_DAY ? END_OF_DAY : undefined
      case 'text':
      case 'bytea':
        return key ? this.#strangeKey(type, payload, offset, length) : undefined
      default:
        return uncommon(type, payload, offset, length)
    }
  }

  #tooWide(payload: Buffer, offset: number, length: number): string | undefined {
    const { whole, scale, digits } = this.#limits
    const [before = '', behind = ''] = textOf('numeric', payload, offset, length).replace('-', '').split('.')
    const [left, right] = [before.replace(/^0+/, '').length, behind.replace(/0+$/, '').length]
    const fits = left <= whole && right <= scale && left + right <= digits && payload.readUInt16BE(offset + 6) <= MARKED_SCALE
    return fits ? undefined : `a number with ${left} digits before the point and ${behind.length} behind it`
  }

  #strangeFloat(type: 'float4' | 'float8', payload: Buffer, offset: number, length: number): string | undefined {
    const value = type === 'float4' ? payload.readFloatBE(offset) : payload.readDoubleBE(offset)
    if (Object.is(value, -0)) return 'minus zero'
    if (!Number.isFinite(value)) return this.#limits.named ? undefined : uncommon(type, payload, offset, length)
    return !this.#limits.subnormal && value !== 0 && Math.abs(value) < LEAST[type] ? `${value}, too near to zero` : undefined
  }

  #strangeKey(type: 'text' | 'bytea', payload: Buffer, offset: number, length: number): string | undefined {
    if (length === 0 && this.#emptyIsNull) return 'of no length, which is a null here and no key'
    const text = type === 'text' ? textOf(type, payload, offset, length) : ''
    const long = type === 'text' ? text.length : length
    if (long > this.#room) return `longer than the ${this.#room} ${type === 'text' ? 'characters' : 'bytes'} of a key`
    return this.#limits.keyBlanks && text.endsWith(' ') ? 'a key that ends in a blank, which does not count here' : undefined
  }

  #refused(payload: Buffer, at: number, problem: string): Error {
    const { offsets, lengths } = this.#places
    const keys = this.#fields.flatMap(({ name, type, key }, field) =>
      key ? [`${name} = ${lengths[field]! < 0 ? 'null' : textOf(type, payload, offsets[field]!, lengths[field]!).slice(0, SHOWN)}`] : [],
    )
    const { name, type } = this.#fields[at]!
    return refusal(
      'target_value',
      `target: ${name} of the row with ${keys.join(', ')} is ${problem}, which ${type} of this database cannot hold: mend it at the source, or grant the column as text`,
    )
  }
}

function heldValue(type: CanonicalType, payload: Buffer, offset: number, length: number): Value {
  switch (type) {
    case 'bool':
      return payload[offset] === 1 ? '1' : '0'
    case 'int2':
      return String(payload.readInt16BE(offset))
    case 'int4':
      return String(readInt32(payload, offset))
    case 'float4':
      return payload.readFloatBE(offset)
    case 'float8':
      return payload.readDoubleBE(offset)
    case 'bytea':
      return Buffer.from(payload.subarray(offset, offset + length))
    default:
      return heldText(type, textOf(type, payload, offset, length))
  }
}

/** The text of a value as `from` of a dialect reads it: moments with all six decimals, numbers without zeros at the end, for which there are marks. */
export function heldText(type: CanonicalType, text: string): string {
  switch (type) {
    case 'numeric':
      return text.includes('.') ? text.replace(/\.?0+$/, '') : text
    case 'time':
    case 'timestamp':
      return withMicroseconds(text)
    case 'timestamptz':
      return `${withMicroseconds(text.replace(/\+00$/, ''))} +00:00`
    case 'bool':
      return text === 't' ? '1' : '0'
    default:
      return text
  }
}

function withMicroseconds(text: string): string {
  const [whole = '', decimals = ''] = text.split('.')
  return `${whole}.${decimals.padEnd(6, '0')}`
}
