/** Proving who one is: passwords, and the count of wrong attempts that locks a name. The same steps whether or not the name has an account. */
import type { Id } from '../../kernel/contract.ts'
import { local } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import * as accounts from './account.store.ts'
import { refusals } from './contract.ts'
import { passwordMatches } from './password.ts'
import { type Attempts, afterWrong, lockOf, minutesUntil } from './rules.ts'
import type { AccountRow, IdentityCtx } from './tables.ts'

const refuse = refuser(refusals)

/** Holds the count for a name. Refuses `identity.locked`. */
export async function takeAttempts({ db, now }: IdentityCtx, nameDigest: Buffer): Promise<Attempts> {
  const attempts = await accounts.lockAttempts(db, nameDigest, now)
  const until = lockOf(attempts, now)
  return until ? refuse('identity.locked', { until, minutes: minutesUntil(until, now) }) : attempts
}

/** Counts one more wrong attempt and refuses with its code, or with `identity.locked` where this one locks. */
export async function countWrong(
  { db, now }: IdentityCtx,
  nameDigest: Buffer,
  attempts: Attempts,
  code: 'identity.wrong_credentials' | 'identity.wrong_code',
): Promise<never> {
  const counted = afterWrong(attempts, now)
  await accounts.setAttempts(db, nameDigest, counted)
  const until = counted.lockedUntil
  return until ? refuse('identity.locked', { until, minutes: minutesUntil(until, now) }) : refuse(code)
}

/**
 * The account, held, once the password has proven right. The hash is computed before any row is held, so that attempts at one
 * account do not queue behind each other's work. Refuses `identity.wrong_credentials` and `identity.locked`.
 */
export async function provePassword(ctx: IdentityCtx, nameDigest: Buffer, account: AccountRow | undefined, password: string): Promise<AccountRow> {
  const right = await passwordMatches(account?.passwordHash, password)
  if (account) ctx.about('identity.account', account.person)
  const attempts = await takeAttempts(ctx, nameDigest)
  if (!right || !account) return countWrong(ctx, nameDigest, attempts, 'identity.wrong_credentials')
  const held = await accounts.lockOpen(ctx.db, account.id)
  // closed, or its password changed, while ours was being checked
  return held?.passwordHash === account.passwordHash ? held : refuse('identity.wrong_credentials')
}

/** The caller's own account. Refuses `kernel.sign_in` where there is none. */
export async function ownAccount({ db, actor }: IdentityCtx): Promise<AccountRow> {
  const account = actor.kind === 'staff' ? await accounts.openByPerson(db, actor.id) : undefined
  if (!account) throw new Refusal('kernel.sign_in')
  return account
}

/** As `ownAccount`, held; for what is open only once the one-time password has been replaced: refuses `kernel.forbidden` before. */
export async function holdOwnAccount(ctx: IdentityCtx): Promise<AccountRow> {
  const account = await accounts.lockOpen(ctx.db, (await ownAccount(ctx)).id)
  if (!account) throw new Refusal('kernel.sign_in')
  if (account.mustChangePassword) throw new Refusal('kernel.forbidden')
  return account
}

/** Tells the ledger that an act is about the caller's own account. */
export function aboutOwn({ about, actor }: IdentityCtx, facts?: Readonly<Record<string, Id | string | number>>): void {
  about('identity.account', actor.id, facts)
}

/** How many may be signing in at one moment in one process. */
export const AT_ONCE = 8

/** Lets `AT_ONCE` people in and refuses the others with `identity.busy`: a flood must not take every connection. */
export const signInGate = local(() => {
  let inside = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (inside >= AT_ONCE) refuse('identity.busy')
    inside += 1
    try {
      return await work()
    } finally {
      inside -= 1
    }
  }
})
