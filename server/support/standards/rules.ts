/** Pure: no database, no clock, no chance. The web front ends import this file too. */
import type { Code } from './contract.ts'

export type CodesProblem =
  | { kind: 'duplicate_code'; code: string }
  | { kind: 'unknown_parent'; code: string; parent: string }
  | { kind: 'parent_cycle'; code: string }

/** The first thing that keeps codes from making a table: one stands twice, a parent is not in the table, or parents lead round in a circle. */
export function codesProblem(codes: readonly Pick<Code, 'code' | 'parent'>[]): CodesProblem | undefined {
  const parents = new Map<string, string | null>()
  for (const { code, parent } of codes) {
    if (parents.has(code)) return { kind: 'duplicate_code', code }
    parents.set(code, parent)
  }
  for (const { code, parent } of codes) if (parent !== null && !parents.has(parent)) return { kind: 'unknown_parent', code, parent }
  const sound = new Set<string>()
  for (const { code } of codes) {
    const path = new Set<string>()
    for (let at: string | null | undefined = code; at && !sound.has(at); at = parents.get(at)) {
      if (path.has(at)) return { kind: 'parent_cycle', code: at }
      path.add(at)
    }
    for (const above of path) sound.add(above)
  }
  return undefined
}
