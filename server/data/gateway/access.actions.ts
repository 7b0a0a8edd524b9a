import { API_GRANT, ApiGrant } from '@zhenghe/wire/api-grant.ts'
import { canonical } from '@zhenghe/wire/canonical.ts'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { openDocument } from '@zhenghe/wire/sign.ts'
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { endClock, startClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as identity } from '../../service/identity/contract.ts'
import { termOf } from '../exchange/grant.rules.ts'
import { answerRule } from '../exchange/request.rules.ts'
import { AccessGranted, AccessRevoked, type AccessTerms, Applied, type accessEndpoints } from './access.contract.ts'
import * as store from './access.store.ts'
import { viewById, viewsOf } from './access.view.ts'
import * as apis from './api.store.ts'
import { refusals } from './contract.ts'
import { offerOf } from './offer.ts'
import { stateOfAccess, stateOfVersion, termFits } from './rules.ts'
import { type Context, demandAt, ownUnit, type Side, sees, sightOf } from './sight.ts'
import type { AccessRow, ApiRow, Tables, VersionRow } from './tables.ts'
import { checkTerms, drawUpAccess, proposed } from './terms.ts'

const refuse = refuser(refusals)
const NOTICES = ['gateway.granted', 'gateway.refused', 'gateway.revoked', 'gateway.deprecated'] as const
const SIDES: Record<'mine' | 'incoming' | 'all', Side | undefined> = { mine: 'consumer', incoming: 'provider', all: undefined }

export const accessActions: Actions<typeof accessEndpoints, Tables> = {
  async apply(ctx, { id: api, n, wish }) {
    const consumer = ownUnit(ctx, 'gateway.apply')
    const { api: found, version } = await placeOf(ctx, { api, n })
    const state = stateOfVersion(version)
    if (state === 'draft') refuse('gateway.unknown')
    if (state !== 'published') refuse('gateway.wrong_state', { state })
    if (found.provider === consumer) refuse('gateway.own_api')
    if (!termFits(wish.termUntil, ctx.today)) refuse('gateway.bad_term')
    const [unit] = await ctx.ask(organizations.unitsById, { ids: [consumer] })
    const id = ctx.newId()
    const conditional = found.entry ? (await offerOf(ctx, found.entry).catch(() => undefined))?.content.share.type !== 'unconditional' : true
    const clock = await startClock(ctx, { rule: answerRule(conditional ? 'conditional' : 'unconditional'), subject: { kind: 'gateway.access', id } })
    const { provider, providerName, providerDivision, name } = found
    const names = { consumerName: unit?.name ?? '', consumerDivision: unit?.division ?? '' }
    const row = {
      id,
      api,
      n,
      provider,
      providerName,
      providerDivision,
      consumer,
      ...names,
      wish: JSON.stringify(wish),
      clock,
      askedAt: ctx.now,
      askedBy: ctx.actor.id,
    }
    await store.insertAccess(ctx.db, row, ctx.today)
    const to = { unit: provider, right: 'gateway.answer' }
    await putTodo(ctx, { kind: 'gateway.answer', subject: id, to, params: { api: name, consumer: names.consumerName }, deadline: clock })
    ctx.about('gateway.access', id)
    ctx.emit(Applied, { access: id, api, provider, consumer })
    return viewById(ctx, id)
  },

  async accesses(ctx, { after, limit, side, api, state }) {
    const filter = { sight: sightOf(ctx), side: SIDES[side], api, state, now: ctx.now }
    const rows = await store.accessPage(ctx.db, filter, ctx.today, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.accessTotal(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: await viewsOf(ctx, page.items) }
  },

  async accessById(ctx, { id }) {
    const row = await store.findAccess(ctx.db, id, ctx.today)
    return row && sees(sightOf(ctx), row) ? viewById(ctx, id) : refuse('gateway.unknown')
  },

  async proposeTerms(ctx, { id }) {
    const row = demandAt(ctx, 'gateway.answer', await store.findAccess(ctx.db, id, ctx.today), 'provider')
    return proposed(ctx, row, (await placeOf(ctx, row)).version)
  },

  async prepareAccess(ctx, { id, terms }) {
    const row = await waiting(ctx, id)
    const { api, version } = await placeOf(ctx, row)
    if (api.kind !== 'generated') refuse('gateway.wrong_state', { state: api.kind })
    if ((await currentKeys(ctx)).length === 0) refuse('gateway.no_signing_key')
    const revision = row.revision + 1
    const grant = await drawUpAccess(ctx, { row, api, version, terms, revision })
    const text = canonical(ApiGrant.parse(grant))
    await store.changeAccess(ctx.db, id, { revision, prepared: text, terms: JSON.stringify(terms) })
    ctx.about('gateway.access', id, { revision })
    return { text }
  },

  async grantAccess(ctx, { id, terms, signed }) {
    const row = await waiting(ctx, id)
    const { api, version } = await placeOf(ctx, row)
    const decided =
      api.kind === 'generated' ? await signedTerms(ctx, row, signed) : await checkTerms(ctx, row, version, terms ?? refuse('gateway.grant_changed'))
    const standing = await store.grantStanding(ctx.db, row)
    if (standing) await store.changeAccess(ctx.db, standing.id, { revokedAt: ctx.now, revokeReason: `由 ${row.number} 取代` })
    await store.changeAccess(ctx.db, id, {
      ...{ terms: JSON.stringify(decided), grantedAt: ctx.now, grantedBy: ctx.actor.id, grantedByName: ctx.actor.name },
      ...termOf(ctx.today, decided.notAfter),
      ...(api.kind === 'generated' && signed ? { key: signed.key, signature: signed.signature } : {}),
    })
    await answered(ctx, row, 'gateway.granted', api.name)
    ctx.about('gateway.access', id, signed ? { key: signed.key, signature: signed.signature } : {})
    ctx.emit(AccessGranted, { access: id, api: row.api, provider: row.provider, consumer: row.consumer })
    return viewById(ctx, id)
  },

  async refuseAccess(ctx, { id, reasons, basis }) {
    const row = await waiting(ctx, id)
    const { api } = await placeOf(ctx, row)
    await store.changeAccess(ctx.db, id, { refusedAt: ctx.now, refusal: JSON.stringify({ reasons, basis }) })
    await answered(ctx, row, 'gateway.refused', api.name)
    ctx.about('gateway.access', id)
    return viewById(ctx, id)
  },

  async withdrawAccess(ctx, { id }) {
    const row = demandAt(ctx, 'gateway.apply', await store.lockAccess(ctx.db, id), 'consumer')
    demandWaiting(row, ctx.now)
    await store.changeAccess(ctx.db, id, { withdrawnAt: ctx.now })
    await endClock(ctx, row.clock)
    await doneTodo(ctx, id)
    ctx.about('gateway.access', id)
    return viewById(ctx, id)
  },

  async revokeAccess(ctx, { id, reason }) {
    const row = demandAt(ctx, 'gateway.answer', await store.lockAccess(ctx.db, id), 'provider')
    const state = stateOfAccess(row, ctx.now)
    if (state !== 'in_force' && state !== 'not_yet') refuse('gateway.wrong_state', { state })
    const { api } = await placeOf(ctx, row)
    await store.changeAccess(ctx.db, id, { revokedAt: ctx.now, revokeReason: reason })
    await doneTodo(ctx, id)
    await putTodo(ctx, { kind: 'gateway.revoked', subject: id, to: { unit: row.consumer, right: 'gateway.apply' }, params: { api: api.name } })
    ctx.about('gateway.access', id)
    ctx.emit(AccessRevoked, { access: id, api: row.api, provider: row.provider, consumer: row.consumer, reason })
    return viewById(ctx, id)
  },

  async noteAccess(ctx, { id }) {
    demandAt(ctx, 'gateway.apply', await store.findAccess(ctx.db, id, ctx.today), 'consumer')
    for (const kind of NOTICES) await doneTodo(ctx, id, kind)
    ctx.about('gateway.access', id)
    return {}
  },
}

async function placeOf(ctx: Context, { api: id, n }: Pick<AccessRow, 'api' | 'n'>): Promise<{ api: ApiRow; version: VersionRow }> {
  const api = (await apis.findApi(ctx.db, id)) ?? refuse('gateway.unknown')
  return { api, version: (await apis.findVersion(ctx.db, id, n)) ?? refuse('gateway.unknown') }
}

/** The application, locked, where the caller answers for its provider and it waits. */
async function waiting(ctx: Context, id: Id): Promise<AccessRow> {
  const row = demandAt(ctx, 'gateway.answer', await store.lockAccess(ctx.db, id), 'provider')
  demandWaiting(row, ctx.now)
  return row
}

function demandWaiting(row: AccessRow, now: string): void {
  const state = stateOfAccess(row, now)
  if (state !== 'waiting') refuse('gateway.wrong_state', { state })
}

async function answered(ctx: Context, { id, clock, consumer }: AccessRow, kind: (typeof NOTICES)[number], api: string): Promise<void> {
  await endClock(ctx, clock)
  await doneTodo(ctx, id)
  await putTodo(ctx, { kind, subject: id, to: { unit: consumer, right: 'gateway.apply' }, params: { api } })
}

async function currentKeys(ctx: Context) {
  return (await ctx.ask(identity.signingKeys, { people: [ctx.actor.id] })).filter(({ retiredAt }) => retiredAt === null)
}

/** The terms that were prepared, where the signature is by the caller's own current key over exactly their text. */
async function signedTerms(ctx: Context, row: AccessRow, signed: Signed | undefined): Promise<AccessTerms> {
  if (!signed || !row.prepared || !row.terms || signed.text !== row.prepared) return refuse('gateway.grant_changed')
  const keys = await currentKeys(ctx)
  if (keys.length === 0) refuse('gateway.no_signing_key')
  const key = keys.find(({ fingerprint }) => fingerprint === signed.key) ?? refuse('gateway.bad_signature')
  try {
    openDocument(API_GRANT, signed, key.publicKey, ApiGrant)
  } catch (error) {
    if (error instanceof WireError) refuse('gateway.bad_signature')
    throw error
  }
  return row.terms
}
