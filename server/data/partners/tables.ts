/** The tables of this module. */
import type { ColumnType, Generated, Kysely, Selectable } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { AgreementStep } from './contract.ts'

type Later<T> = ColumnType<T | null, T | null | undefined>

export type AgreementTable = {
  id: Id
  number: string
  uscc: string
  name: string
  unit: Later<Id>
  scope: string
  purpose: string
  security: string
  priceFen: number
  fromOn: LocalDate
  untilOn: LocalDate
  remindDays: number
  keeper: Id
  keeperName: string
  keeperDivision: string
  draftedAt: Moment
  signedAt: Later<Moment>
  signedOn: Later<LocalDate>
  signedBy: Later<string>
  document: Later<string>
  endedOn: Later<LocalDate>
  endReason: Later<string>
  discardedAt: Later<Moment>
}
export type Tables = {
  'partners.agreement': AgreementTable
  'partners.agreementStep': AgreementStep & { n: Generated<number>; agreement: Id; by: Id }
}
export type Db = Kysely<Tables>
export type AgreementRow = Selectable<AgreementTable>
