import { organizationCodeCheck, usccCheck } from '@zhenghe/server/kernel/identifiers.ts'

/** The 31 characters of GB 32100-2015: no I, O, S, V, Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const SERIAL_LENGTH = 6
const SERIALS = ALPHABET.length ** SERIAL_LENGTH
/** Prime to 31, so that multiplying by it goes through all serials without meeting one twice, and in no visible order. */
const STRIDE = 412_680_131

function serial(index: number): string {
  let rest = (index * STRIDE + 271_828_182) % SERIALS
  let text = ''
  for (let place = 0; place < SERIAL_LENGTH; place++) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text
    rest = Math.floor(rest / ALPHABET.length)
  }
  return text
}

/**
 * A valid unified social credit code (GB 32100-2015): `kind` is its first two characters, `division` the registering organ's code, and the
 * organisation code inside is M, `series` and a serial. Different codes for different `index` below 10 million of one kind and series.
 */
export function creditCode(kind: string, division: string, series: string, index: number): string {
  const organization = `M${series}${serial(index)}`
  const first17 = kind + division + organization + organizationCodeCheck(organization)
  return first17 + usccCheck(first17)
}

/** The same code with its check character one place further in the alphabet: what one slip of the pen makes of it. */
export function withWrongCheck(code: string): string {
  const place = ALPHABET.indexOf(code.charAt(17))
  return code.slice(0, 17) + ALPHABET.charAt((place + 1) % ALPHABET.length)
}
