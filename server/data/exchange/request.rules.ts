/** Pure: what may be asked for, and what can be done with a request in which state. The web front ends import this file too. */
import type { CanonicalType, Filter } from '@zhenghe/wire/documents.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import { describeFilter } from '@zhenghe/wire/filter-words.ts'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { Text } from '../../kernel/texts.ts'
import type { Binding, Content, ShareType } from '../catalog/contract.ts'
import type { RequestState, Wish } from './request.contract.ts'
import type { Schedule } from './schedule.contract.ts'
import { scheduleProblem } from './schedule.rules.ts'
import { scheduleProblems } from './texts.ts'

/** What a rule objects to: a refusal of this module and what fills its text. */
export type Objection = { code: `exchange.${string}`; params?: unknown }

/** A published entry as the catalogue tells it. */
export type Offer = { content: Pick<Content, 'name' | 'items' | 'share' | 'provider'>; binding: Binding | null; withdrawn: boolean }
export type BoundOffer = Offer & { binding: Binding }

export type RequestTimes = { grantedAt: Moment | null; refusedAt: Moment | null; withdrawnAt: Moment | null; supplement: readonly string[] }

export function stateOfRequest({ grantedAt, refusedAt, withdrawnAt, supplement }: RequestTimes): RequestState {
  if (withdrawnAt) return 'withdrawn'
  if (refusedAt) return 'refused'
  if (grantedAt) return 'granted'
  return supplement.length > 0 ? 'supplement' : 'waiting'
}

/** In which states of a request each act is possible. What is missing may not be a ground for refusal before it was asked for (第二十二条). */
export const requestActs = {
  askSupplement: ['waiting'],
  supply: ['supplement'],
  extend: ['waiting'],
  refuse: ['waiting', 'supplement'],
  withdraw: ['waiting', 'supplement'],
  prepare: ['waiting'],
  grant: ['waiting'],
} as const satisfies Record<string, readonly RequestState[]>
export type RequestAct = keyof typeof requestActs

export function requestAllows(state: RequestState, act: RequestAct): boolean {
  return requestActs[act].some((one) => one === state)
}

/** The legal clock that a request for data of this share type starts. */
export function answerRule(shareType: ShareType): string {
  return `exchange.answer.${shareType}`
}

const LONGEST_TERM_YEARS = 3

/** Whether a term that ends with this day begins to run out after today and within three years. */
export function termFits(until: LocalDate, today: LocalDate): boolean {
  return until > today && until <= `${Number(today.slice(0, 4)) + LONGEST_TERM_YEARS}${today.slice(4)}`
}

/** The asked items with the wire types they have, in the entry's order; those the entry does not have are left out. */
export function fieldsAsked(fields: readonly string[], { content, binding }: BoundOffer): { name: string; title: string; type: CanonicalType }[] {
  return content.items.flatMap(({ column, name }) => {
    const type = binding.types[column]
    return fields.includes(column) && type ? [{ name: column, title: name, type }] : []
  })
}

const CHANGE_TIME_NAME = /(^|_)(updated?|changed?|modified|gxsj|bgsj|xgsj)(_|$)/
const CHANGE_TIME_TITLE = /(更新|变更|修改)(时间|日期)/

/** The field by which increments are found where nobody names one: an unmasked moment that says when the row changed. */
export function cursorAmong(fields: readonly { name: string; title: string; type: CanonicalType; mask?: unknown }[]): string | undefined {
  const moments = fields.filter(({ type, mask }) => (type === 'timestamptz' || type === 'timestamp') && !mask)
  return (moments.find(({ name }) => CHANGE_TIME_NAME.test(name)) ?? moments.find(({ title }) => CHANGE_TIME_TITLE.test(title)))?.name
}

/** Whether the entry can be asked for at all by this unit: the reasons not to lie with the entry. */
export function checkOffer({ content, binding, withdrawn }: Offer, consumer: Id): Objection | undefined {
  if (withdrawn) return { code: 'exchange.not_published' }
  if (content.share.type === 'none') return { code: 'exchange.not_shared', params: { basis: content.share.basis } }
  if (content.provider === consumer) return { code: 'exchange.own_data' }
  return binding ? undefined : { code: 'exchange.not_bound' }
}

type Asked = Pick<Wish, 'fields' | 'filter' | 'termUntil' | 'mode'> & Partial<Pick<Wish, 'schedule' | 'application'>>

/** What is wrong with how often rows are wanted. */
export function objectionToSchedule(schedule: Schedule): Objection | undefined {
  const problem = scheduleProblem(schedule)
  return problem && { code: 'exchange.bad_schedule', params: { why: scheduleProblems[problem] } }
}

/** The first thing wrong with a wish, in the order of the form. */
export function checkWish(wish: Asked, offer: BoundOffer, today: LocalDate): Objection | undefined {
  const asked = fieldsAsked(wish.fields, offer)
  const unknown = wish.fields.filter((field) => !asked.some(({ name }) => name === field))
  if (unknown.length > 0) return { code: 'exchange.unknown_fields', params: { fields: unknown } }
  const keys = offer.binding.keys.filter((key) => !wish.fields.includes(key))
  if (keys.length > 0) return { code: 'exchange.key_missing', params: { fields: keys } }
  const problems = wish.filter ? filterProblems(wish.filter, asked) : []
  if (problems.length > 0) return { code: 'exchange.bad_filter', params: { problems } }
  if (!termFits(wish.termUntil, today)) return { code: 'exchange.bad_term' }
  if (wish.mode === 'incremental' && !cursorAmong(asked)) return { code: 'exchange.no_cursor' }
  const { callsADay, callsASecond } = wish.application ?? {}
  if ((callsADay ?? callsASecond) !== undefined && !sharedAsService(offer)) return { code: 'exchange.calls_not_asked' }
  return wish.schedule && objectionToSchedule(wish.schedule)
}

/** What is wrong with a filter over these fields, each with its path as text: `of.1.value`. */
export function filterProblems(filter: Filter, fields: readonly { name: string; type: CanonicalType }[]) {
  return checkFilter(filter, fields).map(({ path, code, params }) => ({ path: path.join('.'), code, params: { ...params } }))
}

/** Whether an application says how often it calls: of an entry shared as a service. */
export const sharedAsService = ({ content }: Pick<Offer, 'content'>): boolean => content.share.mode === 'platform_service'

/** A filter as people read it; null where every row passes. */
export function filterWords(filter: Filter | undefined, fields: readonly { name: string; title: string }[]): Text | null {
  return filter ? { zh: describeFilter(filter, fields, 'zh-CN'), en: describeFilter(filter, fields, 'en') } : null
}
