import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { AgreementState, AgreementStep } from './contract.ts'
import type { AgreementRow, AgreementTable, Db, Tables } from './tables.ts'

export async function insertAgreement(db: Db, agreement: Omit<Insertable<AgreementTable>, 'number'>): Promise<AgreementRow> {
  const number = sql<string>`${`XY${agreement.draftedAt.slice(0, 4)}-`}::text || lpad(nextval('partners.agreement_number')::text, 4, '0')`
  return db
    .insertInto('partners.agreement')
    .values({ ...agreement, number })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function findAgreement(db: Db, id: Id): Promise<AgreementRow | undefined> {
  return db.selectFrom('partners.agreement').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Holds the row until the transaction ends. */
export function lockAgreement(db: Db, id: Id): Promise<AgreementRow | undefined> {
  return db.selectFrom('partners.agreement').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function changeAgreement(db: Db, id: Id, change: Updateable<AgreementTable>): Promise<AgreementRow> {
  return db.updateTable('partners.agreement').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

export async function addStep(db: Db, step: Insertable<Tables['partners.agreementStep']>): Promise<void> {
  await db.insertInto('partners.agreementStep').values(step).execute()
}

export function stepsOf(db: Db, agreement: Id): Promise<AgreementStep[]> {
  return db.selectFrom('partners.agreementStep').select(['at', 'act', 'byName', 'note']).where('agreement', '=', agreement).orderBy('n').execute()
}

export type AgreementFilter = { text?: string | undefined; state?: readonly AgreementState[] | undefined; unit?: Id | undefined; today: LocalDate }

const stateOn = (today: LocalDate) => sql`case when a.discarded_at is not null then 'discarded' when a.signed_at is null then 'draft'
  when a.ended_on <= ${today}::date then 'terminated' when a.until_on < ${today}::date then 'expired' when a.from_on > ${today}::date then 'not_yet'
  when a.until_on - a.remind_days <= ${today}::date then 'expiring' else 'in_force' end`

function wanted({ text, state, unit, today }: AgreementFilter): RawBuilder<boolean> {
  const words = text
    ? sql`and (strpos(lower(a.name), lower(${text})) > 0 or strpos(a.uscc, upper(${text})) > 0 or strpos(a.number, upper(${text})) > 0)`
    : sql``
  return sql`true ${words} ${state ? sql`and ${stateOn(today)} = any(${[...state]}::text[])` : sql``} ${unit ? sql`and a.unit = ${unit}` : sql``}`
}

export async function agreementPage(db: Db, filter: AgreementFilter, after: [LocalDate, Id] | undefined, limit: number): Promise<AgreementRow[]> {
  const place = after ? sql`and (a.until_on, a.id) > (${after[0]}::date, ${after[1]}::uuid)` : sql``
  const { rows } = await sql<AgreementRow>`
    select a.* from partners.agreement a where ${wanted(filter)} ${place} order by a.until_on, a.id limit ${limit}`.execute(db)
  return rows
}

export async function agreementTotal(db: Db, filter: AgreementFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from partners.agreement a where ${wanted(filter)}`.execute(db)
  return rows[0]?.n ?? 0
}

/** Signed agreements of these units that hold on a day. */
export async function heldBy(db: Db, units: readonly Id[], today: LocalDate): Promise<{ unit: Id; agreement: Id; number: string; until: LocalDate }[]> {
  const { rows } = await sql<{ unit: Id; agreement: Id; number: string; until: LocalDate }>`
    select a.unit, a.id as agreement, a.number, a.until_on as until from partners.agreement a
    where a.unit = any(${[...units]}::uuid[]) and a.signed_at is not null and a.from_on <= ${today}::date and a.until_on >= ${today}::date
      and (a.ended_on is null or a.ended_on > ${today}::date)`.execute(db)
  return rows
}

/** Agreements of which the last days have come, and that no later one of the same partner follows. */
export async function endingSoon(db: Db, today: LocalDate): Promise<AgreementRow[]> {
  const { rows } = await sql<AgreementRow>`
    select a.* from partners.agreement a
    where a.signed_at is not null and a.ended_on is null and a.until_on >= ${today}::date and a.until_on - a.remind_days <= ${today}::date
      and not exists (select from partners.agreement b where b.unit = a.unit and b.signed_at is not null and b.ended_on is null and b.from_on > a.until_on)`.execute(
    db,
  )
  return rows
}

/** Agreements whose last day was the day before. */
export async function endedYesterday(db: Db, today: LocalDate): Promise<(AgreementRow & { unit: Id })[]> {
  const { rows } = await sql<AgreementRow & { unit: Id }>`
    select a.* from partners.agreement a where a.signed_at is not null and a.ended_on is null and a.until_on = ${today}::date - 1
      and not exists (select from partners.agreement b where b.unit = a.unit and b.signed_at is not null and b.ended_on is null and b.from_on = ${today}::date)`.execute(
    db,
  )
  return rows
}
