/** Channels as they are listed: who gives whom what, how, since when, how much, on which basis. */
import { z } from 'zod'
import { ClockView } from '../../kernel/clock/contract.ts'
import { command, Id, LocalDate, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { ShareType } from '../catalog/contract.ts'
import { Closing, Evidence, Plan, Retention } from './evidence.contract.ts'
import { SheetProblem } from './sheet.contract.ts'

export const ChannelState = z.enum(['registered', 'confirmed', 'planned', 'migrating', 'parallel', 'closed', 'retained', 'withdrawn'])
export type ChannelState = z.infer<typeof ChannelState>
export const Way = z.enum(['manual', 'mail', 'ftp', 'database_link', 'own_api', 'vertical_system', 'other_platform'])
export type Way = z.infer<typeof Way>
export const Often = z.enum(['realtime', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'irregular'])
export type Often = z.infer<typeof Often>

const Amount = z.int().min(0).max(1_000_000_000_000).nullable().default(null)
export const ChannelFacts = z.object({
  provider: Id.nullable().default(null),
  providerName: z.string().trim().max(120).default('').meta({ description: 'where the platform does not know the provider as a unit' }),
  content: z.string().trim().max(200).default('').meta({ description: 'what is given, in words; the entry’s name where it is left empty' }),
  entry: Id.nullable().default(null).meta({ description: 'the catalogue entry it is, where there is one' }),
  way: Way,
  sinceOn: LocalDate,
  often: Often,
  rowsMonth: Amount.meta({ description: 'rows a month' }),
  mbMonth: Amount.meta({ description: 'MB a month' }),
  personal: z.boolean().meta({ description: 'whether personal data are in it' }),
  basis: z.string().trim().min(2).max(500),
  contact: z.string().trim().min(2).max(60),
  phone: z.string().trim().max(30).default(''),
  system: z.string().trim().max(100).default('').meta({ description: 'the information system it comes from' }),
  note: z.string().trim().max(500).default(''),
})
export type ChannelFacts = z.infer<typeof ChannelFacts>

export const ChannelHead = z.object({
  id: Id,
  number: z.string(),
  provider: Id.nullable(),
  providerName: z.string(),
  outside: z.boolean(),
  consumer: Id,
  consumerName: z.string(),
  content: z.string(),
  way: Way,
  often: Often,
  rowsMonth: z.number().nullable(),
  mbMonth: z.number().nullable(),
  personal: z.boolean(),
  state: ChannelState,
  dueOn: LocalDate.nullable(),
  late: z.boolean().meta({ description: 'the planned day of the move is over' }),
  stale: z.boolean().meta({ description: 'not confirmed for more than a year' }),
  alike: z.int().meta({ description: 'other channels of the same provider, consumer and content' }),
  clock: ClockView.nullable(),
  registeredAt: Moment,
})
export type ChannelHead = z.infer<typeof ChannelHead>

/** How many channels each state and way would leave, counted without its own filter. */
export const ChannelFacets = z.object({ state: z.record(ChannelState, z.int()), way: z.record(Way, z.int()) })
export type ChannelFacets = z.infer<typeof ChannelFacets>

export const ChannelStep = z.object({
  at: Moment,
  act: z.enum([
    ...(['registered', 'revised', 'confirmed', 'reconfirmed', 'planned', 'begun', 'parallel', 'closed', 'reopened'] as const),
    ...(['retention_asked', 'retained', 'retention_refused', 'retention_ended', 'withdrawn'] as const),
  ]),
  byName: z.string(),
  note: z.string(),
})
export type ChannelStep = z.infer<typeof ChannelStep>
export const Alike = z.object({ id: Id, number: z.string(), way: Way, state: ChannelState })

export const Channel = ChannelHead.extend({
  facts: ChannelFacts,
  confirmedOn: LocalDate.nullable(),
  plan: Plan.nullable(),
  evidence: Evidence.nullable().meta({ description: 'what the exchange has shown of the replacement; null where none is planned' }),
  closing: Closing.nullable(),
  retention: Retention.nullable(),
  duplicates: z.array(Alike),
  steps: z.array(ChannelStep),
})
export type Channel = z.infer<typeof Channel>

export const Suggestion = z.object({
  entry: Id,
  code: z.string(),
  name: z.string(),
  providerName: z.string(),
  shareType: ShareType,
  bound: z.boolean(),
  sameProvider: z.boolean(),
})
export type Suggestion = z.infer<typeof Suggestion>

const One = z.object({ id: Id })
const FACTS_REFUSALS = ['channels.no_provider', 'channels.no_content', 'channels.own_data', 'channels.bad_since', 'channels.no_agreement'] as const
const listed = ['channels.unknown', 'channels.not_yours', 'channels.wrong_state'] as const

export const channelEndpoints = {
  channels: query('GET /channels', {
    summary: 'Channels of one’s unit, or of all units one may see; newest first, with the exact total',
    right: SIGNED_IN,
    in: PageInput.extend({
      side: z.enum(['mine', 'given', 'all']).default('mine').meta({ description: 'mine: received; given: supplied' }),
      text: z.string().max(100).optional(),
      state: z.array(ChannelState).optional(),
      way: z.array(Way).optional(),
      unit: Id.optional().meta({ description: 'the consumer' }),
      outside: z.boolean().optional(),
      attention: z.boolean().optional().meta({ description: 'only those that are late, unconfirmed for a year, or listed twice' }),
    }),
    out: pageOf(ChannelHead).extend({ facets: ChannelFacets }),
  }),
  channel: query('GET /channels/{id}', {
    summary: 'One channel with its plan, its evidence and its history; to its two units and to the data authority',
    right: SIGNED_IN,
    in: One,
    out: Channel,
    refusals: ['channels.unknown'],
  }),
  suggest: query('GET /channels/suggestions', {
    summary: 'Published entries that could replace a channel, those of its provider first',
    right: SIGNED_IN,
    in: z.object({ text: z.string().trim().min(1).max(100), provider: Id.optional() }),
    out: z.array(Suggestion),
  }),
  register: command('POST /channels', {
    summary: 'List a way by which data reach one’s unit',
    right: 'channels.register',
    in: ChannelFacts,
    out: Channel,
    refusals: [...FACTS_REFUSALS, 'channels.already_listed'],
    personal: ['phone'],
  }),
  revise: command('POST /channels/{id}/facts', {
    summary: 'Correct what is listed of a channel that is not planned yet; it must be confirmed again',
    right: 'channels.register',
    in: One.extend({ facts: ChannelFacts }),
    out: Channel,
    refusals: [...listed, ...FACTS_REFUSALS, 'channels.already_listed'],
    personal: ['phone'],
  }),
  confirm: command('POST /channels/{id}/confirm', {
    summary: 'Confirm that a channel is as it is listed: its provider, or the data authority',
    right: SIGNED_IN,
    in: One.extend({ note: z.string().max(500).default('') }),
    out: Channel,
    refusals: listed,
  }),
  reconfirm: command('POST /channels/{id}/reconfirm', {
    summary: 'The yearly confirmation by its consumer that the channel still stands, with its present volume',
    right: 'channels.register',
    in: One.extend({ rowsMonth: Amount, mbMonth: Amount, note: z.string().max(500).default('') }),
    out: Channel,
    refusals: listed,
  }),
  withdraw: command('POST /channels/{id}/withdraw', {
    summary: 'Take a channel that was listed by mistake off the list',
    right: 'channels.register',
    in: One.extend({ reason: z.string().trim().min(4).max(500) }),
    out: Channel,
    refusals: listed,
  }),
  checkSheet: command('POST /channels/sheet/check', {
    summary: 'Read a pasted sheet and tell which rows could be listed and what is wrong with the others; lists nothing',
    right: 'channels.register',
    in: z.object({ text: z.string().min(1).max(2_000_000) }),
    out: z.object({ good: z.int(), problems: z.array(SheetProblem) }),
    refusals: ['channels.bad_sheet'],
    unrecorded: true,
  }),
  importSheet: command('POST /channels/sheet', {
    summary: 'List every row of a pasted sheet; with rows that are wrong nothing is listed, but where `onlyGood` says to leave them out',
    right: 'channels.register',
    in: z.object({ text: z.string().min(1).max(2_000_000), onlyGood: z.boolean().default(false) }),
    out: z.object({ listed: z.array(Id), left: z.array(SheetProblem) }),
    refusals: ['channels.bad_sheet', 'channels.rows_wrong', 'channels.already_listed'],
    personal: ['text'],
  }),
}
