/** The SQL of units. */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import { significant } from '../../kernel/rights.ts'
import type { Unit, UnitKind } from './contract.ts'
import { divisionName } from './division.store.ts'
import type { Db } from './tables.ts'

const COLUMNS = ['id', 'uscc', 'name', 'shortName', 'kind', 'division', 'parent', 'closedOn'] as const

export type UnitRow = Unit & { people: number; divisionName: string }
export type UnitFilter = { text?: string | undefined; division?: string | undefined; kind?: UnitKind | undefined; closed: boolean }
/** Division, name and id of the last unit of the page before. */
export type UnitCursor = readonly [division: string, name: string, id: Id]

const matching = (db: Db, { text, division, kind, closed }: UnitFilter) =>
  db
    .selectFrom('organizations.unit as u')
    .where('u.closedOn', closed ? 'is not' : 'is', null)
    .$if(kind !== undefined, (query) => query.where('u.kind', '=', kind!))
    .$if(division !== undefined, (query) => query.where('u.division', 'like', `${significant(division!)}%`))
    .$if(text !== undefined, (query) => query.where(named(text!)))

function named(text: string): Expression<SqlBool> {
  return sql<SqlBool>`(strpos(lower(u.name collate "C"), lower(${text})) > 0 or strpos(lower(u.short_name), lower(${text})) > 0 or strpos(u.uscc, upper(${text})) > 0)`
}

export async function countUnits(db: Db, filter: UnitFilter): Promise<number> {
  const { n } = await matching(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return n
}

/** At most `rows` units after the cursor, with the number of people in each who have not left. */
export function listUnits(db: Db, filter: UnitFilter, today: LocalDate, after: UnitCursor | undefined, rows: number): Promise<UnitRow[]> {
  return matching(db, filter)
    .$if(after !== undefined, (query) => query.where(sql<SqlBool>`(u.division, u.name, u.id) > (${after![0]}, ${after![1]}, ${after![2]}::uuid)`))
    .select([
      ...(['u.id', 'u.uscc', 'u.name', 'u.shortName', 'u.kind', 'u.division', 'u.parent', 'u.closedOn'] as const),
      sql<number>`(select count(*) from organizations.person p where p.unit = u.id and p.left_on is null)`.as('people'),
      divisionName(sql.ref('u.division'), today).as('divisionName'),
    ])
    .orderBy('u.division')
    .orderBy('u.name')
    .orderBy('u.id')
    .limit(rows)
    .execute()
}

export function unitsByIds(db: Db, ids: readonly Id[]): Promise<Unit[]> {
  return db.selectFrom('organizations.unit').select(COLUMNS).where('id', 'in', ids).orderBy('division').orderBy('name').execute()
}

export function findUnit(db: Db, id: Id): Promise<Unit | undefined> {
  return db.selectFrom('organizations.unit').select(COLUMNS).where('id', '=', id).executeTakeFirst()
}

export async function nameOfDivision(db: Db, code: string, today: LocalDate): Promise<string> {
  const { rows } = await sql<{ name: string }>`select ${divisionName(sql.ref('c.code'), today)} as name from (select ${code}::text as code) c`.execute(db)
  return rows[0]!.name
}

/** Holds the unit open until the transaction ends: nobody closes it meanwhile. */
export function keepUnit(db: Db, id: Id): Promise<Unit | undefined> {
  return db.selectFrom('organizations.unit').select(COLUMNS).where('id', '=', id).forShare().executeTakeFirst()
}

/** Holds the unit until the transaction ends: nobody else changes, closes or fills it meanwhile. */
export function lockUnit(db: Db, id: Id): Promise<Unit | undefined> {
  return db.selectFrom('organizations.unit').select(COLUMNS).where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function insertUnit(db: Db, unit: Unit): Promise<void> {
  await db.insertInto('organizations.unit').values(unit).execute()
}

export async function updateUnit(db: Db, { id, ...changed }: Unit): Promise<void> {
  await db.updateTable('organizations.unit').set(changed).where('id', '=', id).execute()
}

/** One mover of units at a time, until the transaction ends: two moves together could close a circle that neither sees. */
export async function lockUnitTree(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('organizations.unit_tree'))`.execute(db)
}

/** Whether `unit` is `above` or stands below it. */
export async function standsBelow(db: Db, unit: Id, above: Id): Promise<boolean> {
  const { rows } = await sql<{ id: Id }>`
    with recursive up(id, parent) as (
      select id, parent from organizations.unit where id = ${unit}
      union select u.id, u.parent from organizations.unit u join up on u.id = up.parent
    ) select id from up where id = ${above}`.execute(db)
  return rows.length > 0
}

/** How many people belong to the unit or hold a post in it. */
export async function countInPost(db: Db, id: Id): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from (
    select id from organizations.person where unit = ${id} and left_on is null
    union select person from organizations.appointment where unit = ${id} and until is null) p`.execute(db)
  return rows[0]!.n
}

/** The people whose rights hold at the unit by an appointment in force. */
export async function appointedAt(db: Db, id: Id): Promise<Id[]> {
  const rows = await db.selectFrom('organizations.appointment').select('person').distinct().where('unit', '=', id).where('until', 'is', null).execute()
  return rows.map(({ person }) => person)
}
