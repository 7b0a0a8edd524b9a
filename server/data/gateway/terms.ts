/** From an application to the terms of its grant; of a generated interface to the document the approver signs. */
import type { ApiGrant } from '@zhenghe/wire/api-grant.ts'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { refuser } from '../../kernel/refusal.ts'
import { defaultTerms, fieldsGranted, termOf } from '../exchange/grant.rules.ts'
import { contract as nodes } from '../nodes/contract.ts'
import type { AccessTerms } from './access.contract.ts'
import { refusals } from './contract.ts'
import { type Offer, offerOf } from './offer.ts'
import { plainSensitive, problemsOfTerms, questionsOf, termFits } from './rules.ts'
import type { Context } from './sight.ts'
import type { AccessRow, ApiRow, VersionRow } from './tables.ts'

const refuse = refuser(refusals)

/** What was asked for, at the interface's own rate; sensitive fields masked as for a delivery, without its checks of values. */
export async function proposed(ctx: Context, { wish }: AccessRow, { definition }: VersionRow): Promise<AccessTerms> {
  const common = { quotaPerDay: wish.quotaPerDay, ratePerSecond: definition.ratePerSecond, notAfter: wish.termUntil, statementSeconds: 5, note: '' }
  const operations = definition.operations.map(({ name }) => name)
  if (definition.kind === 'registered') return { ...common, operations, paths: null, fields: [] }
  const { fields } = defaultTerms({ fields: definition.fields, filter: undefined, termUntil: wish.termUntil }, await offerOf(ctx, definition.entry))
  return { ...common, operations, paths: null, fields: fields.map(({ name, mask }) => ({ name, rules: [], ...(mask ? { mask } : {}) })) }
}

/** The terms where nothing is wrong with them; refuses `bad_term`, `bad_terms`, `sensitive_unmasked`. */
export async function checkTerms(
  ctx: Context,
  { wish }: AccessRow,
  { definition }: VersionRow,
  terms: AccessTerms,
  fields: readonly GrantField[] = [],
  offer?: Offer,
): Promise<AccessTerms> {
  if (!termFits(terms.notAfter, ctx.today) || terms.notAfter > wish.termUntil) refuse('gateway.bad_term')
  const problems = problemsOfTerms(terms, definition, wish.quotaPerDay, fields)
  if (problems.length > 0) refuse('gateway.bad_terms', { problems })
  if (definition.kind === 'generated' && offer) {
    const sensitive = new Set(offer.content.items.filter((item) => item.sensitive).map(({ column }) => column))
    const plain = plainSensitive(terms, definition, sensitive)
    if (plain.length > 0) refuse('gateway.sensitive_unmasked', { fields: plain })
  }
  return terms
}

type Drawing = { row: AccessRow; api: ApiRow; version: VersionRow; terms: AccessTerms; revision: number }

/** The grant, checked, as it will be signed. */
export async function drawUpAccess(ctx: Context, { row, api, version, terms, revision }: Drawing): Promise<ApiGrant> {
  const { definition } = version
  if (definition.kind !== 'generated') return refuse('gateway.wrong_state', { state: definition.kind })
  const offer = await offerOf(ctx, definition.entry)
  const { node, store, schema, table, shape } = offer.binding
  const source = (await ctx.ask(nodes.table, { id: node, store, schema, table })).table
  const nullable = new Map(source.columns.map((column) => [column.name, column.nullable]))
  const fields = fieldsGranted(terms.fields, offer, (column) => nullable.get(column) ?? true)
  if (fields.length !== terms.fields.length || fields.some(({ column }) => !nullable.has(column))) refuse('gateway.not_bound')
  await checkTerms(ctx, row, version, terms, fields, offer)
  const beside = (await ctx.ask(nodes.nodes, {})).find((one) => one.id === node)
  if (beside?.state !== 'active' || !beside.identity) return refuse('gateway.no_node')
  const units = new Map((await ctx.ask(organizations.unitsById, { ids: [row.provider, row.consumer] })).map((unit) => [unit.id, unit]))
  const party = (id: string) => ({ unit: units.get(id)?.uscc ?? '', name: units.get(id)?.name ?? '' })
  return {
    ...{ v: 1, id: row.id, version: revision, api: { code: api.code, version: version.n } },
    resource: { code: offer.code, name: offer.content.name, version: offer.version },
    source: { id: store, schema, table, shape },
    provider: { ...party(row.provider), node: beside.identity },
    consumer: party(row.consumer),
    ...{ fields, operations: questionsOf(definition, terms), purpose: row.wish.purpose, basis: row.wish.basis },
    ...{ ...termOf(ctx.today, terms.notAfter), statementSeconds: terms.statementSeconds },
  }
}
