import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { type contract, refusals } from './contract.ts'
import * as store from './entry.store.ts'
import * as heads from './head.store.ts'
import { within } from './rules.ts'
import { draftReach } from './sight.ts'
import type { Tables } from './tables.ts'
import { asBinding, named, viewOf } from './view.ts'

const refuse = refuser(refusals)

export const readingActions = {
  entry: (ctx, { id, version }) => viewOf(ctx, id, version),

  async entries(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, reach: draftReach(ctx) }
    const rows = await heads.page(ctx.db, filter, after ? decodeCursor<[string, string]>(after) : undefined, limit + 1)
    const page = pageFrom(rows, limit, await heads.total(ctx.db, filter), ({ changedAt, id }) => [changedAt, id])
    return { ...page, items: await named(ctx, page.items) }
  },

  async entriesById(ctx, { ids }) {
    const reach = draftReach(ctx)
    const rows = await heads.headsById(ctx.db, ids, 'published')
    return named(
      ctx,
      rows.filter((row) => row.publishedAt !== null || within(reach, row)),
    )
  },

  async published({ db }, { id, version }) {
    const entry = (await store.entry(db, id)) ?? refuse('catalog.unknown')
    const shown = await store.version(db, id, version ?? entry.publishedVersion ?? 0)
    if (!shown?.publishedAt) return refuse('catalog.unknown')
    const binding = await store.binding(db, id)
    return {
      ...{ id, code: entry.code, version: shown.version, content: shown.content },
      ...{ binding: binding ? asBinding(binding) : null, withdrawn: entry.withdrawnAt !== null },
    }
  },
} satisfies Pick<Actions<typeof contract, Tables>, 'entry' | 'entries' | 'entriesById' | 'published'>
