/** The tables of this module as the database answers them. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import type { ColumnType, Kysely, Selectable } from 'kysely'
import type { z } from 'zod'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Content, EntryState, Step } from './contract.ts'

type Json<T> = ColumnType<T, string, string>
type Derived<T> = ColumnType<T, never, never>
type EntryTable = {
  id: Id
  code: string
  provider: Id
  providerDivision: string
  name: string
  nameKey: string
  draftVersion: number | null
  publishedVersion: number | null
  workingVersion: Derived<number>
  shownVersion: Derived<number>
  publishedAt: Moment | null
  withdrawnAt: Moment | null
  withdrawReason: string | null
  changedAt: Moment
}
type VersionTable = {
  entry: Id
  version: number
  content: Json<Content>
  authors: Id[]
  changedAt: Moment
  submittedAt: Moment | null
  approvedAt: Moment | null
  returnedAt: Moment | null
  returnReason: string | null
  publishedAt: Moment | null
  state: Derived<Exclude<EntryState, 'withdrawn'>>
  name: Derived<string>
  class: Derived<string>
  format: Derived<Content['format']>
  shareType: Derived<Content['share']['type']>
  openType: Derived<Content['open']['type']>
  updateCycle: Derived<Content['updateCycle']>
}
type BindingTable = {
  entry: Id
  node: Id
  nodeName: string
  store: string
  schema: string
  table: string
  shape: string
  columns: Json<Record<string, string>>
  types: Json<Record<string, CanonicalType>>
  keys: string[]
  rows: number
  boundAt: Moment
  boundBy: Id
}
type StepTable = { id: ColumnType<number, never, never>; entry: Id; version: number; at: Moment; act: Act; by: Id; byName: string; note: string }

export type Act = z.infer<typeof Step>['act']
export type Tables = {
  'catalog.class': { code: string; name: string; parent: string | null; lastSequence: ColumnType<number, number | undefined, number> }
  'catalog.entry': EntryTable
  'catalog.version': VersionTable
  'catalog.step': StepTable
  'catalog.binding': BindingTable
}
export type Db = Kysely<Tables>
export type EntryRow = Selectable<EntryTable>
export type VersionRow = Selectable<VersionTable>
export type BindingRow = Selectable<BindingTable>
