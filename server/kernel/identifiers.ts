/** National identifiers and their check characters. Browser-safe; letters are taken in upper case as the standards print them. */

const DIGITS_AND_LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
/** GB 32100 leaves out I O S V Z. */
const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const USCC_SHAPE = /^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const RESIDENT_ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const RESIDENT_ID_CHECKS = '10X98765432'
const ORGANIZATION_CODE_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]
/** Provinces of GB/T 2260; 81–83 also begin the residence permits of Hong Kong, Macao and Taiwan residents; 9 a permanent resident's card. */
const RESIDENT_ID_REGION = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)/
const SHOWN_OF_RESIDENT_ID = 4

function weightedSum(text: string, weights: readonly number[], alphabet: string): number {
  return weights.reduce((sum, weight, index) => sum + weight * alphabet.indexOf(text.charAt(index)), 0)
}

/** The 18th character that belongs to the first 17 of a unified social credit code, GB 32100-2015. */
export function usccCheck(first17: string): string {
  return USCC_ALPHABET.charAt((31 - (weightedSum(first17, USCC_WEIGHTS, USCC_ALPHABET) % 31)) % 31)
}

/** The first thing wrong with a unified social credit code, or undefined where it is right. */
export function usccProblem(value: string): undefined | 'length' | 'alphabet' | 'check' {
  if (value.length !== 18) return 'length'
  if (!USCC_SHAPE.test(value)) return 'alphabet'
  return usccCheck(value.slice(0, 17)) === value.charAt(17) ? undefined : 'check'
}

export function isUscc(value: string): boolean {
  return usccProblem(value) === undefined
}

/** The 18th character that belongs to the first 17 digits of a resident identity number, GB 11643-1999. */
export function residentIdCheck(first17: string): string {
  return RESIDENT_ID_CHECKS.charAt(weightedSum(first17, RESIDENT_ID_WEIGHTS, DIGITS_AND_LETTERS) % 11)
}

/**
 * The first thing wrong with an 18-character resident identity number, or undefined where it is right.
 * Residence permits (81, 82, 83) and permanent residents' cards (9) pass; a division that was abolished passes, an unknown province
 * is `region`; a birthday that is in no calendar is `date`.
 */
export function residentIdProblem(value: string): undefined | 'length' | 'alphabet' | 'region' | 'date' | 'check' {
  if (value.length !== 18) return 'length'
  if (!/^\d{17}[\dX]$/.test(value)) return 'alphabet'
  if (!RESIDENT_ID_REGION.test(value)) return 'region'
  if (!isDate(Number(value.slice(6, 10)), Number(value.slice(10, 12)), Number(value.slice(12, 14)))) return 'date'
  return residentIdCheck(value.slice(0, 17)) === value.charAt(17) ? undefined : 'check'
}

export function isResidentId(value: string): boolean {
  return residentIdProblem(value) === undefined
}

/** `1101**********002X`: the first and last four stay, also of the old 15-digit numbers; what is too short for that is hidden whole. */
export function maskResidentId(value: string): string {
  const hidden = value.length - 2 * SHOWN_OF_RESIDENT_ID
  if (hidden <= 0) return '*'.repeat(value.length)
  return value.slice(0, SHOWN_OF_RESIDENT_ID) + '*'.repeat(hidden) + value.slice(-SHOWN_OF_RESIDENT_ID)
}

/** The ninth character that belongs to the first eight of an organisation code, GB 11714-1997. */
export function organizationCodeCheck(first8: string): string {
  const check = 11 - (weightedSum(first8, ORGANIZATION_CODE_WEIGHTS, DIGITS_AND_LETTERS) % 11)
  if (check === 10) return 'X'
  return check === 11 ? '0' : String(check)
}

/** Accepts the printed form `XXXXXXXX-X` and the nine characters without the hyphen, as they stand inside a USCC. */
export function isOrganizationCode(value: string): boolean {
  const parts = /^([0-9A-Z]{8})-?([0-9X])$/.exec(value)
  return parts !== null && organizationCodeCheck(parts[1]!) === parts[2]
}

export type DivisionLevel = 'nation' | 'province' | 'prefecture' | 'county' | 'town' | 'village'

/**
 * The level that the shape of a division code names: 6 digits (GB/T 2260), 9 with the town (GB/T 10114), 12 with the village or
 * community (statistics). Longer forms padded with zeros name the level they are padded from; `100000` is the nation, as in a USCC;
 * a prefecture without counties (441900) has towns of its own.
 * Undefined where the shape is none of these; whether such a division exists is for the table of divisions to say.
 */
export function divisionLevel(code: string): DivisionLevel | undefined {
  if (!/^[1-9]\d{5}(\d{3}){0,2}$/.test(code)) return undefined
  const [county, town, village] = [code.slice(0, 6), code.slice(6, 9), code.slice(9)]
  if (village !== '' && village !== '000') return town === '000' ? undefined : 'village'
  if (town !== '' && town !== '000') return county.endsWith('0000') ? undefined : 'town'
  if (county === '100000') return 'nation'
  if (county.endsWith('0000')) return 'province'
  if (county.slice(2, 4) === '00') return undefined
  return county.endsWith('00') ? 'prefecture' : 'county'
}

/** 政务信息资源代码, 发改高技〔2017〕1272号: 类 (1), 项 (2), 目 (3), 细目 (any digits, may be none), then the number within them (顺序码). */
export type ResourceCode = { class: string; item: string; heading: string; detail: string; sequence: string }

/** The parts of a code such as `30301702/00012`, or undefined where it has another shape. */
export function parseResourceCode(code: string): ResourceCode | undefined {
  const parts = /^([1-3])(\d{2})(\d{3})(\d*)\/(\d+)$/.exec(code)
  if (!parts) return undefined
  return { class: parts[1]!, item: parts[2]!, heading: parts[3]!, detail: parts[4]!, sequence: parts[5]! }
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}
