/** The tables of this module. */
import type { ColumnType, Generated, Kysely, Selectable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Attachment, DoubtedRow, ObjectionKind, ObjectionStep, Outcome, SubjectKind, Topic } from './contract.ts'

type Later<T> = ColumnType<T | null, T | null | undefined>

type ObjectionTable = {
  id: Id
  number: string
  kind: ObjectionKind
  topic: Topic
  title: string
  basis: string
  description: string
  contact: string
  phone: string
  subjectKind: SubjectKind | null
  subject: Id | null
  subjectName: string
  rows: ColumnType<DoubtedRow[], string, never>
  raiser: Id
  raiserName: string
  raiserDivision: string
  against: Id
  againstName: string
  againstDivision: string
  dataOrgCode: string
  handler: Later<Id>
  handlerName: Later<string>
  handlerDivision: Later<string>
  raisedAt: Moment
  raisedBy: Id
  reviewClock: Later<Id>
  acceptedAt: Later<Moment>
  answerClock: Later<Id>
  rejectedAt: Later<Moment>
  withdrawnAt: Later<Moment>
  answeredAt: Later<Moment>
  outcome: Later<Outcome>
  answer: Later<string>
  ratedAt: Later<Moment>
  score: Later<number>
  solved: Later<boolean>
  ratingWords: Later<string>
  failedAt: Later<Moment>
}

export type Tables = {
  'objections.objection': ObjectionTable
  'objections.step': ObjectionStep & { n: Generated<number>; objection: Id; by: Id }
  'objections.attachment': Attachment & { objection: Id; content: Buffer }
}
export type Db = Kysely<Tables>
export type ObjectionRow = Selectable<ObjectionTable>
