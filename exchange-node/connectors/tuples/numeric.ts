/** PostgreSQL's numeric: base-10000 digits, the weight of the first, a sign, and how many decimals to show. */
import type { TupleFrames } from './frames.ts'

const [NEGATIVE, NAN, INFINITY, MINUS_INFINITY] = [0x4000, 0xc000, 0xd000, 0xf000]
const NAMED: Readonly<Record<number, string>> = { [NAN]: 'NaN', [INFINITY]: 'Infinity', [MINUS_INFINITY]: '-Infinity' }
const NAMES: Readonly<Record<string, number>> = {
  nan: NAN,
  infinity: INFINITY,
  '+infinity': INFINITY,
  '-infinity': MINUS_INFINITY,
  inf: INFINITY,
  '-inf': MINUS_INFINITY,
}
const HEAD_BYTES = 8
/** PostgreSQL's own for infinities, so that the bytes are the same. */
const INFINITE_SCALE = 32
const MAX_SCALE = 16_383
const MAX_WHOLE = 131_072
const [ZERO, POINT, PLUS, MINUS, SMALL_E, LARGE_E] = ['0', '.', '+', '-', 'e', 'E'].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
  number,
]

let digits = new Uint8Array(256)

/** Writes the number whose ASCII text lies at `at`: `-12.50`, `1e-7`, `NaN`, `Infinity`. False where it is none, or one PostgreSQL cannot hold. */
export function encodeNumeric(out: TupleFrames, from: Uint8Array, at: number, length: number): boolean {
  const parsed = parse(from, at, length)
  if (!parsed)
    return writeNamed(
      out,
      NAMES[
        Buffer.from(from.buffer, from.byteOffset + at, length)
          .toString('latin1')
          .toLowerCase()
      ],
    )
  const { negative, count, point, scale } = parsed
  if (scale > MAX_SCALE || point > MAX_WHOLE) return false
  let first = 0
  while (first < count && digits[first] === 0) first++
  let last = count
  while (last > first && digits[last - 1] === 0) last--
  if (first === last) {
    head(out, out.field(HEAD_BYTES), 0, 0, 0, scale)
    return true
  }
  // the group that holds the first digit, and the last; group g holds the decimal places 10^(4g) … 10^(4g+3)
  const weight = Math.floor((point - 1 - first) / 4)
  const lowest = Math.floor((point - last) / 4)
  const groups = weight - lowest + 1
  const to = out.field(HEAD_BYTES + 2 * groups)
  head(out, to, groups, weight, negative ? NEGATIVE : 0, scale)
  for (let group = 0; group < groups; group++) {
    const start = point - 4 * (weight - group + 1) // index of the group's first digit
    let value = 0
    for (let index = start; index < start + 4; index++) value = value * 10 + (index >= first && index < last ? digits[index]! : 0)
    out.buffer[to + HEAD_BYTES + 2 * group] = value >> 8
    out.buffer[to + HEAD_BYTES + 2 * group + 1] = value
  }
  return true
}

/** Fills `digits`; `point` is how many of them stand before the decimal point. */
function parse(from: Uint8Array, start: number, length: number): { negative: boolean; count: number; point: number; scale: number } | undefined {
  const end = start + length
  let at = start
  if (digits.length < length) digits = new Uint8Array(2 * length)
  const negative = from[at] === MINUS
  if (negative || from[at] === PLUS) at++
  let count = 0
  let point = -1
  for (; at < end; at++) {
    const digit = from[at]! - ZERO
    if (digit >= 0 && digit <= 9) digits[count++] = digit
    else if (from[at] === POINT && point < 0) point = count
    else break
  }
  if (count === 0) return undefined
  const exponent = at < end ? exponentOf(from, at, end) : 0
  if (exponent === undefined) return undefined
  const decimals = point < 0 ? 0 : count - point
  return { negative, count, point: count - decimals + exponent, scale: Math.max(decimals - exponent, 0) }
}

function exponentOf(from: Uint8Array, start: number, end: number): number | undefined {
  if (from[start] !== SMALL_E && from[start] !== LARGE_E) return undefined
  let at = start + 1
  const negative = from[at] === MINUS
  if (negative || from[at] === PLUS) at++
  if (at >= end || end - at > 6) return undefined
  let exponent = 0
  for (; at < end; at++) {
    const digit = from[at]! - ZERO
    if (digit < 0 || digit > 9) return undefined
    exponent = exponent * 10 + digit
  }
  return negative ? -exponent : exponent
}

function writeNamed(out: TupleFrames, sign: number | undefined): boolean {
  if (sign === undefined) return false
  head(out, out.field(HEAD_BYTES), 0, 0, sign, sign === NAN ? 0 : INFINITE_SCALE)
  return true
}

function head(out: TupleFrames, at: number, count: number, weight: number, sign: number, scale: number): void {
  for (const [index, value] of [count, weight, sign, scale].entries()) {
    out.buffer[at + 2 * index] = value >> 8
    out.buffer[at + 2 * index + 1] = value
  }
}

/** Writes the number as ASCII text; answers where it ends. At most 4 bytes for each of its digit groups, its scale, and 8 more. */
export function writeNumeric(from: Uint8Array, at: number, into: Uint8Array, to: number): number {
  const [count, rawWeight, sign, scale] = [short(from, at), short(from, at + 2), short(from, at + 4), short(from, at + 6)]
  const named = NAMED[sign]
  let end = to
  if (named) {
    for (const letter of named) into[end++] = letter.charCodeAt(0)
    return end
  }
  const weight = (rawWeight << 16) >> 16
  if (sign === NEGATIVE) into[end++] = MINUS
  const group = (index: number) => (index >= 0 && index < count ? short(from, at + HEAD_BYTES + 2 * index) : 0)
  if (weight < 0) into[end++] = ZERO
  else end = writeDigits(into, end, group(0), wholeDigits(group(0)), 4)
  for (let index = 1; index <= weight; index++) end = writeDigits(into, end, group(index), 4, 4)
  if (scale > 0) into[end++] = POINT
  for (let place = 0; place < scale; place += 4) end = writeDigits(into, end, group(weight + 1 + place / 4), 4, Math.min(scale - place, 4))
  return end
}

function wholeDigits(value: number): number {
  return value > 999 ? 4 : value > 99 ? 3 : value > 9 ? 2 : 1
}

/** The first `shown` of `width` digits; where `width` is less than 4 the digits before are zeros. */
function writeDigits(into: Uint8Array, at: number, value: number, width: number, shown: number): number {
  let end = at
  let divisor = 10 ** (width - 1)
  for (let place = 0; place < Math.min(width, shown); place++, divisor /= 10) into[end++] = ZERO + (Math.floor(value / divisor) % 10)
  return end
}

function short(from: Uint8Array, at: number): number {
  return (from[at]! << 8) | from[at + 1]!
}
