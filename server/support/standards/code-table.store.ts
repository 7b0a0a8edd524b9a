/** The SQL of code tables. */
import { type SqlBool, sql } from 'kysely'
import type { Code, CodeTable } from './contract.ts'
import type { Db } from './tables.ts'

const COLUMNS = ['name', 'version', 'titleZh', 'titleEn', 'source', 'certain', 'publishedOn', 'codes'] as const

/** The newest version of every table, by title. */
export function currentTables(db: Db, text: string | undefined): Promise<CodeTable[]> {
  return db
    .selectFrom('standards.codeTable as t')
    .select(COLUMNS)
    .where(sql<SqlBool>`not exists (select from standards.code_table newer where newer.name = t.name and newer.version > t.version)`)
    .$if(text !== undefined, (query) =>
      query.where(sql<SqlBool>`strpos(lower(concat_ws(' ', t.name, t.title_zh, t.title_en, t.source) collate "C"), lower(${text})) > 0`),
    )
    .orderBy('titleZh')
    .orderBy('name')
    .execute()
}

/** Every version of one table, newest first. */
export function versionsOf(db: Db, name: string): Promise<CodeTable[]> {
  return db.selectFrom('standards.codeTable').select(COLUMNS).where('name', '=', name).orderBy('version', 'desc').execute()
}

export async function latestVersion(db: Db, name: string): Promise<number> {
  const { n } = await db
    .selectFrom('standards.codeTable')
    .select(({ fn }) => fn.max('version').as('n'))
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return n ?? 0
}

export function codesOf(db: Db, { name, version }: Pick<CodeTable, 'name' | 'version'>): Promise<Code[]> {
  return db
    .selectFrom('standards.code')
    .select(['code', 'nameZh', 'nameEn', 'parent', 'endedOn'])
    .where('codeTable', '=', name)
    .where('version', '=', version)
    .orderBy('position')
    .execute()
}

export async function insertTable(db: Db, table: CodeTable, codes: readonly Code[]): Promise<void> {
  await db.insertInto('standards.codeTable').values(table).execute()
  await sql`insert into standards.code (code_table, version, position, code, name_zh, name_en, parent, ended_on)
    select ${table.name}, ${table.version}, n, c->>'code', c->>'nameZh', c->>'nameEn', c->>'parent', (c->>'endedOn')::date
    from jsonb_array_elements(${JSON.stringify(codes)}::jsonb) with ordinality as l(c, n)`.execute(db)
}
