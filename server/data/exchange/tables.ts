/** The tables of this module. */
import type { DeliveryMode, SuiteName } from '@zhenghe/wire/documents.ts'
import type { ColumnType, Generated, Kysely, Selectable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Text } from '../../kernel/texts.ts'
import type { AlarmKind, AlarmLevel, Threshold } from './alarm.contract.ts'
import type { Progress, RouteKind, Trouble } from './delivery.contract.ts'
import type { ReconcileSchedule, Reconciliation, ReconciliationScope } from './reconciliation.contract.ts'
import type { RequestStep, RequestView, Wish } from './request.contract.ts'
import type { Schedule } from './schedule.contract.ts'

type Json<T> = ColumnType<T, string, string>
type Defaulted<T> = ColumnType<T, T | undefined>
type Later<T> = ColumnType<T | null, T | null | undefined>

type RequestTable = {
  id: Id
  number: string
  entry: Id
  entryVersion: number
  entryCode: string
  entryName: string
  shareType: 'unconditional' | 'conditional'
  provider: Id
  providerName: string
  providerDivision: string
  consumer: Id
  consumerName: string
  consumerDivision: string
  wish: Json<Wish>
  filterWords: ColumnType<Text | null, string | null, never>
  clock: Id
  askedAt: Moment
  askedBy: Id
  supplement: Defaulted<string[]>
  grantedAt: Later<Moment>
  refusedAt: Later<Moment>
  refusal: ColumnType<RequestView['refusal'], string | null | undefined, string>
  withdrawnAt: Later<Moment>
}
type GrantTable = {
  id: Id
  version: number
  request: Id
  text: string
  providerNode: Id
  consumerNode: Id
  suite: SuiteName
  notBefore: Moment
  notAfter: Moment
  note: string
  preparedAt: Moment
  preparedBy: Id
  grantedAt: Later<Moment>
  grantedBy: Later<Id>
  grantedByName: Later<string>
  key: Later<string>
  signature: Later<string>
  deliverClock: Later<Id>
  revokedAt: Later<Moment>
  revokeReason: Later<string>
}
type SubscriptionTable = {
  id: Id
  grantId: Id
  grantVersion: number
  consumerNode: Id
  store: string
  targetSchema: string
  targetTable: string
  mode: DeliveryMode
  schedule: Json<Schedule>
  nextDueAt: Moment | null
  cursor: Later<string>
  madeAt: Moment
  madeBy: Id
  stoppedAt: Later<Moment>
  stopReason: Later<string>
  reconcileSchedule: ColumnType<ReconcileSchedule, undefined, string>
  nextReconcileAt: Later<Moment>
}
type DeliveryTable = {
  id: Id
  number: string
  subscription: Id
  sender: Id
  receiver: Id
  mode: DeliveryMode
  orderedAt: Moment
  orderedBy: Id
  startedAt: Later<Moment>
  runningSince: Later<Moment>
  waitingSince: Later<Moment>
  retryAt: Later<Moment>
  attempts: Defaulted<number>
  senderSeenAt: Later<Moment>
  receiverSeenAt: Later<Moment>
  senderProgress: ColumnType<Progress | null, undefined, string | null>
  receiverProgress: ColumnType<Progress | null, undefined, string | null>
  route: Later<RouteKind>
  rejected: Defaulted<number>
  loaded: Defaulted<number>
  reached: Later<string>
  doneAt: Later<Moment>
  stoppedAt: Later<Moment>
  cancelledAt: Later<Moment>
  cancelReason: Later<string>
  push: Later<Id>
  replay: Defaulted<boolean>
  bytes: Defaulted<number>
  proposedShape: Later<string>
  acceptedShape: Defaulted<string>
  droppedAt: Later<Moment>
  pausedAt: Later<Moment>
  pausedBy: Later<Id>
}
type PushTable = {
  id: Id
  number: string
  subscription: Id
  name: string
  mode: DeliveryMode
  schedule: Json<Schedule>
  beginsAt: Moment
  endsAt: Later<Moment>
  nextDueAt: Later<Moment>
  madeAt: Moment
  madeBy: Id
  publishedAt: Later<Moment>
  publishedBy: Later<Id>
  stoppedAt: Later<Moment>
  stopReason: Later<string>
  endedAt: Later<Moment>
}
type ReconciliationTable = {
  id: Id
  subscription: Id
  sender: Id
  receiver: Id
  mend: boolean
  scope: Defaulted<ReconciliationScope>
  orderedAt: Moment
  orderedBy: Id
  approvedAt: Later<Moment>
  approvedBy: Later<Id>
  declinedAt: Later<Moment>
  declineReason: Later<string>
  runningSince: Later<Moment>
  retryAt: Later<Moment>
  attempts: Defaulted<number>
  endedAt: Later<Moment>
  sourceRows: Later<number>
  targetRows: Later<number>
  differing: Later<number>
  missing: Later<number>
  extra: Later<number>
  mended: Defaulted<boolean>
  sample: ColumnType<Reconciliation['sample'], undefined, string>
  trouble: Later<string>
}
type QuarantineTable = {
  id: Id
  at: Moment
  provider: Id
  entry: Id
  entryName: string
  delivery: Id
  range: number
  rowKey: string
  rowKeys: Later<string[]>
  field: string
  rule: string
  value: string
  mendedAt: Later<Moment>
  dismissedAt: Later<Moment>
  settledBy: Later<Id>
  note: Defaulted<string>
}

type NodeOrderTable = {
  id: Id
  node: Id
  kind: 'drop_role' | 'replay_letters' | 'replay_capture'
  subject: string
  body: Json<{ grant?: Id; store?: string; letters?: number[]; delivery?: Id; keys?: string[][] }>
  orderedAt: Moment
  orderedBy: Id
  attempts: Defaulted<number>
  retryAt: Later<Moment>
  trouble: Later<string>
  doneAt: Later<Moment>
}
type AlarmTable = {
  id: Id
  kind: AlarmKind
  subject: string
  record: Id
  unit: Id
  name: string
  level: AlarmLevel
  figure: number
  openedAt: Moment
  seenAt: Moment
  acknowledgedAt: Later<Moment>
  acknowledgedBy: Later<Id>
  acknowledgedByName: Later<string>
  note: Defaulted<string>
  closedAt: Later<Moment>
}

export type Tables = {
  'exchange.request': RequestTable
  'exchange.requestStep': RequestStep & { n: Generated<number>; request: Id; by: Id }
  'exchange.grant': GrantTable
  'exchange.subscription': SubscriptionTable
  'exchange.push': PushTable
  'exchange.delivery': DeliveryTable
  'exchange.deliveryTrouble': Trouble & { n: Generated<number>; delivery: Id }
  'exchange.receipt': { delivery: Id; kind: 'manifest' | 'receipt'; text: string; key: string; signature: string; at: Moment }
  'exchange.capturePeriod': { delivery: Id; n: number; kind: 'manifest' | 'receipt'; text: string; key: string; signature: string; at: Moment }
  'exchange.reconciliation': ReconciliationTable
  'exchange.quarantine': QuarantineTable
  'exchange.nodeOrder': NodeOrderTable
  'exchange.alarm': AlarmTable
  'exchange.alarmThreshold': Threshold & { changedAt: Moment | null; changedBy: Id | null }
  'exchange.quarantineRange': { delivery: Id; range: number; provider: Id; listed: number; dropped: number }
}
export type Db = Kysely<Tables>
export type RequestRow = Selectable<RequestTable>
export type GrantRow = Selectable<GrantTable>
/** A grant whose text was signed. */
export type SignedGrantRow = GrantRow & { grantedAt: Moment; grantedBy: Id; grantedByName: string; key: string; signature: string; deliverClock: Id }
export type SubscriptionRow = Selectable<SubscriptionTable>
export type PushRow = Selectable<PushTable>
export type DeliveryRow = Selectable<DeliveryTable>
export type NodeOrderRow = Selectable<NodeOrderTable>
export type AlarmRow = Selectable<AlarmTable>
export type ReconciliationRow = Selectable<ReconciliationTable>
export type QuarantineRowInTable = Selectable<QuarantineTable>
