/** How a whole load is cut into ranges of the key's first column: by the quantiles of some keys that the database draws by chance from a few pages. */
import type { Range } from '@zhenghe/wire/messages.ts'
import type { SqlSession, SqlTable } from './dialect.ts'
import { columnOf, type Granted } from './select.ts'

const LEAST_BYTES = 1 << 20
const MOST_BYTES = 256 << 20
const RANGES = 64
const MOST_RANGES = 512
const PAGE_BYTES = 8192
/** Keys drawn for each range: the more, the more even are the ranges. */
const KEYS_A_RANGE = 32
/** A database draws whole pages. */
const PAGES_A_RANGE = 8
const CUT_BY: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric', 'text', 'uuid', 'date', 'timestamp'])

const WHOLE: Range[] = [{ n: 0, from: null, to: null }]

/** Ranges without gaps, the first and the last open: the table may grow at both ends while a load is interrupted. One range where there is no key to cut by. */
export async function planByKey(session: SqlSession, { table, dialect }: Pick<Granted, 'table' | 'dialect'>, pagesPerRange?: number): Promise<Range[]> {
  const want = wanted(table, pagesPerRange)
  const [first] = table.keyColumns
  if (table.kind === 'view' || first === undefined || want < 2) return WHOLE
  const column = columnOf(table, first)
  if (!CUT_BY.has(column.type) || column.long) return WHOLE
  const [rows, pages] = [Math.max(table.estimatedRows, 1), Math.max(table.bytes / PAGE_BYTES, 1)]
  const share = Math.max((want * KEYS_A_RANGE) / rows, (want * PAGES_A_RANGE) / pages)
  const keys = (await session.query(dialect.sample(table, column, Math.min(100 * share, 100)))).map(([key]) => String(key))
  const cuts = quantiles(keys, want)
  return [null, ...cuts].map((from, n) => ({ n, from, to: cuts[n] ?? null }))
}

function wanted({ bytes }: SqlTable, pagesPerRange: number | undefined): number {
  const step = pagesPerRange ? pagesPerRange * PAGE_BYTES : Math.min(Math.max(bytes / RANGES, LEAST_BYTES), MOST_BYTES)
  return Math.min(Math.ceil(bytes / step), MOST_RANGES)
}

/** At most `want` - 1 keys, each once, evenly out of keys that are in order; never the first, ahead of which there would be nothing. */
export function quantiles(keys: readonly string[], want: number): string[] {
  const picked = Array.from({ length: want - 1 }, (_, n) => keys[Math.floor(((n + 1) * keys.length) / want)]).filter((key) => key !== undefined)
  return [...new Set(picked)].filter((key) => key !== keys[0])
}
