import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract } from './contract.ts'
import { identity } from './module.ts'
import { type Algorithm, newAuthenticator, type Setting } from './testing/authenticator.ts'
import { type Browser, ORIGIN, office } from './testing/office.ts'

const NOW = '2026-11-23T02:00:00.000Z'
const t = await testPlatform([organizations, identity], { now: NOW })
const { newStaff, browser } = await office(t)
const HERE: Setting = { origin: ORIGIN }

async function register(chrome: Browser, authenticator: ReturnType<typeof newAuthenticator>, setting = HERE) {
  const { options } = await chrome.call(contract.passkeyRegistration, {})
  return chrome.call(contract.registerPasskey, { name: '办公电脑', response: authenticator.register(options, setting) })
}

async function signInWith(authenticator: ReturnType<typeof newAuthenticator>, setting = HERE, copied = false) {
  const chrome = browser()
  const { ticket, options } = await chrome.call(contract.passkeyOptions, {})
  const result = await chrome.call(contract.passkeySignIn, { ticket, response: authenticator.signIn(options, setting, copied) })
  return { chrome, result }
}

/** A person, signed in, with a passkey. */
async function holder(algorithm: Algorithm = 'es256') {
  t.setNow(NOW)
  const staff = await newStaff()
  const chrome = browser()
  await chrome.signIn(staff)
  const authenticator = newAuthenticator(algorithm)
  const passkey = await register(chrome, authenticator)
  return { staff, chrome, authenticator, passkey }
}

test.each(['es256', 'eddsa'] as const)('WebAuthn §7: a passkey (%s) signs in without a name or a password', async (algorithm) => {
  const { staff, authenticator, passkey } = await holder(algorithm)
  expect(passkey).toMatchObject({ name: '办公电脑', usedAt: null })
  const { chrome, result } = await signInWith(authenticator)
  expect(result).toMatchObject({ step: 'done', me: { account: staff.account, passkeys: 1 } })
  expect(await chrome.call(contract.passkeys, {})).toMatchObject([{ id: passkey.id, usedAt: NOW }])
  expect(await chrome.call(contract.sessions, {})).toContainEqual(expect.objectContaining({ factor: 'passkey', current: true }))
})

test('as second factor it finishes what the password began', async () => {
  const { staff, authenticator } = await holder()
  const chrome = browser()
  const first = await chrome.signIn(staff)
  if (first.step !== 'second_factor') throw new Error('no second factor was asked')
  expect(first.methods).toEqual(['passkey'])
  const { options } = await chrome.call(contract.passkeyOptions, { ticket: first.ticket })
  expect(options['allowCredentials']).toHaveLength(1)
  expect(await chrome.call(contract.passkeySignIn, { ticket: first.ticket, response: authenticator.signIn(options, HERE) })).toMatchObject({ step: 'done' })
})

test('somebody else’s passkey does not finish it', async () => {
  const [{ staff }, other] = [await holder(), await holder()]
  const chrome = browser()
  const first = await chrome.signIn(staff)
  if (first.step !== 'second_factor') throw new Error('no second factor was asked')
  const { options } = await chrome.call(contract.passkeyOptions, { ticket: first.ticket })
  const response = other.authenticator.signIn(options, HERE)
  await expect(chrome.call(contract.passkeySignIn, { ticket: first.ticket, response })).rejects.toMatchObject({ code: 'identity.passkey_failed' })
})

test.each<[string, Setting]>([
  ['made for another site', { origin: 'https://zhenghe.example.org' }],
  ['made without a finger or a PIN', { origin: ORIGIN, verified: false }],
])('an answer %s is refused, for signing in and for registering', async (_, setting) => {
  const { chrome, authenticator } = await holder()
  await expect(signInWith(authenticator, setting)).rejects.toMatchObject({ code: 'identity.passkey_failed' })
  await expect(register(chrome, newAuthenticator(), setting)).rejects.toMatchObject({ code: 'identity.passkey_failed' })
})

test('WebAuthn §6.1.1: a key whose use count has not grown is a copy, and refused', async () => {
  const { authenticator } = await holder()
  await signInWith(authenticator)
  await expect(signInWith(authenticator, HERE, true)).rejects.toMatchObject({ code: 'identity.passkey_failed' })
})

test('a challenge is answered once: of ten who send the same answer at once, one passes', async () => {
  const { authenticator } = await holder()
  const { ticket, options } = await browser().call(contract.passkeyOptions, {})
  const response = authenticator.signIn(options, HERE)
  const acts = Array.from({ length: 10 }, () => () => browser().call(contract.passkeySignIn, { ticket, response }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['identity.ticket_over'] })
})

test('after a wrong answer the challenge is used up', async () => {
  const { authenticator } = await holder()
  const { ticket, options } = await browser().call(contract.passkeyOptions, {})
  const bad = authenticator.signIn({ challenge: 'AAAA' }, HERE)
  const good = authenticator.signIn(options, HERE)
  await expect(browser().call(contract.passkeySignIn, { ticket, response: bad })).rejects.toMatchObject({ code: 'identity.passkey_failed' })
  await expect(browser().call(contract.passkeySignIn, { ticket, response: good })).rejects.toMatchObject({ code: 'identity.ticket_over' })
})

test('a challenge lives five minutes', async () => {
  const { chrome, authenticator } = await holder()
  const { ticket, options } = await chrome.call(contract.passkeyOptions, {})
  const registration = await chrome.call(contract.passkeyRegistration, {})
  t.setNow('2026-11-23T02:05:00Z')
  await expect(chrome.call(contract.passkeySignIn, { ticket, response: authenticator.signIn(options, HERE) })).rejects.toMatchObject({
    code: 'identity.ticket_over',
  })
  const response = newAuthenticator().register(registration.options, HERE)
  await expect(chrome.call(contract.registerPasskey, { name: '迟到', response })).rejects.toMatchObject({ code: 'identity.ticket_over' })
})

test('a registration is for the one who began it, and a passkey is registered once', async () => {
  const [mine, theirs] = [await holder(), await holder()]
  const { options } = await mine.chrome.call(contract.passkeyRegistration, {})
  expect(options['excludeCredentials']).toHaveLength(1)
  const response = newAuthenticator().register(options, HERE)
  await expect(theirs.chrome.call(contract.registerPasskey, { name: '别人', response })).rejects.toMatchObject({ code: 'identity.ticket_over' })
  await expect(register(theirs.chrome, mine.authenticator)).rejects.toMatchObject({ code: 'identity.passkey_known' })
})

test.each([[{}], [{ id: 'AAAA', response: {} }], [{ id: 7, response: { clientDataJSON: 'bm90IGpzb24' } }]])(
  'an answer that is none (%j) is refused in words, not by a fault',
  async (response) => {
    const { chrome } = await holder()
    const { ticket } = await chrome.call(contract.passkeyOptions, {})
    await expect(chrome.call(contract.passkeySignIn, { ticket, response })).rejects.toMatchObject({ code: 'identity.passkey_failed' })
    await expect(chrome.call(contract.registerPasskey, { name: '坏', response })).rejects.toMatchObject({ code: 'identity.passkey_failed' })
  },
)

test('a removed passkey signs nobody in, and nobody removes another’s', async () => {
  const [mine, theirs] = [await holder(), await holder()]
  await expect(theirs.chrome.call(contract.removePasskey, { id: mine.passkey.id })).rejects.toMatchObject({ code: 'identity.unknown' })
  await mine.chrome.call(contract.removePasskey, { id: mine.passkey.id })
  await expect(signInWith(mine.authenticator)).rejects.toMatchObject({ code: 'identity.passkey_failed' })
})
