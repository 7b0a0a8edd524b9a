/** How a table is cut into ranges, by the numbers of its rows. */
import type { Range } from '@zhenghe/wire/messages.ts'
import { refusal } from '../../refusal.ts'
import type { Part } from '../connector.ts'
import type { SqliteTable } from './schema.ts'

const RANGES = 64
const MOST_RANGES = 512n
const LEAST_ROWS = 4096n
/** Rows of a page of 8 KiB, about. */
const ROWS_A_PAGE = 40n
const NUMBER = /^-?\d{1,19}$/

/** By the numbers of rows; the ends are open, so that the table may grow while a load is interrupted. */
export function planRows(first: bigint, last: bigint, pagesPerRange: number | undefined): Range[] {
  const span = last - first + 1n
  const even = span / BigInt(RANGES) + 1n
  const wished = pagesPerRange === undefined ? larger(even, LEAST_ROWS) : BigInt(pagesPerRange) * ROWS_A_PAGE
  const step = larger(wished, span / MOST_RANGES + 1n)
  const count = Number((span + step - 1n) / step)
  const bound = (n: number) => (n === 0 || n === count ? null : String(first + BigInt(n) * step))
  return Array.from({ length: count }, (_, n) => ({ n, from: bound(n), to: bound(n + 1) }))
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}

/** A condition with its values. Bounds come from the other side: they are numbers, or refused. */
export function rangeSql(part: Part, { rowid }: SqliteTable): { where: string; values: bigint[] } {
  if (part.by !== 'range' || !rowid) return { where: '', values: [] }
  const { from, to } = part.range
  const bounds = [from, to].filter((bound) => bound !== null)
  if (!bounds.every((bound) => NUMBER.test(bound))) throw refusal('plan_differs', 'a range of the plan is none of this table: order a new delivery')
  const conditions = [...(from === null ? [] : [`${rowid} >= ?`]), ...(to === null ? [] : [`${rowid} < ?`])]
  return { where: conditions.length > 0 ? `where ${conditions.join(' and ')}` : '', values: bounds.map(BigInt) }
}
