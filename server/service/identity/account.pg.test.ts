import { randomBytes } from 'node:crypto'
import { fingerprint } from '@zhenghe/wire/keys.ts'
import { sm2Text } from '@zhenghe/wire/signed.ts'
import { generateSm2Key } from '@zhenghe/wire/sm2.ts'
import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { COUNTY, race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { identity } from './module.ts'
import { office } from './testing/office.ts'

const t = await testPlatform([organizations, identity])
const { city, unit, as, security, newStaff, browser } = await office(t)
const NOBODY = '00000000-0000-4000-8000-00000000dddd'

test('an account name is given once, whoever opens accounts at the same moment', async () => {
  const people = await Promise.all(Array.from({ length: 10 }, () => city.newPerson(unit)))
  const acts = people.map(
    ({ id }) =>
      () =>
        security.openAccount({ person: id, name: 'wang.once' }),
  )
  expect(await race(acts)).toEqual({ passed: 1, refused: ['identity.account_taken'] })
})

test('a person has one account, whoever opens accounts at the same moment', async () => {
  const { id } = await city.newPerson(unit)
  const acts = Array.from({ length: 10 }, (_, n) => () => security.openAccount({ person: id, name: `li.${n}.once` }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['identity.has_account'] })
})

test('after a closed account a person may get a new one, under another name', async () => {
  const staff = await newStaff()
  expect(await security.closeAccount({ person: staff.person })).toMatchObject({ state: 'closed' })
  await expect(security.openAccount({ person: staff.person, name: staff.account })).rejects.toMatchObject({ code: 'identity.account_taken' })
  expect(await security.openAccount({ person: staff.person, name: 'back.again' })).toMatchObject({ account: { name: 'back.again' } })
})

test('nobody gets an account who is unknown or has left', async () => {
  const { id } = await city.newPerson(unit)
  await city.keeper.personLeaves({ id })
  for (const person of [id, NOBODY]) await expect(security.openAccount({ person, name: 'ghost' })).rejects.toMatchObject({ code: 'identity.unknown' })
})

test('whose right holds in a county administers the accounts of that county only', async () => {
  const county = await city.newUnit({ division: COUNTY, name: '泽城区大数据局' })
  const { id, name } = await city.newPerson(county)
  const local = as({ holdings: [{ right: 'identity.administer', division: COUNTY }], person: NOBODY })
  await local.openAccount({ person: id, name: 'of.the.county' })
  const staff = await newStaff()
  await expect(local.resetAccount({ person: staff.person })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(local.openAccount({ person: (await city.newPerson(unit)).id, name: 'of.the.city' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  expect(await local.accounts({})).toMatchObject({ total: 1, next: null, items: [{ name: 'of.the.county', personName: name, unit: county.id }] })
  expect((await as({ rights: ['identity.administer'], unit: county.id }).accounts({})).total).toBe(1)
})

test('a reset gives a new one-time password and takes every way in; nobody resets or closes their own account', async () => {
  const staff = await newStaff()
  const chrome = browser()
  await chrome.signIn(staff)
  const { password, account } = await security.resetAccount({ person: staff.person })
  expect(account).toMatchObject({ state: 'awaiting_first_sign_in', secondFactor: false, passkeys: 0 })
  expect((await chrome.who()).kind).toBe('anyone')
  await expect(browser().signIn(staff)).rejects.toMatchObject({ code: 'identity.wrong_credentials' })
  expect(await browser().signIn({ ...staff, password })).toMatchObject({ step: 'done', me: { mustChangePassword: true } })
  const self = as({ rights: ['identity.administer'], person: staff.person })
  for (const act of [self.resetAccount, self.closeAccount]) await expect(act({ person: staff.person })).rejects.toMatchObject({ code: 'identity.own_account' })
})

test('accounts are listed by name in pages, with exact totals, found by account or person and by state', async () => {
  const found = await security.accounts({ limit: 3 })
  expect(found.items).toHaveLength(3)
  const names: string[] = []
  let next: string | null | undefined
  do {
    const page = await security.accounts({ limit: 3, ...(next ? { after: next } : {}) })
    names.push(...page.items.map(({ name }) => name))
    next = page.next
  } while (next)
  expect(names).toHaveLength(found.total)
  expect(new Set(names).size).toBe(names.length)
  const [first] = found.items
  expect((await security.accounts({ text: first?.personName ?? '' })).items.map(({ name }) => name)).toContain(first?.name)
  expect((await security.accounts({ text: '%' })).total).toBe(0)
  const states = ['active', 'locked', 'closed', 'awaiting_first_sign_in'] as const
  const totals = await Promise.all(states.map(async (state) => (await security.accounts({ state })).total))
  expect(totals.reduce((sum, total) => sum + total)).toBe(found.total)
})

const aKey = () => {
  const publicKey = randomBytes(32).toString('base64url')
  const sealed = { salt: 'c2FsdHNhbHRzYWx0c2FsdA', iv: 'aXZpdml2aXZpdml2', iterations: 600_000, ciphertext: 'c2VhbGVk' }
  return { publicKey, fingerprint: fingerprint(publicKey), sealed }
}

const anSm2Key = () => {
  const publicKey = sm2Text(generateSm2Key().public)
  return { ...aKey(), publicKey, fingerprint: fingerprint(publicKey) }
}

test('a person keeps one signing key at a time, whoever keeps keys at the same moment', async () => {
  const own = as({ person: (await newStaff()).person })
  const acts = Array.from({ length: 10 }, () => () => own.keepSigningKey(aKey()))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['identity.key_exists'] })
})

test('a person keeps one key of each kind: Ed25519 and SM2, each retired by itself', async () => {
  const own = as({ person: (await newStaff()).person })
  const acts = Array.from({ length: 10 }, () => () => own.keepSigningKey(anSm2Key()))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['identity.key_exists'] })
  await own.keepSigningKey(aKey())
  const { key, gm } = await own.signingKey({})
  expect([key?.publicKey.length, gm?.publicKey.slice(0, 4)]).toEqual([43, 'sm2:'])
  await own.retireSigningKey({ suite: 'gm' })
  await expect(own.retireSigningKey({ suite: 'gm' })).rejects.toMatchObject({ code: 'identity.unknown' })
  expect(await own.signingKey({})).toEqual({ key, gm: null })
})

test('GB/T 32918.1 an SM2 key that is no point of the curve is refused', async () => {
  const own = as({ person: (await newStaff()).person })
  const publicKey = sm2Text(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url'))
  await expect(own.keepSigningKey({ ...anSm2Key(), publicKey, fingerprint: fingerprint(publicKey) })).rejects.toMatchObject({
    code: 'identity.bad_signing_key',
  })
})

test('a signing key comes back sealed to its person alone; others see its public half, also after it is retired', async () => {
  const [{ person }, other] = [await newStaff(), await newStaff()]
  const own = as({ person })
  const key = aKey()
  expect(await own.signingKey({})).toEqual({ key: null, gm: null })
  await own.keepSigningKey(key)
  expect((await own.signingKey({})).key).toMatchObject(key)
  expect(await as({ person: other.person }).signingKey({})).toEqual({ key: null, gm: null })
  await own.retireSigningKey({})
  await expect(own.retireSigningKey({})).rejects.toMatchObject({ code: 'identity.unknown' })
  await own.keepSigningKey(aKey())
  const known = await as({ person: other.person }).signingKeys({ people: [person] })
  expect(known).toMatchObject([{ fingerprint: key.fingerprint, retiredAt: expect.any(String) }, { retiredAt: null }])
  expect(JSON.stringify(known)).not.toContain('ciphertext')
  expect(await own.signingKeys({ fingerprint: key.fingerprint })).toMatchObject([{ person, publicKey: key.publicKey }])
  expect(await own.signingKeys({ people: [] })).toEqual([])
  const { rows } = await t.pool.query('select sealed from identity.signing_key where retired_at is not null')
  expect(rows).toContainEqual({ sealed: null })
  expect(JSON.stringify(await t.ledger())).not.toContain(key.sealed.ciphertext)
})

test('a fingerprint of another key, or a key that somebody has registered, is refused', async () => {
  const [mine, theirs] = [as({ person: (await newStaff()).person }), as({ person: (await newStaff()).person })]
  const key = aKey()
  await expect(mine.keepSigningKey({ ...key, fingerprint: aKey().fingerprint })).rejects.toMatchObject({ code: 'identity.bad_signing_key' })
  await mine.keepSigningKey(key)
  await expect(theirs.keepSigningKey(key)).rejects.toMatchObject({ code: 'identity.bad_signing_key' })
})

test('closing an account retires its signing keys', async () => {
  const { person } = await newStaff()
  await as({ person }).keepSigningKey(aKey())
  await as({ person }).keepSigningKey(anSm2Key())
  await security.closeAccount({ person })
  expect(await security.signingKeys({ people: [person] })).toMatchObject([{ retiredAt: expect.any(String) }, { retiredAt: expect.any(String) }])
})
