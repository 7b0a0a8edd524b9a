import { expect, test } from 'vitest'
import { CITY, race, usccOf } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity, handIn, NOW, subscribed } from '../exchange/testing/city.ts'
import { contract as partners } from '../partners/contract.ts'
import { contract } from './contract.ts'
import { facts } from './facts.ts'
import { askReconfirmation, endRetention, reopenStopped, tellLate } from './jobs.ts'
import { channelOf, channelsCity, MODULES } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const { consumer, provider, bureau, bureauUnit, stranger } = await channelsCity(t, city)
const PROVIDER = city.provider.id
const CLOSING = { switchedOff: '停用 U 盘月报，收回交接登记本', on: '2026-11-23', by: '李某', document: 'cd'.repeat(32) }
/** Who waits for what, by kind and unit. */
const waiting = async (subject: string) =>
  (await t.todos())
    .filter((todo) => todo.subject === subject)
    .map(({ kind, unit }) => [kind, unit])
    .sort()
/** A later day, with room in the ledger for it. */
async function goTo(moment: string) {
  await t.pool.query('select kernel.ensure_partitions($1)', [moment.slice(0, 10)])
  t.setNow(moment)
}
const work = (run: typeof tellLate) => t.platform.asSystem('test', run as never)
const refused = (code: string, params?: object) => ({ code: `channels.${code}`, ...(params ? { params } : {}) })
let named = 0
const content = () => `测试内容${++named}`
const fact = async (code: string, unit = city.consumer.id) => facts.find((one) => one.code === code)?.measure(t.platform.db as never, { unit })

test('C3: listed, confirmed, planned, moved, closed only with a delivery that balanced; opened again when deliveries stop', async () => {
  t.setNow(NOW)
  const name = '企业登记信息（月报）'
  const listed = await consumer.register(channelOf(PROVIDER, { content: name }))
  const { id } = listed
  expect(listed).toMatchObject({ state: 'registered', providerName: '市场监督管理局', consumerName: '税务局', clock: { rule: 'channels.confirm', days: 10 } })
  expect(listed.number).toMatch(/^QD2026-\d{6}$/)
  expect(await waiting(id)).toEqual([PROVIDER, bureauUnit.id].sort().map((unit) => ['channels.confirm', unit]))
  await expect(consumer.confirm({ id })).rejects.toMatchObject(refused('not_yours'))
  expect(await provider.confirm({ id })).toMatchObject({ state: 'confirmed', confirmedOn: '2026-11-23', clock: { rule: 'channels.plan' } })
  expect(await waiting(id)).toEqual([['channels.plan', city.consumer.id]])

  const entry = await city.entry('企业登记信息')
  expect(await consumer.suggest({ text: '企业登记信息', provider: PROVIDER })).toMatchObject([{ entry, sameProvider: true, bound: true }])
  const plan = { target: entry, steps: ['签订授权', '并行一个月', '停用 U 盘'], responsible: 'consumer' as const, dueOn: '2027-03-31' }
  await expect(consumer.plan({ id, ...plan, dueOn: '2026-11-23' })).rejects.toMatchObject({ code: 'channels.bad_due' })
  await expect(consumer.plan({ id, ...plan, dueOn: '2029-01-01' })).rejects.toMatchObject({ code: 'channels.bad_due' })
  expect(await consumer.plan({ id, ...plan })).toMatchObject({ state: 'planned', dueOn: '2027-03-31', plan: { targetName: '企业登记信息' } })
  expect(await waiting(id)).toEqual([])
  expect(await consumer.begin({ id })).toMatchObject({ state: 'migrating', evidence: { granted: false, deliveries: 0, holds: false } })
  await expect(consumer.runParallel({ id })).rejects.toMatchObject(refused('no_evidence', { granted: false, deliveries: 0, lastAt: null }))

  const { document, delivery } = await subscribed(city, entry)
  await expect(consumer.runParallel({ id })).rejects.toMatchObject(refused('no_evidence', { granted: true, deliveries: 0, lastAt: null }))
  await handIn(city, delivery, document)
  expect(await consumer.runParallel({ id })).toMatchObject({
    state: 'parallel',
    evidence: { granted: true, deliveries: 1, rows: 88, freshUntil: '2027-01-02' },
  })
  await expect(consumer.close({ id, ...CLOSING, on: '2026-11-24' })).rejects.toMatchObject(refused('bad_closing'))
  const closed = await consumer.close({ id, ...CLOSING })
  expect(closed).toMatchObject({ state: 'closed', closing: { switchedOff: CLOSING.switchedOff, document: CLOSING.document, evidence: { deliveries: 1 } } })
  expect(closed.steps.map(({ act }) => act)).toEqual(['registered', 'confirmed', 'planned', 'begun', 'parallel', 'closed'])
  const line = (await t.ledger()).find(({ endpoint, subjects }) => endpoint === contract.close.at && subjects.includes(`channels.channel:${id}`))
  expect(line?.body).toContain(CLOSING.document)
  expect((await t.ledger()).some(({ body }) => body.includes('13900001234'))).toBe(false)
  expect(await fact('channels.closed_share')).toEqual({ numerator: 1, denominator: 1 })

  await work(reopenStopped)
  expect((await consumer.channel({ id })).state).toBe('closed')
  await goTo('2027-01-03T02:00:00Z')
  await work(reopenStopped)
  expect(await consumer.channel({ id })).toMatchObject({ state: 'migrating', closing: null })
  expect((await consumer.channel({ id })).steps.at(-1)).toMatchObject({ act: 'reopened', note: CLOSING.switchedOff })
  expect(await waiting(id)).toEqual([['channels.reopened', city.consumer.id]])
  expect(await fact('channels.closed_share')).toEqual({ numerator: 0, denominator: 1 })
})

test('one channel of a provider, consumer, content and way: ten at once, one passes; another way of the same is pointed out', async () => {
  t.setNow(NOW)
  const facts = channelOf(PROVIDER, { content: content() })
  expect(await race(Array.from({ length: 10 }, () => () => consumer.register(facts)))).toEqual({ passed: 1, refused: ['channels.already_listed'] })
  const other = await consumer.register({ ...facts, way: 'ftp', content: `《${facts.content}》` })
  expect(other).toMatchObject({ alike: 1, duplicates: [{ way: 'manual', state: 'registered' }] })
  const { items } = await consumer.channels({ attention: true })
  expect(items.filter(({ alike }) => alike > 0)).toHaveLength(2)
})

test('a channel is closed or opened, confirmed or taken off: of two acts at once one passes', async () => {
  t.setNow(NOW)
  const { id } = await consumer.register(channelOf(PROVIDER, { content: content() }))
  expect(await race([() => provider.confirm({ id }), () => bureau.confirm({ id })])).toEqual({ passed: 1, refused: ['channels.wrong_state'] })
})

test('what is kept needs an approved reason and a last day; then it is planned anew', async () => {
  t.setNow(NOW)
  const { id } = await consumer.register(channelOf(null, { providerName: '省市场监督管理局', way: 'vertical_system', content: content() }))
  expect(await waiting(id)).toEqual([['channels.confirm', bureauUnit.id]])
  await bureau.confirm({ id })
  const wish = { reason: '国家垂直系统，暂不具备替代条件', basis: '国家税务总局部署文件', until: '2027-06-30' }
  await expect(consumer.askRetention({ id, ...wish, until: '2030-01-01' })).rejects.toMatchObject(refused('bad_until'))
  await consumer.askRetention({ id, ...wish })
  await expect(consumer.decideRetention({ id, approve: true })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  expect(await race(Array.from({ length: 10 }, () => () => bureau.decideRetention({ id, approve: true })))).toEqual({
    passed: 1,
    refused: ['channels.wrong_state'],
  })
  expect(await consumer.channel({ id })).toMatchObject({ state: 'retained', retention: { approvedByName: '主管', until: '2027-06-30' } })
  await goTo('2027-07-01T02:00:00Z')
  await work(endRetention)
  expect(await consumer.channel({ id })).toMatchObject({ state: 'confirmed', retention: null, clock: { rule: 'channels.plan' } })
  expect((await waiting(id)).map(([kind]) => kind)).toContain('channels.retention_ended')
})

test('every year the consumer confirms; a late move and an unconfirmed year are told once', async () => {
  t.setNow(NOW)
  const { id } = await consumer.register(channelOf(PROVIDER, { content: content() }))
  await provider.confirm({ id })
  await consumer.plan({ id, target: await city.entry('年度确认目录'), steps: ['申请共享'], responsible: 'provider', dueOn: '2026-12-31' })
  await goTo('2027-11-01T02:00:00Z')
  for (const run of [askReconfirmation, tellLate, tellLate]) await work(run)
  expect((await waiting(id)).map(([kind]) => kind).sort()).toEqual(['channels.late', 'channels.reconfirm'])
  expect(await consumer.channel({ id })).toMatchObject({ late: true, stale: false })
  await goTo('2027-11-25T02:00:00Z')
  expect(await consumer.channel({ id })).toMatchObject({ stale: true })
  expect(await consumer.reconfirm({ id, rowsMonth: 500, mbMonth: 2 })).toMatchObject({ stale: false, rowsMonth: 500, confirmedOn: '2027-11-25' })
  await consumer.acknowledge({ id })
  expect(await waiting(id)).toEqual([])
})

test('C8: a partner has channels only under an agreement in force', async () => {
  t.setNow(NOW)
  const uscc = usccOf(777)
  const power = await city.city.newUnit({ uscc, name: '云泽供电公司', kind: 'outside' })
  const facts = channelOf(power.id, { content: '居民用电户信息', way: 'mail' })
  await expect(consumer.register(facts)).rejects.toMatchObject(refused('no_agreement'))
  const keeper = t.as({ holdings: [{ right: 'partners.keep', division: CITY }], unit: bureauUnit.id })(partners)
  const { id } = await keeper.draft({
    ...{ uscc, name: power.name, scope: '居民用电户信息', purpose: '低保核查', security: '不得转用，到期删除', priceFen: 0 },
    ...{ fromOn: '2026-11-01', untilOn: '2027-10-31' },
  })
  await keeper.sign({ id, signedOn: '2026-11-20', signedBy: '赵某', document: 'ef'.repeat(32) })
  expect(await consumer.register(facts)).toMatchObject({ outside: true, providerName: '云泽供电公司' })
  expect((await consumer.channels({ outside: true })).total).toBe(1)
  const { facets, total } = await consumer.channels({})
  expect(Object.values(facets.state).reduce((sum, n) => sum + n, 0)).toBe(total)
  const narrowed = await consumer.channels({ state: ['closed'], way: ['manual'] })
  expect([narrowed.facets.state.closed, narrowed.facets.way.manual]).toEqual([narrowed.total, narrowed.total])
  expect(Object.values(narrowed.facets.way).reduce((sum, n) => sum + n, 0)).toBe((await consumer.channels({ state: ['closed'] })).total)
})

test('bad input is refused with the next step, and strangers see nothing', async () => {
  t.setNow(NOW)
  const facts = channelOf(PROVIDER, { content: content() })
  await expect(consumer.register({ ...facts, sinceOn: '2026-11-24' })).rejects.toMatchObject(refused('bad_since'))
  await expect(consumer.register({ ...facts, provider: city.consumer.id })).rejects.toMatchObject(refused('own_data'))
  await expect(consumer.register({ ...facts, provider: null })).rejects.toMatchObject(refused('no_provider'))
  await expect(consumer.register({ ...facts, content: '' })).rejects.toMatchObject(refused('no_content'))
  await expect(consumer.register({ ...facts, sinceOn: '2026-02-30' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  await expect(consumer.register({ ...facts, rowsMonth: -1 })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const { id } = await consumer.register(facts)
  await expect(stranger.channel({ id })).rejects.toMatchObject(refused('unknown'))
  await expect(stranger.withdraw({ id, reason: '不是我的' })).rejects.toMatchObject(refused('unknown'))
  expect((await stranger.channels({ side: 'all' })).total).toBe(0)
  const none = { type: 'none', condition: '', basis: '《保守国家秘密法》第九条', mode: 'platform_database' } as const
  const withheld = (await city.people.published({ name: '不予共享的目录', share: none })).head.id
  await provider.confirm({ id })
  await expect(consumer.plan({ id, target: withheld, steps: ['申请'], responsible: 'consumer', dueOn: '2027-01-01' })).rejects.toMatchObject(
    refused('bad_target'),
  )
  expect(await consumer.withdraw({ id, reason: '登记重复，撤下' })).toMatchObject({ state: 'withdrawn' })
})
