/** Grants (授权): what the provider's approver decides, signs and revokes. */
import { FieldName, Filter, Mask, Rule, Signed, SuiteName } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, event, Id, LocalDate, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { RequestView } from './request.contract.ts'

const One = z.object({ id: Id })
/** What the provider decides about each asked field when granting. */
export const FieldTerms = z.object({ name: FieldName, mask: Mask.optional(), rules: z.array(Rule).max(8).default([]) })
export type FieldTerms = z.infer<typeof FieldTerms>
export const GrantTerms = z.object({
  fields: z.array(FieldTerms).min(1),
  filter: Filter.optional().meta({ description: 'narrows the rows asked for; it never lets more pass than the request’s own filter' }),
  cursor: FieldName.optional().meta({ description: 'the field by which increments are found; chosen among the fields where absent' }),
  notAfter: LocalDate,
  rejectShare: z.number().min(0).max(1).default(0.1),
  connections: z.int().min(1).max(32).default(2),
  suite: SuiteName.default('international').meta({ description: 'by which algorithms the two nodes sign and seal' }),
  note: z.string().max(1000).default(''),
})
export type GrantTerms = z.infer<typeof GrantTerms>

export const GrantState = z.enum(['in_force', 'not_yet', 'expired', 'revoked'])
export type GrantState = z.infer<typeof GrantState>
export const GrantView = z.object({
  id: Id,
  version: z.int(),
  request: Id,
  entry: Id,
  entryName: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  state: GrantState,
  fields: z.array(z.object({ name: z.string(), title: z.string(), type: z.string(), key: z.boolean(), mask: Mask.optional(), rules: z.array(Rule) })),
  filter: Filter.optional(),
  filterWords: z.object({ zh: z.string(), en: z.string() }).nullable(),
  cursor: z.string().nullable().meta({ description: 'null where only whole tables can be delivered' }),
  captures: z.boolean().meta({ description: 'its changes can be followed by the log of the source; known of one grant, false in lists' }),
  purpose: z.string(),
  suite: SuiteName,
  notBefore: Moment,
  notAfter: Moment,
  approvedBy: z.string(),
  key: z.string().meta({ description: "fingerprint of the approver's key" }),
  signature: z.string(),
  grantedAt: Moment,
  revokedAt: Moment.nullable(),
  revokeReason: z.string().nullable(),
})
export type GrantView = z.infer<typeof GrantView>

export const Granted = event('exchange.granted', z.object({ grant: Id, request: Id, provider: Id, consumer: Id }))
export const Revoked = event('exchange.revoked', z.object({ grant: Id, provider: Id, consumer: Id, reason: z.string() }))

export const grantEndpoints = {
  prepareGrant: command('POST /exchange/requests/{id}/terms', {
    summary: 'Decide masks, rules and limits; answers the exact text of the grant, to be signed by the approver’s own key',
    right: 'exchange.answer',
    in: One.extend({ terms: GrantTerms }),
    out: z.object({ grant: Id, version: z.int(), text: z.string() }),
    refusals: [
      'exchange.unknown',
      'exchange.not_yours',
      'exchange.wrong_state',
      'exchange.unknown_fields',
      'exchange.key_missing',
      'exchange.bad_filter',
      'exchange.bad_mask',
      'exchange.bad_rule',
      'exchange.bad_term',
      'exchange.sensitive_unmasked',
      'exchange.no_cursor',
      'exchange.no_node',
      'exchange.no_signing_key',
      'exchange.no_gm_signing_key',
      'exchange.no_gm_keys',
      'exchange.not_published',
      'exchange.not_bound',
      'catalog.unknown',
      'nodes.unknown',
    ],
  }),
  grant: command('POST /exchange/requests/{id}/grant', {
    summary: 'Grant: hand in the signed grant',
    right: 'exchange.answer',
    in: One.extend({ signed: Signed }),
    out: RequestView,
    refusals: [
      'exchange.unknown',
      'exchange.not_yours',
      'exchange.wrong_state',
      'exchange.bad_signature',
      'exchange.grant_changed',
      'exchange.no_signing_key',
      'exchange.no_gm_signing_key',
    ],
  }),
  grants: query('GET /exchange/grants', {
    summary: 'Grants given to or by one’s unit, or all to a supervisor; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ entry: Id.optional(), state: GrantState.optional() }),
    out: pageOf(GrantView),
  }),
  grantById: query('GET /exchange/grants/{id}', {
    summary: 'One grant, to its two units and supervisors',
    right: SIGNED_IN,
    in: One,
    out: GrantView,
    refusals: ['exchange.unknown'],
  }),
  revoke: command('POST /exchange/grants/{id}/revoke', {
    summary: 'Revoke a grant; running deliveries are cancelled, subscriptions stop',
    right: 'exchange.answer',
    in: One.extend({ reason: z.string().min(4).max(500) }),
    out: GrantView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.grant_over'],
  }),
}
