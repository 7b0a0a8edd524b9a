/** Requests for shared data (共享申请), answered within the legal clock: 国务院令第809号 arts 20–22. */
import { DeliveryMode, FieldName, Filter } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { ClockView } from '../../kernel/clock/contract.ts'
import { command, event, Id, LocalDate, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { ShareType } from '../catalog/contract.ts'
import { Hours, Schedule } from './schedule.contract.ts'

const One = z.object({ id: Id })
export const RequestState = z.enum(['waiting', 'supplement', 'granted', 'refused', 'withdrawn'])
export type RequestState = z.infer<typeof RequestState>
export const PurposeKind = z.enum(['service', 'supervision', 'decision', 'statistics', 'other'])
export type PurposeKind = z.infer<typeof PurposeKind>
/** 申请类型: 政务服务, 政务监管. */
export const ApplicationType = z.enum(['service', 'supervision'])
export type ApplicationType = z.infer<typeof ApplicationType>
const MOST_CALLS_A_DAY = 1_000_000_000
const MOST_CALLS_A_SECOND = 100_000
/** The other fields of the legal form (共享申请表); 同步周期 is the schedule. Calls are asked for only where an entry is shared as a service. */
export const Application = z.object({
  type: ApplicationType.optional(),
  system: z.string().trim().max(100).default('').meta({ description: '关联应用系统' }),
  scope: z.string().trim().max(500).default('').meta({ description: '使用范围说明' }),
  matter: z.string().trim().max(200).default('').meta({ description: '办事场景: the matter handled for citizens or firms' }),
  user: z.string().trim().max(60).default('').meta({ description: '使用人' }),
  userPhone: z.string().trim().max(30).default(''),
  userEmail: z.union([z.literal(''), z.email().max(120)]).default(''),
  hours: Hours.optional().meta({ description: '使用时间段' }),
  callsADay: z.int().min(1).max(MOST_CALLS_A_DAY).optional().meta({ description: '日均调用频次' }),
  callsASecond: z.int().min(1).max(MOST_CALLS_A_SECOND).optional().meta({ description: '最高调用频次，次/秒' }),
  technical: z.string().trim().max(500).default('').meta({ description: '其他技术要求' }),
})
export type Application = z.infer<typeof Application>
export const Wish = z.object({
  entry: Id,
  fields: z.array(FieldName).min(1).max(400),
  filter: Filter.optional(),
  basis: z.string().trim().min(4).max(1000).meta({ description: 'law, regulation or duty that needs it' }),
  purposeKind: PurposeKind,
  purpose: z.string().trim().min(4).max(1000),
  scenario: z.string().max(1000).default(''),
  termUntil: LocalDate,
  mode: DeliveryMode,
  schedule: Schedule,
  node: Id.meta({ description: "the consumer's node that will receive" }),
  contact: z.string().min(2).max(60),
  phone: z.string().max(30),
  application: Application.optional(),
})
export type Wish = z.infer<typeof Wish>

export const RequestHead = z.object({
  id: Id,
  number: z.string(),
  entry: Id,
  entryName: z.string(),
  entryCode: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  state: RequestState,
  fields: z.int(),
  shareType: ShareType,
  askedAt: Moment,
  answeredAt: Moment.nullable(),
  clock: ClockView.nullable(),
})
export type RequestHead = z.infer<typeof RequestHead>
export const RequestStep = z.object({
  at: Moment,
  act: z.enum(['asked', 'supplement_asked', 'supplied', 'extended', 'prepared', 'granted', 'refused', 'withdrawn', 'revoked']),
  byName: z.string(),
  note: z.string(),
})
export type RequestStep = z.infer<typeof RequestStep>

export const RequestView = RequestHead.extend({
  wish: Wish,
  entryVersion: z.int(),
  filterWords: z.object({ zh: z.string(), en: z.string() }).nullable(),
  supplement: z.array(z.string()),
  refusal: z.object({ reasons: z.array(z.string()), basis: z.string() }).nullable(),
  grant: Id.nullable(),
  steps: z.array(RequestStep),
})
export type RequestView = z.infer<typeof RequestView>

export const Requested = event('exchange.requested', z.object({ request: Id, entry: Id, provider: Id, consumer: Id }))

export const requestEndpoints = {
  request: command('POST /exchange/requests', {
    summary: 'Ask for fields of an entry, with basis, purpose, filter and term',
    right: 'exchange.request',
    in: Wish,
    out: RequestView,
    refusals: [
      'exchange.not_shared',
      'exchange.not_published',
      'exchange.not_bound',
      'exchange.own_data',
      'exchange.unknown_fields',
      'exchange.key_missing',
      'exchange.bad_filter',
      'exchange.bad_term',
      'exchange.no_cursor',
      'exchange.bad_schedule',
      'exchange.calls_not_asked',
      'exchange.no_node',
      'exchange.no_agreement',
      'exchange.already_asked',
      'catalog.unknown',
    ],
    personal: ['phone', 'userPhone', 'userEmail'],
  }),
  requests: query('GET /exchange/requests', {
    summary: 'Requests one’s unit made or must answer, or all to a supervisor; the most urgent clock first',
    right: SIGNED_IN,
    in: PageInput.extend({ side: z.enum(['mine', 'incoming', 'all']).default('mine'), state: z.array(RequestState).optional(), entry: Id.optional() }),
    out: pageOf(RequestHead),
  }),
  requestById: query('GET /exchange/requests/{id}', {
    summary: 'One request, to its two units and supervisors',
    right: SIGNED_IN,
    in: One,
    out: RequestView,
    refusals: ['exchange.unknown'],
  }),
  askSupplement: command('POST /exchange/requests/{id}/supplement', {
    summary: 'Tell the applicant at once all that is missing; the clock stops',
    right: 'exchange.answer',
    in: One.extend({ missing: z.array(z.string().min(2).max(300)).min(1).max(20) }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  supply: command('POST /exchange/requests/{id}/supply', {
    summary: 'Supply what was missing; the clock goes on',
    right: 'exchange.request',
    in: One.extend({ basis: Wish.shape.basis, purpose: Wish.shape.purpose, scenario: z.string().max(1000).default(''), note: z.string().max(1000) }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  extend: command('POST /exchange/requests/{id}/extend', {
    summary: 'Extend the answer’s clock with a reason, within what the rule allows; the data authority consents, the applicant is told',
    right: 'exchange.supervise',
    in: One.extend({ days: z.int().min(1).max(60), reason: z.string().min(4).max(500) }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.wrong_state', 'exchange.extension_too_long'],
  }),
  refuse: command('POST /exchange/requests/{id}/refuse', {
    summary: 'Refuse with reasons and their basis',
    right: 'exchange.answer',
    in: One.extend({ reasons: z.array(z.string().min(4).max(500)).min(1).max(10), basis: z.string().min(4).max(500) }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  acknowledge: command('POST /exchange/requests/{id}/acknowledge', {
    summary: 'Take note of a refusal, a revocation or a withdrawn entry; the notice leaves the list of what waits',
    right: 'exchange.request',
    in: One,
    out: z.object({}),
    refusals: ['exchange.unknown', 'exchange.not_yours'],
  }),
  withdrawRequest: command('POST /exchange/requests/{id}/withdraw', {
    summary: 'Withdraw one’s own request',
    right: 'exchange.request',
    in: One.extend({ reason: z.string().max(500).default('') }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
}
