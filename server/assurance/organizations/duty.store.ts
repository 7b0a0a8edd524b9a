/** The SQL of duties (职责). */
import { sql } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { Duty } from './contract.ts'
import type { Db } from './tables.ts'

const COLUMNS = ['code', 'name', 'basis'] as const

/** Every duty by code, with the units that have it. */
export async function allDuties(db: Db): Promise<(Duty & { units: Id[] })[]> {
  const { rows } = await sql<Duty & { units: Id[] }>`
    select d.code, d.name, d.basis, coalesce(array_agg(ud.unit order by ud.unit) filter (where ud.unit is not null), '{}') as units
    from organizations.duty d left join organizations.unit_duty ud on ud.duty = d.code and ud.until is null
    group by d.code order by d.code`.execute(db)
  return rows
}

export function dutiesOf(db: Db, unit: Id): Promise<Duty[]> {
  return db
    .selectFrom('organizations.duty')
    .innerJoin('organizations.unitDuty', 'duty', 'code')
    .select(COLUMNS)
    .where('unit', '=', unit)
    .where('until', 'is', null)
    .orderBy('code')
    .execute()
}

/** Makes the duty where its code is new; answers it as it stands. */
export async function keepDuty(db: Db, duty: Duty): Promise<Duty> {
  await db
    .insertInto('organizations.duty')
    .values(duty)
    .onConflict((clash) => clash.column('code').doNothing())
    .execute()
  return db.selectFrom('organizations.duty').select(COLUMNS).where('code', '=', duty.code).executeTakeFirstOrThrow()
}

export async function giveDuty(db: Db, unit: Id, duty: string, since: LocalDate): Promise<void> {
  await db.insertInto('organizations.unitDuty').values({ unit, duty, since, until: null }).execute()
}

/** Takes the duty away; answers whether the unit had it. */
export async function takeDuty(db: Db, unit: Id, duty: string, today: LocalDate): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('organizations.unitDuty')
    .set({ until: today })
    .where('unit', '=', unit)
    .where('duty', '=', duty)
    .where('until', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
