/** What is asked of a source before a delivery, and again before every one: tables change, rights are taken away. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { refusal } from '../refusal.ts'
import { type Abilities, abilitiesOf } from './relatives.ts'
import { readDatabase, readTable, type SourceColumn, type SourceTable, shapeHas } from './schema.ts'
import { mayBe } from './types.ts'

/** The first whose views and functions are those of today; without TID range scans, which came with 14, a table is read in one piece. */
const OLDEST = 120_000
const PAGED = 140_000
/** Terms of grants go by the node's clock, change times by the database's. */
const MAX_SKEW_MS = 10 * 60_000

/** `paged`: can be read by pages. */
export type CheckedSource = { table: SourceTable; abilities: Abilities; paged: boolean }

/** The table as it is, and what its database can do. Refuses every way in which it is not what was granted, with what to do about it. */
export async function checkedSource(client: pg.Client, grant: Pick<Grant, 'source' | 'fields'>): Promise<CheckedSource> {
  const abilities = await abilitiesOf(client)
  const { version, encoding, now } = await readDatabase(client, abilities)
  if (version < OLDEST) throw refusal('database_too_old', `the source is PostgreSQL ${Math.floor(version / 10_000)}; this node needs 12 or later`)
  if (encoding === 'SQL_ASCII') {
    throw refusal('source_encoding', 'the source database has the encoding SQL_ASCII, so nobody knows what its bytes mean: move it to UTF8 or EUC_CN first')
  }
  checkClock(now)
  const { schema, table: name } = grant.source
  const table = await readTable(client, schema, name, abilities)
  if (!table) throw refusal('source_missing', `there is no table ${schema}.${name} in the source: bind the resource to where it is now`)
  checkGranted(table, grant)
  return { table, abilities, paged: version >= PAGED }
}

/** For what only PostgreSQL itself, 14 or later, can do. */
export async function checkSource(client: pg.Client, grant: Pick<Grant, 'source' | 'fields'>): Promise<SourceTable> {
  const { table, abilities, paged } = await checkedSource(client, grant)
  if (!paged || Object.values(abilities).includes(false))
    throw refusal(
      'database_too_old',
      'the source is older than PostgreSQL 14, or another product that lacks some of it: its rows are delivered by loads and increments',
    )
  return table
}

/** For a store of any kind: whether its table still has the granted columns as they were bound, in types that can be carried, and a key. */
export function checkGranted(table: SourceTable, grant: Pick<Grant, 'source' | 'fields'>): void {
  const { schema, table: name } = grant.source
  const columns = grant.fields.map((field) => columnOf(table, field.column))
  const changed = columns.filter((column) => !shapeHas(grant.source.shape, column)).map(({ column, dbType }) => `${column} ${dbType}`)
  if (changed.length > 0) {
    throw refusal(
      'source_changed',
      `granted columns of ${schema}.${name} have changed since the resource was bound; they are now ${changed.join(', ')}. Bind it again and publish a new version`,
    )
  }
  for (const [at, field] of grant.fields.entries()) {
    const { column, dbType, type } = columns[at]!
    if (!mayBe(type, field.type))
      throw refusal('source_type', `${column} is ${dbType}, which cannot be granted as ${field.type} without loss: grant it as ${type} or text`)
  }
  checkKey(grant, columns)
}

/** @param now of the database, milliseconds since 1970. Refuses `clock_differs` */
export function checkClock(now: number): void {
  const skewMs = now - Date.now()
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return
  throw refusal(
    'clock_differs',
    `the clocks of this node and of the source database are ${Math.round(Math.abs(skewMs) / 60_000)} minutes apart: set them right (NTP), then resume`,
  )
}

function columnOf(table: SourceTable, column: string): SourceColumn {
  const found = table.columns.find((one) => one.column === column)
  if (!found) {
    throw refusal('source_changed', `the column ${column} of ${table.schema}.${table.table} is gone, or may no longer be read by this node's login`)
  }
  return found
}

function checkKey(grant: Pick<Grant, 'fields'>, columns: readonly SourceColumn[]): void {
  if (!grant.fields.some(({ key }) => key)) throw refusal('source_key', 'the grant names no key: without one, rows can neither be told apart nor compared')
  const loose = grant.fields.findIndex(({ key }, at) => key && columns[at]!.nullable)
  if (loose >= 0) throw refusal('source_key', `the key column ${columns[loose]!.column} may be null at the source: make it not null, or choose another key`)
}

/** Refuses `cursor_missing` where increments cannot be found by the grant's cursor. */
export function checkCursor(grant: Grant): NonNullable<Grant['cursor']> {
  const field = grant.fields.find(({ name }) => name === grant.cursor)
  if (!field) throw refusal('cursor_missing', 'the grant names no cursor field, so only whole loads are possible')
  if (field.nullable) throw refusal('cursor_missing', `the cursor ${field.name} may be null, and rows without it would never be delivered: make it not null`)
  return field.name
}
