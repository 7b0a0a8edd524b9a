/** An entry as its readers see it. */
import type { Id } from '../../kernel/contract.ts'
import { refuser } from '../../kernel/refusal.ts'
import { type Binding, type Entry, type EntryHead, refusals } from './contract.ts'
import * as store from './entry.store.ts'
import { asHead, type HeadRow, headsById } from './head.store.ts'
import { type Context, seesDraftsOf, unitsOf } from './sight.ts'
import type { BindingRow, EntryRow } from './tables.ts'

const refuse = refuser(refusals)

/** One entry at a version; at the published one, or the first draft, where none is named. Refuses what the caller may not see as unknown. */
export async function viewOf(ctx: Context, id: Id, wanted?: number): Promise<Entry> {
  const entry = (await store.entry(ctx.db, id)) ?? refuse('catalog.unknown')
  const seesDrafts = seesDraftsOf(ctx, entry)
  const shown = (await store.version(ctx.db, id, wanted ?? entry.shownVersion)) ?? refuse('catalog.unknown')
  if (!shown.publishedAt && !seesDrafts) refuse('catalog.unknown')
  const [head] = await named(ctx, await headsById(ctx.db, [id], shown.version))
  const versions = await store.versions(ctx.db, id)
  const binding = await store.binding(ctx.db, id)
  return {
    head: head ?? refuse('catalog.unknown'),
    content: shown.content,
    draft: seesDrafts ? await draftOf(ctx, entry) : null,
    binding: binding ? asBinding(binding) : null,
    steps: await store.steps(ctx.db, id, seesDrafts),
    versions: seesDrafts ? versions : versions.filter(({ publishedAt }) => publishedAt),
  }
}

async function draftOf({ db }: Context, { id, draftVersion }: EntryRow): Promise<Entry['draft']> {
  const draft = draftVersion === null ? undefined : await store.version(db, id, draftVersion)
  if (!draft) return null
  const { version, content, state, returnReason, changedAt } = draft
  return { version, content, state, returnReason, changedAt }
}

/** Heads with the names of their providers, asked for in one question. */
export async function named(ctx: Context, rows: readonly HeadRow[]): Promise<EntryHead[]> {
  const units = await unitsOf(
    ctx,
    rows.map(({ provider }) => provider),
  )
  return rows.map((row) => asHead(row, units.get(row.provider)?.name ?? ''))
}

export function asBinding({ node, nodeName, store, schema, table, shape, columns, types, keys, rows, boundAt }: BindingRow): Binding {
  return { node, nodeName, store, schema, table, shape, columns, types, keys, rows, boundAt }
}
