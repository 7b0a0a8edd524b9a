/** The SQL on classes. */
import { sql } from 'kysely'
import type { CatalogClass } from './contract.ts'
import { classKind } from './rules.ts'
import type { Db } from './tables.ts'

export async function classes(db: Db): Promise<CatalogClass[]> {
  const rows = await db.selectFrom('catalog.class').select(['code', 'name', 'parent']).orderBy('code').execute()
  return rows.map((row) => ({ ...row, kind: classKind(row.code) }))
}

export async function insertAll(db: Db, classes: readonly Omit<CatalogClass, 'kind'>[]): Promise<void> {
  await db
    .insertInto('catalog.class')
    .values(classes.map(({ code, name, parent }) => ({ code, name, parent })))
    .execute()
}

/** Those of the codes that are classes. */
export async function known(db: Db, codes: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('catalog.class')
    .select('code')
    .where('code', 'in', ['', ...codes])
    .execute()
  return new Set(rows.map(({ code }) => code))
}

/** Names of the 项. */
export async function itemNames(db: Db): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('catalog.class').select(['code', 'name']).where(sql`length(code)`, '=', 3).execute()
  return new Map(rows.map(({ code, name }) => [code, name]))
}

/** The next number within a class, given to this transaction alone; undefined where there is no such class. */
export async function nextSequence(db: Db, code: string): Promise<number | undefined> {
  const row = await db
    .updateTable('catalog.class')
    .set({ lastSequence: sql`last_sequence + 1` })
    .where('code', '=', code)
    .returning('lastSequence')
    .executeTakeFirst()
  return row?.lastSequence
}
