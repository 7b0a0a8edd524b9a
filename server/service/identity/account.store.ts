/** SQL on accounts and on the wrong attempts for their names. */
import { type SqlBool, sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import { later } from '../../kernel/time.ts'
import type { AccountState } from './contract.ts'
import { ATTEMPTS_KEPT_MS, type Attempts } from './rules.ts'
import type { AccountRow, Db } from './tables.ts'

export async function insert(db: Db, account: AccountRow): Promise<void> {
  await db.insertInto('identity.account').values(account).execute()
}

export function openByName(db: Db, name: string): Promise<AccountRow | undefined> {
  return db.selectFrom('identity.account').selectAll().where('name', '=', name).where('closedAt', 'is', null).executeTakeFirst()
}

export function byId(db: Db, id: Id): Promise<AccountRow | undefined> {
  return db.selectFrom('identity.account').selectAll().where('id', '=', id).executeTakeFirst()
}

export function openByPerson(db: Db, person: Id): Promise<AccountRow | undefined> {
  return db.selectFrom('identity.account').selectAll().where('person', '=', person).where('closedAt', 'is', null).executeTakeFirst()
}

/** Holds the open account until the transaction ends; whoever holds the count of its name as well takes that first. */
export function lockOpen(db: Db, id: Id): Promise<AccountRow | undefined> {
  return db.selectFrom('identity.account').selectAll().where('id', '=', id).where('closedAt', 'is', null).forNoKeyUpdate().executeTakeFirst()
}

export async function change(db: Db, id: Id, values: Partial<AccountRow>): Promise<void> {
  await db.updateTable('identity.account').set(values).where('id', '=', id).execute()
}

export async function any(db: Db): Promise<boolean> {
  return (await db.selectFrom('identity.account').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** Holds the count of a name until the transaction ends, so that attempts at the same moment are counted one after the other. */
export async function lockAttempts(db: Db, nameDigest: Buffer, now: Moment): Promise<Attempts> {
  return db
    .insertInto('identity.attempt')
    .values({ nameDigest, wrong: 0, lockedUntil: null, at: now })
    .onConflict((clash) => clash.column('nameDigest').doUpdateSet({ at: now }))
    .returning(['wrong', 'lockedUntil'])
    .executeTakeFirstOrThrow()
}

export async function setAttempts(db: Db, nameDigest: Buffer, attempts: Attempts): Promise<void> {
  await db.updateTable('identity.attempt').set(attempts).where('nameDigest', '=', nameDigest).execute()
}

export async function forgetAttempts(db: Db, nameDigest: Buffer): Promise<void> {
  await db.deleteFrom('identity.attempt').where('nameDigest', '=', nameDigest).execute()
}

export async function forgetOldAttempts(db: Db, now: Moment): Promise<void> {
  await db.deleteFrom('identity.attempt').where('at', '<', later(now, -ATTEMPTS_KEPT_MS)).execute()
}

/** Whether this transaction is the one that sets the platform up; others are told no at once instead of waiting. */
export async function claimFirstRun(db: Db): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(hashtext('identity.first_run')) as mine`.execute(db)
  return rows[0]?.mine === true
}

export async function markFounded(db: Db, at: Moment): Promise<void> {
  await db.insertInto('identity.founding').values({ at }).execute()
}

const stateAt = (now: Moment) => sql<AccountState>`case
  when a.closed_at is not null then 'closed'
  when t.locked_until > ${now} then 'locked'
  when a.must_change_password then 'awaiting_first_sign_in'
  else 'active' end`

function found(db: Db) {
  return db
    .selectFrom('identity.account as a')
    .innerJoin('organizationsPub.person as p', 'p.id', 'a.person')
    .innerJoin('organizationsPub.unit as u', 'u.id', 'p.unit')
    .leftJoin('identity.attempt as t', 't.nameDigest', 'a.nameDigest')
}

function described(db: Db, now: Moment) {
  return found(db).select(({ selectFrom, exists }) => [
    'a.person',
    'a.name',
    'p.name as personName',
    'p.unit',
    stateAt(now).as('state'),
    sql<Moment | null>`case when t.locked_until > ${now} then t.locked_until end`.as('lockedUntil'),
    'a.lastSignInAt as lastSignIn',
    exists(selectFrom('identity.totp as f').select('f.account').whereRef('f.account', '=', 'a.id').where('f.secret', 'is not', null))
      .$castTo<boolean>()
      .as('secondFactor'),
    selectFrom('identity.passkey as k')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .whereRef('k.account', '=', 'a.id')
      .$asScalar()
      .$notNull()
      .as('passkeys'),
  ])
}

/** An account as administrators see it. */
export function describe(db: Db, id: Id, now: Moment) {
  return described(db, now).where('a.id', '=', id).executeTakeFirstOrThrow()
}

/** Accounts of people within reach; whose name, or whose person's name, holds the text. */
export type AccountsWanted = { reach: Reach; text?: string | undefined; state?: AccountState | undefined }

/** Accounts after a name, by name. */
export async function page(db: Db, wanted: AccountsWanted, after: string | undefined, limit: number, now: Moment) {
  let rows = described(db, now).where(matching(wanted, now))
  if (after !== undefined) rows = rows.where('a.name', '>', after)
  return rows.orderBy('a.name').limit(limit).execute()
}

export async function count(db: Db, wanted: AccountsWanted, now: Moment): Promise<number> {
  const { n } = await found(db)
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where(matching(wanted, now))
    .executeTakeFirstOrThrow()
  return n
}

function matching({ reach, text, state }: AccountsWanted, now: Moment) {
  const conditions = [sql<SqlBool>`true`]
  if (reach !== 'everywhere') {
    conditions.push(
      sql`(u.id = any(${reach.units}::uuid[]) or exists (select from unnest(${reach.divisions}::text[]) prefix where starts_with(u.division, prefix)))`,
    )
  }
  if (text !== undefined) conditions.push(sql`(strpos(a.name, ${text.toLowerCase()}) > 0 or strpos(p.name, ${text}) > 0)`)
  if (state !== undefined) conditions.push(sql`${stateAt(now)} = ${state}`)
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`
}
