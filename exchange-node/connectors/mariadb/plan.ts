/** How a whole load is cut into ranges of the key's first column, by the index alone: its ends, jumps into it, and the optimizer's own estimate of what lies between. */
import type { Range } from '@zhenghe/wire/messages.ts'
import type { MariaTable } from './schema.ts'
import { boundOf, boundSql, columnOf, isNumber, rangeSql } from './select.ts'
import type { Session } from './session.ts'
import { identifier, qualified, text } from './sql.ts'

const LEAST_BYTES = 1 << 20
const MOST_BYTES = 256 << 20
const RANGES = 64
const MOST_RANGES = 512
const PAGE_BYTES = 8192
/** Attempts to find a key between two others. */
const JUMPS = 24

export function planWhole(): Range[] {
  return [{ n: 0, from: null, to: null }]
}

type Segment = { from: string; to: string; rows: number }

/** Ranges without gaps, the first and the last open: the table may grow at both ends while a load is interrupted. One range where there is no key to cut by. */
export async function planByKey(session: Session, table: MariaTable, pagesPerRange?: number): Promise<Range[]> {
  const step = pagesPerRange ? pagesPerRange * PAGE_BYTES : Math.min(Math.max(table.bytes / RANGES, LEAST_BYTES), MOST_BYTES)
  const want = Math.min(Math.ceil(table.bytes / step), MOST_RANGES)
  const [first] = table.keyColumns
  if (table.kind === 'view' || first === undefined || want < 2) return planWhole()
  const column = columnOf(table, first)
  if (!isNumber(column) && !/^(var)?char$/.test(column.baseType)) return planWhole()
  const cutter = new Cutter(session, table, first)
  const cuts = await cutter.cut(want)
  return [null, ...cuts].map((from, n) => ({ n, from, to: cuts[n] ?? null }))
}

class Cutter {
  readonly #session: Session
  readonly #table: MariaTable
  readonly #column: string
  readonly #number: boolean

  constructor(session: Session, table: MariaTable, column: string) {
    this.#session = session
    this.#table = table
    this.#column = column
    this.#number = isNumber(columnOf(table, column))
  }

  /** At most `want` - 1 keys, in the order of the index. */
  async cut(want: number): Promise<string[]> {
    const name = identifier(this.#column)
    const { low, high } = await this.#session.one<{ low: string | null; high: string | null }>(
      `select cast(min(${name}) as char) as low, cast(max(${name}) as char) as high from ${qualified(this.#table)}`,
    )
    if (low === null || high === null || low === high) return []
    const segments: Segment[] = [await this.#segment(low, high)]
    const whole = new Set<Segment>()
    while (segments.length < want) {
      const largest = segments.reduce<Segment | undefined>((most, one) => (whole.has(one) || (most && most.rows >= one.rows) ? most : one), undefined)
      if (!largest || largest.rows < 2) break
      const middle = await this.#between(largest)
      if (middle === undefined) whole.add(largest)
      else segments.splice(segments.indexOf(largest), 1, await this.#segment(largest.from, middle), await this.#segment(middle, largest.to))
    }
    return segments.slice(1).map(({ from }) => from)
  }

  async #segment(from: string, to: string): Promise<Segment> {
    const { rows } = await this.#session.one<{ rows: number | string | null }>(
      `explain select ${identifier(this.#column)} from ${qualified(this.#table)} force index (${identifier(this.#table.keyName ?? 'PRIMARY')}) where ${rangeSql(this.#table, { from, to })}`,
    )
    return { from, to, rows: Number(rows ?? 0) }
  }

  /** A key that is there, well inside of the segment. */
  #between(segment: Segment): Promise<string | undefined> {
    return this.#number ? this.#betweenNumbers(segment) : this.#betweenTexts(segment)
  }

  async #betweenNumbers({ from, to }: Segment): Promise<string | undefined> {
    let upper = to
    for (let jump = 0; jump < JUMPS; jump++) {
      const guess = middleNumber(from, upper)
      if (guess === undefined) return undefined
      const found = await this.#keyAt(guess, { from, to })
      if (found !== undefined) return found
      upper = guess
    }
    return undefined
  }

  /** Beginnings of keys in the order of the column's own collation, which only the database knows; among them that which the optimizer takes to lie in the middle. */
  async #betweenTexts(segment: Segment): Promise<string | undefined> {
    const { from, to, rows } = segment
    const as = boundOf(columnOf(this.#table, this.#column))
    const candidates = await this.#session.query<{ c: string }>(
      `select c from json_table(${text(JSON.stringify(beginnings(from)))}, '$[*]' columns (c varchar(255) character set utf8mb4 path '$')) j
       where ${as('c')} > ${as(text(from))} and ${as('c')} < ${as(text(to))} order by ${as('c')}`,
    )
    let [low, high] = [0, candidates.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      const below = await this.#segment(from, candidates[middle]!.c)
      if (below.rows < rows / 2) low = middle + 1
      else high = middle
    }
    // just below the middle may be nearer to it, or the only one with keys on both sides
    for (const at of [low, low - 1]) {
      const found = candidates[at] && (await this.#keyAt(candidates[at].c, segment))
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The first key from `guess` on, strictly inside. */
  async #keyAt(guess: string, { from, to }: Pick<Segment, 'from' | 'to'>): Promise<string | undefined> {
    const [name, column] = [identifier(this.#column), columnOf(this.#table, this.#column)]
    const bound = (value: string) => boundSql(column, value)
    const [row] = await this.#session.query<{ found: string }>(
      `select cast(${name} as char) as found from ${qualified(this.#table)} where ${name} >= ${bound(guess)} and ${name} > ${bound(from)} and ${name} < ${bound(to)}
       order by ${name} limit 1`,
    )
    return row?.found
  }
}

function middleNumber(low: string, high: string): string | undefined {
  const [from, to] = [BigInt(low.split('.')[0]!), BigInt(high.split('.')[0]!)]
  const middle = (from + to) / 2n
  return to - from < 2n ? undefined : String(middle)
}

/** What keys are made of: digits, letters, and characters from all over the common ideographs. */
const ALPHABET = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', ...ideographs()]
const LONGEST = 40

function* ideographs(): Generator<string> {
  for (let point = 0x4e00; point <= 0x9fa5; point += 0x15b) yield String.fromCodePoint(point)
}

/** Every beginning of a key, with every character of the alphabet behind it. */
function beginnings(key: string): string[] {
  const characters = [...key].slice(0, LONGEST)
  return [...characters.keys()].flatMap((length) => ALPHABET.map((next) => characters.slice(0, length).join('') + next))
}
