import { expect, test } from 'vitest'
import { contract as organizationsContract } from '../../assurance/organizations/contract.ts'
import { organizations } from '../../assurance/organizations/module.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract } from './contract.ts'
import { identity } from './module.ts'
import { office, PASSWORD } from './testing/office.ts'

const NOW = '2026-11-23T02:00:00.000Z'
const t = await testPlatform([organizations, identity], { now: NOW })
const { city, unit, newStaff, browser, as, security } = await office(t)
const NEW_PASSWORD = 'quiet 灯塔 above the dunes'

async function signedIn(posts: readonly string[] = []) {
  const staff = await newStaff(posts)
  const chrome = browser()
  await chrome.signIn(staff)
  return { staff, chrome }
}

test('GB/T 22239 8.1.4.1 b) half an hour without a request ends a session; requests keep it awake', async () => {
  t.setNow(NOW)
  const { chrome } = await signedIn()
  for (const at of ['02:29:00', '02:58:00', '03:27:00']) {
    t.setNow(`2026-11-23T${at}.000Z`)
    expect((await chrome.who()).kind).toBe('staff')
  }
  t.setNow('2026-11-23T03:57:00.000Z')
  expect((await chrome.who()).kind).toBe('anyone')
  await expect(chrome.call(contract.me, {})).rejects.toMatchObject({ code: 'kernel.sign_in' })
})

test('however busy, a session ends after twelve hours', async () => {
  t.setNow('2026-11-24T00:00:00Z')
  const { chrome } = await signedIn()
  const start = Date.parse('2026-11-24T00:00:00Z')
  for (let minutes = 29; minutes < 720; minutes += 29) {
    t.setNow(new Date(start + minutes * 60_000).toISOString())
    expect((await chrome.who()).kind).toBe('staff')
  }
  t.setNow('2026-11-24T12:00:00Z')
  expect((await chrome.who()).kind).toBe('anyone')
})

test('«last seen» is written at most once a minute', async () => {
  t.setNow(NOW)
  const { staff, chrome } = await signedIn()
  const seenAfter = async (at: string) => {
    t.setNow(at)
    await chrome.who()
    const { rows } = await t.pool.query<{ seen_at: string }>(
      'select seen_at from identity.session s join identity.account a on a.id = s.account where a.person = $1',
      [staff.person],
    )
    return rows[0]?.seen_at
  }
  expect(await seenAfter('2026-11-23T02:00:59.000Z')).toBe(NOW)
  expect(await seenAfter('2026-11-23T02:01:00.000Z')).toBe('2026-11-23T02:01:00.000Z')
})

test('a made-up or foreign cookie is nobody’s', async () => {
  const request = (cookie: string) => ({ headers: { cookie } }) as Parameters<NonNullable<typeof identity.identify>>[1]
  for (const cookie of ['', 'zh_session=', `zh_session=${'A'.repeat(43)}`, 'xzh_session=abc', `zh_session=${'A'.repeat(42)}%`])
    expect(await identity.identify?.(t.platform, request(cookie))).toBeUndefined()
})

test('one sees one’s own sessions, last seen first, and ends one, the others, or this one', async () => {
  t.setNow(NOW)
  const { staff, chrome } = await signedIn()
  const [firefox, phone, other] = [browser(), browser(), (await signedIn()).chrome]
  await firefox.signIn(staff)
  t.setNow('2026-11-23T02:02:00.000Z')
  await phone.signIn(staff)
  t.setNow('2026-11-23T02:04:00.000Z')
  const all = await chrome.call(contract.sessions, {})
  expect(all.map(({ current, seenAt }) => [current, seenAt.slice(11, 16)])).toEqual([
    [true, '02:04'],
    [false, '02:02'],
    [false, '02:00'],
  ])
  expect(all[0]).toMatchObject({ address: '10.0.0.7', agent: 'test browser', factor: 'password', openedAt: NOW })
  const phoneSession = (await phone.who()).session ?? ''
  await expect(other.call(contract.endSession, { id: phoneSession })).rejects.toMatchObject({ code: 'identity.unknown' })
  await chrome.call(contract.endSession, { id: phoneSession })
  expect((await phone.who()).kind).toBe('anyone')
  await expect(chrome.call(contract.endSession, { id: phoneSession })).rejects.toMatchObject({ code: 'identity.unknown' })
  expect(await chrome.call(contract.endOtherSessions, {})).toEqual({ ended: 1 })
  expect((await firefox.who()).kind).toBe('anyone')
  await chrome.call(contract.signOut, {})
  expect(chrome.cookie()).toBeNull()
  expect((await other.who()).kind).toBe('staff')
})

test('signing in again in the same browser ends the session before it', async () => {
  t.setNow(NOW)
  const { staff, chrome } = await signedIn()
  const before = await chrome.who()
  await chrome.signIn(staff)
  const sessions = await chrome.call(contract.sessions, {})
  expect(sessions.map(({ id }) => id)).not.toContain(before.session)
})

test('changing the password takes the old one, refuses a weak one and ends every other session', async () => {
  t.setNow(NOW)
  const { staff, chrome } = await signedIn()
  const firefox = browser()
  await firefox.signIn(staff)
  const change = (old: string, wanted: string) => chrome.call(contract.changePassword, { old, new: wanted })
  await expect(change(PASSWORD, 'Password2026!!')).rejects.toMatchObject({ code: 'identity.weak_password', params: { problem: 'common' } })
  await expect(change(PASSWORD, PASSWORD)).rejects.toMatchObject({ code: 'identity.weak_password', params: { problem: 'same_as_before' } })
  await expect(change('not the password', NEW_PASSWORD)).rejects.toMatchObject({ code: 'identity.wrong_credentials' })
  await change(PASSWORD, NEW_PASSWORD)
  expect((await chrome.who()).kind).toBe('staff')
  expect((await firefox.who()).kind).toBe('anyone')
  await expect(browser().signIn(staff)).rejects.toMatchObject({ code: 'identity.wrong_credentials' })
  expect(await browser().signIn({ ...staff, password: NEW_PASSWORD })).toMatchObject({ step: 'done' })
})

test('until the one-time password is replaced, nothing is open but replacing it and leaving', async () => {
  t.setNow(NOW)
  const { id } = await city.newPerson(unit)
  await city.appointer.appoint({ person: id, post: 'liaison', unit: unit.id })
  const { password, account } = await security.openAccount({ person: id, name: 'new.here' })
  expect(account).toMatchObject({ state: 'awaiting_first_sign_in', lastSignIn: null })
  const chrome = browser()
  const result = await chrome.signIn({ account: 'new.here', password })
  expect(result).toMatchObject({ step: 'done', me: { mustChangePassword: true, holdings: [], posts: ['liaison'] } })
  expect((await chrome.who()).holdings).toEqual([])
  for (const shut of [contract.beginTotp, contract.passkeyRegistration, contract.retireSigningKey])
    await expect(chrome.call(shut, {})).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(chrome.call(organizationsContract.appoint, { person: id, post: 'leader', unit: unit.id })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await chrome.call(contract.changePassword, { old: password, new: NEW_PASSWORD })
  expect((await chrome.who()).holdings.length).toBeGreaterThan(0)
  expect((await security.accounts({ text: 'new.here' })).items).toMatchObject([{ state: 'active' }])
})

test('a change of posts is taken up when it is told, and through another process within 15 seconds', async () => {
  t.setNow(NOW)
  const { staff, chrome } = await signedIn()
  const rights = async () => (await chrome.who()).holdings.map(({ right }) => right)
  expect(await rights()).toEqual([])
  const { id } = await city.appointer.appoint({ person: staff.person, post: 'liaison', unit: unit.id })
  await t.work()
  expect(await rights()).toContain('exchange.answer')
  await city.appointer.dismiss({ id })
  expect(await rights()).toContain('exchange.answer')
  t.setNow('2026-11-23T02:00:15.000Z')
  expect(await rights()).toEqual([])
})

test('whoever leaves loses the account and every session', async () => {
  t.setNow(NOW)
  const { staff, chrome } = await signedIn()
  await city.keeper.personLeaves({ id: staff.person })
  await t.work()
  expect((await chrome.who()).kind).toBe('anyone')
  await expect(browser().signIn(staff)).rejects.toMatchObject({ code: 'identity.wrong_credentials' })
  expect((await security.accounts({ text: staff.account })).items).toMatchObject([{ state: 'closed' }])
  const lines = (await t.ledger()).filter(({ subjects }) => subjects.includes(`identity.account:${staff.person}`))
  expect(lines.at(-2)).toMatchObject({ outcome: 'done' })
})

test('what has run out is removed by the hour', async () => {
  t.setNow(NOW)
  await expect(browser().signIn({ account: 'no.such.name', password: 'x' })).rejects.toMatchObject({ code: 'identity.wrong_credentials' })
  await browser().call(contract.passkeyOptions, {})
  t.setNow('2027-03-01T00:00:00Z')
  const [hourly] = identity.jobs?.schedules ?? []
  await t.platform.asSystem('job', (ctx) => hourly?.handle(ctx as never) ?? Promise.resolve())
  const counts = await t.pool.query(
    `select (select count(*) from identity.attempt) + (select count(*) from identity.ticket) + (select count(*) from identity.session) as left`,
  )
  expect(counts.rows).toEqual([{ left: 0 }])
})

test('a caller without a session is asked to sign in', async () => {
  await expect(t.as({})(contract).me({})).rejects.toMatchObject({ code: 'kernel.sign_in' })
  await expect(as({ person: '00000000-0000-4000-8000-00000000dddd', session: '00000000-0000-4000-8000-00000000eeee' }).me({})).rejects.toMatchObject({
    code: 'kernel.sign_in',
  })
})
