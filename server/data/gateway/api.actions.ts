import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { originOf } from '../../kernel/config.ts'
import type { Id } from '../../kernel/contract.ts'
import { putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { grantsOf } from './access.store.ts'
import { type ApiView, type apiEndpoints, Published, VersionWithdrawn } from './api.contract.ts'
import * as store from './api.store.ts'
import { viewOfApi } from './api.view.ts'
import { refusals } from './contract.ts'
import { checkDefinition, offerOf } from './offer.ts'
import { openapiOf } from './openapi.rules.ts'
import { stateOfVersion } from './rules.ts'
import { boxOf } from './secret.ts'
import { type Context, demandApi, ownUnit } from './sight.ts'
import type { ApiRow, Tables, UpstreamRow, VersionRow } from './tables.ts'

const refuse = refuser(refusals)

export const apiActions: Actions<typeof apiEndpoints, Tables> = {
  async upstreams(ctx, { unit }) {
    return (await store.upstreams(ctx.db, unit)).map(viewOfUpstream)
  },

  async allowUpstream(ctx, { name, baseUrl, unit, note }) {
    const url = new URL(baseUrl)
    if (url.search || url.hash || url.username || url.password) refuse('gateway.bad_base_url')
    const [known] = await ctx.ask(organizations.unitsById, { ids: [unit] })
    const unitName = known?.name ?? refuse('gateway.unknown_unit')
    const row = { id: ctx.newId(), name, baseUrl: url.href.replace(/\/$/, ''), unit, unitName, note, allowedAt: ctx.now, allowedBy: ctx.actor.id }
    return viewOfUpstream(await store.insertUpstream(ctx.db, row))
  },

  async withdrawUpstream(ctx, { id }) {
    return viewOfUpstream((await store.withdrawUpstream(ctx.db, id, ctx.now)) ?? refuse('gateway.upstream_unknown'))
  },

  async setCredential(ctx, { id, credential }) {
    const found = await store.upstream(ctx.db, id)
    if (!found || found.withdrawnAt) return refuse('gateway.upstream_unknown')
    if (!ctx.may('gateway.publish', { unit: found.unit })) refuse('gateway.not_yours')
    const sealed = credential && ctx.local(boxOf).seal(credential.value, id)
    ctx.about('gateway.upstream', id, { header: credential?.header ?? null })
    return viewOfUpstream(await store.setCredential(ctx.db, id, credential?.header ?? null, sealed))
  },

  async apis(ctx, { after, limit, of, text }) {
    const filter = { text, provider: of === 'mine' ? (ctx.actor.unit ?? ctx.actor.id) : undefined }
    const rows = await store.apiPage(ctx.db, filter, after ? decodeCursor<[string, string]>(after) : undefined, limit + 1)
    return pageFrom(rows, limit, await store.apiTotal(ctx.db, filter), ({ name, id }) => [name, id])
  },

  async apiById(ctx, { id }) {
    return viewOfApi(ctx, id)
  },

  async register(ctx, { code, name, definition }) {
    const provider = ownUnit(ctx, 'gateway.publish')
    await checkDefinition(ctx, definition, provider)
    const [unit] = await ctx.ask(organizations.unitsById, { ids: [provider] })
    const id = ctx.newId()
    await store.insertApi(ctx.db, {
      ...{ id, code, name, kind: definition.kind, provider, providerName: unit?.name ?? '', providerDivision: unit?.division ?? '' },
      ...{ entry: definition.kind === 'generated' ? definition.entry : null, madeAt: ctx.now, madeBy: ctx.actor.id },
    })
    await newDraft(ctx, id, 1, definition)
    return viewOfApi(ctx, id)
  },

  async draft(ctx, { id, definition }) {
    const api = demandApi(ctx, await store.lockApi(ctx.db, id))
    const other = definition.kind === 'generated' ? definition.entry !== api.entry : api.kind !== 'registered'
    if (definition.kind !== api.kind || other)
      refuse('gateway.bad_definition', { problems: [{ zh: '版本之间不能更换接口类型或目录', en: 'a version keeps the kind and entry of its interface' }] })
    await checkDefinition(ctx, definition, api.provider)
    const [last] = await store.versions(ctx.db, id)
    if (last && !last.publishedAt) await store.changeVersion(ctx.db, last, { definition: JSON.stringify(definition), madeAt: ctx.now, madeBy: ctx.actor.id })
    else await newDraft(ctx, id, (last?.n ?? 0) + 1, definition)
    ctx.about('gateway.api', id)
    return viewOfApi(ctx, id)
  },

  async publish(ctx, { id }) {
    const api = demandApi(ctx, await store.lockApi(ctx.db, id))
    const [last] = await store.versions(ctx.db, id)
    if (!last || last.publishedAt) return refuse('gateway.wrong_state', { state: 'published' })
    await checkDefinition(ctx, last.definition, api.provider)
    await store.changeVersion(ctx.db, last, { publishedAt: ctx.now, publishedBy: ctx.actor.id })
    ctx.about('gateway.api', id, { n: last.n })
    ctx.emit(Published, { api: id, n: last.n, provider: api.provider })
    return viewOfApi(ctx, id)
  },

  async deprecate(ctx, { id, n, reason }) {
    const { api, version } = await liveVersion(ctx, id, n, ['published'])
    await store.changeVersion(ctx.db, version, { deprecatedAt: ctx.now, deprecation: reason })
    for (const { id: subject, consumer } of await grantsOf(ctx.db, id, n))
      await putTodo(ctx, { kind: 'gateway.deprecated', subject, to: { unit: consumer, right: 'gateway.apply' }, params: { api: api.name } })
    return ended(ctx, id, n)
  },

  async withdrawVersion(ctx, { id, n, reason }) {
    const { api, version } = await liveVersion(ctx, id, n, ['published', 'deprecated'])
    await store.changeVersion(ctx.db, version, { withdrawnAt: ctx.now, withdrawal: reason })
    for (const { id: subject, consumer } of await grantsOf(ctx.db, id, n))
      await putTodo(ctx, { kind: 'gateway.revoked', subject, to: { unit: consumer, right: 'gateway.apply' }, params: { api: api.name } })
    ctx.emit(VersionWithdrawn, { api: id, n, provider: api.provider, reason })
    return ended(ctx, id, n)
  },

  async document(ctx, { id, n }) {
    const [api, version] = [await store.findApi(ctx.db, id), await store.findVersion(ctx.db, id, n)]
    if (!api || !version) return refuse('gateway.unknown')
    if (!version.publishedAt) demandApi(ctx, api)
    const { keys, titles } = await fieldsOf(ctx, version)
    const origin = ctx.local(originOf)?.origin ?? ''
    return openapiOf({ code: api.code, name: api.name, provider: api.providerName, n, definition: version.definition, keys, titles, origin })
  },
}

async function newDraft(ctx: Context, api: Id, n: number, definition: VersionRow['definition']): Promise<void> {
  await store.insertVersion(ctx.db, { api, n, definition: JSON.stringify(definition), madeAt: ctx.now, madeBy: ctx.actor.id })
  ctx.about('gateway.api', api, { n })
}

async function liveVersion(ctx: Context, id: Id, n: number, states: readonly string[]): Promise<{ api: ApiRow; version: VersionRow }> {
  const api = demandApi(ctx, await store.lockApi(ctx.db, id))
  const version = (await store.findVersion(ctx.db, id, n)) ?? refuse('gateway.unknown')
  const state = stateOfVersion(version)
  if (!states.includes(state)) refuse('gateway.wrong_state', { state })
  return { api, version }
}

function ended(ctx: Context, id: Id, n: number): Promise<ApiView> {
  ctx.about('gateway.api', id, { n })
  return viewOfApi(ctx, id)
}

async function fieldsOf(ctx: Context, { definition }: VersionRow): Promise<{ keys: readonly string[]; titles: Record<string, string> }> {
  if (definition.kind === 'registered') return { keys: [], titles: {} }
  const offer = await offerOf(ctx, definition.entry).catch(() => undefined)
  return { keys: offer?.binding.keys ?? [], titles: Object.fromEntries(offer?.content.items.map(({ column, name }) => [column, name]) ?? []) }
}

const viewOfUpstream = ({ allowedBy: _, credentialSealed: __, ...row }: UpstreamRow) => row
