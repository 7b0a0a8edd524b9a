/** SQL on sessions and on the tickets between two steps of signing in. */
import type { ExpressionBuilder } from 'kysely'
import type { Pool } from 'pg'
import type { Id, Moment } from '../../kernel/contract.ts'
import { later } from '../../kernel/time.ts'
import { IDLE_MS, LONGEST_SESSION_MS, SEEN_EVERY_MS } from './rules.ts'
import type { AccountRow, Db, SessionRow, Tables, TicketRow } from './tables.ts'

const KEPT_MS = 90 * 24 * 60 * 60_000

/** Neither ended, nor idle for too long, nor too old. */
const live =
  (now: Moment) =>
  ({ and, eb }: ExpressionBuilder<Tables, 'identity.session'>) =>
    and([
      eb('identity.session.endedAt', 'is', null),
      eb('identity.session.seenAt', '>', later(now, -IDLE_MS)),
      eb('identity.session.openedAt', '>', later(now, -LONGEST_SESSION_MS)),
    ])

export async function insert(db: Db, session: SessionRow): Promise<void> {
  await db.insertInto('identity.session').values(session).execute()
}

export type KnownSession = Pick<SessionRow, 'id' | 'seenAt'> & Pick<AccountRow, 'person' | 'mustChangePassword'>

/** Whose live session has this token. Asked by every request: a prepared statement, which takes a third of the time of a built one. */
export async function liveByToken(pool: Pool, tokenDigest: Buffer, now: Moment): Promise<KnownSession | undefined> {
  const { rows } = await pool.query<KnownSession>({
    name: 'identity.live_by_token',
    text: `select s.id, s.seen_at as "seenAt", a.person, a.must_change_password as "mustChangePassword"
      from identity.session s join identity.account a on a.id = s.account
      where s.token_digest = $1 and s.ended_at is null and s.seen_at > $2 and s.opened_at > $3 and a.closed_at is null`,
    values: [tokenDigest, later(now, -IDLE_MS), later(now, -LONGEST_SESSION_MS)],
  })
  return rows[0]
}

/** Keeps a session awake; many requests at once write once. */
export async function touch(db: Db, id: Id, now: Moment): Promise<void> {
  await db.updateTable('identity.session').set({ seenAt: now }).where('id', '=', id).where('seenAt', '<=', later(now, -SEEN_EVERY_MS)).execute()
}

export function liveOf(db: Db, account: Id, now: Moment) {
  return db
    .selectFrom('identity.session')
    .select(['id', 'openedAt', 'seenAt', 'address', 'agent', 'factor'])
    .where('account', '=', account)
    .where(live(now))
    .orderBy('seenAt', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

/** Ends one live session of the account; answers whether there was one. */
export async function end(db: Db, account: Id, id: Id, now: Moment): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('identity.session')
    .set({ endedAt: now })
    .where('account', '=', account)
    .where('id', '=', id)
    .where(live(now))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Ends every live session of the account but the one given; answers how many. */
export async function endAll(db: Db, account: Id, now: Moment, but?: Id): Promise<number> {
  let update = db.updateTable('identity.session').set({ endedAt: now }).where('account', '=', account).where(live(now))
  if (but) update = update.where('id', '!=', but)
  return Number((await update.executeTakeFirst()).numUpdatedRows)
}

export async function removeOld(db: Db, now: Moment): Promise<void> {
  await db.deleteFrom('identity.session').where('openedAt', '<', later(now, -KEPT_MS)).execute()
}

export async function insertTicket(db: Db, ticket: TicketRow): Promise<void> {
  await db.insertInto('identity.ticket').values(ticket).execute()
}

/** A ticket of one of these kinds that has not run out. */
export function ticket(db: Db, digest: Buffer, kinds: readonly TicketRow['kind'][], now: Moment): Promise<TicketRow | undefined> {
  return db.selectFrom('identity.ticket').selectAll().where('digest', '=', digest).where('kind', 'in', kinds).where('expiresAt', '>', now).executeTakeFirst()
}

/** Holds a ticket until the transaction ends; undefined where another act has used it up. An account is held before its tickets. */
export function lockTicket(db: Db, digest: Buffer): Promise<TicketRow | undefined> {
  return db.selectFrom('identity.ticket').selectAll().where('digest', '=', digest).forUpdate().executeTakeFirst()
}

export async function setChallenge(db: Db, digest: Buffer, challenge: string | null): Promise<void> {
  await db.updateTable('identity.ticket').set({ challenge }).where('digest', '=', digest).execute()
}

export async function removeTicket(db: Db, digest: Buffer): Promise<void> {
  await db.deleteFrom('identity.ticket').where('digest', '=', digest).execute()
}

export async function removeTickets(db: Db, account: Id): Promise<void> {
  await db.deleteFrom('identity.ticket').where('account', '=', account).execute()
}

export async function removeOldTickets(db: Db, now: Moment): Promise<void> {
  await db.deleteFrom('identity.ticket').where('expiresAt', '<', now).execute()
}
