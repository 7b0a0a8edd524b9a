import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { CITY, race, smallCity, usccOf } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { type AgreementTerms, contract } from './contract.ts'
import { remind, tellEnded } from './jobs.ts'
import { partners } from './module.ts'
import type { Tables } from './tables.ts'

const t = await testPlatform([organizations, partners])
const city = await smallCity(t)
const bureau = await city.newUnit({ name: '大数据局' })
const keeper = t.as({ holdings: [{ right: 'partners.keep', division: CITY }], unit: bureau.id, name: '协议员' })(contract)
const reader = t.as({})(contract)
let made = 100

async function partner() {
  const uscc = usccOf(++made)
  const unit = await city.newUnit({ uscc, name: `第${made}供电公司`, kind: 'outside' })
  const terms: AgreementTerms = {
    ...{ uscc, name: unit.name, scope: '居民用电户号、用电状态，每月提供', purpose: '低保家庭核查', security: '专用存储，不得转用，到期删除，接受审计' },
    ...{ priceFen: 0, fromOn: '2026-11-01', untilOn: '2027-10-31', remindDays: 30 },
  }
  return { unit, terms }
}
const SIGNED = { signedOn: '2026-11-20', signedBy: '王某（总经理）', document: 'ab'.repeat(32) }

test('C8: an agreement is drafted, signed with its digest, holds, and is known to whoever asks', async () => {
  t.setNow('2026-11-23T02:00:00Z')
  const { unit, terms } = await partner()
  const { id, number } = await keeper.draft(terms)
  expect(number).toMatch(/^XY2026-\d{4}$/)
  expect(await reader.inForce({ units: [unit.id] })).toEqual([])
  const signed = await keeper.sign({ id, ...SIGNED })
  expect(signed).toMatchObject({ state: 'in_force', unit: unit.id, signed: { on: '2026-11-20', document: SIGNED.document } })
  expect(signed.steps.map(({ act, byName }) => `${act} ${byName}`)).toEqual(['drafted 协议员', 'signed 协议员'])
  expect(await reader.inForce({ units: [unit.id, bureau.id] })).toEqual([{ unit: unit.id, agreement: id, number, until: '2027-10-31' }])
  await expect(keeper.revise({ id, terms })).rejects.toMatchObject({ code: 'partners.wrong_state', params: { state: 'in_force' } })
  const ended = await keeper.terminate({ id, reason: '业务调整，双方同意终止' })
  expect(ended).toMatchObject({ state: 'terminated', endReason: '业务调整，双方同意终止' })
  expect(await reader.inForce({ units: [unit.id] })).toEqual([])
  expect((await t.outbox()).map(({ name }) => name)).toContain('partners.agreement_ended')
})

test('one agreement of a partner on any day: ten signed at once, one passes; the next may begin where it ends', async () => {
  t.setNow('2026-11-23T02:00:00Z')
  const { terms } = await partner()
  const drafts = await Promise.all(Array.from({ length: 10 }, () => keeper.draft(terms)))
  expect(
    await race(
      drafts.map(
        ({ id }) =>
          () =>
            keeper.sign({ id, ...SIGNED }),
      ),
    ),
  ).toEqual({ passed: 1, refused: ['partners.already_in_force'] })
  const next = await keeper.draft({ ...terms, fromOn: '2027-11-01', untilOn: '2028-10-31' })
  expect(await keeper.sign({ id: next.id, ...SIGNED })).toMatchObject({ state: 'not_yet' })
})

test('before its end the keeper is reminded once; when it has run out the others are told', async () => {
  t.setNow('2026-11-23T02:00:00Z')
  const { unit, terms } = await partner()
  const { id } = await keeper.draft({ ...terms, untilOn: '2026-12-10' })
  expect(await keeper.sign({ id, ...SIGNED })).toMatchObject({ state: 'expiring' })
  const work = (run: typeof remind) => t.platform.asSystem<Tables, void>('test', run)
  await work(remind)
  await work(remind)
  const waiting = (await t.todos()).filter(({ subject }) => subject === id)
  expect(waiting.map(({ kind, unit: at, params }) => [kind, at, params['until']])).toEqual([['partners.expiring', bureau.id, '2026-12-10']])
  t.setNow('2026-12-11T02:00:00Z')
  expect(await reader.agreement({ id })).toMatchObject({ state: 'expired' })
  await work(tellEnded)
  expect((await t.outbox()).filter(({ payload }) => payload['agreement'] === id).map(({ payload }) => payload['unit'])).toEqual([unit.id])
  expect((await t.todos()).filter(({ subject }) => subject === id)).toEqual([])
})

test('bad input: a wrong code, a term that is over, a signing of tomorrow, an organisation nobody registered', async () => {
  t.setNow('2026-11-23T02:00:00Z')
  const { terms } = await partner()
  const flipped = terms.uscc.slice(0, 17) + (terms.uscc.endsWith('1') ? '2' : '1')
  await expect(keeper.draft({ ...terms, uscc: flipped })).rejects.toMatchObject({ code: 'partners.bad_uscc', params: { problem: 'check' } })
  await expect(keeper.draft({ ...terms, untilOn: '2026-10-31' })).rejects.toMatchObject({ code: 'partners.bad_term' })
  await expect(keeper.draft({ ...terms, fromOn: '2026-02-30' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  await expect(keeper.draft({ ...terms, priceFen: -1 })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const { id } = await keeper.draft(terms)
  await expect(keeper.sign({ id, ...SIGNED, signedOn: '2026-11-24' })).rejects.toMatchObject({ code: 'partners.bad_signing' })
  await expect(keeper.sign({ id, ...SIGNED, document: 'nonsense' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const stranger = await keeper.draft({ ...terms, uscc: usccOf(999), name: '未登记公司' })
  await expect(keeper.sign({ id: stranger.id, ...SIGNED })).rejects.toMatchObject({ code: 'partners.no_unit', params: { uscc: usccOf(999) } })
})

test('only its division’s keepers change an agreement', async () => {
  const { terms } = await partner()
  const { id } = await keeper.draft(terms)
  const elsewhere = t.as({ holdings: [{ right: 'partners.keep', division: '379902' }], unit: bureau.id })(contract)
  await expect(elsewhere.discard({ id })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(elsewhere.draft(terms)).rejects.toMatchObject({ code: 'kernel.forbidden' })
  expect(await keeper.discard({ id })).toMatchObject({ state: 'discarded' })
  const { items, total } = await reader.agreements({ state: ['discarded'] })
  expect([items.map((one) => one.id), total]).toEqual([[id], 1])
})
