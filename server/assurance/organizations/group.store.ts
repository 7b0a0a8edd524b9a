/** The SQL of working groups (工作专班). */
import { sql } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { WorkingGroup } from './contract.ts'
import type { Db } from './tables.ts'

const select = sql`select g.id, g.name, g.purpose, g.dissolved_on as "dissolvedOn",
  (select jsonb_agg(jsonb_build_object('unit', m.unit, 'role', m.role) order by m.role, m.unit) from organizations.group_member m where m.working_group = g.id) as members
  from organizations.working_group g`

/** Groups not dissolved, by name; the leading units stand first among the members. */
export async function allGroups(db: Db): Promise<WorkingGroup[]> {
  return (await sql<WorkingGroup>`${select} where g.dissolved_on is null order by g.name, g.id`.execute(db)).rows
}

/** The groups not dissolved that a unit is a member of, by name. */
export async function groupsOf(db: Db, unit: Id): Promise<WorkingGroup[]> {
  const { rows } = await sql<WorkingGroup>`${select} where g.dissolved_on is null
    and exists (select from organizations.group_member m where m.working_group = g.id and m.unit = ${unit}) order by g.name, g.id`.execute(db)
  return rows
}

export async function findGroup(db: Db, id: Id): Promise<WorkingGroup | undefined> {
  return (await sql<WorkingGroup>`${select} where g.id = ${id}`.execute(db)).rows[0]
}

export async function insertGroup(db: Db, { members, ...group }: WorkingGroup, formedOn: LocalDate): Promise<void> {
  await db
    .insertInto('organizations.workingGroup')
    .values({ ...group, formedOn })
    .execute()
  await db
    .insertInto('organizations.groupMember')
    .values(members.map((member) => ({ ...member, workingGroup: group.id })))
    .execute()
}

/** Dissolves the group; answers whether it still stood. */
export async function dissolveGroup(db: Db, id: Id, today: LocalDate): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('organizations.workingGroup')
    .set({ dissolvedOn: today })
    .where('id', '=', id)
    .where('dissolvedOn', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
