/**
 * JSON as PostgreSQL's jsonb prints it, so that the same value is the same bytes whatever store it comes from: keys by length, then by bytes, the last of equal ones, a blank
 * after colon and comma, numbers as numerics.
 */
import { TupleFrames } from './frames.ts'
import { encodeNumeric, writeNumeric } from './numeric.ts'

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** As they stand: no exponent, and not minus zero. */
const PLAIN_NUMBER = /^(?!-0(?:\.0*)?$)[^eE]*$/
const BLANK = /[ \t\n\r]*/y
const WORDS = ['true', 'false', 'null']
const DEEPEST = 2000
const BODY_AT = 6

/** Why the text is none, or nothing that jsonb can hold. */
export class JsonProblem extends Error {
  override name = 'JsonProblem'
}

/** Throws a `JsonProblem`. */
export function jsonbText(text: string): string {
  return new Reader(text).whole()
}

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): string {
    const value = this.#value()
    this.#blank()
    if (this.#at !== this.#text.length) throw new JsonProblem('is not JSON')
    return value
  }

  #value(): string {
    this.#blank()
    if (++this.#depth > DEEPEST) throw new JsonProblem(`is JSON nested deeper than ${DEEPEST}`)
    const value = this.#any()
    this.#depth--
    return value
  }

  #any(): string {
    const first = this.#text[this.#at]
    if (first === '{') return this.#object()
    if (first === '[') return this.#array()
    if (first === '"') return JSON.stringify(this.#string())
    const word = WORDS.find((one) => this.#text.startsWith(one, this.#at))
    if (word === undefined) return this.#number()
    this.#at += word.length
    return word
  }

  #object(): string {
    const members = new Map<string, string>()
    this.#list('}', () => {
      this.#blank()
      const key = this.#string()
      this.#blank()
      this.#expect(':')
      members.set(key, this.#value())
    })
    const sorted = [...members].map(([key, value]) => ({ bytes: Buffer.from(key), key, value }))
    sorted.sort((a, b) => a.bytes.length - b.bytes.length || a.bytes.compare(b.bytes))
    return `{${sorted.map(({ key, value }) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`
  }

  #array(): string {
    const items: string[] = []
    this.#list(']', () => items.push(this.#value()))
    return `[${items.join(', ')}]`
  }

  #list(end: string, item: () => void): void {
    this.#at++
    this.#blank()
    if (this.#text[this.#at] === end) {
      this.#at++
      return
    }
    for (;;) {
      item()
      this.#blank()
      const next = this.#text[this.#at++]
      if (next === end) return
      if (next !== ',') throw new JsonProblem('is not JSON')
    }
  }

  #string(): string {
    const value = this.#unquoted()
    if (value.includes('\0')) throw new JsonProblem('holds a NUL character (\\u0000), which jsonb cannot hold')
    if (!value.isWellFormed()) throw new JsonProblem('holds half a character, which jsonb cannot hold')
    return value
  }

  #unquoted(): string {
    let end = this.#at
    if (this.#text[end++] !== '"') throw new JsonProblem('is not JSON')
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    const quoted = this.#text.slice(this.#at, end + 1)
    this.#at = end + 1
    try {
      return JSON.parse(quoted) as string
    } catch {
      throw new JsonProblem('is not JSON')
    }
  }

  #number(): string {
    const shown = this.#match(NUMBER)
    return PLAIN_NUMBER.test(shown) ? shown : numericText(shown)
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (!found) throw new JsonProblem('is not JSON')
    this.#at += found.length
    return found
  }

  #expect(sign: string): void {
    if (this.#text[this.#at++] !== sign) throw new JsonProblem('is not JSON')
  }

  #blank(): void {
    BLANK.lastIndex = this.#at
    this.#at += BLANK.exec(this.#text)![0].length
  }
}

function numericText(shown: string): string {
  const out = new TupleFrames(1 << 10)
  out.beginRow(1)
  const from = Buffer.from(shown, 'latin1')
  if (!encodeNumeric(out, from, 0, from.length)) throw new JsonProblem(`holds the number ${shown.slice(0, 32)}, which is beyond numeric`)
  out.endRow()
  const { payload } = out.take()
  const into = Buffer.allocUnsafe(8 * payload.length + payload.readUInt16BE(BODY_AT + 6) + 4 * Math.max(payload.readInt16BE(BODY_AT + 2), 0) + 64)
  return into.toString('latin1', 0, writeNumeric(payload, BODY_AT, into, 0))
}
