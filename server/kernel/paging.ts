import { Refusal } from './refusal.ts'

/** The place after which the next page begins, as text that callers hand back untouched. */
export function encodeCursor(values: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** The values of a cursor. Refuses `kernel.bad_input` where the text is not one of ours. */
export function decodeCursor<T extends readonly (string | number | null)[] = string[]>(cursor: string): T {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(values)) return values as unknown as T
  } catch {
    // falls through to the refusal
  }
  throw new Refusal('kernel.bad_input', { problems: [{ path: 'after', message: 'not a cursor of this list' }] })
}

/** A page from one row more than it holds: the extra row only tells that there is a next one. */
export function pageFrom<T>(rows: readonly T[], limit: number, total: number, cursorOf: (last: T) => readonly (string | number | null)[]) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, total, next: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null }
}
