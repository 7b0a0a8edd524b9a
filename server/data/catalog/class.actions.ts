import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import * as store from './class.store.ts'
import { type CatalogClass, type contract, refusals } from './contract.ts'
import { classKind, parentClass } from './rules.ts'
import type { Context } from './sight.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)
type NewClass = Omit<CatalogClass, 'kind'>

export const classActions = {
  classes: ({ db }) => store.classes(db),

  async addClass(ctx, added) {
    await add(ctx, [added])
    return { ...added, kind: classKind(added.code) }
  },

  async addClasses(ctx, { classes }) {
    await add(ctx, classes)
    return { added: classes.length }
  },
} satisfies Pick<Actions<typeof contract, Tables>, 'classes' | 'addClass' | 'addClasses'>

/** Every class stands right below one that is there, or that comes before it. */
async function add({ db }: Context, classes: readonly NewClass[]): Promise<void> {
  const there = new Set(
    await store.known(
      db,
      classes.map(({ parent }) => parent ?? ''),
    ),
  )
  for (const { code, parent } of classes) {
    if (parent === null || parent !== parentClass(code) || !there.has(parent)) refuse('catalog.unknown_class')
    there.add(code)
  }
  await store.insertAll(db, classes)
}
