/** Where a text answers a query, for a screen to mark. */
import { fold } from './fold.ts'
import { findTerm, parseQuery } from './query.ts'

/** UTF-16 units of the text, `to` not included. */
export type Range = { from: number; to: number }

/** Every occurrence of every term, ascending; those that touch or overlap are one. */
export function highlight(text: string, query: string): Range[] {
  const folded = fold(text)
  const found = parseQuery(query).flatMap((term) => occurrences(folded, term.text))
  const merged: Range[] = []
  for (const range of found.sort((a, b) => a.from - b.from)) {
    const before = merged.at(-1)
    if (before && range.from <= before.to) before.to = Math.max(before.to, range.to)
    else merged.push(range)
  }
  return merged
}

export type Excerpt = { text: string; ranges: Range[] }

/**
 * A part of the text of at most `length` units, `…` at cut ends not counted, that begins shortly before the first occurrence; the
 * beginning where nothing occurs. No character is cut in two.
 */
export function excerpt(text: string, query: string, length: number): Excerpt {
  if (text.length <= length) return { text, ranges: highlight(text, query) }
  const first = highlight(text, query)[0]?.from ?? 0
  const from = wholeFrom(text, Math.max(0, Math.min(first - Math.floor(length / 4), text.length - length)))
  const to = wholeFrom(text, Math.min(text.length, from + length))
  const cut = `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`
  return { text: cut, ranges: highlight(cut, query) }
}

function occurrences(folded: string, term: string): Range[] {
  const found: Range[] = []
  for (let at = findTerm(folded, term); at >= 0; at = findTerm(folded, term, at + 1)) found.push({ from: at, to: at + term.length })
  return found
}

/** The place itself, or the one before it where it lies between the halves of one character. */
function wholeFrom(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return at > 0 && unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at
}
