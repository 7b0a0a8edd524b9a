/** The SQL of posts and appointments. An appointment is in force until it is ended. */
import { sql } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { Appointment, Person, Post, Side } from './contract.ts'
import type { HeldPost } from './rules.ts'
import type { Db } from './tables.ts'

const COLUMNS = ['id', 'person', 'post', 'unit', 'since', 'until'] as const

export function allPosts(db: Db): Promise<Post[]> {
  return db.selectFrom('organizations.post').select(['code', 'nameZh', 'nameEn', 'scope', 'side', 'rights']).orderBy('position').execute()
}

export async function sideOf(db: Db, post: string): Promise<Side | undefined> {
  return (await db.selectFrom('organizations.post').select('side').where('code', '=', post).executeTakeFirst())?.side
}

/** Appointments in force of these people, oldest first. */
export async function appointmentsOf(db: Db, people: readonly Id[]): Promise<Appointment[]> {
  if (people.length === 0) return []
  return db
    .selectFrom('organizations.appointment')
    .select(COLUMNS)
    .where('person', 'in', people)
    .where('until', 'is', null)
    .orderBy('since')
    .orderBy('id')
    .execute()
}

export function findInForce(db: Db, id: Id): Promise<Appointment | undefined> {
  return db.selectFrom('organizations.appointment').select(COLUMNS).where('id', '=', id).where('until', 'is', null).executeTakeFirst()
}

export async function insertAppointment(db: Db, appointment: Appointment, side: Side): Promise<void> {
  await db
    .insertInto('organizations.appointment')
    .values({ ...appointment, side })
    .execute()
}

/** Ends the appointments in force of a person, of one unit where it is named. */
export async function endAppointments(db: Db, { person, unit }: { person: Id; unit?: Id }, today: LocalDate): Promise<void> {
  const all = db.updateTable('organizations.appointment').set({ until: today }).where('person', '=', person).where('until', 'is', null)
  await (unit ? all.where('unit', '=', unit) : all).execute()
}

/** Ends one appointment; answers whether it was still in force. */
export async function endAppointment(db: Db, id: Id, today: LocalDate): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('organizations.appointment')
    .set({ until: today })
    .where('id', '=', id)
    .where('until', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The posts a person holds, by code, with the unit of each and the division it stands in. */
export async function heldPosts(db: Db, person: Id): Promise<(HeldPost & { post: string })[]> {
  const { rows } = await sql<HeldPost & { post: string }>`
    select a.post, p.scope, p.rights, a.unit, u.division
    from organizations.appointment a join organizations.post p on p.code = a.post join organizations.unit u on u.id = a.unit
    where a.person = ${person} and a.until is null order by p.position, u.division, u.id`.execute(db)
  return rows
}

/** Who holds the post, by unit and name; in the named units, or in all. */
export function holdersOf(db: Db, post: string, units: readonly Id[] | undefined): Promise<(Person & { at: Id })[]> {
  return db
    .selectFrom('organizations.appointment as a')
    .innerJoin('organizations.person as p', 'p.id', 'a.person')
    .select(['a.unit as at', 'p.id', 'p.name', 'p.unit', 'p.title', 'p.phone', 'p.leftOn'])
    .where('a.post', '=', post)
    .where('a.until', 'is', null)
    .$if(units !== undefined, (query) => query.where('a.unit', 'in', units!))
    .orderBy('a.unit')
    .orderBy('p.name')
    .orderBy('p.id')
    .execute()
}
