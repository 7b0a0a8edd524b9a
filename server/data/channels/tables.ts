/** The tables of this module. */
import type { ColumnType, Generated, Kysely, Selectable } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { ChannelStep, Often, Way } from './channel.contract.ts'
import type { Closing, Plan, Retention } from './evidence.contract.ts'

type Later<T> = ColumnType<T | null, T | null | undefined>
type LaterJson<T> = ColumnType<T | null, string | null | undefined, string | null>

export type ChannelTable = {
  id: Id
  number: string
  provider: Id | null
  providerName: string
  providerDivision: string
  providerKey: string
  outside: boolean
  consumer: Id
  consumerName: string
  consumerDivision: string
  content: string
  contentKey: string
  entry: Id | null
  way: Way
  sinceOn: LocalDate
  often: Often
  rowsMonth: number | null
  mbMonth: number | null
  personal: boolean
  basis: string
  contact: string
  phone: string
  system: string
  note: string
  registeredAt: Moment
  registeredBy: Id
  clock: Later<Id>
  confirmedAt: Later<Moment>
  confirmedOn: Later<LocalDate>
  plan: LaterJson<Plan>
  target: Later<Id>
  dueOn: Later<LocalDate>
  plannedAt: Later<Moment>
  begunAt: Later<Moment>
  parallelAt: Later<Moment>
  closedAt: Later<Moment>
  closing: LaterJson<Closing>
  retention: LaterJson<Retention>
  retainedAt: Later<Moment>
  retainUntil: Later<LocalDate>
  withdrawnAt: Later<Moment>
}
export type Tables = {
  'channels.channel': ChannelTable
  'channels.channelStep': ChannelStep & { n: Generated<number>; channel: Id; by: Id }
  'channels.tolerance': { often: Often; days: number }
}
export type Db = Kysely<Tables>
export type ChannelRow = Selectable<ChannelTable>
