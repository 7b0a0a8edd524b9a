import { refuser } from '../../kernel/refusal.ts'
import { later } from '../../kernel/time.ts'
import * as accounts from './account.store.ts'
import { refusals, type SignInResult } from './contract.ts'
import * as factors from './factor.store.ts'
import { partyOf, signInOptions, verifiedSignIn } from './passkey.ts'
import { hashPassword, isOutdated } from './password.ts'
import { countWrong, provePassword, signInGate, takeAttempts } from './proof.ts'
import { TICKET_MS } from './rules.ts'
import * as sessions from './session.store.ts'
import { openSession } from './session.ts'
import type { AccountRow, IdentityCtx, Part, TicketRow } from './tables.ts'
import { digestOf, nameDigests, newToken } from './tokens.ts'
import { totpSeal, totpStep } from './totp.ts'

const refuse = refuser(refusals)

export const signInActions: Part<'signIn' | 'secondFactor' | 'passkeyOptions' | 'passkeySignIn'> = {
  signIn: (ctx, { account: name, password }) =>
    ctx.local(signInGate)(async () => {
      const known = await accounts.openByName(ctx.db, name)
      const account = await provePassword(ctx, ctx.local(nameDigests)(name), known, password)
      if (isOutdated(account.passwordHash)) await accounts.change(ctx.db, account.id, { passwordHash: await hashPassword(password) })
      return nextStep(ctx, account)
    }),

  async secondFactor(ctx, { ticket, code }) {
    const { db, now } = ctx
    const held = await liveTicket(ctx, ticket, ['second_factor'])
    const { account, attempts } = await ticketAccount(ctx, held, held.account)
    const totp = await factors.lockTotp(db, account.id)
    const step = totp?.secret ? totpStep(ctx.local(totpSeal).open(totp.secret, account.id), code, now, totp.lastStep) : undefined
    if (step === undefined) return countWrong(ctx, account.nameDigest, attempts, 'identity.wrong_code')
    await factors.setLastStep(db, account.id, step)
    await sessions.removeTicket(db, held.digest)
    return { step: 'done', me: await openSession(ctx, account, 'totp') }
  },

  async passkeyOptions(ctx, { ticket }) {
    const { db } = ctx
    const party = partyOf(ctx)
    if (ticket === undefined) {
      const options = await signInOptions(party)
      return { ticket: await newTicket(ctx, 'passkey', null, options.challenge), options: { ...options } }
    }
    const { digest, account } = await liveTicket(ctx, ticket, ['second_factor'])
    const options = await signInOptions(party, account ? await factors.passkeysOf(db, account) : [])
    await sessions.setChallenge(db, digest, options.challenge)
    return { ticket, options: { ...options } }
  },

  async passkeySignIn(ctx, { ticket, response }) {
    const { db, now } = ctx
    const live = await liveTicket(ctx, ticket, ['second_factor', 'passkey'])
    const claimed = await factors.passkeyByCredential(db, String(response['id']))
    if (!claimed || (live.account && live.account !== claimed.account)) return refuse('identity.passkey_failed')
    const { account, held } = await ticketAccount(ctx, live, claimed.account)
    if (!held.challenge) return refuse('identity.ticket_over')
    await sessions.setChallenge(db, held.digest, null)
    const passkey = await factors.lockPasskey(db, claimed.id)
    const counter = passkey && (await verifiedSignIn(partyOf(ctx), response, held.challenge, passkey))
    if (counter === undefined) return refuse('identity.passkey_failed')
    await factors.passkeyUsed(db, claimed.id, counter, now)
    await sessions.removeTicket(db, held.digest)
    return { step: 'done', me: await openSession(ctx, account, 'passkey') }
  },
}

/** Done, where the account has no second factor; else a ticket for it. */
async function nextStep(ctx: IdentityCtx, account: AccountRow): Promise<SignInResult> {
  const methods: ('totp' | 'passkey')[] = []
  if (await factors.hasTotp(ctx.db, account.id)) methods.push('totp')
  if ((await factors.passkeysOf(ctx.db, account.id)).length > 0) methods.push('passkey')
  if (methods.length === 0) return { step: 'done', me: await openSession(ctx, account, 'password') }
  return { step: 'second_factor', ticket: await newTicket(ctx, 'second_factor', account.id, null), methods }
}

async function newTicket({ db, now }: IdentityCtx, kind: TicketRow['kind'], account: TicketRow['account'], challenge: string | null): Promise<string> {
  const ticket = newToken()
  await sessions.insertTicket(db, { digest: digestOf(ticket), kind, account, challenge, expiresAt: later(now, TICKET_MS) })
  return ticket
}

async function liveTicket({ db, now }: IdentityCtx, ticket: string, kinds: readonly TicketRow['kind'][]): Promise<TicketRow> {
  return (await sessions.ticket(db, digestOf(ticket), kinds, now)) ?? refuse('identity.ticket_over')
}

/** Holds what a step is about, always in this order: the count of wrong attempts, the account, the ticket. Refuses `identity.locked` and `identity.ticket_over`. */
async function ticketAccount(ctx: IdentityCtx, { digest }: TicketRow, id: TicketRow['account']) {
  const known = id ? await accounts.byId(ctx.db, id) : undefined
  if (!known) return refuse('identity.ticket_over')
  ctx.about('identity.account', known.person)
  const attempts = await takeAttempts(ctx, known.nameDigest)
  const account = (await accounts.lockOpen(ctx.db, known.id)) ?? refuse('identity.ticket_over')
  const held = (await sessions.lockTicket(ctx.db, digest)) ?? refuse('identity.ticket_over')
  return { account, attempts, held }
}
