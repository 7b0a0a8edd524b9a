/** What people do with their own password, second factors and sessions. */
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { later } from '../../kernel/time.ts'
import * as accounts from './account.store.ts'
import { type Passkey, refusals } from './contract.ts'
import * as factors from './factor.store.ts'
import { claimedChallenge, partyOf, registrationOptions, verifiedRegistration } from './passkey.ts'
import { passwordProblem } from './password.rules.ts'
import { hashPassword } from './password.ts'
import { aboutOwn, holdOwnAccount, ownAccount, provePassword } from './proof.ts'
import { TICKET_MS } from './rules.ts'
import * as sessions from './session.store.ts'
import { SESSION_COOKIE, whoIs } from './session.ts'
import type { Part, PasskeyRow } from './tables.ts'
import { digestOf } from './tokens.ts'
import { newTotpSecret, totpSeal, totpStep, totpUri } from './totp.ts'

const refuse = refuser(refusals)

export const sessionActions: Part<'signOut' | 'me' | 'sessions' | 'endSession' | 'endOtherSessions'> = {
  async signOut(ctx) {
    const account = await ownAccount(ctx)
    if (ctx.actor.session) await sessions.end(ctx.db, account.id, ctx.actor.session, ctx.now)
    aboutOwn(ctx)
    ctx.setCookie(SESSION_COOKIE, null)
    return {}
  },

  async me(ctx) {
    const { session } = ctx.actor
    if (!session) throw new Refusal('kernel.sign_in')
    return whoIs(ctx, await ownAccount(ctx), session)
  },

  async sessions(ctx) {
    const account = await ownAccount(ctx)
    const open = await sessions.liveOf(ctx.db, account.id, ctx.now)
    return open.map((session) => ({ ...session, current: session.id === ctx.actor.session }))
  },

  async endSession(ctx, { id }) {
    const account = await ownAccount(ctx)
    aboutOwn(ctx, { session: id })
    if (!(await sessions.end(ctx.db, account.id, id, ctx.now))) refuse('identity.unknown')
    if (id === ctx.actor.session) ctx.setCookie(SESSION_COOKIE, null)
    return {}
  },

  async endOtherSessions(ctx) {
    const account = await ownAccount(ctx)
    aboutOwn(ctx)
    return { ended: await sessions.endAll(ctx.db, account.id, ctx.now, ctx.actor.session) }
  },
}

export const secretActions: Part<'changePassword' | 'beginTotp' | 'confirmTotp' | 'removeTotp'> = {
  async changePassword(ctx, { old, new: wanted }) {
    const { db, now, actor } = ctx
    const known = await ownAccount(ctx)
    const problem = passwordProblem(wanted, { account: known.name, old })
    const passwordHash = problem ? '' : await hashPassword(wanted)
    const account = await provePassword(ctx, known.nameDigest, known, old)
    if (problem) refuse('identity.weak_password', { problem })
    await accounts.forgetAttempts(db, account.nameDigest)
    await accounts.change(db, account.id, { passwordHash, mustChangePassword: false })
    await sessions.removeTickets(db, account.id)
    await sessions.endAll(db, account.id, now, actor.session)
    return {}
  },

  async beginTotp(ctx) {
    const account = await holdOwnAccount(ctx)
    const secret = newTotpSecret()
    aboutOwn(ctx)
    await factors.beginTotp(ctx.db, account.id, ctx.local(totpSeal).seal(secret, account.id))
    return { secret, uri: totpUri(secret, account.name) }
  },

  async confirmTotp(ctx, { code }) {
    const account = await holdOwnAccount(ctx)
    aboutOwn(ctx)
    const totp = await factors.lockTotp(ctx.db, account.id)
    if (!totp?.pending) return refuse('identity.wrong_code')
    const step = totpStep(ctx.local(totpSeal).open(totp.pending, account.id), code, ctx.now, 0)
    if (step === undefined) return refuse('identity.wrong_code')
    await factors.setTotp(ctx.db, account.id, totp.pending, step)
    return {}
  },

  async removeTotp(ctx, { password }) {
    const known = await ownAccount(ctx)
    const account = await provePassword(ctx, known.nameDigest, known, password)
    await accounts.forgetAttempts(ctx.db, account.nameDigest)
    await factors.removeTotp(ctx.db, account.id)
    return {}
  },
}

export const passkeyActions: Part<'passkeyRegistration' | 'registerPasskey' | 'passkeys' | 'removePasskey'> = {
  async passkeyRegistration(ctx) {
    const account = await holdOwnAccount(ctx)
    const [person] = await ctx.ask(organizations.peopleById, { ids: [account.person] })
    const options = await registrationOptions(partyOf(ctx), account, person?.name ?? account.name, await factors.passkeysOf(ctx.db, account.id))
    const ticket = { digest: digestOf(options.challenge), kind: 'registration' as const, account: account.id, challenge: options.challenge }
    await sessions.insertTicket(ctx.db, { ...ticket, expiresAt: later(ctx.now, TICKET_MS) })
    return { options: { ...options } }
  },

  async registerPasskey(ctx, { name, response }) {
    const { db, now, newId } = ctx
    const account = await holdOwnAccount(ctx)
    aboutOwn(ctx)
    const challenge = claimedChallenge(response) ?? refuse('identity.passkey_failed')
    const ticket = await sessions.ticket(db, digestOf(challenge), ['registration'], now)
    if (ticket?.account !== account.id) return refuse('identity.ticket_over')
    await sessions.removeTicket(db, ticket.digest)
    const credential = (await verifiedRegistration(partyOf(ctx), response, challenge)) ?? refuse('identity.passkey_failed')
    const passkey: PasskeyRow = { ...credential, id: newId(), account: account.id, name, madeAt: now, usedAt: null }
    await factors.insertPasskey(db, passkey)
    return shown(passkey)
  },

  async passkeys(ctx) {
    return (await factors.passkeysOf(ctx.db, (await ownAccount(ctx)).id)).map(shown)
  },

  async removePasskey(ctx, { id }) {
    const account = await holdOwnAccount(ctx)
    aboutOwn(ctx, { passkey: id })
    if (!(await factors.removePasskey(ctx.db, account.id, id))) refuse('identity.unknown')
    return {}
  },
}

function shown({ id, name, madeAt, usedAt }: PasskeyRow): Passkey {
  return { id, name, madeAt, usedAt }
}
