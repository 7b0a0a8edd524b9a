/** The SQL of people. */
import { type SqlBool, sql } from 'kysely'
import type { Id } from '../../kernel/contract.ts'
import type { Person } from './contract.ts'
import type { Db } from './tables.ts'

const COLUMNS = ['id', 'name', 'unit', 'title', 'phone', 'leftOn'] as const

export type PersonFilter = { text?: string | undefined; unit?: Id | undefined; post?: string | undefined }
/** Unit, name and id of the last person of the page before. */
export type PersonCursor = readonly [unit: Id, name: string, id: Id]

const matching = (db: Db, { text, unit, post }: PersonFilter) =>
  db
    .selectFrom('organizations.person as p')
    .where('p.leftOn', 'is', null)
    .$if(unit !== undefined, (query) => query.where('p.unit', '=', unit!))
    .$if(text !== undefined, (query) => query.where(sql<SqlBool>`strpos(lower(p.name collate "C"), lower(${text})) > 0`))
    .$if(post !== undefined, (query) =>
      query.where(({ exists, selectFrom }) =>
        exists(
          selectFrom('organizations.appointment as a')
            .select('a.id')
            .whereRef('a.person', '=', 'p.id')
            .where('a.post', '=', post!)
            .where('a.until', 'is', null),
        ),
      ),
    )

export async function countPeople(db: Db, filter: PersonFilter): Promise<number> {
  const { n } = await matching(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return n
}

/** At most `rows` people after the cursor. */
export function listPeople(db: Db, filter: PersonFilter, after: PersonCursor | undefined, rows: number): Promise<(Person & { unitName: string })[]> {
  return matching(db, filter)
    .innerJoin('organizations.unit as u', 'u.id', 'p.unit')
    .$if(after !== undefined, (query) => query.where(sql<SqlBool>`(p.unit, p.name, p.id) > (${after![0]}::uuid, ${after![1]}, ${after![2]}::uuid)`))
    .select(['p.id', 'p.name', 'p.unit', 'p.title', 'p.phone', 'p.leftOn', 'u.name as unitName'])
    .orderBy('p.unit')
    .orderBy('p.name')
    .orderBy('p.id')
    .limit(rows)
    .execute()
}

/** Those who belong to the unit or hold a post in it, by name. */
export function peopleAt(db: Db, unit: Id): Promise<Person[]> {
  return db
    .selectFrom('organizations.person as p')
    .select(COLUMNS)
    .where('leftOn', 'is', null)
    .where(({ or, eb, selectFrom }) =>
      or([
        eb('unit', '=', unit),
        eb('id', 'in', selectFrom('organizations.appointment as a').select('a.person').where('a.unit', '=', unit).where('a.until', 'is', null)),
      ]),
    )
    .orderBy('name')
    .orderBy('id')
    .execute()
}

export function peopleByIds(db: Db, ids: readonly Id[]): Promise<Person[]> {
  return db.selectFrom('organizations.person').select(COLUMNS).where('id', 'in', ids).orderBy('name').execute()
}

export function findPerson(db: Db, id: Id): Promise<Person | undefined> {
  return db.selectFrom('organizations.person').select(COLUMNS).where('id', '=', id).executeTakeFirst()
}

/** Holds the person until the transaction ends: appointments, moves and leaving take turns. */
export function lockPerson(db: Db, id: Id): Promise<Person | undefined> {
  return db.selectFrom('organizations.person').select(COLUMNS).where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

export async function insertPerson(db: Db, person: Person): Promise<void> {
  await db.insertInto('organizations.person').values(person).execute()
}

export async function updatePerson(db: Db, { id, ...changed }: Person): Promise<void> {
  await db.updateTable('organizations.person').set(changed).where('id', '=', id).execute()
}
