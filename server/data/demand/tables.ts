/** The tables of this module. */
import type { ColumnType, Generated, Kysely, Selectable } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { DraftWish } from './draft.contract.ts'
import type { ListKind, ListRow } from './list.contract.ts'
import type { Conclusion, Feedback, NeedStep, NeedWish } from './need.contract.ts'

type Later<T> = ColumnType<T | null, T | null | undefined>
type LaterJson<T> = ColumnType<T | null, string | null | undefined, string | null>

export type NeedTable = {
  id: Id
  number: string
  asker: Id
  askerName: string
  askerDivision: string
  wish: ColumnType<NeedWish, string, string>
  title: string
  clock: Later<Id>
  askedAt: Moment
  askedBy: Id
  returnedAt: Later<Moment>
  receivedAt: Later<Moment>
  conclusion: LaterJson<Conclusion>
  concludedAt: Later<Moment>
  acceptedAt: Later<Moment>
  infeasibleAt: Later<Moment>
  withdrawnAt: Later<Moment>
  feedback: LaterJson<Feedback>
  closedAt: Later<Moment>
}
export type ItemTable = {
  id: Id
  number: string
  need: Id
  provider: Id
  providerName: string
  providerDivision: string
  item: string
  itemKey: string
  entry: Later<Id>
  askedAt: Moment
  clock: Later<Id>
  committedAt: Later<Moment>
  dueOn: Later<LocalDate>
  refusedAt: Later<Moment>
  refusal: LaterJson<{ reason: string; basis: string }>
  requestedAt: Later<Moment>
  request: Later<Id>
  deliveredAt: Later<Moment>
  droppedAt: Later<Moment>
}
export type NegativeTable = {
  id: Id
  number: string
  unit: Id
  unitName: string
  unitDivision: string
  item: string
  itemKey: string
  entry: Id | null
  basis: string
  reason: string
  source: Id | null
  proposedAt: Moment
  proposedByName: string
  approvedAt: Later<Moment>
  approvedByName: Later<string>
  reviewOn: Later<LocalDate>
  rejectedAt: Later<Moment>
  liftedAt: Later<Moment>
  endReason: Later<string>
}
export type EditionTable = {
  id: Id
  list: ListKind
  division: string
  number: number
  publishedAt: Moment
  publishedByName: string
  note: string
  rows: ColumnType<ListRow[], string, never>
  rowCount: number
  digest: string
}
/** What a person has begun to write, `wish` as `DraftWish`. */
export type DraftTable = { person: Id; wish: ColumnType<DraftWish, string, string>; keptAt: Moment }
export type Tables = {
  'demand.draft': DraftTable
  'demand.need': NeedTable
  'demand.item': ItemTable
  'demand.step': NeedStep & { n: Generated<number>; need: Id; by: Id }
  'demand.negative': NegativeTable
  'demand.edition': EditionTable
}
export type Db = Kysely<Tables>
export type NeedRow = Selectable<NeedTable>
export type ItemRow = Selectable<ItemTable>
export type NegativeRow = Selectable<NegativeTable>
