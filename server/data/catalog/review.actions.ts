import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { type contract, Published, refusals, Withdrawn } from './contract.ts'
import * as store from './entry.store.ts'
import { announce } from './finder.ts'
import { answersFor } from './rules.ts'
import { type Context, unitsOf } from './sight.ts'
import type { EntryRow, Tables } from './tables.ts'
import { demandComplete, held, record } from './turn.ts'
import { viewOf } from './view.ts'

const refuse = refuser(refusals)
const BUREAU_POST = 'bureau_officer'

export const reviewActions = {
  async submit(ctx, { id, note }) {
    const { entry, version } = await held(ctx, id, 'submit')
    await demandComplete(ctx, entry, version)
    const authors = [...new Set([...version.authors, ctx.actor.id])]
    await store.updateVersion(ctx.db, id, version.version, { authors, submittedAt: ctx.now, approvedAt: null, returnedAt: null, returnReason: null })
    await record(ctx, entry, version, 'submitted', note)
    await doneTodo(ctx, id, 'catalog.mend')
    await putTodo(ctx, { kind: 'catalog.review', subject: id, to: { unit: entry.provider, right: 'catalog.review' }, params: { name: version.name } })
    return viewOf(ctx, id)
  },

  async approve(ctx, { id, note }) {
    const { entry, version } = await held(ctx, id, 'approve')
    if (version.authors.includes(ctx.actor.id)) refuse('catalog.own_work')
    await store.updateVersion(ctx.db, id, version.version, { approvedAt: ctx.now })
    await record(ctx, entry, version, 'department_approved', note)
    await doneTodo(ctx, id, 'catalog.review')
    const provider = (await unitsOf(ctx, [entry.provider])).get(entry.provider)?.name ?? ''
    for (const unit of await bureausOf(ctx, entry))
      await putTodo(ctx, { kind: 'catalog.publish', subject: id, to: { unit, right: 'catalog.publish' }, params: { name: version.name, provider } })
    return viewOf(ctx, id)
  },

  async returnDraft(ctx, { id, reason }) {
    const { entry, version } = await held(ctx, id, 'return')
    await store.updateVersion(ctx.db, id, version.version, { returnedAt: ctx.now, returnReason: reason })
    await record(ctx, entry, version, 'returned', reason)
    await doneTodo(ctx, id)
    await putTodo(ctx, { kind: 'catalog.mend', subject: id, to: { unit: entry.provider, right: 'catalog.compile' }, params: { name: version.name } })
    return viewOf(ctx, id)
  },

  async publish(ctx, { id, note }) {
    const { entry, version } = await held(ctx, id, 'publish')
    await demandComplete(ctx, entry, version)
    await store.updateVersion(ctx.db, id, version.version, { publishedAt: ctx.now })
    await store.update(ctx.db, id, { draftVersion: null, publishedVersion: version.version, publishedAt: ctx.now })
    await record(ctx, entry, version, 'published', note)
    await doneTodo(ctx, id)
    ctx.emit(Published, { entry: id, version: version.version, provider: entry.provider })
    await announce(ctx, id)
    return viewOf(ctx, id)
  },

  async withdraw(ctx, { id, reason }) {
    const { entry, version } = await held(ctx, id, 'withdraw')
    await store.update(ctx.db, id, { draftVersion: null, withdrawnAt: ctx.now, withdrawReason: reason })
    await record(ctx, entry, version, 'withdrawn', reason)
    await doneTodo(ctx, id)
    ctx.emit(Withdrawn, { entry: id, provider: entry.provider, reason })
    await announce(ctx, id)
    return viewOf(ctx, id)
  },
} satisfies Pick<Actions<typeof contract, Tables>, 'submit' | 'approve' | 'returnDraft' | 'publish' | 'withdraw'>

/** The units whose officers publish for the provider's division. */
async function bureausOf(ctx: Context, { providerDivision }: EntryRow): Promise<Id[]> {
  const officers = await ctx.ask(organizations.liaisons, { post: BUREAU_POST })
  const units = await unitsOf(
    ctx,
    officers.map(({ unit }) => unit),
  )
  return [...units.values()].filter(({ division }) => answersFor(division, providerDivision)).map(({ id }) => id)
}
