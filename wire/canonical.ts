/** Canonical JSON text in the manner of RFC 8785: one value, one text, so that a signature over text is a signature over the value. Safe in a browser. */
import { WireError } from './error.ts'

const DEEPEST = 100

/**
 * The canonical text of plain data: keys sorted by UTF-16 code units, no spaces, numbers as ECMAScript writes them.
 * Refuses (`not_canonical`, with the path) whatever JSON would drop or bend: undefined, NaN, infinities, bigint, functions, lone
 * surrogates, holes in arrays, objects with a prototype of their own (dates, maps), and nesting deeper than 100 (so cycles too).
 */
export function canonical(value: unknown): string {
  return write(value, '$', 0)
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > DEEPEST) return refuse(path, `nested deeper than ${DEEPEST}`)
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return text(value, path)
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : refuse(path, `the number ${value}`)
  if (Array.isArray(value)) return `[${Array.from(value, (item, at) => write(item, `${path}[${at}]`, depth + 1)).join(',')}]`
  if (typeof value !== 'object') return refuse(path, typeof value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return refuse(path, 'an object that is not plain')
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${text(key, path)}:${write(member, `${path}.${key}`, depth + 1)}`).join(',')}}`
}

function text(value: string, path: string): string {
  return value.isWellFormed() ? JSON.stringify(value) : refuse(path, 'text with a lone surrogate')
}

function refuse(path: string, what: string): never {
  throw new WireError('not_canonical', `${path} cannot be written as canonical JSON: ${what}`, { path })
}
