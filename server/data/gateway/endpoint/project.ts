/** Lets only the granted fields of a JSON answer through: a list of paths, compiled once. Where a path meets a list it goes into each element. */
type Tree = Map<string, Tree | true>
export type Projection = (value: unknown) => unknown

export function compileProjection(paths: readonly string[]): Projection {
  const tree: Tree = new Map()
  for (const path of paths) plant(tree, path.replaceAll('[]', '').split('.'))
  return (value) => pruned(value, tree)
}

function plant(tree: Tree, steps: readonly string[]): void {
  let at = tree
  for (const [index, step] of steps.entries()) {
    const next = at.get(step)
    if (next === true) return // a shorter path lets all below it through
    if (index === steps.length - 1) {
      at.set(step, true)
      return
    }
    const below: Tree = next ?? new Map()
    at.set(step, below)
    at = below
  }
}

function pruned(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((one) => pruned(one, tree))
  if (typeof value !== 'object' || value === null) return undefined
  const out: Record<string, unknown> = {}
  for (const [name, below] of tree) {
    const given = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
    if (given === undefined) continue
    const kept = below === true ? given : pruned(given, below)
    if (kept !== undefined) Object.defineProperty(out, name, { value: kept, enumerable: true, configurable: true, writable: true })
  }
  return out
}
