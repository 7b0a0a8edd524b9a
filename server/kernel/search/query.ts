/** What a person typed, as terms; and a term, as the tokens by which the index finds it. */
import { classOf, fold, GAP, WORD } from './fold.ts'

/**
 * A place to look in the index. `pair`: two neighbouring characters. `last`: a character that ends its run. `char`: a character
 * whatever follows. `word`: a whole latin word or number. `prefix`: how such a word begins.
 */
export type Token = { kind: 'pair' | 'last' | 'char' | 'word' | 'prefix'; text: string; at: number }

/**
 * One thing that must occur in a document, folded. Latin words and numbers match from their beginning, so `24` finds `240` and not
 * `2024`; Chinese matches anywhere. `covered` says that the tokens, found in their places, leave nothing of the term unread.
 */
export type Term = { text: string; tokens: Token[]; covered: boolean }

const TERMS_AT_MOST = 16
const SPLIT = /"([^"]*)"|“([^”]*)”|(\S+)/g

/** Terms are parted by spaces, unless in quotation marks. Those without a letter, digit or character, and any after the sixteenth, are left out. */
export function parseQuery(text: string): Term[] {
  const terms = new Map<string, Term>()
  for (const [, straight, curly, bare] of fold(text).matchAll(SPLIT)) {
    const words = (straight ?? curly ?? bare ?? '').trim()
    if (terms.size < TERMS_AT_MOST && !terms.has(words)) {
      const term = termOf(words)
      if (term.tokens.length > 0) terms.set(words, term)
    }
  }
  return [...terms.values()]
}

function termOf(text: string): Term {
  const tokens: Token[] = []
  let covered = true
  for (let at = 0; at < text.length; ) {
    const kind = classOf(text.charCodeAt(at))
    const end = runEnd(text, at, kind)
    if (kind === GAP) covered = false
    else if (kind === WORD) tokens.push({ kind: end === text.length ? 'prefix' : 'word', text: text.slice(at, end), at })
    else tokens.push(...hanTokens(text, at, end))
    at = end
  }
  return { text, tokens, covered }
}

function hanTokens(text: string, from: number, end: number): Token[] {
  if (end - from === 1) return [{ kind: end === text.length ? 'char' : 'last', text: text.slice(from, end), at: from }]
  return Array.from({ length: end - from - 1 }, (_, index) => ({ kind: 'pair', text: text.slice(from + index, from + index + 2), at: from + index }))
}

function runEnd(text: string, from: number, kind: number): number {
  let end = from + 1
  while (end < text.length && classOf(text.charCodeAt(end)) === kind) end += 1
  return end
}

/** Where a folded term occurs in a folded text at or after `from`, or -1. */
export function findTerm(text: string, term: string, from = 0): number {
  const startsWord = classOf(term.charCodeAt(0)) === WORD
  for (let at = text.indexOf(term, from); at >= 0; at = text.indexOf(term, at + 1)) {
    if (!startsWord || at === 0 || classOf(text.charCodeAt(at - 1)) !== WORD) return at
  }
  return -1
}
