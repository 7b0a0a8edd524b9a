/** Pure: how a channel stands, what can be done with it, and when its replacement has proven itself. */
import type { LocalDate, Moment } from '../../kernel/contract.ts'
import { addDays, dayOf } from '../../kernel/time.ts'
import { nameKey } from '../catalog/rules.ts'
import type { ChannelFacts, ChannelState } from './channel.contract.ts'
import type { Evidence } from './evidence.contract.ts'

export type ChannelTimes = {
  confirmedAt: Moment | null
  plannedAt: Moment | null
  begunAt: Moment | null
  parallelAt: Moment | null
  closedAt: Moment | null
  retainedAt: Moment | null
  withdrawnAt: Moment | null
}

export function stateOfChannel(times: ChannelTimes): ChannelState {
  if (times.withdrawnAt) return 'withdrawn'
  if (times.closedAt) return 'closed'
  if (times.retainedAt) return 'retained'
  if (times.parallelAt) return 'parallel'
  if (times.begunAt) return 'migrating'
  if (times.plannedAt) return 'planned'
  return times.confirmedAt ? 'confirmed' : 'registered'
}

/** In which states of a channel each act is possible. */
export const channelActs = {
  revise: ['registered', 'confirmed'],
  confirm: ['registered'],
  reconfirm: ['confirmed', 'planned', 'migrating', 'parallel', 'retained'],
  withdraw: ['registered', 'confirmed'],
  plan: ['confirmed', 'planned', 'migrating'],
  begin: ['planned'],
  runParallel: ['migrating'],
  close: ['parallel'],
  askRetention: ['confirmed', 'planned', 'migrating'],
  decideRetention: ['confirmed', 'planned', 'migrating'],
} as const satisfies Record<string, readonly ChannelState[]>
export type ChannelAct = keyof typeof channelActs

export function channelAllows(state: ChannelState, act: ChannelAct): boolean {
  return channelActs[act].some((one) => one === state)
}

/** Channels that still run, and so are confirmed every year. */
export const RUNNING = channelActs.reconfirm

/** What two channels of one consumer share when they are of the same provider: its unit, or the letters and digits of its name. */
export function providerKey({ provider, providerName }: Pick<ChannelFacts, 'provider' | 'providerName'>): string {
  return provider ?? `name:${nameKey(providerName)}`
}
export const contentKey = (content: string): string => nameKey(content)

/** Whether a running channel was last confirmed more than a year ago. */
export function isStale(confirmedOn: LocalDate | null, state: ChannelState, today: LocalDate): boolean {
  return confirmedOn !== null && RUNNING.some((one) => one === state) && addDays(confirmedOn, DAYS_OF_YEAR) < today
}
const DAYS_OF_YEAR = 365

export type Shown = { granted: boolean; deliveries: number; rows: number; lastAt: Moment | null }
/** A replacement proves itself by a grant in force and a balanced delivery that is no older than data may be. */
export function evidenceFrom(shown: Shown, tolerance: number, today: LocalDate): Evidence {
  const freshUntil = shown.lastAt && addDays(dayOf(shown.lastAt), tolerance)
  return { ...shown, freshUntil, holds: shown.granted && freshUntil !== null && freshUntil >= today }
}

const LONGEST_YEARS = 3
export function mayKeepUntil(until: LocalDate, today: LocalDate): boolean {
  return until > today && until <= `${Number(today.slice(0, 4)) + LONGEST_YEARS}${today.slice(4)}`
}
