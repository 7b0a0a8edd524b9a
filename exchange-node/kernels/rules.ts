/** Field rules as functions over the bytes of one value in a COPY tuple. They allocate nothing. */
import type { Rule } from '@zhenghe/wire/documents.ts'
import { readInt32 } from './layout.ts'

/** Whether the value of `length` bytes at `at` is good. Null (length -1) is good for every rule but `notNull`. */
export type Check = (buffer: Buffer, at: number, length: number) => boolean

export function compileRule(rule: Rule): Check {
  switch (rule.kind) {
    case 'notNull':
      return (_buffer, _at, length) => length >= 0
    case 'uscc':
      return orNull(isUscc)
    case 'residentId':
      return orNull(isResidentId)
    case 'length':
      return orNull((buffer, at, length) => {
        const characters = countCharacters(buffer, at, length)
        return characters >= rule.min && characters <= rule.max
      })
    case 'digits':
      return orNull(isDigits)
    case 'oneOf': {
      const allowed = new Set(rule.values)
      return orNull((buffer, at, length) => allowed.has(buffer.toString('utf8', at, at + length)))
    }
    case 'dateBetween': {
      const [from, to] = [storedDate(rule.from), storedDate(rule.to)]
      return orNull((buffer, at) => {
        const days = readInt32(buffer, at)
        return days >= from && days <= to // the infinities lie outside of every pair of real dates
      })
    }
  }
}

function orNull(check: Check): Check {
  return (buffer, at, length) => length < 0 || check(buffer, at, length)
}

const DAY_MS = 86_400_000
function storedDate(iso: string): number {
  return (Date.parse(iso) - Date.UTC(2000, 0, 1)) / DAY_MS
}

function countCharacters(buffer: Buffer, at: number, length: number): number {
  let characters = 0
  for (let byte = at; byte < at + length; byte++) if ((buffer[byte]! & 0xc0) !== 0x80) characters++
  return characters
}

function isDigits(buffer: Buffer, at: number, length: number): boolean {
  for (let byte = at; byte < at + length; byte++) if (buffer[byte]! < 48 || buffer[byte]! > 57) return false
  return length > 0
}

/** GB 32100-2015: 31 characters (no I, O, S, V, Z), weights 3^i mod 31, the check character among them. */
const USCC_VALUE = new Int8Array(256).fill(-1)
for (const [value, character] of [...'0123456789ABCDEFGHJKLMNPQRTUWXY'].entries()) USCC_VALUE[character.charCodeAt(0)] = value
const USCC_WEIGHTS = new Uint8Array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1])

function isUscc(buffer: Buffer, at: number, length: number): boolean {
  if (length !== 18) return false
  let sum = 0
  for (let i = 0; i < 18; i++) {
    const value = USCC_VALUE[buffer[at + i]!]!
    if (value < 0) return false
    sum += value * USCC_WEIGHTS[i]!
  }
  return sum % 31 === 0
}

/** GB 11643-1999: 17 digits with a real date of birth at 7-14, then the check character of ISO 7064 MOD 11-2. */
const ID_WEIGHTS = new Uint8Array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
const LETTER_X = 88

function isResidentId(buffer: Buffer, at: number, length: number): boolean {
  if (length !== 18 || !isDigits(buffer, at, 17)) return false
  let sum = 0
  for (let i = 0; i < 17; i++) sum += (buffer[at + i]! - 48) * ID_WEIGHTS[i]!
  const last = buffer[at + 17]!
  const check = last === LETTER_X ? 10 : last >= 48 && last <= 57 ? last - 48 : -1
  return check >= 0 && (sum + check) % 11 === 1 && isRealDate(number(buffer, at + 6, 4), number(buffer, at + 10, 2), number(buffer, at + 12, 2))
}

function number(buffer: Buffer, at: number, digits: number): number {
  let value = 0
  for (let i = 0; i < digits; i++) value = value * 10 + buffer[at + i]! - 48
  return value
}

const MONTH_DAYS = new Uint8Array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
function isRealDate(year: number, month: number, day: number): boolean {
  if (year === 0 || month < 1 || month > 12 || day < 1) return false
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= MONTH_DAYS[month - 1]! + (leap ? 1 : 0)
}
