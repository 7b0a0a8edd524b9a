import { canonical } from '@zhenghe/wire/canonical.ts'
import { Grant, type Signed, type SuiteName } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { openDocument } from '@zhenghe/wire/sign.ts'
import { GRANT, readSigningKey } from '@zhenghe/wire/signed.ts'
import { endClock, startClock } from '../../kernel/clock/clock.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as identity } from '../../service/identity/contract.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { refusals } from './contract.ts'
import { drawUp } from './draw-up.ts'
import { endGrant } from './ending.ts'
import { Granted, type grantEndpoints, Revoked } from './grant.contract.ts'
import { checkTerms } from './grant.rules.ts'
import * as store from './grant.store.ts'
import { demandStanding, viewOfGrant } from './grant.view.ts'
import { mayCapture } from './node-state.ts'
import { answered, lockFor, refuseOn } from './request.lock.ts'
import type { BoundOffer } from './request.rules.ts'
import { changeRequest } from './request.store.ts'
import { noteStep, viewOf } from './request.view.ts'
import { type Context, demandAt, sees, sightOf } from './sight.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)

export const grantActions: Actions<typeof grantEndpoints, Tables> = {
  async prepareGrant(ctx, { id: request, terms }) {
    const row = await lockFor(ctx, request, 'prepare', 'exchange.answer', 'provider')
    const offer = await ctx.ask(catalog.published, { id: row.entry })
    if (offer.withdrawn) refuse('exchange.not_published')
    if (!offer.binding) refuse('exchange.not_bound')
    const bound = offer as typeof offer & BoundOffer
    const before = await store.lastPrepared(ctx.db, request)
    const version = { id: before?.id ?? ctx.newId(), version: (before?.version ?? 0) + 1 }
    const { grant, fields } = await drawUp(ctx, { request: row, offer: bound, terms, ...version })
    refuseOn(checkTerms(terms, row.wish, bound, fields, ctx.today))
    await currentKey(ctx, terms.suite)
    const text = canonical(Grant.parse(grant()))
    const { notBefore, notAfter } = grant()
    await store.insertGrant(ctx.db, {
      ...{ ...version, request, text, notBefore, notAfter, note: terms.note, preparedAt: ctx.now, preparedBy: ctx.actor.id },
      ...{ providerNode: bound.binding.node, consumerNode: row.wish.node, suite: terms.suite },
    })
    await noteStep(ctx, request, 'prepared', terms.note)
    return { grant: version.id, version: version.version, text }
  },

  async grant(ctx, { id: request, signed }) {
    const row = await lockFor(ctx, request, 'grant', 'exchange.answer', 'provider')
    const prepared = await store.lastPrepared(ctx.db, request)
    if (!prepared || prepared.text !== signed.text || prepared.notAfter <= ctx.now) return refuse('exchange.grant_changed')
    await verify(ctx, signed, prepared.suite)
    const { id, version } = prepared
    const deliverClock = await startClock(ctx, { rule: 'exchange.deliver', subject: { kind: 'exchange.grant', id } })
    const { key, signature } = signed
    await store.changeGrant(ctx.db, prepared, { grantedAt: ctx.now, grantedBy: ctx.actor.id, grantedByName: ctx.actor.name, key, signature, deliverClock })
    const changed = await changeRequest(ctx.db, request, { grantedAt: ctx.now })
    await answered(ctx, row)
    await noteStep(ctx, request, 'granted', prepared.note)
    ctx.about('exchange.grant', id, { version, key, signature })
    const to = { unit: row.consumer, right: 'exchange.receive' }
    await putTodo(ctx, { kind: 'exchange.subscribe', subject: request, to, params: { entry: row.entryName }, deadline: deliverClock })
    ctx.emit(Granted, { grant: id, request, provider: row.provider, consumer: row.consumer })
    return viewOf(ctx, changed)
  },

  async grants(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, sight: sightOf(ctx), now: ctx.now }
    const rows = await store.grantPage(ctx.db, filter, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.grantTotal(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: page.items.map((row) => viewOfGrant(row, ctx.now)) }
  },

  async grantById(ctx, { id }) {
    const row = await store.findGrant(ctx.db, id)
    if (!row || !sees(sightOf(ctx), row)) return refuse('exchange.unknown')
    const { source } = JSON.parse(row.text) as Grant
    return viewOfGrant(row, ctx.now, await mayCapture(ctx, row.providerNode, source.id))
  },

  async revoke(ctx, { id, reason }) {
    const row = demandAt(ctx, 'exchange.answer', await store.lockGrant(ctx.db, id), 'provider')
    demandStanding(row, ctx.now, 'not_yet')
    await store.changeGrant(ctx.db, row, { revokedAt: ctx.now, revokeReason: reason })
    await endGrant(ctx, row, reason)
    await endClock(ctx, row.deliverClock)
    await doneTodo(ctx, row.request)
    await noteStep(ctx, row.request, 'revoked', reason)
    ctx.about('exchange.grant', id)
    const to = { unit: row.consumer, right: 'exchange.request' }
    await putTodo(ctx, { kind: 'exchange.revoked', subject: row.request, to, params: { entry: row.entryName } })
    ctx.emit(Revoked, { grant: id, provider: row.provider, consumer: row.consumer, reason })
    return viewOfGrant({ ...row, revokedAt: ctx.now, revokeReason: reason }, ctx.now)
  },
}

/** The caller's own current key of a suite. */
async function currentKey(ctx: Context, suite: SuiteName) {
  const keys = await ctx.ask(identity.signingKeys, { people: [ctx.actor.id] })
  const current = keys.find(({ retiredAt, publicKey }) => retiredAt === null && readSigningKey(publicKey).suite === suite)
  return current ?? refuse(suite === 'gm' ? 'exchange.no_gm_signing_key' : 'exchange.no_signing_key')
}

/** The signature must be by the caller's own current key of the grant's suite, over a grant at one with itself. */
async function verify(ctx: Context, signed: Signed, suite: SuiteName): Promise<void> {
  const key = await currentKey(ctx, suite)
  try {
    openDocument(GRANT, signed, key.publicKey, Grant)
  } catch (error) {
    if (error instanceof WireError) refuse('exchange.bad_signature')
    throw error
  }
}
