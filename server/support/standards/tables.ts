/** The tables of this module. */
import type { Kysely } from 'kysely'
import type { Code, CodeTable, DataElement } from './contract.ts'

export type Tables = {
  'standards.codeTable': CodeTable
  'standards.code': Code & { codeTable: string; version: number; position: number }
  'standards.dataElement': DataElement
}
export type Db = Kysely<Tables>
