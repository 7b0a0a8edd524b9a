import type { Id } from '../../kernel/contract.ts'
import type { Actions } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { contract as nodes, type TableInfo } from '../nodes/contract.ts'
import { fitted } from './binding.rules.ts'
import * as classStore from './class.store.ts'
import { type Content, type contract, type Item, refusals } from './contract.ts'
import * as store from './entry.store.ts'
import { announce } from './finder.ts'
import { CODE_CLASS_LENGTH, nameKey, resourceCode } from './rules.ts'
import { type Context, unitsOf } from './sight.ts'
import type { Tables } from './tables.ts'
import { afterwards, held, record, type Turn } from './turn.ts'
import { viewOf } from './view.ts'

const refuse = refuser(refusals)

export const draftActions = {
  async compile(ctx, { content }) {
    if (content.classified) refuse('catalog.classified')
    const { provider, name } = content
    const { division } = (await unitsOf(ctx, [provider])).get(provider) ?? refuse('catalog.not_yours')
    if (!ctx.may('catalog.compile', { unit: provider, division })) refuse('catalog.not_yours')
    const id = ctx.newId()
    const code = await newCode(ctx, content.class)
    await store.insert(ctx.db, { id, code, provider, providerDivision: division, name, nameKey: nameKey(name), changedAt: ctx.now, ...NEW })
    await store.insertDraft(ctx.db, { entry: id, version: 1, content, authors: [ctx.actor.id], changedAt: ctx.now })
    await record(ctx, { id, code }, { version: 1, content }, 'drafted')
    return viewOf(ctx, id)
  },

  async revise(ctx, { id, content, after }) {
    if (content.classified) refuse('catalog.classified')
    const { entry, version: last } = await held(ctx, id, 'revise')
    if (content.provider !== entry.provider) refuse('catalog.not_yours')
    const draft = last.publishedAt ? undefined : last
    if (after !== (draft?.changedAt ?? null)) refuse('catalog.changed_meanwhile')
    const code = await codeFor(ctx, { entry, version: last }, content.class)
    const version = draft?.version ?? last.version + 1
    const authors = [...new Set([...(draft?.authors ?? []), ctx.actor.id])]
    const saved = { entry: id, version, content, authors, changedAt: afterwards(ctx.now, last.changedAt) }
    if (draft) await store.saveDraft(ctx.db, saved)
    else await store.insertDraft(ctx.db, saved)
    await store.update(ctx.db, id, { code, name: content.name, nameKey: nameKey(content.name), draftVersion: version })
    await record(ctx, { id, code }, saved, draft ? 'changed' : 'drafted')
    return viewOf(ctx, id)
  },

  async bind(ctx, { id, columns, ...place }) {
    const turn = await held(ctx, id, 'bind')
    const node = await ctx.ask(nodes.node, { id: place.node })
    if (node.unit !== turn.entry.provider) throw new Refusal('nodes.unknown')
    const table = await tableAt(ctx, place)
    const found = fitted(await itemsToBind(ctx, turn, columns), table, columns)
    if ('code' in found) throw new Refusal(found.code, found.params)
    const { shape, rows } = table
    await store.bind(ctx.db, { entry: id, ...place, nodeName: node.name, shape, rows, ...found, boundAt: ctx.now, boundBy: ctx.actor.id })
    await record(ctx, turn.entry, turn.version, 'bound', `${node.name} · ${place.store} · ${place.schema}.${place.table}`)
    await announce(ctx, id)
    return viewOf(ctx, id)
  },
} satisfies Pick<Actions<typeof contract, Tables>, 'compile' | 'revise' | 'bind'>

const NEW = { draftVersion: 1, publishedVersion: null, publishedAt: null, withdrawnAt: null, withdrawReason: null }

async function newCode({ db }: Context, classCode: string): Promise<string> {
  if (classCode.length < CODE_CLASS_LENGTH) refuse('catalog.unknown_class')
  return resourceCode(classCode, (await classStore.nextSequence(db, classCode)) ?? refuse('catalog.unknown_class'))
}

/** The code follows the class until the entry is published; then it stays. */
async function codeFor(ctx: Context, { entry, version }: Turn, classCode: string): Promise<string> {
  if (classCode === version.class) return entry.code
  if (entry.publishedVersion === null) return newCode(ctx, classCode)
  return (await classStore.known(ctx.db, [classCode])).has(classCode) ? entry.code : refuse('catalog.unknown_class')
}

type Place = { node: Id; store: string; schema: string; table: string }
async function tableAt(ctx: Context, { node, ...place }: Place): Promise<TableInfo> {
  try {
    return (await ctx.ask(nodes.table, { id: node, ...place })).table
  } catch (error) {
    return error instanceof Refusal && error.code === 'nodes.unknown' ? refuse('catalog.unknown_table') : Promise.reject(error)
  }
}

/** Every item of the published version (of the draft, where none is published), and of a draft beside it those for which a column is chosen. */
async function itemsToBind({ db }: Context, { entry, version }: Turn, chosen: Readonly<Record<string, string>>): Promise<readonly Item[]> {
  const { publishedVersion } = entry
  if (publishedVersion === null || publishedVersion === version.version) return version.content.items
  const { items }: Content = (await store.version(db, entry.id, publishedVersion))?.content ?? version.content
  const published = new Set(items.map(({ column }) => column))
  return [...items, ...version.content.items.filter(({ column }) => chosen[column] && !published.has(column))]
}
