/** Pure: how an agreement stands on a day, and what can be done with it. */
import type { LocalDate, Moment } from '../../kernel/contract.ts'
import { addDays } from '../../kernel/time.ts'
import type { AgreementState, AgreementTerms } from './contract.ts'

export type AgreementTimes = {
  fromOn: LocalDate
  untilOn: LocalDate
  remindDays: number
  signedAt: Moment | null
  endedOn: LocalDate | null
  discardedAt: Moment | null
}

export function stateOfAgreement({ fromOn, untilOn, remindDays, signedAt, endedOn, discardedAt }: AgreementTimes, today: LocalDate): AgreementState {
  if (discardedAt) return 'discarded'
  if (!signedAt) return 'draft'
  if (endedOn && endedOn <= today) return 'terminated'
  if (untilOn < today) return 'expired'
  if (fromOn > today) return 'not_yet'
  return addDays(untilOn, -remindDays) <= today ? 'expiring' : 'in_force'
}

/** In which states of an agreement each act is possible. */
export const agreementActs = {
  revise: ['draft'],
  sign: ['draft'],
  discard: ['draft'],
  terminate: ['not_yet', 'in_force', 'expiring'],
} as const satisfies Record<string, readonly AgreementState[]>
export type AgreementAct = keyof typeof agreementActs

export function agreementAllows(state: AgreementState, act: AgreementAct): boolean {
  return agreementActs[act].some((one) => one === state)
}

/** Whether a term can begin: it ends neither before it begins nor before today. */
export function termHolds({ fromOn, untilOn }: Pick<AgreementTerms, 'fromOn' | 'untilOn'>, today: LocalDate): boolean {
  return untilOn >= fromOn && untilOn >= today
}

/** The last day on which it holds; for one that was terminated the day before, but no earlier than its first. */
export function lastDay({ untilOn, endedOn }: Pick<AgreementTimes, 'untilOn' | 'endedOn'>): LocalDate {
  return endedOn && endedOn <= untilOn ? addDays(endedOn, -1) : untilOn
}
