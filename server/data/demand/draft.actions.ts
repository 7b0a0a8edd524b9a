import type { Actions } from '../../kernel/module.ts'
import type { draftEndpoints } from './draft.contract.ts'
import * as store from './draft.store.ts'
import type { Tables } from './tables.ts'

export const draftActions: Actions<typeof draftEndpoints, Tables> = {
  async draft(ctx) {
    return { draft: await store.findDraft(ctx.db, ctx.actor.id) }
  },

  async keepDraft(ctx, wish) {
    return store.keepDraft(ctx.db, ctx.actor.id, wish, ctx.now)
  },

  async dropDraft(ctx) {
    await store.dropDraft(ctx.db, ctx.actor.id)
    return {}
  },
}
