/** Drawing up a grant from the provider's terms: the document the approver will sign. */
import { type Grant, type GrantField, identityFor, type SuiteName } from '@zhenghe/wire/documents.ts'
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as nodes } from '../nodes/contract.ts'
import { refusals } from './contract.ts'
import type { GrantTerms } from './grant.contract.ts'
import { cursorGranted, fieldsGranted, grantFilter, termOf } from './grant.rules.ts'
import { activeNodeOf } from './node-state.ts'
import type { BoundOffer } from './request.rules.ts'
import type { Context } from './sight.ts'
import type { RequestRow } from './tables.ts'

const refuse = refuser(refusals)
type Drawing = { request: RequestRow; offer: BoundOffer & { code: string; version: number }; terms: GrantTerms; id: Id; version: number }

/**
 * The granted fields, to be checked, and the grant they make. What may be null and which types stand behind the fields is read from the
 * source's schema as its node last read it.
 */
export async function drawUp(ctx: Context, { request, offer, terms, id, version }: Drawing): Promise<{ fields: GrantField[]; grant: () => Grant }> {
  const { wish } = request
  const { node, store, schema, table, shape } = offer.binding
  const source = (await ctx.ask(nodes.table, { id: node, store, schema, table })).table
  const columns = new Map(source.columns.map((column) => [column.name, column]))
  const fields = fieldsGranted(terms.fields, offer, (column) => columns.get(column)?.nullable ?? true)
  if (fields.some(({ column }) => !columns.has(column))) refuse('exchange.not_bound')
  const filter = grantFilter(wish.filter, terms.filter)
  const cursor = cursorGranted(fields, terms.cursor)
  const [provider, consumer] = [await party(ctx, request.provider, node, terms.suite), await party(ctx, request.consumer, wish.node, terms.suite)]
  return {
    fields,
    grant: () => ({
      ...{ v: 1, id, version, provider, consumer, fields, purpose: wish.purpose, basis: wish.basis, ...termOf(ctx.today, terms.notAfter) },
      resource: { code: offer.code, name: offer.content.name, version: offer.version },
      source: { id: store, schema, table, shape },
      ...(terms.suite === 'gm' ? { suite: terms.suite } : {}),
      ...(filter ? { filter } : {}),
      ...(cursor ? { cursor } : {}),
      limits: { rejectShare: terms.rejectShare, connections: terms.connections },
    }),
  }
}

async function party(ctx: Context, unit: Id, node: Id, suite: SuiteName): Promise<Grant['provider']> {
  const { identity } = await activeNodeOf(ctx, node, unit)
  if (suite === 'gm' && !identity.gm) refuse('exchange.no_gm_keys', { node: identity.name })
  const [known] = await ctx.ask(organizations.unitsById, { ids: [unit] })
  return { unit: known?.uscc ?? refuse('exchange.no_node'), name: known?.name ?? '', node: identityFor(suite, identity) }
}
