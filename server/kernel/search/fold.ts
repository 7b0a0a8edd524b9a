/**
 * One spelling for matching: half width, lower case, simplified characters. Each UTF-16 unit folds to one unit by itself, so that
 * places in the folded text are places in the original, and what is a part of a text stays a part of it when both are folded.
 */
import { Converter } from 'opencc-js/t2cn'

/** What a unit is to the index: nothing, part of a latin word or number, or a character that stands for itself. */
export type UnitClass = typeof GAP | typeof WORD | typeof HAN
export const GAP = 0
export const WORD = 1
/** Chinese, kana, hangul, and the halves of everything outside the basic plane. */
export const HAN = 2

const UNITS = 0x10000
const FIRST_HAN = 0x2e80
const SPACE = 0x20
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000

const folded = foldTable()
const classes = classTable()

export function classOf(unit: number): UnitClass {
  return classes[unit] as UnitClass
}

/** The text as it is matched; as long as the original, unit for unit. Control characters become spaces. */
export function fold(text: string): string {
  let result = ''
  let kept = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const other = folded[unit]!
    if (other === unit) continue
    result += text.slice(kept, at) + String.fromCharCode(other)
    kept = at + 1
  }
  return kept === 0 ? text : result + text.slice(kept)
}

/** Writes the folded text into `target` from `at`; answers the place after it. */
export function foldInto(text: string, target: Uint16Array, at: number): number {
  for (let index = 0; index < text.length; index += 1) target[at + index] = folded[text.charCodeAt(index)]!
  return at + text.length
}

function foldTable(): Uint16Array {
  const table = new Uint16Array(UNITS)
  const simplified = simplifiedTable()
  for (let unit = 0; unit < UNITS; unit += 1) {
    if (isSurrogate(unit)) table[unit] = unit
    else if (unit < SPACE) table[unit] = SPACE
    else table[unit] = simplified[single(String.fromCharCode(unit).normalize('NFKC'), (text) => text.toLowerCase()) ?? unit]!
  }
  return table
}

/** Character by character: the converter's phrases would fold a part of a text differently from the whole. */
function simplifiedTable(): Uint16Array {
  const table = Uint16Array.from({ length: UNITS }, (_, unit) => unit)
  const han = Array.from({ length: 0xfb00 - FIRST_HAN }, (_, index) => FIRST_HAN + index).filter((unit) => !isSurrogate(unit))
  const convert = Converter({ from: 't', to: 'cn' })
  const converted = convert(han.map((unit) => String.fromCharCode(unit)).join('\n')).split('\n')
  for (const [index, unit] of han.entries()) if (converted[index]?.length === 1) table[unit] = converted[index].charCodeAt(0)
  return table
}

function single(text: string, then: (text: string) => string): number | undefined {
  if (text.length !== 1) return undefined
  const next = then(text)
  return next.length === 1 ? next.charCodeAt(0) : text.charCodeAt(0)
}

function classTable(): Uint8Array {
  const table = new Uint8Array(UNITS)
  for (let unit = 0; unit < UNITS; unit += 1) {
    if (isSurrogate(unit)) table[unit] = HAN
    else if (/[\p{L}\p{N}\p{M}]/u.test(String.fromCharCode(unit))) table[unit] = unit < FIRST_HAN ? WORD : HAN
  }
  return table
}
