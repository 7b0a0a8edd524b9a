import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract } from './contract.ts'
import { identity } from './module.ts'
import { AT_ONCE, signInGate } from './proof.ts'
import { codeAt, office, type Staff } from './testing/office.ts'

const NOW = '2026-11-23T02:00:00.000Z'
const t = await testPlatform([organizations, identity], { now: NOW })
const { security, newStaff, browser, as } = await office(t)
const wrong = (account: string) => browser().signIn({ account, password: 'not the password' })
const refusedWith = async (act: Promise<unknown>) =>
  act.then(
    () => 'passed',
    (error: { code: string }) => error.code,
  )

/** Puts one-time codes in force for a person; answers the secret. */
async function withTotp({ person }: Staff, moment = NOW): Promise<string> {
  t.setNow(moment)
  const own = as({ person })
  const { secret, uri } = await own.beginTotp({})
  expect(uri).toContain(secret)
  await own.confirmTotp({ code: codeAt(secret, moment) })
  return secret
}

test('signing in opens a session that only its cookie proves; the database holds no token and no password', async () => {
  const staff = await newStaff(['liaison'])
  const chrome = browser()
  const result = await chrome.signIn({ ...staff, account: ` ${staff.account.toUpperCase()} ` })
  expect(result).toMatchObject({ step: 'done', me: { account: staff.account, person: { id: staff.person }, posts: ['liaison'], mustChangePassword: false } })
  expect(await chrome.who()).toMatchObject({ kind: 'staff', id: staff.person, name: staff.name })
  expect((await chrome.call(contract.me, {})).holdings).toContainEqual(expect.objectContaining({ right: 'exchange.answer' }))
  const tables = ['account', 'session', 'attempt', 'ticket'].map((table) => t.pool.query(`select * from identity.${table}`))
  const stored = JSON.stringify((await Promise.all(tables)).map(({ rows }) => rows))
  expect(stored).not.toContain(chrome.cookie())
  expect(stored).not.toContain(staff.password)
})

test('the ledger tells who signed in and how, but neither names nor passwords that were tried', async () => {
  const staff = await newStaff()
  await browser().signIn(staff)
  await refusedWith(browser().signIn({ account: 'my-password-by-mistake', password: 'x' }))
  const lines = (await t.ledger()).filter(({ endpoint }) => endpoint === 'POST /identity/session')
  expect(lines.map(({ subjects }) => subjects)).toContainEqual([`identity.account:${staff.person}`])
  expect(JSON.stringify(lines)).not.toMatch(/my-password-by-mistake|lanterns/)
})

test('GB/T 22239 8.1.4.1 b) five wrong attempts lock for 15 minutes, also against the right password', async () => {
  const staff = await newStaff()
  t.setNow(NOW)
  for (let n = 1; n <= 4; n += 1) expect(await refusedWith(wrong(staff.account))).toBe('identity.wrong_credentials')
  await expect(wrong(staff.account)).rejects.toMatchObject({ code: 'identity.locked', params: { until: '2026-11-23T02:15:00.000Z', minutes: 15 } })
  t.setNow('2026-11-23T02:14:30Z')
  await expect(browser().signIn(staff)).rejects.toMatchObject({ code: 'identity.locked', params: { minutes: 1 } })
  t.setNow('2026-11-23T02:15:00Z')
  expect(await browser().signIn(staff)).toMatchObject({ step: 'done' })
})

test('a name without an account is refused and locked exactly as one with an account', async () => {
  const staff = await newStaff()
  t.setNow(NOW)
  const ends = async (account: string) => {
    const codes: string[] = []
    for (let n = 1; n <= 6; n += 1) codes.push(await refusedWith(wrong(account)))
    return codes
  }
  expect(await ends('nobody.at.all')).toEqual(await ends(staff.account))
})

test('signing in clears the count', async () => {
  const staff = await newStaff()
  t.setNow(NOW)
  for (let round = 0; round < 2; round += 1) {
    for (let n = 1; n <= 4; n += 1) expect(await refusedWith(wrong(staff.account))).toBe('identity.wrong_credentials')
    expect(await browser().signIn(staff)).toMatchObject({ step: 'done' })
  }
})

test('of wrong attempts at the same moment every one is counted, and the right password among them gains nothing after', async () => {
  const staff = await newStaff()
  t.setNow(NOW)
  const tries = await Promise.all(Array.from({ length: 8 }, () => refusedWith(wrong(staff.account))))
  expect(tries.sort()).toEqual([...Array(4).fill('identity.locked'), ...Array(4).fill('identity.wrong_credentials')])
  expect(await refusedWith(browser().signIn(staff))).toBe('identity.locked')
})

test('a flood of sign-ins is turned away at the door', async () => {
  const staff = await newStaff()
  const gate = t.platform.local(signInGate)
  const { promise: hashing, resolve: hashed } = Promise.withResolvers<void>()
  const inside = Array.from({ length: AT_ONCE }, () => gate(() => hashing))
  expect(await refusedWith(browser().signIn(staff))).toBe('identity.busy')
  hashed()
  await Promise.all(inside)
  expect(await refusedWith(browser().signIn(staff))).toBe('passed')
})

test('with one-time codes the password alone opens nothing', async () => {
  const staff = await newStaff()
  const secret = await withTotp(staff)
  t.setNow('2026-11-23T02:05:00Z')
  const chrome = browser()
  const first = await chrome.signIn(staff)
  expect(first).toMatchObject({ step: 'second_factor', methods: ['totp'] })
  expect((await chrome.who()).kind).toBe('anyone')
  if (first.step !== 'second_factor') return
  await chrome.call(contract.secondFactor, { ticket: first.ticket, code: codeAt(secret, '2026-11-23T02:05:00Z') })
  expect((await chrome.call(contract.sessions, {}))[0]).toMatchObject({ factor: 'totp', current: true })
})

async function ticketOf(staff: Staff): Promise<string> {
  const result = await browser().signIn(staff)
  if (result.step !== 'second_factor') throw new Error('no second factor was asked')
  return result.ticket
}

test('RFC 6238 §5.2: a code passes once, one step early or late, and no further', async () => {
  const staff = await newStaff()
  const secret = await withTotp(staff)
  const at = '2026-11-23T03:00:15.000Z'
  t.setNow(at)
  const send = async (code: string, ticket?: string) => refusedWith(browser().call(contract.secondFactor, { ticket: ticket ?? (await ticketOf(staff)), code }))
  expect(await send(codeAt(secret, '2026-11-23T02:59:15.000Z'))).toBe('identity.wrong_code')
  expect(await send(codeAt(secret, '2026-11-23T03:01:15.000Z'))).toBe('identity.wrong_code')
  expect(await send(codeAt(secret, '2026-11-23T02:59:45.000Z'))).toBe('passed')
  expect(await send(codeAt(secret, '2026-11-23T02:59:45.000Z'))).toBe('identity.wrong_code')
  expect(await send(codeAt(secret, '2026-11-23T03:00:45.000Z'))).toBe('passed')
  expect(await send(codeAt(secret, at))).toBe('identity.wrong_code') // older than one that has been used
})

test('the code that put one-time codes in force does not sign in', async () => {
  const staff = await newStaff()
  const secret = await withTotp(staff, '2026-11-23T04:00:00.000Z')
  const ticket = await ticketOf(staff)
  expect(await refusedWith(browser().call(contract.secondFactor, { ticket, code: codeAt(secret, '2026-11-23T04:00:00.000Z') }))).toBe('identity.wrong_code')
})

test('of ten who send the same code at once, each with a ticket of its own, one passes', async () => {
  const staff = await newStaff()
  const secret = await withTotp(staff)
  t.setNow('2026-11-23T05:00:00.000Z')
  const tickets: string[] = []
  for (let n = 0; n < 10; n += 1) tickets.push(await ticketOf(staff))
  const code = codeAt(secret, '2026-11-23T05:00:00.000Z')
  const { passed } = await race(tickets.map((ticket) => () => browser().call(contract.secondFactor, { ticket, code })))
  expect(passed).toBe(1)
})

test('wrong codes count as wrong attempts, and the right password in between does not clear them', async () => {
  const staff = await newStaff()
  await withTotp(staff)
  t.setNow('2026-11-23T06:00:00Z')
  const codes: string[] = []
  for (let n = 1; n <= 5; n += 1) codes.push(await refusedWith(browser().call(contract.secondFactor, { ticket: await ticketOf(staff), code: '000000' })))
  expect(codes).toEqual([...Array(4).fill('identity.wrong_code'), 'identity.locked'])
})

test('a ticket lives five minutes and is used up by signing in', async () => {
  const staff = await newStaff()
  const secret = await withTotp(staff)
  t.setNow('2026-11-23T07:00:00Z')
  const [late, used] = [await ticketOf(staff), await ticketOf(staff)]
  const send = (ticket: string, at: string) => refusedWith(browser().call(contract.secondFactor, { ticket, code: codeAt(secret, at) }))
  expect(await send(used, '2026-11-23T07:00:00Z')).toBe('passed')
  t.setNow('2026-11-23T07:04:00Z')
  expect(await send(used, '2026-11-23T07:04:00Z')).toBe('identity.ticket_over')
  t.setNow('2026-11-23T07:05:00Z')
  expect(await send(late, '2026-11-23T07:05:00Z')).toBe('identity.ticket_over')
  expect(await send('made up', '2026-11-23T07:05:00Z')).toBe('identity.ticket_over')
})

test('one-time codes go only with the password; a begun secret leaves the one in force alone', async () => {
  const staff = await newStaff()
  const secret = await withTotp(staff)
  t.setNow('2026-11-23T08:00:00Z')
  const own = as({ person: staff.person })
  const begun = await own.beginTotp({})
  expect(await refusedWith(own.confirmTotp({ code: codeAt(secret, '2026-11-23T08:00:00Z') }))).toBe('identity.wrong_code')
  expect(begun.secret).not.toBe(secret)
  expect(await refusedWith(own.removeTotp({ password: 'not the password' }))).toBe('identity.wrong_credentials')
  expect(await browser().signIn(staff)).toMatchObject({ step: 'second_factor' })
  await own.removeTotp({ password: staff.password })
  expect(await browser().signIn(staff)).toMatchObject({ step: 'done' })
})

test('secrets of one-time codes are sealed in the database', async () => {
  const staff = await newStaff()
  const secret = await withTotp(staff)
  const { rows } = await t.pool.query('select secret from identity.totp')
  for (const row of rows as { secret: Buffer | null }[]) expect(row.secret?.includes(secret) ?? false).toBe(false)
})

test('unlocking opens at once; nobody unlocks themselves', async () => {
  const staff = await newStaff()
  t.setNow(NOW)
  for (let n = 1; n <= 5; n += 1) await refusedWith(wrong(staff.account))
  expect((await security.accounts({ text: staff.account, state: 'locked' })).items).toMatchObject([{ person: staff.person, lockedUntil: expect.any(String) }])
  const self = as({ rights: ['identity.administer'], person: staff.person })
  expect(await refusedWith(self.unlockAccount({ person: staff.person }))).toBe('identity.own_account')
  expect(await security.unlockAccount({ person: staff.person })).toMatchObject({ state: 'active', lockedUntil: null })
  expect(await browser().signIn(staff)).toMatchObject({ step: 'done' })
})
