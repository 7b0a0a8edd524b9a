/** Pure: how a need and its items stand, what can be done with them. */
import type { LocalDate, Moment } from '../../kernel/contract.ts'
import { addDays } from '../../kernel/time.ts'
import type { NegativeState } from './list.contract.ts'
import type { ItemState, NeedState } from './need.contract.ts'

export type NeedTimes = {
  returnedAt: Moment | null
  receivedAt: Moment | null
  concludedAt: Moment | null
  acceptedAt: Moment | null
  infeasibleAt: Moment | null
  withdrawnAt: Moment | null
  closedAt: Moment | null
}
export type ItemTimes = {
  committedAt: Moment | null
  dueOn: LocalDate | null
  refusedAt: Moment | null
  requestedAt: Moment | null
  deliveredAt: Moment | null
  droppedAt: Moment | null
}

export function stateOfItem({ committedAt, dueOn, refusedAt, requestedAt, deliveredAt, droppedAt }: ItemTimes, today: LocalDate): ItemState {
  if (droppedAt) return 'dropped'
  if (refusedAt) return 'refused'
  if (deliveredAt) return 'delivered'
  if (!committedAt) return 'waiting'
  if (dueOn !== null && dueOn < today) return 'overdue'
  return requestedAt ? 'requested' : 'committed'
}

export function stateOfNeed(need: NeedTimes, items: readonly ItemTimes[]): NeedState {
  if (need.withdrawnAt) return 'withdrawn'
  if (need.closedAt) return 'closed'
  if (need.infeasibleAt) return 'infeasible'
  if (need.acceptedAt) return stateOfSupply(items)
  if (need.concludedAt) return 'conclusion'
  if (need.returnedAt) return 'returned'
  return need.receivedAt ? 'analysing' : 'awaiting_receipt'
}

/** An accepted need stands as its items do: nobody may be left to answer, then all that was promised has to arrive. */
function stateOfSupply(items: readonly ItemTimes[]): NeedState {
  if (items.some(({ committedAt, refusedAt }) => !committedAt && !refusedAt)) return 'provider'
  const promised = items.filter(({ refusedAt }) => !refusedAt)
  if (promised.length === 0) return 'refused'
  if (promised.every(({ deliveredAt }) => deliveredAt)) return 'delivered'
  return promised.some(({ requestedAt }) => requestedAt) ? 'supplying' : 'to_supply'
}

/** In which states of a need each act is possible. */
export const needActs = {
  receive: ['awaiting_receipt'],
  returnNeed: ['awaiting_receipt', 'analysing'],
  askAgain: ['returned'],
  conclude: ['analysing'],
  accept: ['conclusion'],
  object: ['conclusion'],
  answer: ['provider', 'to_supply', 'supplying'],
  giveFeedback: ['delivered', 'refused'],
  withdraw: ['awaiting_receipt', 'returned', 'analysing', 'conclusion', 'provider', 'to_supply'],
} as const satisfies Record<string, readonly NeedState[]>
export type NeedAct = keyof typeof needActs

export function needAllows(state: NeedState, act: NeedAct): boolean {
  return needActs[act].some((one) => one === state)
}

/** Whether a day lies after today and within a year. */
export function withinYear(day: LocalDate, today: LocalDate): boolean {
  return day > today && day <= addDays(today, DAYS_OF_YEAR)
}
const DAYS_OF_YEAR = 366

export type NegativeTimes = { approvedAt: Moment | null; rejectedAt: Moment | null; liftedAt: Moment | null }
export function stateOfNegative({ approvedAt, rejectedAt, liftedAt }: NegativeTimes): NegativeState {
  if (liftedAt) return 'lifted'
  if (rejectedAt) return 'rejected'
  return approvedAt ? 'listed' : 'candidate'
}
