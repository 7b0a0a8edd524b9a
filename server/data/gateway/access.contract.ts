/** Applications to call an interface and the grants that answer them (国务院令第809号 arts 20–22: basis, purpose, answer within the legal clock). */
import { Signed } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { ClockView } from '../../kernel/clock/contract.ts'
import { command, event, Id, LocalDate, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { FieldTerms } from '../exchange/grant.contract.ts'
import { PurposeKind } from '../exchange/request.contract.ts'

const One = z.object({ id: Id })
export const AccessState = z.enum(['waiting', 'in_force', 'not_yet', 'expired', 'refused', 'withdrawn', 'revoked'])
export type AccessState = z.infer<typeof AccessState>
export const AccessWish = z.object({
  basis: z.string().trim().min(4).max(1000),
  purposeKind: PurposeKind,
  purpose: z.string().trim().min(4).max(1000),
  quotaPerDay: z.int().min(1).max(100_000_000),
  termUntil: LocalDate,
  contact: z.string().min(2).max(60),
  phone: z.string().max(30).default(''),
})
export type AccessWish = z.infer<typeof AccessWish>

/** Where a field of an answer stands: `name`, `address.city`, `items[].uscc`. */
export const FieldPath = z.string().regex(/^[^.[\]\s"]{1,80}(\[\])?(\.[^.[\]\s"]{1,80}(\[\])?){0,9}$/)
export const AccessTerms = z.object({
  quotaPerDay: z.int().min(1).max(100_000_000),
  ratePerSecond: z.int().min(1).max(1_000_000),
  notAfter: LocalDate,
  operations: z.array(z.string()).min(1).max(50),
  paths: z.array(FieldPath).max(400).nullable().default(null).meta({ description: 'registered: the fields of answers that are let through; null for all' }),
  fields: z.array(FieldTerms).max(400).default([]).meta({ description: 'generated: the granted fields with their masks' }),
  statementSeconds: z.int().min(1).max(60).default(5),
  note: z.string().max(1000).default(''),
})
export type AccessTerms = z.infer<typeof AccessTerms>

export const AccessView = z.object({
  id: Id,
  number: z.string(),
  api: Id,
  n: z.int(),
  apiCode: z.string(),
  apiName: z.string(),
  kind: z.enum(['registered', 'generated']),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  state: AccessState,
  wish: AccessWish.omit({ phone: true }),
  askedAt: Moment,
  clock: ClockView.nullable(),
  refusal: z.object({ reasons: z.array(z.string()), basis: z.string() }).nullable(),
  terms: AccessTerms.nullable(),
  grantedAt: Moment.nullable(),
  grantedByName: z.string().nullable(),
  notBefore: Moment.nullable(),
  notAfter: Moment.nullable(),
  signed: z.boolean(),
  revokedAt: Moment.nullable(),
  revokeReason: z.string().nullable(),
  usedToday: z.int(),
  lastUsedAt: Moment.nullable(),
})
export type AccessView = z.infer<typeof AccessView>

export const Applied = event('gateway.applied', z.object({ access: Id, api: Id, provider: Id, consumer: Id }))
export const AccessGranted = event('gateway.granted', z.object({ access: Id, api: Id, provider: Id, consumer: Id }))
export const AccessRevoked = event('gateway.revoked', z.object({ access: Id, api: Id, provider: Id, consumer: Id, reason: z.string() }))

const WRONG = ['gateway.unknown', 'gateway.not_yours', 'gateway.wrong_state'] as const
const OF_TERMS = [
  'gateway.bad_terms',
  'gateway.bad_term',
  'gateway.sensitive_unmasked',
  'gateway.not_bound',
  'gateway.no_node',
  'gateway.no_signing_key',
  'catalog.unknown',
  'nodes.unknown',
] as const

export const accessEndpoints = {
  apply: command('POST /gateway/apis/{id}/versions/{n}/apply', {
    summary: 'Apply to call an interface, with basis, purpose, quota and term',
    right: 'gateway.apply',
    in: One.extend({ n: z.coerce.number().int().min(1), wish: AccessWish }),
    out: AccessView,
    refusals: ['gateway.unknown', 'gateway.wrong_state', 'gateway.own_api', 'gateway.bad_term', 'gateway.already_applied'],
    personal: ['phone'],
  }),
  accesses: query('GET /gateway/accesses', {
    summary: 'Applications and grants of one’s unit, to it, or all to a supervisor; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ side: z.enum(['mine', 'incoming', 'all']).default('mine'), api: Id.optional(), state: AccessState.optional() }),
    out: pageOf(AccessView),
  }),
  accessById: query('GET /gateway/accesses/{id}', {
    summary: 'One application, to its two units and supervisors',
    right: SIGNED_IN,
    in: One,
    out: AccessView,
    refusals: ['gateway.unknown'],
  }),
  proposeTerms: query('GET /gateway/accesses/{id}/terms', {
    summary: 'Terms to begin with: what was asked for, sensitive fields masked',
    right: 'gateway.answer',
    in: One,
    out: AccessTerms,
    refusals: [...WRONG, 'gateway.not_bound', 'catalog.unknown'],
  }),
  prepareAccess: command('POST /gateway/accesses/{id}/terms', {
    summary: 'Decide the terms of a generated interface; answers the exact text of the grant, to be signed by the approver’s own key',
    right: 'gateway.answer',
    in: One.extend({ terms: AccessTerms }),
    out: z.object({ text: z.string() }),
    refusals: [...WRONG, ...OF_TERMS],
  }),
  grantAccess: command('POST /gateway/accesses/{id}/grant', {
    summary: 'Grant; of a generated interface by the signed text that was prepared',
    right: 'gateway.answer',
    in: One.extend({ terms: AccessTerms.optional(), signed: Signed.optional() }),
    out: AccessView,
    refusals: [...WRONG, ...OF_TERMS, 'gateway.grant_changed', 'gateway.bad_signature', 'gateway.granted_meanwhile'],
  }),
  refuseAccess: command('POST /gateway/accesses/{id}/refuse', {
    summary: 'Refuse with reasons and their basis',
    right: 'gateway.answer',
    in: One.extend({ reasons: z.array(z.string().min(4).max(500)).min(1).max(10), basis: z.string().min(4).max(500) }),
    out: AccessView,
    refusals: [...WRONG],
  }),
  withdrawAccess: command('POST /gateway/accesses/{id}/withdraw', {
    summary: 'Withdraw one’s own application',
    right: 'gateway.apply',
    in: One,
    out: AccessView,
    refusals: [...WRONG],
  }),
  revokeAccess: command('POST /gateway/accesses/{id}/revoke', {
    summary: 'Revoke a grant; calls under way are ended',
    right: 'gateway.answer',
    in: One.extend({ reason: z.string().min(4).max(500) }),
    out: AccessView,
    refusals: [...WRONG],
  }),
  noteAccess: command('POST /gateway/accesses/{id}/acknowledge', {
    summary: 'Take note of a grant, a refusal or a revocation; it leaves the list of what waits',
    right: 'gateway.apply',
    in: One,
    out: z.object({}),
    refusals: ['gateway.unknown', 'gateway.not_yours'],
  }),
}
