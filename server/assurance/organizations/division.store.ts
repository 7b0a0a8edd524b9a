/** The SQL of divisions. */
import { sql } from 'kysely'
import type { LocalDate } from '../../kernel/contract.ts'
import type { Division, DivisionLevel } from './contract.ts'
import type { Db } from './tables.ts'

const COLUMNS = ['code', 'name', 'level', 'parent', 'validFrom', 'validTo'] as const

export type DivisionFilter = { parent?: string | undefined; top: boolean; levels?: DivisionLevel[] | undefined }

export function divisionsOn(db: Db, day: LocalDate, { parent, top, levels }: DivisionFilter): Promise<Division[]> {
  let query = db.selectFrom('organizations.division').select(COLUMNS).where('validFrom', '<=', day)
  query = query.where((where) => where.or([where('validTo', 'is', null), where('validTo', '>', day)]))
  if (parent) query = query.where('parent', '=', parent)
  if (top) query = query.where('parent', 'is', null)
  if (levels) query = query.where('level', 'in', levels)
  return query.orderBy('code').execute()
}

export async function divisionStands(db: Db, code: string, day: LocalDate): Promise<boolean> {
  const { rows } = await sql`select from organizations.division
    where code = ${code} and valid_from <= ${day} and (valid_to is null or valid_to > ${day})`.execute(db)
  return rows.length > 0
}

/** The name on the day of the division whose code the expression holds; the last one where it stands no longer. */
export function divisionName(code: ReturnType<typeof sql.ref>, day: LocalDate) {
  return sql<string>`coalesce((select d.name from organizations.division d
    where d.code = ${code} and d.valid_from <= ${day} order by d.valid_from desc limit 1), ${code})`
}

/** One reviser at a time, until the transaction ends. */
export async function lockDivisions(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('organizations.division'))`.execute(db)
}

/** The rows of these codes that stand on the day asked for with each. */
export async function standing(db: Db, wanted: readonly { code: string; on: LocalDate }[]): Promise<Division[]> {
  const { rows } = await sql<Division>`
    select distinct d.code, d.name, d.level, d.parent, d.valid_from, d.valid_to
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(code text, "on" date)
    join organizations.division d on d.code = w.code and d.valid_from <= w."on" and (d.valid_to is null or d.valid_to > w."on")`.execute(db)
  return rows
}

export async function endDivisions(db: Db, ends: readonly { code: string; validFrom: LocalDate; validTo: LocalDate | null }[]): Promise<void> {
  if (ends.length === 0) return
  await sql`update organizations.division d set valid_to = e."validTo"
    from jsonb_to_recordset(${JSON.stringify(ends)}::jsonb) as e(code text, "validFrom" date, "validTo" date)
    where d.code = e.code and d.valid_from = e."validFrom"`.execute(db)
}

export async function insertDivisions(db: Db, divisions: readonly Division[]): Promise<void> {
  if (divisions.length === 0) return
  await sql`insert into organizations.division (code, name, level, parent, valid_from, valid_to)
    select code, name, level, parent, "validFrom", "validTo"
    from jsonb_to_recordset(${JSON.stringify(divisions)}::jsonb) as n(code text, name text, level text, parent text, "validFrom" date, "validTo" date)`.execute(
    db,
  )
}
