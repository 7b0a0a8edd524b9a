/** A grant's row filter over the bytes of a COPY tuple, with the meaning of its SQL (pg/filter-sql.ts): three-valued logic, text by code points. */
import type { CanonicalType, Filter, GrantField } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import { compare } from '@zhenghe/wire/filter-values.ts'
import { decode } from '../kernels/decode.ts'
import type { Places } from '../kernels/layout.ts'

/** Whether the tuple that `places` was last walked over passes. */
export type RowFilter = (bytes: Buffer, places: Places) => boolean
type Verdict = boolean | null
type Test = (bytes: Buffer, places: Places) => Verdict
type Condition = Exclude<Filter, { of: unknown }>
type Scalar = string | number | boolean
/** Below, above or at 0 as the value at `at` sorts before, after or with the constant. */
type Compare = (bytes: Buffer, at: number, length: number) => number

/** Refuses `bad_filter` where the filter names other fields or does not fit their types. */
export function compileFilter(filter: Filter, fields: readonly Pick<GrantField, 'name' | 'type'>[]): RowFilter {
  const problems = checkFilter(filter, fields)
  if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
  const compile = (node: Filter): Test => {
    if (!('of' in node)) {
      const field = fields.findIndex(({ name }) => name === node.field)
      return condition(node, field, fields[field]!.type)
    }
    if (node.op === 'not') {
      const inner = compile(node.of)
      return (bytes, places) => negation(inner(bytes, places))
    }
    return node.op === 'and' ? every(node.of.map(compile), false) : every(node.of.map(compile), true)
  }
  const test = compile(filter)
  return (bytes, places) => test(bytes, places) === true
}

/** The names of the fields a filter asks about. */
export function filterFields(filter: Filter): Set<string> {
  if (!('of' in filter)) return new Set([filter.field])
  const parts = Array.isArray(filter.of) ? filter.of : [filter.of]
  return new Set(parts.flatMap((part) => [...filterFields(part)]))
}

/** `decisive` as soon as one part is that; null where one is null; else the opposite. */
function every(parts: readonly Test[], decisive: boolean): Test {
  return (bytes, places) => {
    let unknown = false
    for (const part of parts) {
      const verdict = part(bytes, places)
      if (verdict === decisive) return decisive
      if (verdict === null) unknown = true
    }
    return unknown ? null : !decisive
  }
}

function negation(verdict: Verdict): Verdict {
  return verdict === null ? null : !verdict
}

const ORDER = {
  eq: (order: number) => order === 0,
  ne: (order: number) => order !== 0,
  lt: (order: number) => order < 0,
  le: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  ge: (order: number) => order >= 0,
} as const

function condition(node: Condition, field: number, type: CanonicalType): Test {
  const nullness = node.op === 'null' || node.op === 'notNull' ? node.op === 'null' : undefined
  if (nullness !== undefined) return (_bytes, { lengths }) => lengths[field]! < 0 === nullness
  const holds = valueTest(node, type)
  return (bytes, { offsets, lengths }) => (lengths[field]! < 0 ? null : holds(bytes, offsets[field]!, lengths[field]!))
}

function valueTest(node: Condition, type: CanonicalType): (bytes: Buffer, at: number, length: number) => boolean {
  switch (node.op) {
    case 'in': {
      const constants = node.values.map((value) => comparison(type, value))
      return (bytes, at, length) => constants.some((constant) => constant(bytes, at, length) === 0)
    }
    case 'between': {
      const [low, high] = [comparison(type, node.low), comparison(type, node.high)]
      return (bytes, at, length) => low(bytes, at, length) >= 0 && high(bytes, at, length) <= 0
    }
    case 'startsWith': {
      const prefix = Buffer.from(node.value)
      return (bytes, at, length) => length >= prefix.length && bytes.compare(prefix, 0, prefix.length, at, at + prefix.length) === 0
    }
    case 'null':
    case 'notNull':
      throw new Error('asked before')
    default: {
      const [order, constant] = [ORDER[node.op], comparison(type, node.value)]
      return (bytes, at, length) => order(constant(bytes, at, length))
    }
  }
}

function comparison(type: CanonicalType, value: Scalar): Compare {
  switch (type) {
    case 'bool':
      return (bytes, at) => Number(bytes[at] === 1) - Number(value)
    case 'int2':
      return (bytes, at) => bytes.readInt16BE(at) - Number(value)
    case 'int4':
      return (bytes, at) => bytes.readInt32BE(at) - Number(value)
    case 'int8':
      return longs(BigInt(value))
    case 'date': {
      const days = Number(microseconds('date', String(value)) / DAY)
      return (bytes, at) => bytes.readInt32BE(at) - days
    }
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return longs(microseconds(type, String(value)))
    case 'text':
    case 'uuid': {
      const constant = type === 'text' ? Buffer.from(String(value)) : Buffer.from(String(value).replaceAll('-', ''), 'hex')
      return (bytes, at, length) => bytes.compare(constant, 0, constant.length, at, at + length)
    }
    case 'float4':
      return (bytes, at) => compare(type, bytes.readFloatBE(at), value)
    case 'float8':
      return (bytes, at) => compare(type, bytes.readDoubleBE(at), value)
    default:
      return (bytes, at, length) => compare(type, decode(type, bytes.subarray(at, at + length)), value)
  }
}

function longs(constant: bigint): Compare {
  return (bytes, at) => {
    const value = bytes.readBigInt64BE(at)
    return value < constant ? -1 : value > constant ? 1 : 0
  }
}

const DAY = 86_400_000_000n
const EPOCH_MS = Date.UTC(2000, 0, 1)
const MOMENT = /^(?:(\d{4}-\d{2}-\d{2})[T ]?)?(?:(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/

/** As PostgreSQL stores it: since 2000 (of the day, for a time). The text has been checked. */
function microseconds(type: CanonicalType, text: string): bigint {
  const [, date, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = MOMENT.exec(text) ?? []
  const days = date === undefined ? 0n : BigInt(Date.parse(date) - EPOCH_MS) * 1000n
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - (type === 'timestamptz' ? offsetSeconds(zone) : 0)
  return days + BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
}

function offsetSeconds(zone: string): number {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  return (zone[0] === '-' ? -1 : 1) * (Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60)
}
