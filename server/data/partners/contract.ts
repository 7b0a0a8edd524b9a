/**
 * Partners outside government (合作单位: telecom, power, water …): what they supply or use stands on an agreement, and on nothing else.
 * Sources: 国务院令第809号 (data of enterprises for duties, at agreed terms), 《数据安全法》 art. 40 (duties of whoever processes government data).
 */
import { z } from 'zod'
import { command, event, Id, LocalDate, Moment, PageInput, pageOf, query, type Refusals, type Rights, SIGNED_IN, type Todos } from '../../kernel/contract.ts'

export const AgreementState = z.enum(['draft', 'not_yet', 'in_force', 'expiring', 'expired', 'terminated', 'discarded'])
export type AgreementState = z.infer<typeof AgreementState>
export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256 of the document, hexadecimal' })

export const AgreementTerms = z.object({
  uscc: z.string().trim().toUpperCase().length(18).meta({ description: 'unified social credit code of the partner, GB 32100' }),
  name: z.string().trim().min(2).max(120),
  scope: z.string().trim().min(4).max(2000).meta({ description: 'which data, in which direction' }),
  purpose: z.string().trim().min(4).max(1000),
  security: z.string().trim().min(4).max(2000).meta({ description: 'duties of protection: storage, onward use, deletion, audit' }),
  priceFen: z.int().min(0).max(1_000_000_000_000).meta({ description: 'price of the whole term in 分; 0 where nothing is paid' }),
  fromOn: LocalDate,
  untilOn: LocalDate.meta({ description: 'the last day in force' }),
  remindDays: z.int().min(1).max(365).default(30).meta({ description: 'how many days before the end its keeper is reminded' }),
})
export type AgreementTerms = z.infer<typeof AgreementTerms>

export const AgreementHead = z.object({
  id: Id,
  number: z.string(),
  uscc: z.string(),
  name: z.string(),
  unit: Id.nullable(),
  state: AgreementState,
  fromOn: LocalDate,
  untilOn: LocalDate,
  endsOn: LocalDate.meta({ description: 'the last day in force, earlier than `untilOn` where it was terminated' }),
  priceFen: z.int(),
  keeper: Id,
  keeperName: z.string(),
})
export type AgreementHead = z.infer<typeof AgreementHead>
export const AgreementStep = z.object({
  at: Moment,
  act: z.enum(['drafted', 'revised', 'signed', 'terminated', 'discarded']),
  byName: z.string(),
  note: z.string(),
})
export type AgreementStep = z.infer<typeof AgreementStep>
export const Agreement = AgreementHead.extend({
  terms: AgreementTerms,
  signed: z.object({ on: LocalDate, by: z.string(), document: Digest }).nullable(),
  endReason: z.string().nullable(),
  steps: z.array(AgreementStep),
})
export type Agreement = z.infer<typeof Agreement>

export const refusals = {
  'partners.unknown': { status: 404, text: { zh: '没有找到这份协议，请刷新列表。', en: 'There is no such agreement. Refresh the list.' } },
  'partners.bad_uscc': {
    status: 422,
    params: z.object({ problem: z.enum(['length', 'alphabet', 'check']) }),
    text: {
      zh: '统一社会信用代码有误，请对照营业执照核对 18 位代码。',
      en: 'The unified social credit code is wrong. Check its 18 characters against the business licence.',
    },
  },
  'partners.bad_term': {
    status: 422,
    text: { zh: '协议截止日不能早于起始日，也不能早于今天。', en: 'An agreement may end neither before it begins nor before today.' },
  },
  'partners.bad_signing': {
    status: 422,
    text: { zh: '签署日不能晚于今天。', en: 'The day of signing cannot lie after today.' },
  },
  'partners.wrong_state': {
    status: 409,
    params: z.object({ state: AgreementState }),
    text: { zh: '协议当前状态不允许这项操作，请刷新查看最新状态。', en: 'The agreement is in a state that does not allow this. Refresh to see it.' },
  },
  'partners.no_unit': {
    status: 409,
    params: z.object({ uscc: z.string() }),
    text: {
      zh: '代码为 {uscc} 的单位尚未登记为“外部单位”，请先由系统管理员在“单位”中登记，再生效协议。',
      en: 'No outside organisation with the code {uscc} is registered. Have the system administrator register it under «Units», then put the agreement in force.',
    },
  },
  'partners.already_in_force': {
    status: 409,
    constraint: 'agreement_in_force_once',
    text: {
      zh: '该合作单位在这段时间已有生效协议。请调整起止日期，或先终止原协议。',
      en: 'The partner already has an agreement in that time. Change the term, or terminate the other agreement first.',
    },
  },
} satisfies Refusals

export const rights = {
  'partners.keep': { side: 'business', text: { zh: '管理合作单位协议', en: 'Keep agreements with partners' } },
} satisfies Rights

export const todos = {
  'partners.expiring': {
    text: { zh: '协议将于 {until} 到期，请续签或终止：{partner}', en: 'Agreement ends on {until}, renew or let it end: {partner}' },
    link: '/partners/{subject}',
  },
} satisfies Todos

/** Told when an agreement holds no longer: what the partner receives must stop. */
export const AgreementEnded = event('partners.agreement_ended', z.object({ agreement: Id, unit: Id, reason: z.string() }))

const One = z.object({ id: Id })
export const contract = {
  agreements: query('GET /partners/agreements', {
    summary: 'Agreements with partners, those that end first at the top',
    right: SIGNED_IN,
    in: PageInput.extend({ text: z.string().max(100).optional(), state: z.array(AgreementState).optional(), unit: Id.optional() }),
    out: pageOf(AgreementHead),
  }),
  agreement: query('GET /partners/agreements/{id}', {
    summary: 'One agreement with its history',
    right: SIGNED_IN,
    in: One,
    out: Agreement,
    refusals: ['partners.unknown'],
  }),
  inForce: query('GET /partners/in-force', {
    summary: 'Of these units, those with an agreement in force today, and until when',
    right: SIGNED_IN,
    in: z.object({ units: z.array(Id).max(1000) }),
    out: z.array(z.object({ unit: Id, agreement: Id, number: z.string(), until: LocalDate })),
  }),
  draft: command('POST /partners/agreements', {
    summary: 'Draft an agreement',
    right: 'partners.keep',
    in: AgreementTerms,
    out: Agreement,
    refusals: ['partners.bad_uscc', 'partners.bad_term'],
  }),
  revise: command('POST /partners/agreements/{id}/terms', {
    summary: 'Change a draft',
    right: 'partners.keep',
    in: One.extend({ terms: AgreementTerms }),
    out: Agreement,
    refusals: ['partners.unknown', 'partners.wrong_state', 'partners.bad_uscc', 'partners.bad_term'],
  }),
  sign: command('POST /partners/agreements/{id}/sign', {
    summary: 'Record the signed agreement with the digest of its document; it holds from its first day on',
    right: 'partners.keep',
    in: One.extend({ signedOn: LocalDate, signedBy: z.string().trim().min(2).max(120), document: Digest }),
    out: Agreement,
    refusals: ['partners.unknown', 'partners.wrong_state', 'partners.no_unit', 'partners.already_in_force', 'partners.bad_signing', 'partners.bad_term'],
  }),
  terminate: command('POST /partners/agreements/{id}/terminate', {
    summary: 'End an agreement today; what its partner receives stops',
    right: 'partners.keep',
    in: One.extend({ reason: z.string().trim().min(4).max(500) }),
    out: Agreement,
    refusals: ['partners.unknown', 'partners.wrong_state'],
  }),
  discard: command('POST /partners/agreements/{id}/discard', {
    summary: 'Discard a draft',
    right: 'partners.keep',
    in: One,
    out: Agreement,
    refusals: ['partners.unknown', 'partners.wrong_state'],
  }),
}
