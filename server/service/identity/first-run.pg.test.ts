import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { contract as organizationsContract } from '../../assurance/organizations/contract.ts'
import { organizations } from '../../assurance/organizations/module.ts'
import { race, usccOf } from '../../assurance/organizations/testing.ts'
import { NOBODY } from '../../kernel/platform.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract, type FirstRun } from './contract.ts'
import { ensureFirstAdministrator } from './first-run.ts'
import { identity } from './module.ts'
import { browserOf } from './testing/office.ts'

const PASSWORDS = { system: 'seven grey 灯塔 keepers', security: 'the ferry leaves at 6', audit: 'ledger-of-salt-winds' }

async function emptyPlatform() {
  const t = await testPlatform([organizations, identity])
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-first-run-'))
  const file = await ensureFirstAdministrator(t.platform, dataDir)
  const secret = fs.readFileSync(file ?? '', 'utf8').trim()
  const run = (wish: FirstRun) => t.platform.run(contract.firstRun, { actor: NOBODY, now: t.platform.now() }, wish)
  const needed = async () => (await t.platform.run(contract.firstRunState, { actor: NOBODY, now: t.platform.now() }, {})).needed
  return { t, dataDir, file: file ?? '', secret, run, needed }
}

function wish(secret: string): FirstRun {
  const founder = (name: string, title: string, account: string, password: string) => ({ name, title, phone: '0530-1234567', account, password })
  return {
    secret,
    division: { code: '379900', name: '云泽市' },
    unit: { uscc: usccOf(1), name: '云泽市大数据局', shortName: '市大数据局' },
    administrators: {
      system: founder('周某', '系统管理员', 'zhou.xt', PASSWORDS.system),
      security: founder('吴某', '安全管理员', 'wu.aq', PASSWORDS.security),
      audit: founder('郑某', '审计管理员', 'zheng.sj', PASSWORDS.audit),
    },
  }
}

test('三员分立: an empty platform is set up with three people, whose rights do not meet', async () => {
  const { t, run, secret, needed } = await emptyPlatform()
  expect(await needed()).toBe(true)
  const founded = await run(wish(secret))
  expect(founded.administrators.map(({ side, account }) => [side, account])).toEqual([
    ['system', 'zhou.xt'],
    ['security', 'wu.aq'],
    ['audit', 'zheng.sj'],
  ])
  expect(await needed()).toBe(false)
  const rights: string[][] = []
  for (const { side, account } of founded.administrators) {
    const chrome = browserOf(t)
    expect(await chrome.signIn({ account, password: PASSWORDS[side] })).toMatchObject({
      step: 'done',
      me: { posts: [`${side}_admin`], mustChangePassword: false, unit: { id: founded.unit, division: '379900' } },
    })
    rights.push((await chrome.who()).holdings.map(({ right }) => right))
  }
  expect(new Set(rights.flat()).size).toBe(rights.flat().length)
  expect(rights[1]).toContain('identity.administer')
  const ledger = JSON.stringify(await t.ledger())
  for (const hidden of [secret, ...Object.values(PASSWORDS)]) expect(ledger).not.toContain(hidden)
})

test('the secret stands in a file of the server’s user alone, comes back the same, and goes once an account exists', async () => {
  const { t, run, secret, file, dataDir } = await emptyPlatform()
  expect(fs.statSync(file).mode & 0o077).toBe(0)
  expect(secret).toMatch(/^[\w-]{43}$/)
  await ensureFirstAdministrator(t.platform, dataDir)
  expect(fs.readFileSync(file, 'utf8').trim()).toBe(secret)
  await run(wish(secret))
  expect(await ensureFirstAdministrator(t.platform, dataDir)).toBeUndefined()
  expect(fs.existsSync(file)).toBe(false)
})

test('of ten who set the platform up at once, one passes; afterwards nobody does', async () => {
  const { t, run, secret } = await emptyPlatform()
  expect(await race(Array.from({ length: 10 }, () => () => run(wish(secret))))).toEqual({ passed: 1, refused: ['identity.first_run_over'] })
  await expect(run(wish(secret))).rejects.toMatchObject({ code: 'identity.first_run_over' })
  const { rows } = await t.pool.query('select name from identity.account order by name')
  expect(rows).toEqual([{ name: 'wu.aq' }, { name: 'zheng.sj' }, { name: 'zhou.xt' }])
})

test('the database itself refuses a second founding', async () => {
  const { t, run, secret } = await emptyPlatform()
  await run(wish(secret))
  await expect(t.pool.query('insert into identity.founding (at) values (now())')).rejects.toMatchObject({ constraint: 'founding_once' })
})

test('a wrong secret, a weak password, one name twice or a wrong code set nothing up', async () => {
  const { t, run, secret, needed } = await emptyPlatform()
  const good = wish(secret)
  const { system, security } = good.administrators
  const refused = async (bad: FirstRun) =>
    run(bad).then(
      () => 'passed',
      (error: { code: string }) => error.code,
    )
  expect(await refused(wish('guessed'))).toBe('identity.first_run_secret')
  expect(await refused({ ...good, administrators: { ...good.administrators, audit: { ...system, password: 'Admin@2026!!' } } })).toBe('identity.account_taken')
  expect(await refused({ ...good, administrators: { ...good.administrators, security: { ...security, password: 'Admin@202611' } } })).toBe(
    'identity.weak_password',
  )
  expect(await refused({ ...good, division: { code: '379902001', name: '城关街道' } })).toBe('organizations.division_wrong')
  expect(await refused({ ...good, unit: { ...good.unit, uscc: '113799000000000010' } })).toBe('organizations.bad_uscc')
  expect(await needed()).toBe(true)
  expect(await t.as({})(organizationsContract).people({})).toMatchObject({ total: 0 })
})

test('a first run that broke off in the middle can be repeated, and makes nothing twice', async () => {
  const { t, run, secret } = await emptyPlatform()
  const good = wish(secret)
  const keeper = t.as({ rights: ['organizations.maintain'] })(organizationsContract)
  const { code, name } = good.division
  await keeper.recordDivisions({ divisions: [{ code, name, level: 'city', parent: null, validFrom: '2026-11-01', validTo: null }] })
  const unit = await keeper.registerUnit({ ...good.unit, kind: 'department', division: code, parent: null })
  const { name: personName, title, phone } = good.administrators.system
  const person = await keeper.addPerson({ name: personName, title, phone, unit: unit.id })
  const founded = await run(good)
  expect(founded).toMatchObject({ unit: unit.id, administrators: [{ person: person.id }, {}, {}] })
  expect(await keeper.people({})).toMatchObject({ total: 3 })
})

test('one person cannot be two of the three', async () => {
  const { run, secret, needed } = await emptyPlatform()
  const good = wish(secret)
  const twice = { ...good.administrators.system, account: 'zhou.again' }
  await expect(run({ ...good, administrators: { ...good.administrators, audit: twice } })).rejects.toMatchObject({ code: 'organizations.sides_must_differ' })
  expect(await needed()).toBe(true)
})
