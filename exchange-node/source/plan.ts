/** How a load is cut into ranges, each read, sent and committed on its own. */
import type { Range } from '@zhenghe/wire/messages.ts'
import type { Part } from '../connectors/connector.ts'

const PAGE_BYTES = 8192
const LEAST_PAGES = 128
const RANGES = 64
/** 256 MiB: what is sent again at most after a failure, for each range under way. */
const MOST_PAGES = 32_768

/**
 * Page ranges of a table of so many bytes: none for an empty one, at least 64 for a table of 64 MiB and more. The last one is open, so that
 * the table may grow while a load is interrupted.
 */
export function planPages(bytes: number, pagesPerRange?: number): Range[] {
  const pages = Math.ceil(bytes / PAGE_BYTES)
  const step = pagesPerRange ?? Math.min(Math.max(Math.ceil(pages / RANGES), LEAST_PAGES), MOST_PAGES)
  const count = Math.max(Math.ceil(pages / step), 1)
  return Array.from({ length: count }, (_, n) => ({ n, from: String(n * step), to: n === count - 1 ? null : String((n + 1) * step) }))
}

/** A view, or anything else without pages, is one range. */
export function planWhole(): Range[] {
  return [{ n: 0, from: null, to: null }]
}

/** An increment is one range too: it lands in one transaction. Nothing where the source is empty. */
export function planIncrement(from: string | null, to: string | null): Range[] {
  return to === null ? [] : [{ n: 0, from, to }]
}

/** Rows of given keys, already cut into ranges by whoever names them. */
export function planKeys(keys: readonly unknown[]): Range[] {
  return keys.map((_, n) => ({ n, from: null, to: null }))
}

/** What a frozen range of an increment means at any source. */
export function incrementOf({ from, to }: Pick<Range, 'from' | 'to'>): Part {
  if (to === null) throw new Error('an increment always has an end')
  return { by: 'cursor', from: from ?? undefined, to }
}
