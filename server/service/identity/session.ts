/** Sessions: a random token in a cookie that only the server reads; how a request is known by it. */
import type { Kysely } from 'kysely'
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { openKysely } from '../../kernel/database.ts'
import { type Identify, local } from '../../kernel/module.ts'
import { later } from '../../kernel/time.ts'
import * as accounts from './account.store.ts'
import type { Me, Session } from './contract.ts'
import * as factors from './factor.store.ts'
import { holdingsCache, plain } from './holdings.ts'
import { LONGEST_SESSION_MS, SEEN_EVERY_MS } from './rules.ts'
import * as sessions from './session.store.ts'
import * as signingKeys from './signing-key.store.ts'
import type { AccountRow, IdentityCtx, Tables } from './tables.ts'
import { digestOf, newToken } from './tokens.ts'

export const SESSION_COOKIE = 'zh_session'
const COOKIE = /(?:^|;\s*)zh_session=([\w-]{43})(?:;|$)/

const database = local<Kysely<Tables>>(({ pool }) => openKysely<Tables>(pool))

/** The person whose live session the cookie names. Nobody has rights before the one-time password is replaced. */
export const identify: Identify = async (platform, request) => {
  const token = COOKIE.exec(request.headers.cookie ?? '')?.[1]
  if (!token) return undefined
  const now = platform.now().toISOString()
  const session = await sessions.liveByToken(platform.pool, digestOf(token), now)
  if (!session) return undefined
  if (session.seenAt <= later(now, -SEEN_EVERY_MS)) await sessions.touch(platform.local(database), session.id, now)
  const { name, unit, holdings } = await platform.local(holdingsCache).of(session.person)
  return { kind: 'staff', id: session.person, name, unit, holdings: session.mustChangePassword ? [] : holdings, session: session.id }
}

/** Signs the holder of the account in: a new session, its cookie, and who that is. A session the browser had before ends. */
export async function openSession(ctx: IdentityCtx, account: AccountRow, factor: Session['factor']): Promise<Me> {
  const { db, now, from, newId, actor } = ctx
  const token = newToken()
  const id = newId()
  if (actor.session) await sessions.end(db, account.id, actor.session, now)
  await accounts.forgetAttempts(db, account.nameDigest)
  await accounts.change(db, account.id, { lastSignInAt: now })
  await sessions.insert(db, {
    id,
    account: account.id,
    tokenDigest: digestOf(token),
    factor,
    openedAt: now,
    seenAt: now,
    endedAt: null,
    address: from?.address ?? '',
    agent: from?.agent ?? '',
  })
  ctx.about('identity.account', account.person, { session: id, factor })
  ctx.setCookie(SESSION_COOKIE, token, LONGEST_SESSION_MS / 1000)
  return whoIs(ctx, account, id)
}

/** Who is signed in, with posts and rights. */
export async function whoIs({ db, ask }: IdentityCtx, account: AccountRow, session: Me['session']): Promise<Me> {
  const { person, unit, holdings, posts } = await ask(organizations.holdings, { person: account.person })
  return {
    person: { id: person.id, name: person.name, title: person.title },
    unit: { id: unit.id, name: unit.name, shortName: unit.shortName, division: unit.division },
    account: account.name,
    posts,
    holdings: account.mustChangePassword ? [] : holdings.map(plain),
    session,
    secondFactor: await factors.hasTotp(db, account.id),
    passkeys: (await factors.passkeysOf(db, account.id)).length,
    signingKey: (await signingKeys.current(db, account.person)).length > 0,
    mustChangePassword: account.mustChangePassword,
  }
}
