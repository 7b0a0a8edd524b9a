/** An increment: copied to a temporary table, merged by key, checked and recorded, all in one transaction. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { one } from '../pg/connect.ts'
import { identifier, list, literal, qualified } from '../pg/sql.ts'
import { refusal } from '../refusal.ts'
import type { TargetName } from './ledger.ts'
import { createLoadTable, nameOf } from './load.ts'

type Field = Pick<GrantField, 'name' | 'type' | 'key' | 'nullable' | 'title'>

export const STAGING = 'pg_temp.zhenghe_increment'

/** Makes the target table where increments begin without a whole load. */
export async function createTarget(client: pg.Client, target: TargetName, fields: readonly Field[]): Promise<void> {
  await createLoadTable(client, target, fields)
  const keys = fields.filter(({ key }) => key).map(({ name }) => identifier(name))
  await client.query(`alter table ${nameOf(target)} reset (autovacuum_enabled), add primary key (${list(keys)})`)
}

export function createStaging(target: TargetName): string {
  return `create temp table zhenghe_increment (like ${nameOf(target)}) on commit drop`
}

/**
 * Brings the staged rows into the target: new keys are inserted, others updated where the staged row is not older by the cursor, if there is one, and differs.
 * An empty target takes them by a plain INSERT, which is half the work. Refuses `duplicate_keys`.
 */
export async function merge(client: pg.Client, { schema, table }: TargetName, fields: readonly Field[], cursor: string | undefined): Promise<void> {
  const target = qualified(schema, table)
  const columns = fields.map(({ name }) => identifier(name))
  const keys = fields.filter(({ key }) => key).map(({ name }) => identifier(name))
  const others = fields.filter(({ key }) => !key).map(({ name }) => identifier(name))
  const { empty } = await one<{ empty: boolean }>(client, `select not exists (select from ${target}) as empty`)
  const on = keys.map((key) => `t.${key} = s.${key}`).join(' and ')
  const newer = `${cursor === undefined ? '' : `s.${identifier(cursor)} >= t.${identifier(cursor)} and `}(${list(others.map((name) => `s.${name}`))}) is distinct from (${list(others.map((name) => `t.${name}`))})`
  const update = others.length > 0 ? `when matched and ${newer} then update set ${list(others.map((name) => `${name} = s.${name}`))}` : ''
  const sql = empty
    ? `insert into ${target} (${list(columns)}) select ${list(columns)} from ${STAGING} order by ${list(keys)}`
    : `merge into ${target} t using ${STAGING} s on ${on} ${update} when not matched then insert (${list(columns)}) values (${list(columns.map((name) => `s.${name}`))})`
  await client.query(sql).catch((error: Error & { code?: string; detail?: string }) => {
    if (error.code !== '23505' && error.code !== '21000') throw error
    throw refusal('duplicate_keys', `the source sent two rows with the same key (${error.detail ?? error.message}): mend them there, then deliver again`, error)
  })
}

/** How many staged rows are now in the target, as they came or newer: what may be called loaded. */
export async function countLanded(client: pg.Client, { schema, table }: TargetName, fields: readonly Field[], cursor: string | undefined): Promise<number> {
  const keys = fields.filter(({ key }) => key).map(({ name }) => identifier(name))
  const on = keys.map((key) => `t.${key} = s.${key}`).join(' and ')
  const { landed } = await one<{ landed: number }>(
    client,
    `select count(*)::float8 as landed from ${STAGING} s join ${qualified(schema, table)} t on ${on}${cursor === undefined ? '' : ` and t.${identifier(cursor)} >= s.${identifier(cursor)}`}`,
  )
  return landed
}

/** Deletes the rows of these keys, each key the texts of the key fields in their order. */
export function deleteKeysSql(table: TargetName, fields: readonly Field[], keys: readonly (readonly string[])[]): string {
  if (keys.length === 0) return ''
  const parts = fields.filter(({ key }) => key)
  const tuples = keys.map((key) => `(${list(parts.map(({ type }, at) => literal(key[at] ?? '', type)))})`)
  return `delete from ${nameOf(table)} where (${list(parts.map(({ name }) => identifier(name)))}) in (${list(tuples)})`
}
