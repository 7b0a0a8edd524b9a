/** What the security administrator does with other people's accounts. */
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import * as store from './account.store.ts'
import { refusals } from './contract.ts'
import * as factors from './factor.store.ts'
import { holdingsCache } from './holdings.ts'
import { hashPassword } from './password.ts'
import * as sessions from './session.store.ts'
import * as signingKeys from './signing-key.store.ts'
import type { AccountRow, IdentityCtx, Part } from './tables.ts'
import { nameDigests, oneTimePassword } from './tokens.ts'

const refuse = refuser(refusals)
const RIGHT = 'identity.administer'

export const accountActions: Part<'accounts' | 'openAccount' | 'resetAccount' | 'unlockAccount' | 'closeAccount'> = {
  async accounts({ db, now, reach }, { text, state, after, limit }) {
    const wanted = { reach: reach(RIGHT), text, state }
    const [name] = after === undefined ? [] : decodeCursor(after)
    const rows = await store.page(db, wanted, name, limit + 1, now)
    return pageFrom(rows, limit, await store.count(db, wanted, now), (last) => [last.name])
  },

  async openAccount(ctx, { person, name }) {
    const { db, now } = ctx
    await administered(ctx, person)
    const password = oneTimePassword()
    const account = await openAccount(ctx, { person, name, password, mustChangePassword: true })
    return { account: await store.describe(db, account.id, now), password }
  },

  async resetAccount(ctx, { person }) {
    const { db, now } = ctx
    const password = oneTimePassword()
    const passwordHash = await hashPassword(password)
    const account = await heldAccount(ctx, person)
    await store.forgetAttempts(db, account.nameDigest)
    await store.change(db, account.id, { passwordHash, mustChangePassword: true })
    await withdrawAccess(ctx, account)
    return { account: await store.describe(db, account.id, now), password }
  },

  async unlockAccount(ctx, { person }) {
    const { db, now } = ctx
    const account = await heldAccount(ctx, person)
    await store.forgetAttempts(db, account.nameDigest)
    return store.describe(db, account.id, now)
  },

  async closeAccount(ctx, { person }) {
    const account = await heldAccount(ctx, person)
    await closeAccount(ctx, account)
    return store.describe(ctx.db, account.id, ctx.now)
  },
}

type Opening = { person: Id; name: string; password: string; mustChangePassword: boolean }

export async function openAccount(ctx: IdentityCtx, { person, name, password, mustChangePassword }: Opening): Promise<AccountRow> {
  const account: AccountRow = {
    id: ctx.newId(),
    person,
    name,
    nameDigest: ctx.local(nameDigests)(name),
    passwordHash: await hashPassword(password),
    mustChangePassword,
    openedAt: ctx.now,
    lastSignInAt: null,
    closedAt: null,
  }
  ctx.about('identity.account', person)
  await store.insert(ctx.db, account)
  return account
}

/** Closes an account for good: nothing of it lets anybody in any more, and its signing key is retired. */
export async function closeAccount(ctx: IdentityCtx, account: AccountRow): Promise<void> {
  ctx.about('identity.account', account.person)
  await store.change(ctx.db, account.id, { closedAt: ctx.now })
  await withdrawAccess(ctx, account)
  await signingKeys.retire(ctx.db, account.person, ctx.now)
}

/** Ends every session and begun sign-in, and removes second factors. */
async function withdrawAccess({ db, now, local, afterCommit }: IdentityCtx, { id, person }: AccountRow): Promise<void> {
  await sessions.removeTickets(db, id)
  await sessions.endAll(db, id, now)
  await factors.removeTotp(db, id)
  await factors.removePasskeys(db, id)
  afterCommit(() => local(holdingsCache).forget(person))
}

/** Somebody else's open account, held. */
async function heldAccount(ctx: IdentityCtx, person: Id): Promise<AccountRow> {
  if (person === ctx.actor.id) refuse('identity.own_account')
  await administered(ctx, person)
  ctx.about('identity.account', person)
  const known = (await store.openByPerson(ctx.db, person)) ?? refuse('identity.unknown')
  await store.lockAttempts(ctx.db, known.nameDigest, ctx.now)
  return (await store.lockOpen(ctx.db, known.id)) ?? refuse('identity.unknown')
}

/** Refuses `identity.unknown` for a person who does not exist or has left, `kernel.forbidden` where the caller's right does not hold. */
async function administered({ ask, may }: IdentityCtx, id: Id): Promise<void> {
  const [person] = await ask(organizations.peopleById, { ids: [id] })
  if (!person || person.leftOn) return refuse('identity.unknown')
  const [unit] = await ask(organizations.unitsById, { ids: [person.unit] })
  if (!unit || !may(RIGHT, { unit: unit.id, division: unit.division })) throw new Refusal('kernel.forbidden', { right: RIGHT })
}
