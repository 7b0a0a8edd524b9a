/** Tables of a target: made, counted, looked at before anything is sent to them. */
import type { DeliveryMode, Grant } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { Key } from '../connector.ts'
import type { Dialect, Field, Fragment, InsertColumn, SqlSession, SqlTable } from './dialect.ts'
import { keyRoom } from './held.ts'
import type { Ledger } from './ledger.ts'
import { MARKS, needsMarks } from './marks.ts'
import { canonicalText, joined, list, qualified } from './statement.ts'

/** A load beside the old table, then its key: about this many times the bytes that are sent. */
const ROOM_FACTOR = 2.5
/** Values of keys in one statement; SQL Server takes 2100. */
const KEY_VALUES = 1000
const TITLE_CHARACTERS = 800

export async function exists(session: SqlSession, table: TargetName): Promise<boolean> {
  return (await session.dialect.kindOf(session, table)) !== undefined
}

export async function dropTable(session: SqlSession, table: TargetName): Promise<void> {
  const { dialect } = session
  if (await exists(session, table)) await session.run(`drop table ${qualified(dialect, table)}${dialect.dropHint}`)
}

export async function countRows(session: SqlSession, table: TargetName): Promise<number> {
  const [row] = await session.query(`select count(*) from ${qualified(session.dialect, table)}`)
  return Number(row?.[0] ?? 0)
}

/** The columns that rows are put into, marks behind the fields. */
export function insertColumns(dialect: Dialect, fields: readonly Pick<Field, 'name' | 'type'>[]): InsertColumn[] {
  const columns: InsertColumn[] = fields.map(({ name, type }) => ({ column: dialect.columnOf(name), type }))
  return needsMarks(fields, dialect) ? [...columns, { column: dialect.columnOf(MARKS), type: 'marks' }] : columns
}

/**
 * Without its key, which is built once for all rows, unless `keyed`. A text column is made as a table that is there has it, so that whoever wants it shorter than the longest
 * makes the empty table first. Refuses `target_incompatible` for what cannot be a key here.
 */
export async function createTable(session: SqlSession, table: TargetName, fields: readonly Field[], keyed: boolean, like?: SqlTable): Promise<void> {
  const { dialect } = session
  checkFields(fields, dialect)
  const room = keyRoom(fields, dialect.limits)
  const columns = fields.map((field) => {
    const own = like?.own.find(({ column }) => column === dialect.columnOf(field.name))
    const type = own && !field.key && field.type === 'text' && own.type === 'text' ? own.dbType : dialect.columnType(field, room)
    const nullable = !field.key && (field.nullable || (dialect.emptyIsNull && (field.type === 'text' || field.type === 'bytea')))
    return `${dialect.identifier(dialect.columnOf(field.name))} ${type} ${nullable ? 'null' : 'not null'}`
  })
  if (needsMarks(fields, dialect)) columns.push(`${dialect.identifier(dialect.columnOf(MARKS))} ${dialect.marksType(fields.length)}`)
  if (keyed) columns.push(primaryKey(dialect, fields))
  await session.run(`create table ${qualified(dialect, table)} (${list(columns)})`)
}

function checkFields(fields: readonly Field[], { limits }: Dialect): void {
  if (fields.some(({ name }) => name === MARKS))
    throw refusal('target_incompatible', `a field cannot be called ${MARKS} in this database: grant it under another name`)
  const loose = fields.find(({ key, type }) => key && limits.noKey.includes(type))
  if (loose) throw refusal('target_incompatible', `the key ${loose.name} is ${loose.type}, which is no key in this database: grant it as text`)
}

/** Titles, and marks where the column's own type does not say what it holds. */
export async function describeTable(session: SqlSession, table: TargetName, fields: readonly Field[], title: string): Promise<void> {
  const { dialect } = session
  const [made] = await dialect.readTables(session, table)
  const columns = fields.map(({ name, type, title: words }) => {
    const column = dialect.columnOf(name)
    const own = made?.own.find((one) => one.column === column)
    return { column, words: `${cut(words)}${own?.type === type ? '' : ` [${type}]`}`.trim() }
  })
  for (const { sql, values } of dialect.describe(table, cut(title), columns)) await session.run(sql, values)
}

function cut(words: string): string {
  return [...words].slice(0, TITLE_CHARACTERS).join('').replace(/\0/g, '')
}

export function primaryKey(dialect: Dialect, fields: readonly Pick<Field, 'name' | 'key'>[]): string {
  return `primary key (${list(keysOf(dialect, fields))})`
}

/** Quoted. */
export function keysOf(dialect: Dialect, fields: readonly Pick<Field, 'name' | 'key'>[]): string[] {
  return fields.filter(({ key }) => key).map(({ name }) => dialect.identifier(dialect.columnOf(name)))
}

/** Before rows of a load are looked for by their keys: an index that allows the same key twice, until the load is whole. */
export async function indexLoad(session: SqlSession, load: TargetName, fields: readonly Pick<Field, 'name' | 'key'>[]): Promise<void> {
  const { dialect } = session
  const name = keyIndex(load)
  if ((await dialect.indexesOf(session, load)).includes(name)) return
  await session.run(`create index ${dialect.indexName(load, name)} on ${qualified(dialect, load)} (${list(keysOf(dialect, fields))})`)
}

/** `zhenghe_key_a1650867728950`: in some databases the indexes of a schema share their names. */
export function keyIndex({ table }: TargetName): string {
  return `zhenghe_key_${table.slice(-14)}`
}

/** Deletes the rows of these keys, each key the texts of the key fields in their order. */
export async function deleteKeys(session: SqlSession, target: TargetName, fields: readonly Field[], keys: readonly Key[]): Promise<void> {
  const { dialect } = session
  const [table] = await dialect.readTables(session, target)
  if (!table || keys.length === 0) return
  const parts = fields.filter(({ key }) => key).map(({ name, type }) => ({ type, own: table.own.find(({ column }) => column === dialect.columnOf(name))! }))
  const one = (key: Key): Fragment => {
    const sides = parts.map(({ type, own }, at): Fragment => {
      const text = canonicalText(type, key[at] ?? '')
      const bound = dialect.bound(own, text) // its index finds it
      const found = { sql: `${dialect.identifier(own.column)} = ${bound.sql}`, values: bound.values }
      const exactly = type === 'text' ? dialect.equals(own, text) : undefined
      return exactly ? joined([found, exactly], ' and ') : found
    })
    const all = joined(sides, ' and ')
    return { ...all, sql: `(${all.sql})` }
  }
  const each = Math.max(Math.floor(KEY_VALUES / (3 * parts.length)), 1)
  for (let at = 0; at < keys.length; at += each) {
    const { sql, values } = joined(keys.slice(at, at + each).map(one), ' or ')
    await session.run(`delete from ${qualified(dialect, target)} where ${sql}`, values)
  }
}

/** Refuses where rights or room are missing, or other things depend on the table as it is. Answers the table, if it is there. */
export async function checkTarget(session: SqlSession, ledger: Ledger, target: TargetName, grant: Grant, mode: DeliveryMode): Promise<SqlTable | undefined> {
  const { dialect } = session
  const name = `${target.schema}.${target.table}`
  await dialect.checkVersion(session)
  if (!(await dialect.schemaExists(session, target.schema)))
    throw refusal('target_missing', `there is no schema ${target.schema} in the target, or this node's login may not see it: create it for the login`)
  const kind = await dialect.kindOf(session, target)
  if (kind === undefined) return undefined
  if (kind !== 'table') throw refusal('target_incompatible', `${name} exists at the target and is not an ordinary table: choose another name`)
  if (!(await ledger.isOurs(target)) && (await countRows(session, target)) > 0)
    throw refusal('target_not_ours', `${name} holds rows that no exchange has delivered, and would be replaced: empty it, rename it, or choose another name`)
  const [table] = await dialect.readTables(session, target)
  checkColumns(table, target, grant, { dialect, mode })
  if (mode === 'snapshot') await checkDependents(session, target)
  return table
}

/** What others have added or changed would be lost, or would not take the rows. */
function checkColumns(table: SqlTable | undefined, target: TargetName, { fields }: Grant, { dialect, mode }: { dialect: Dialect; mode: DeliveryMode }): void {
  const own = new Map(table?.own.map((column) => [column.column, column]))
  const granted = new Map(fields.map((field) => [dialect.columnOf(field.name), field]))
  const wrong = [...own.values()].filter((column) => !granted.has(column.column) || !dialect.takes(column, granted.get(column.column)!))
  const missing = [...granted.keys()].filter((column) => !own.has(column))
  const unmarked = mode === 'incremental' && table && needsMarks(fields, dialect) && !table.marked ? [`${dialect.columnOf(MARKS)} (missing)`] : []
  if (wrong.length + missing.length + unmarked.length === 0) return
  const shown = [...wrong.map(({ column, dbType }) => `${column} ${dbType}`), ...missing.map((column) => `${column} (missing)`), ...unmarked]
  throw refusal(
    'target_incompatible',
    `${target.schema}.${target.table} has other columns than the grant delivers: ${list(shown)}. Drop the table, change it, or choose another name`,
  )
}

async function checkDependents(session: SqlSession, target: TargetName): Promise<void> {
  const found = await session.dialect.dependents(session, target)
  if (found.length === 0) return
  throw refusal(
    'target_dependents',
    `${target.schema}.${target.table} is replaced whole by a load, and this depends on it: ${list(found)}. Drop it, or receive by increments`,
  )
}

/** Refuses where a load of so many bytes would pass what this node may use of the target database. */
export async function checkRoom(session: SqlSession, { schema }: TargetName, bytes: number, quotaBytes: number | undefined): Promise<void> {
  if (quotaBytes === undefined) return
  const used = await session.dialect.usedBytes(session, schema)
  if (used + bytes * ROOM_FACTOR <= quotaBytes) return
  const mib = (value: number) => `${Math.ceil(value / (1 << 20))} MiB`
  throw refusal(
    'target_room',
    `the target database holds ${mib(used)}, this load needs about ${mib(bytes * ROOM_FACTOR)} more, and ${mib(quotaBytes)} are allowed: make room or raise quotaMiB`,
  )
}
