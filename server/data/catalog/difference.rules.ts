/** Pure: what a reviewer has to look at between two versions of an entry. */
import type { Content, Item } from './contract.ts'

/** One difference. `path` is that of the form, an item's by its column: `items.uscc.length`. */
export type Difference = { path: string; kind: 'added' | 'removed' | 'changed'; before?: unknown; after?: unknown }

/** Every difference. Items are the same where their column is; their order does not count. An item that came or went is one difference, with its name. */
export function differences(before: Content, after: Content): Difference[] {
  return between(flat(before), flat(after))
}

function flat({ items, share, open, ...rest }: Content): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([...Object.entries(rest), ...prefixed('share', share), ...prefixed('open', open), ...items.flatMap(itemEntries)])
}

function itemEntries({ column, ...item }: Item): [string, unknown][] {
  return [[`items.${column}`, item.name], ...prefixed(`items.${column}`, item)]
}

function prefixed(path: string, of: object): [string, unknown][] {
  return Object.entries(of).map(([name, value]) => [`${path}.${name}`, value])
}

function between(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Difference[] {
  const paths = [...new Set([...after.keys(), ...before.keys()])]
  return paths.flatMap((path): Difference[] => {
    const item = /^(items\.\w+)\./.exec(path)?.[1]
    if (item && before.has(item) !== after.has(item)) return []
    if (!before.has(path)) return [{ path, kind: 'added', after: after.get(path) }]
    if (!after.has(path)) return [{ path, kind: 'removed', before: before.get(path) }]
    const [old, fresh] = [before.get(path), after.get(path)]
    if (JSON.stringify(old) === JSON.stringify(fresh)) return []
    return /^items\.\w+$/.test(path) ? [] : [{ path, kind: 'changed', before: old, after: fresh }]
  })
}
