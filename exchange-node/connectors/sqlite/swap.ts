/** What is asked of a table that a load replaces, and the change from the old one to the new. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { TargetRequest } from '../connector.ts'
import { identifier, list, type SqliteFile } from './file.ts'
import type { SqliteLedger } from './ledger.ts'
import { OWN, readTable, SCHEMA } from './schema.ts'
import { keysOf } from './sink.ts'
import { canonicalOf } from './types.ts'

/** Index of the key of a loaded table. */
const KEY_INDEX = `${OWN}key_`

export function checkTarget(db: SqliteFile, ledger: SqliteLedger, { name, grant }: TargetRequest): void {
  const { schema, table } = name
  if (schema !== SCHEMA) throw refusal('target_missing', `a SQLite file has no schema ${schema}: subscribe to the schema «${SCHEMA}»`)
  if (table.toLowerCase().startsWith(OWN) || table.toLowerCase().startsWith('sqlite_'))
    throw refusal('target_incompatible', `names of tables that begin with ${OWN} or sqlite_ are taken: choose another name`)
  const names = grant.fields.map((field) => field.name.toLowerCase())
  const twice = names.find((one, at) => names.indexOf(one) !== at)
  if (twice) throw refusal('target_incompatible', `SQLite takes ${twice} in capital and small letters for one name: name one of the fields otherwise`)
  const loose = keysOf(grant.fields).find(({ type }) => type === 'numeric' || type === 'jsonb')
  if (loose)
    throw refusal(
      'target_incompatible',
      `the key ${loose.name} is ${loose.type}, which SQLite keeps as text, so that 1.0 and 1 were two keys: grant it as text or int8`,
    )
  const existing = readTable(db, table)
  if (!existing) return
  if (existing.kind === 'view') throw refusal('target_incompatible', `${table} exists at the target and is a view: choose another name`)
  if (!ledger.isOurs(name) && db.one(`select 1 from ${identifier(table)} limit 1`))
    throw refusal('target_not_ours', `${table} holds rows that no exchange has delivered, and would be replaced: empty it, rename it, or choose another name`)
  const granted = new Map(grant.fields.map(({ name: field, type }) => [field, type]))
  const wrong = existing.columns.filter(({ column, dbType }) => granted.get(column) !== canonicalOf(dbType))
  if (wrong.length > 0 || existing.columns.length !== granted.size)
    throw refusal(
      'target_incompatible',
      `${table} has other columns than are granted (${list(wrong.map(({ column, dbType }) => `${column} ${dbType}`))}): drop it or rename it, then deliver again`,
    )
}

/** Refuses where the file is as large as it may be. */
export function checkRoom(db: SqliteFile, quotaBytes: number | undefined): void {
  const used = Number(db.one('pragma page_count')?.[0] ?? 0) * Number(db.one('pragma page_size')?.[0] ?? 0)
  if (quotaBytes === undefined || used < quotaBytes) return
  throw refusal('target_room', `the SQLite file of the target holds ${used} bytes and ${quotaBytes} are allowed: make room or raise quotaMiB`)
}

/** Inside a transaction: the load gets its key, then the old table's place, indexes and triggers. Refuses `duplicate_keys`. */
export function swap(db: SqliteFile, { table }: TargetName, load: TargetName, fields: readonly GrantField[]): void {
  const own = load.table.slice(OWN.length)
  const keys = list(keysOf(fields).map(({ name }) => identifier(name)))
  db.exec(`drop index if exists ${identifier(`${load.table}_mend`)}`)
  db.exec(`create unique index ${identifier(KEY_INDEX + own)} on ${identifier(load.table)} (${keys})`)
  const kept = db.all(
    `select sql from sqlite_schema where tbl_name = ? collate nocase and type in ('index', 'trigger') and sql is not null and substr(name, 1, ?) <> ? order by type`,
    ...[table, KEY_INDEX.length, KEY_INDEX],
  )
  db.exec(`drop table if exists ${identifier(table)}`)
  db.exec(`alter table ${identifier(load.table)} rename to ${identifier(table)}`)
  for (const [sql] of kept) db.exec(String(sql))
}
