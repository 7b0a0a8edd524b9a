/** The bound entry behind a generated interface. */

import type { Id } from '../../kernel/contract.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { contract as catalog } from '../catalog/contract.ts'
import type { BoundOffer } from '../exchange/request.rules.ts'
import * as store from './api.store.ts'
import { refusals } from './contract.ts'
import type { Definition } from './definition.contract.ts'
import { problemsOf } from './rules.ts'
import type { Context } from './sight.ts'

const refuse = refuser(refusals)
export type Offer = BoundOffer & { code: string; version: number }

/** Refuses `gateway.not_bound`, `gateway.not_shared`. */
export async function offerOf(ctx: Context, entry: Id): Promise<Offer> {
  const offer = await ctx.ask(catalog.published, { id: entry })
  if (offer.withdrawn || !offer.binding) refuse('gateway.not_bound')
  const { share } = offer.content
  if (share.type === 'none') refuse('gateway.not_shared', { basis: share.basis })
  return offer as Offer
}

/** Refuses a definition that cannot be published by this provider. */
export async function checkDefinition(ctx: Context, definition: Definition, provider: Id): Promise<void> {
  if (definition.kind === 'registered') {
    const found = await store.upstream(ctx.db, definition.upstream)
    if (!found || found.withdrawnAt || found.unit !== provider) refuse('gateway.upstream_unknown')
    return objectTo(problemsOf(definition))
  }
  const offer = await offerOf(ctx, definition.entry)
  if (offer.content.provider !== provider) throw new Refusal('gateway.not_bound')
  const columns = new Set(offer.content.items.map(({ column }) => column))
  const unknown = definition.fields.filter((field) => !columns.has(field))
  const lacking = unknown.length > 0 ? [{ zh: `目录中没有信息项：${unknown.join('、')}`, en: `the entry has no items ${unknown.join(', ')}` }] : []
  objectTo([...lacking, ...problemsOf(definition, offer.binding.keys)])
}

function objectTo(problems: ReturnType<typeof problemsOf>): void {
  if (problems.length > 0) refuse('gateway.bad_definition', { problems })
}
