/**
 * A text file in parts that begin and end at rows, so that a load of it resumes with the parts that are missing. A part is named by its number, `3/64`, which means the same of whatever the
 * file has become since: where the cuts lie is found anew in each session, by one reading of the bytes that looks for nothing but quotes and line ends.
 */
import { refusal } from '../../refusal.ts'
import type { Place } from './place.ts'

/** Where a part begins, and how many lines stand before it. */
export type Cut = { at: number; lines: number }
export type LineEnd = '\n' | '\r\n'

const PART_BYTES = 4 << 20
const PAGE_BYTES = 8192
const MOST_PARTS = 512
const NAME = /^(\d{1,3})\/(\d{1,3})$/
const [LINE_FEED, RETURN, QUOTE] = [10, 13, 34]

/** In how many parts a file is read. */
export function partsFor(bytes: number, pagesPerRange: number | undefined): number {
  const each = pagesPerRange === undefined ? PART_BYTES : pagesPerRange * PAGE_BYTES
  return Math.min(Math.max(Math.ceil(bytes / each), 1), MOST_PARTS)
}

export const partName = (n: number, of: number): string => `${n}/${of}`

/** Refuses `plan_differs` for what names no part. */
export function partNamed(name: string): { n: number; of: number } {
  const [, n, of] = NAME.exec(name) ?? []
  if (n === undefined || of === undefined || Number(n) >= Number(of))
    throw refusal('plan_differs', 'a range of the plan is none of this file: order a new delivery')
  return { n: Number(n), of: Number(of) }
}

/**
 * The first beginnings of rows at or behind even steps through the file; where rows are longer than a part, several parts begin at one place and all but one are empty.
 * @param quoted a line end between two quotes ends no row (CSV). Only quotes are counted: in every file that can be read as CSV at all, those before a row are even
 */
export async function cutsOf(
  place: Required<Pick<Place, 'slice'>>,
  file: { path: string; bytes: number },
  of: number,
  quoted: boolean,
  end: LineEnd,
): Promise<Cut[]> {
  const scan = new Scan(file.bytes, of, quoted, end)
  for await (const chunk of await place.slice(file.path, 0, file.bytes)) scan.take(chunk as Buffer)
  return scan.cuts()
}

class Scan {
  readonly #bytes: number
  readonly #of: number
  readonly #quoted: boolean
  readonly #crlf: boolean
  readonly #cuts: Cut[] = [{ at: 0, lines: 0 }]
  #at = 0
  #lines = 0
  #open = false
  #before = 0

  constructor(bytes: number, of: number, quoted: boolean, end: LineEnd) {
    this.#bytes = bytes
    this.#of = of
    this.#quoted = quoted
    this.#crlf = end === '\r\n'
  }

  take(chunk: Buffer): void {
    let [open, before, lines] = [this.#open, this.#before, this.#lines]
    let wanted = this.#wanted()
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!
      if (byte === QUOTE) open = this.#quoted && !open
      else if (byte === LINE_FEED) {
        lines++
        const next = this.#at + i + 1
        if (next >= wanted && !open && (!this.#crlf || before === RETURN)) {
          while (this.#cuts.length < this.#of && next >= this.#wanted()) this.#cuts.push({ at: next, lines })
          wanted = this.#wanted()
        }
      }
      before = byte
    }
    ;[this.#open, this.#before, this.#lines] = [open, before, lines]
    this.#at += chunk.length
  }

  /** One more than there are parts: the last is the end of the file. */
  cuts(): Cut[] {
    const end = { at: this.#at, lines: this.#lines }
    return Array.from({ length: this.#of + 1 }, (_, n) => (n === this.#of ? end : (this.#cuts[n] ?? end)))
  }

  #wanted(): number {
    return this.#cuts.length < this.#of ? Math.floor((this.#bytes / this.#of) * this.#cuts.length) : Number.POSITIVE_INFINITY
  }
}
