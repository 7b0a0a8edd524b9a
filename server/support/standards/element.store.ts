/** The SQL of data elements. */
import { type SqlBool, sql } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { DataElement } from './contract.ts'
import type { Db } from './tables.ts'

const COLUMNS = ['id', 'identifier', 'nameZh', 'nameEn', 'definition', 'type', 'length', 'codeTable', 'rule', 'source', 'retiredOn'] as const

const matching = (db: Db, text: string | undefined) =>
  db
    .selectFrom('standards.dataElement as e')
    .$if(text !== undefined, (query) =>
      query.where(sql<SqlBool>`strpos(lower(concat_ws(' ', e.identifier, e.name_zh, e.name_en) collate "C"), lower(${text})) > 0`),
    )

export async function countElements(db: Db, text: string | undefined): Promise<number> {
  const { n } = await matching(db, text)
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return n
}

/** At most `rows` elements after the identifier. */
export function listElements(db: Db, text: string | undefined, after: string | undefined, rows: number): Promise<DataElement[]> {
  return matching(db, text)
    .select(COLUMNS)
    .$if(after !== undefined, (query) => query.where('identifier', '>', after!))
    .orderBy('identifier')
    .limit(rows)
    .execute()
}

export function elementsByIdentifier(db: Db, identifiers: readonly string[]): Promise<DataElement[]> {
  return db.selectFrom('standards.dataElement').select(COLUMNS).where('identifier', 'in', identifiers).orderBy('identifier').execute()
}

export function findElement(db: Db, id: Id): Promise<DataElement | undefined> {
  return db.selectFrom('standards.dataElement').select(COLUMNS).where('id', '=', id).executeTakeFirst()
}

export async function insertElement(db: Db, element: DataElement): Promise<void> {
  await db.insertInto('standards.dataElement').values(element).execute()
}

/** Retires the element; answers whether it was still in use. */
export async function retireElement(db: Db, id: Id, today: LocalDate): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('standards.dataElement')
    .set({ retiredOn: today })
    .where('id', '=', id)
    .where('retiredOn', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
