/** The tables of this module. */
import type { ColumnType, Kysely, Selectable } from 'kysely'
import type { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import type { AccessTerms, AccessView, AccessWish } from './access.contract.ts'
import type { Definition } from './definition.contract.ts'
import type { KeyAlgorithm } from './key.contract.ts'

type Json<T> = ColumnType<T, string, string>
type Later<T> = ColumnType<T | null, T | null | undefined>
type Defaulted<T> = ColumnType<T, T | undefined>

type UpstreamTable = {
  id: Id
  name: string
  baseUrl: string
  unit: Id
  unitName: string
  note: string
  allowedAt: Moment
  allowedBy: Id
  withdrawnAt: Later<Moment>
  credentialHeader: Later<string>
  credentialSealed: Later<string>
}
type ApiTable = {
  id: Id
  code: string
  name: string
  kind: 'registered' | 'generated'
  provider: Id
  providerName: string
  providerDivision: string
  entry: Id | null
  madeAt: Moment
  madeBy: Id
}
type VersionTable = {
  api: Id
  n: number
  definition: Json<Definition>
  madeAt: Moment
  madeBy: Id
  publishedAt: Later<Moment>
  publishedBy: Later<Id>
  deprecatedAt: Later<Moment>
  deprecation: Later<string>
  withdrawnAt: Later<Moment>
  withdrawal: Later<string>
}
type AccessTable = {
  id: Id
  number: string
  api: Id
  n: number
  provider: Id
  providerName: string
  providerDivision: string
  consumer: Id
  consumerName: string
  consumerDivision: string
  wish: Json<AccessWish>
  clock: Id
  askedAt: Moment
  askedBy: Id
  withdrawnAt: Later<Moment>
  refusedAt: Later<Moment>
  refusal: ColumnType<AccessView['refusal'], string | null | undefined, string>
  revision: Defaulted<number>
  prepared: Later<string>
  terms: ColumnType<AccessTerms | null, string | null | undefined, string>
  grantedAt: Later<Moment>
  grantedBy: Later<Id>
  grantedByName: Later<string>
  key: Later<string>
  signature: Later<string>
  notBefore: Later<Moment>
  notAfter: Later<Moment>
  revokedAt: Later<Moment>
  revokeReason: Later<string>
}
type ConsumerKeyTable = {
  id: string
  unit: Id
  unitName: string
  unitDivision: string
  name: string
  algorithm: KeyAlgorithm
  sealed: string
  madeAt: Moment
  madeBy: Id
  revokedAt: Later<Moment>
}

export type Tables = {
  'gateway.upstream': UpstreamTable
  'gateway.api': ApiTable
  'gateway.version': VersionTable
  'gateway.access': AccessTable
  'gateway.consumerKey': ConsumerKeyTable
  'gateway.quota': { access: Id; day: LocalDate; most: number; reserved: number }
  'gateway.callBatch': { at: Moment; chain: Id; seq: number; calls: number; previous: string; digest: string; lines: string }
}
export type Db = Kysely<Tables>
export type UpstreamRow = Selectable<UpstreamTable>
export type ApiRow = Selectable<ApiTable>
export type VersionRow = Selectable<VersionTable>
export type AccessRow = Selectable<AccessTable>
export type ConsumerKeyRow = Selectable<ConsumerKeyTable>
