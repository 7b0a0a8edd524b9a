/** SHA-512/256 (FIPS 180-4 §6.4, §6.7), which WebCrypto does not have: the digest by which a receipt names its manifest. For short texts. */

const WORD = 64n
const MASK = (1n << WORD) - 1n
const BLOCK_BYTES = 128
const LENGTH_BYTES = 16
const ROUNDS = 80

type State = readonly bigint[]

/** Hex of the digest of a text in UTF-8. */
export function sha512t256(text: string): string {
  const state = blocksOf(new TextEncoder().encode(text)).reduce(compress, initial())
  return state
    .slice(0, 4)
    .map((word) => word.toString(16).padStart(16, '0'))
    .join('')
}

/** §5.3.6: SHA-512 with every initial word flipped, over the name of the truncation. */
let start: State | undefined
function initial(): State {
  start ??= blocksOf(new TextEncoder().encode('SHA-512/256')).reduce(
    compress,
    SQUARE_ROOTS.map((word) => word ^ 0xa5a5a5a5a5a5a5a5n),
  )
  return start
}

function blocksOf(bytes: Uint8Array): bigint[][] {
  const padded = new Uint8Array(Math.ceil((bytes.length + 1 + LENGTH_BYTES) / BLOCK_BYTES) * BLOCK_BYTES)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n)
  return Array.from({ length: padded.length / BLOCK_BYTES }, (_, block) =>
    Array.from({ length: 16 }, (_, word) => view.getBigUint64(block * BLOCK_BYTES + word * 8)),
  )
}

function compress(state: State, block: readonly bigint[]): State {
  const words = [...block]
  for (let t = 16; t < ROUNDS; t++) words.push(sum(small(words[t - 2]!, 19n, 61n, 6n), words[t - 7]!, small(words[t - 15]!, 1n, 8n, 7n), words[t - 16]!))
  let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
  for (let t = 0; t < ROUNDS; t++) {
    const first = sum(h, big(e, 14n, 18n, 41n), (e & f) ^ (~e & MASK & g), CUBE_ROOTS[t]!, words[t]!)
    const second = sum(big(a, 28n, 34n, 39n), (a & b) ^ (a & c) ^ (b & c))
    ;[h, g, f, e, d, c, b, a] = [g, f, e, sum(d, first), c, b, a, sum(first, second)]
  }
  return [a, b, c, d, e, f, g, h].map((word, at) => sum(word, state[at]!))
}

const sum = (...words: bigint[]): bigint => words.reduce((total, word) => total + word, 0n) & MASK
const turn = (word: bigint, by: bigint): bigint => (word >> by) | ((word << (WORD - by)) & MASK)
const big = (word: bigint, a: bigint, b: bigint, c: bigint): bigint => turn(word, a) ^ turn(word, b) ^ turn(word, c)
const small = (word: bigint, a: bigint, b: bigint, shift: bigint): bigint => turn(word, a) ^ turn(word, b) ^ (word >> shift)

/** The constants are the first 64 bits of the fractions of roots of primes (§4.2.3, §5.3.5). */
const PRIMES = primes(ROUNDS)
const CUBE_ROOTS = PRIMES.map((prime) => root(prime << (3n * WORD), 3n) & MASK)
const SQUARE_ROOTS = PRIMES.slice(0, 8).map((prime) => root(prime << (2n * WORD), 2n) & MASK)

function primes(count: number): bigint[] {
  const found: bigint[] = []
  for (let candidate = 2n; found.length < count; candidate++) if (found.every((prime) => candidate % prime !== 0n)) found.push(candidate)
  return found
}

/** The whole part of a root, by halving. */
function root(of: bigint, degree: bigint): bigint {
  let [low, high] = [0n, 1n << (WORD + 16n)]
  while (low + 1n < high) {
    const middle = (low + high) >> 1n
    if (middle ** degree <= of) low = middle
    else high = middle
  }
  return low
}
