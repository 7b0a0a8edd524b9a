/** Needs (数据需求): stated, analysed, confirmed, supplied, judged. */
import { z } from 'zod'
import { ClockView } from '../../kernel/clock/contract.ts'
import { command, Id, LocalDate, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { UpdateCycle } from '../catalog/contract.ts'
import { PurposeKind } from '../exchange/request.contract.ts'

export const NeedState = z.enum([
  ...(['awaiting_receipt', 'returned', 'analysing', 'conclusion', 'provider', 'to_supply', 'supplying', 'delivered', 'closed'] as const),
  ...(['infeasible', 'refused', 'withdrawn'] as const),
])
export type NeedState = z.infer<typeof NeedState>
export const Urgency = z.enum(['normal', 'urgent', 'critical'])
export type Urgency = z.infer<typeof Urgency>
export const WishedWay = z.enum(['table', 'api', 'file', 'verify', 'any'])
export type WishedWay = z.infer<typeof WishedWay>
export const Feasibility = z.enum(['feasible', 'partly', 'infeasible'])
export type Feasibility = z.infer<typeof Feasibility>
export const ItemState = z.enum(['waiting', 'committed', 'requested', 'delivered', 'overdue', 'refused', 'dropped'])
export type ItemState = z.infer<typeof ItemState>

export const NeedWish = z.object({
  title: z.string().trim().min(2).max(100),
  data: z.string().trim().min(4).max(2000).meta({ description: 'what data are needed' }),
  fields: z.array(z.string().trim().min(1).max(100)).max(200).default([]),
  basis: z.string().trim().min(4).max(1000).meta({ description: 'law, regulation or duty that needs it' }),
  purposeKind: PurposeKind,
  purpose: z.string().trim().min(4).max(1000),
  matter: z.string().trim().max(200).default('').meta({ description: 'the matter or business in which it is used' }),
  urgency: Urgency.default('normal'),
  way: WishedWay.default('any'),
  cycle: UpdateCycle,
  provider: Id.nullable().default(null).meta({ description: 'who is expected to have it; null where that is not known' }),
  contact: z.string().trim().min(2).max(60),
  phone: z.string().trim().max(30).default(''),
})
export type NeedWish = z.infer<typeof NeedWish>

/** One provider's part of a need, found by the analysis. */
export const Matched = z.object({
  provider: Id,
  item: z.string().trim().min(2).max(200),
  entry: Id.nullable().default(null).meta({ description: 'the catalogue entry that holds it; null where one has to be compiled' }),
})
export const ConclusionWish = z
  .object({
    feasibility: Feasibility,
    words: z.string().trim().min(4).max(2000),
    basis: z.string().trim().max(500).default('').meta({ description: 'required where it is infeasible or only partly feasible' }),
    items: z.array(Matched).max(30).default([]),
  })
  .refine(({ feasibility, items }) => (feasibility === 'infeasible') === (items.length === 0), {
    path: ['items'],
    error: 'a feasible need names its providers',
  })
  .refine(({ feasibility, basis }) => feasibility === 'feasible' || basis.length >= 4, { path: ['basis'], error: 'say on which basis it cannot be supplied' })
export type ConclusionWish = z.infer<typeof ConclusionWish>
export const Conclusion = z.object({
  feasibility: Feasibility,
  words: z.string(),
  basis: z.string(),
  items: z.array(Matched.extend({ providerName: z.string(), entryName: z.string().nullable() })),
  byName: z.string(),
})
export type Conclusion = z.infer<typeof Conclusion>

export const Feedback = z.object({ score: z.int().min(1).max(5), solved: z.boolean(), words: z.string().trim().max(1000).default('') })
export type Feedback = z.infer<typeof Feedback>

export const NeedHead = z.object({
  id: Id,
  number: z.string(),
  title: z.string(),
  asker: Id,
  askerName: z.string(),
  urgency: Urgency,
  cycle: UpdateCycle,
  state: NeedState,
  clock: ClockView.nullable(),
  askedAt: Moment,
  items: z.int(),
  delivered: z.int(),
})
export type NeedHead = z.infer<typeof NeedHead>
export const NeedItem = z.object({
  id: Id,
  number: z.string(),
  provider: Id,
  providerName: z.string(),
  item: z.string(),
  entry: Id.nullable(),
  state: ItemState,
  dueOn: LocalDate.nullable(),
  clock: ClockView.nullable(),
  refusal: z.object({ reason: z.string(), basis: z.string() }).nullable(),
  request: Id.nullable(),
  deliveredAt: Moment.nullable(),
})
export type NeedItem = z.infer<typeof NeedItem>
export const NeedStep = z.object({
  at: Moment,
  act: z.enum([
    ...(['asked', 'returned', 'asked_again', 'received', 'concluded', 'objected', 'accepted', 'infeasible', 'committed', 'refused'] as const),
    ...(['entry_named', 'requested', 'delivered', 'closed', 'withdrawn'] as const),
  ]),
  byName: z.string(),
  note: z.string(),
})
export type NeedStep = z.infer<typeof NeedStep>
export const Need = NeedHead.extend({
  wish: NeedWish,
  providerName: z.string().nullable(),
  conclusion: Conclusion.nullable(),
  parts: z.array(NeedItem),
  feedback: Feedback.nullable(),
  steps: z.array(NeedStep),
})
export type Need = z.infer<typeof Need>

const One = z.object({ id: Id })
const acted = ['demand.unknown', 'demand.not_yours', 'demand.wrong_state'] as const

export const needEndpoints = {
  needs: query('GET /demand/needs', {
    summary: 'Needs of one’s unit, those it must answer for, or all to the data authority; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({
      side: z.enum(['mine', 'answer', 'all']).default('mine'),
      state: z.array(NeedState).optional(),
      text: z.string().max(100).optional(),
    }),
    out: pageOf(NeedHead),
  }),
  need: query('GET /demand/needs/{id}', {
    summary: 'One need, to its asker, its providers and the data authority',
    right: SIGNED_IN,
    in: One,
    out: Need,
    refusals: ['demand.unknown'],
  }),
  ask: command('POST /demand/needs', {
    summary: 'State a need',
    right: 'demand.ask',
    in: NeedWish,
    out: Need,
    refusals: ['demand.asked_already', 'demand.own_data', 'demand.unknown_unit'],
    personal: ['phone'],
  }),
  askAgain: command('POST /demand/needs/{id}/again', {
    summary: 'Hand in a returned need with what was missing',
    right: 'demand.ask',
    in: One.extend({ wish: NeedWish }),
    out: Need,
    refusals: [...acted, 'demand.asked_already', 'demand.own_data', 'demand.unknown_unit'],
    personal: ['phone'],
  }),
  receive: command('POST /demand/needs/{id}/receive', { summary: 'Take a need up for analysis', right: 'demand.analyse', in: One, out: Need, refusals: acted }),
  returnNeed: command('POST /demand/needs/{id}/return', {
    summary: 'Return a need to its asker with all that is missing; the clock stops',
    right: 'demand.analyse',
    in: One.extend({ missing: z.string().trim().min(4).max(1000) }),
    out: Need,
    refusals: acted,
  }),
  conclude: command('POST /demand/needs/{id}/conclusion', {
    summary: 'Conclude the analysis: feasible, partly or not; which providers have what',
    right: 'demand.analyse',
    in: z.object({ id: Id, conclusion: ConclusionWish }),
    out: Need,
    refusals: [...acted, 'demand.own_data', 'demand.unknown_unit', 'demand.item_twice', 'demand.entry_not_theirs'],
  }),
  accept: command('POST /demand/needs/{id}/accept', {
    summary: 'Agree with the analysis: the providers are asked, or the need ends as infeasible',
    right: 'demand.ask',
    in: One,
    out: Need,
    refusals: [...acted, 'demand.item_twice'],
  }),
  object: command('POST /demand/needs/{id}/object', {
    summary: 'Disagree with the analysis; it begins anew',
    right: 'demand.ask',
    in: One.extend({ reason: z.string().trim().min(4).max(1000) }),
    out: Need,
    refusals: acted,
  }),
  giveFeedback: command('POST /demand/needs/{id}/feedback', {
    summary: 'Judge what was supplied, 1 to 5, solved or not; the need is closed',
    right: 'demand.ask',
    in: One.extend(Feedback.shape),
    out: Need,
    refusals: acted,
  }),
  withdraw: command('POST /demand/needs/{id}/withdraw', {
    summary: 'Withdraw one’s own need',
    right: 'demand.ask',
    in: One.extend({ reason: z.string().trim().min(2).max(500) }),
    out: Need,
    refusals: acted,
  }),
  commit: command('POST /demand/items/{id}/commit', {
    summary: 'Answer for supplying an item by a day',
    right: 'demand.supply',
    in: One.extend({ dueOn: LocalDate, entry: Id.nullable().default(null), note: z.string().max(500).default('') }),
    out: Need,
    refusals: [...acted, 'demand.bad_due', 'demand.entry_not_theirs'],
  }),
  nameEntry: command('POST /demand/items/{id}/entry', {
    summary: 'Name the entry that was compiled for an item, so that it can be asked for',
    right: 'demand.supply',
    in: One.extend({ entry: Id }),
    out: Need,
    refusals: [...acted, 'demand.entry_not_theirs'],
  }),
  refuse: command('POST /demand/items/{id}/refuse', {
    summary: 'Refuse to supply an item, with reason and basis; it becomes a candidate of the negative list',
    right: 'demand.supply',
    in: One.extend({ reason: z.string().trim().min(4).max(1000), basis: z.string().trim().min(4).max(500) }),
    out: Need,
    refusals: acted,
  }),
}
