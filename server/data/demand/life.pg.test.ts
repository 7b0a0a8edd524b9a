import { expect, test } from 'vitest'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity, handIn, NOW, subscribed } from '../exchange/testing/city.ts'
import { facts } from './facts.ts'
import { tellOverdue } from './jobs.ts'
import { conclusionOf, demandCity, MODULES, needOf } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const { bureauUnit, asker, provider, analyst, stranger, confirmed } = await demandCity(t, city)
const PROVIDER = city.provider.id
const waiting = async (subject: string) => (await t.todos()).filter((todo) => todo.subject === subject).map(({ kind, unit }) => [kind, unit])
const refused = (code: string, params?: object) => ({ code: `demand.${code}`, ...(params ? { params } : {}) })
const partOf = ({ parts }: { parts: { id: string }[] }): string => parts[0]?.id ?? ''
let named = 0
const title = () => `测试需求${++named}`
const fact = (code: string, unit?: string) => facts.find((one) => one.code === code)?.measure(t.platform.db as never, { unit })

test('供需对接: need → analysis → confirmation → delivery → feedback; delivery is computed from the exchange', async () => {
  const asked = await asker.ask(needOf())
  const { id } = asked
  expect(asked).toMatchObject({
    state: 'awaiting_receipt',
    number: expect.stringMatching(/^XQ2026-\d{6}$/),
    clock: { rule: 'demand.receive', dueOn: '2026-11-25' },
  })
  expect(await waiting(id)).toEqual([['demand.receive', bureauUnit.id]])
  await expect(asker.receive({ id })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  expect(await analyst.receive({ id })).toMatchObject({ state: 'analysing', clock: { rule: 'demand.analyse', days: 10 } })
  const entry = await city.entry('企业登记信息')
  const concluded = await analyst.conclude({ id, conclusion: conclusionOf(PROVIDER, entry) })
  expect(concluded).toMatchObject({
    state: 'conclusion',
    conclusion: { byName: '分析员', items: [{ providerName: '市场监督管理局', entryName: '企业登记信息' }] },
  })
  expect(await waiting(id)).toEqual([['demand.accept', city.consumer.id]])
  await expect(provider.need({ id })).rejects.toMatchObject(refused('unknown'))
  const accepted = await asker.accept({ id })
  expect(accepted).toMatchObject({ state: 'provider', parts: [{ state: 'waiting', clock: { rule: 'demand.answer', days: 10 } }] })
  expect(await waiting(id)).toEqual([['demand.answer', PROVIDER]])

  const part = partOf(accepted)
  await expect(asker.commit({ id: part, dueOn: '2026-12-31' })).rejects.toMatchObject(refused('not_yours'))
  await expect(provider.commit({ id: part, dueOn: '2026-11-23' })).rejects.toMatchObject(refused('bad_due'))
  expect(await provider.commit({ id: part, dueOn: '2026-12-31' })).toMatchObject({
    state: 'to_supply',
    parts: [{ state: 'committed', clock: { tone: 'ended' } }],
  })
  expect(await waiting(id)).toEqual([['demand.request', city.consumer.id]])
  const { document, delivery, request } = await subscribed(city, entry)
  await t.work()
  expect(await asker.need({ id })).toMatchObject({ state: 'supplying', parts: [{ state: 'requested', request }] })
  await expect(asker.giveFeedback({ id, score: 5, solved: true })).rejects.toMatchObject(refused('wrong_state', { state: 'supplying' }))
  await handIn(city, delivery, document)
  await t.work()
  expect(await asker.need({ id })).toMatchObject({ state: 'delivered', delivered: 1, parts: [{ state: 'delivered' }] })
  expect(await waiting(id)).toEqual([['demand.feedback', city.consumer.id]])
  await expect(asker.giveFeedback({ id, score: 6, solved: true })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const closed = await asker.giveFeedback({ id, score: 5, solved: true, words: '按时、够用' })
  expect(closed).toMatchObject({ state: 'closed', feedback: { score: 5, solved: true } })
  const acts = ['asked', 'received', 'concluded', 'accepted', 'committed', 'requested', 'delivered', 'closed']
  expect(closed.steps.map(({ act }) => act)).toEqual(acts)
  expect(await waiting(id)).toEqual([])
  expect(await fact('demand.solved_share', city.consumer.id)).toEqual({ numerator: 1, denominator: 1 })
  expect(await fact('demand.answered_in_time', PROVIDER)).toEqual({ numerator: 1, denominator: 1 })
  expect((await t.ledger()).some(({ body }) => body.includes('13900001234'))).toBe(false)
})

test('what the exchange delivered before it was promised counts at once', async () => {
  const entry = await city.entry('先有交换')
  const { document, delivery } = await subscribed(city, entry)
  await handIn(city, delivery, document)
  const part = partOf(await confirmed({ title: title() }, entry))
  expect(await provider.commit({ id: part, dueOn: '2026-12-31' })).toMatchObject({ state: 'delivered', parts: [{ state: 'delivered' }] })
})

test('退回补充: the clock stands while the asker supplements, and the analysis may be objected to', async () => {
  const { id } = await asker.ask(needOf({ title: title() }))
  expect(await analyst.returnNeed({ id, missing: '请写明办理事项' })).toMatchObject({ state: 'returned', clock: { suspended: true } })
  await expect(analyst.receive({ id })).rejects.toMatchObject(refused('wrong_state', { state: 'returned' }))
  expect(await asker.askAgain({ id, wish: needOf({ title: title() }) })).toMatchObject({ state: 'awaiting_receipt', clock: { suspended: false } })
  await analyst.receive({ id })
  await analyst.conclude({ id, conclusion: conclusionOf(PROVIDER) })
  expect(await asker.object({ id, reason: '还需要变更记录' })).toMatchObject({ state: 'analysing', conclusion: null })
  await analyst.conclude({ id, conclusion: { feasibility: 'infeasible', words: '全市没有单位掌握', basis: '各单位三定方案', items: [] } })
  expect(await asker.accept({ id })).toMatchObject({ state: 'infeasible', parts: [] })
})

test('a refusal names reason and basis, is a candidate of the negative list, and the asker judges', async () => {
  const need = await confirmed({ title: title() })
  const part = partOf(need)
  await expect(provider.refuse({ id: part, reason: '不给', basis: '' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const answers = [
    () => provider.refuse({ id: part, reason: '涉及未公开案件线索', basis: '《保守国家秘密法》第九条' }),
    () => provider.commit({ id: part, dueOn: '2026-12-31' }),
  ]
  expect(await race(answers)).toMatchObject({ passed: 1, refused: ['demand.wrong_state'] })
  const other = await confirmed({ title: title() })
  expect(await provider.refuse({ id: partOf(other), reason: '涉及未公开案件线索', basis: '《保守国家秘密法》第九条' })).toMatchObject({ state: 'refused' })
  expect((await analyst.negatives({ state: ['candidate'] })).find((one) => one.need === other.id)).toMatchObject({
    unit: PROVIDER,
    basis: '《保守国家秘密法》第九条',
  })
  expect(await waiting(other.id)).toEqual([['demand.feedback', city.consumer.id]])
  expect(await asker.giveFeedback({ id: other.id, score: 2, solved: false })).toMatchObject({ state: 'closed' })
})

test('one open need of a title: ten at once, one passes; one answer of ten', async () => {
  const wish = needOf({ title: title() })
  expect(await race(Array.from({ length: 10 }, () => () => asker.ask(wish)))).toEqual({ passed: 1, refused: ['demand.asked_already'] })
  const part = partOf(await confirmed({ title: title() }))
  const answers = Array.from({ length: 10 }, () => () => provider.commit({ id: part, dueOn: '2026-12-31' }))
  expect(await race(answers)).toEqual({ passed: 1, refused: ['demand.wrong_state'] })
})

test('a promise whose day is over is told to who made it; a withdrawn need asks for nothing any more', async () => {
  const need = await confirmed({ title: title() })
  await provider.commit({ id: partOf(need), dueOn: '2026-11-30' })
  t.setNow('2026-12-01T02:00:00Z')
  await t.platform.asSystem('test', tellOverdue as never)
  expect(await waiting(need.id)).toEqual([['demand.overdue', PROVIDER]])
  expect((await asker.need({ id: need.id })).parts).toMatchObject([{ state: 'overdue' }])
  expect(await asker.withdraw({ id: need.id, reason: '不再需要' })).toMatchObject({ state: 'withdrawn', parts: [{ state: 'dropped' }] })
  expect(await waiting(need.id)).toEqual([])
  t.setNow(NOW)
})

test('bad input is refused by name, and strangers see nothing', async () => {
  await expect(asker.ask(needOf({ title: title(), provider: city.consumer.id }))).rejects.toMatchObject(refused('own_data'))
  await expect(asker.ask(needOf({ title: title(), provider: '00000000-0000-4000-8000-000000001234' }))).rejects.toMatchObject(refused('unknown_unit'))
  const { id } = await asker.ask(needOf({ title: title() }))
  await expect(stranger.need({ id })).rejects.toMatchObject(refused('unknown'))
  await expect(stranger.withdraw({ id, reason: '不是我的' })).rejects.toMatchObject(refused('unknown'))
  expect((await stranger.needs({ side: 'all' })).total).toBe(0)
  await analyst.receive({ id })
  const conclude = (conclusion: object) => analyst.conclude({ id, conclusion: { ...conclusionOf(PROVIDER), ...conclusion } as never })
  await expect(conclude({ items: [] })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  await expect(conclude({ feasibility: 'partly' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const twice = [
    { provider: PROVIDER, item: '企业 登记', entry: null },
    { provider: PROVIDER, item: '企业登记', entry: null },
  ]
  await expect(conclude({ items: twice })).rejects.toMatchObject(refused('item_twice'))
  const foreign = await city.entry('不是它的目录')
  await expect(conclude({ items: [{ provider: bureauUnit.id, item: '甲乙', entry: foreign }] })).rejects.toMatchObject(refused('entry_not_theirs'))
})
