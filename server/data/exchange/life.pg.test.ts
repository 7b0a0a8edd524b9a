import { Grant } from '@zhenghe/wire/documents.ts'
import { rawPublicKey } from '@zhenghe/wire/keys.ts'
import { openDocument } from '@zhenghe/wire/sign.ts'
import { GRANT } from '@zhenghe/wire/signed.ts'
import { expect, test } from 'vitest'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract } from './contract.ts'
import { evidenceFor, exchangeCity, granted, MODULES, NOW, PROGRESS, signGrant, subscribed, TARGET, TERMS, wishFor } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)

test('国务院令第809号 arts 20–24: asked, granted by signature, subscribed, delivered, balanced; every step in the ledger', async () => {
  const entry = await city.entry('企业登记信息')
  const filter = { op: 'ge' as const, field: 'updated_at', value: '2026-01-01T00:00:00Z' }
  const asked = await city.asker.request(wishFor(entry, city.target.id, { filter }))
  expect(asked).toMatchObject({
    state: 'waiting',
    number: expect.stringMatching(/^GX2026-\d{6}$/),
    consumerName: '税务局',
    clock: { days: 10, unit: 'workday', dueOn: '2026-12-07' },
  })
  expect(asked.filterWords?.zh).toContain('更新时间')
  expect((await t.todos()).map(({ kind, unit }) => [kind, unit])).toEqual([['exchange.answer', city.provider.id]])
  expect((await city.approver.requests({ side: 'incoming' })).items.map(({ id }) => id)).toEqual([asked.id])

  const { text, grant } = await city.approver.prepareGrant({ id: asked.id, terms: TERMS })
  const document = Grant.parse(JSON.parse(text))
  expect(document).toMatchObject({ id: grant, version: 1, filter, cursor: 'updated_at', provider: { name: '市场监督管理局', node: { id: city.source.id } } })
  expect(document).toMatchObject({ notBefore: '2026-11-22T16:00:00.000Z', notAfter: '2027-11-22T16:00:00.000Z' })
  const signed = signGrant(text, city.key)
  expect(openDocument(GRANT, signed, rawPublicKey(city.key), Grant)).toEqual(document)
  const answered = await city.approver.grant({ id: asked.id, signed })
  expect(answered).toMatchObject({ state: 'granted', grant, clock: { tone: 'ended' } })
  expect(answered.steps.map(({ act }) => act)).toEqual(['asked', 'prepared', 'granted'])
  expect((await t.todos()).map(({ kind, unit }) => [kind, unit])).toEqual([['exchange.subscribe', city.consumer.id]])
  expect(await city.asker.grantById({ id: grant })).toMatchObject({
    state: 'in_force',
    approvedBy: '审批人',
    cursor: 'updated_at',
    signature: signed.signature,
  })

  const { subscription, delivery } = await city.asker.subscribe({ grant, store: TARGET.id, schema: 'shared', table: 'legal_entity' })
  expect(await t.todos()).toEqual([])
  const send = { kind: 'send', delivery, grant: signed, mode: 'snapshot', peer: { id: city.target.id, listen: null }, cursor: null }
  expect((await city.sender.orders({})).orders).toMatchObject([send])
  expect((await city.receiver.orders({})).orders).toMatchObject([{ kind: 'receive', delivery, store: TARGET.id, schema: 'shared', table: 'legal_entity' }])
  expect((await city.sender.orders({ running: [delivery] })).orders).toEqual([])
  expect(await city.sender.progress({ id: delivery, side: 'sender', progress: PROGRESS, route: 'relay' })).toEqual({ cancelled: false })
  expect(
    await city.receiver.progress({ id: delivery, side: 'receiver', progress: { ...PROGRESS, phase: 'indexing', rowsLoaded: 22 }, route: 'relay' }),
  ).toEqual({ cancelled: false })
  expect(await city.asker.deliveryById({ id: delivery })).toMatchObject({
    state: 'running',
    route: 'relay',
    progress: { phase: 'indexing', rowsRead: 25, rowsLoaded: 22 },
  })

  await city.sender.quarantineRows({ id: delivery, range: 0, rows: [{ key: '91', field: 'uscc', rule: 'uscc', value: '91**' }], dropped: 1 })
  const { manifest, receipt } = evidenceFor(city, delivery, document)
  await city.receiver.receipt({ id: delivery, signed: receipt, cursor: '2026-11-01T00:00:00Z' })
  expect((await city.asker.deliveryById({ id: delivery })).balance).toBeNull()
  await city.sender.manifest({ id: delivery, signed: manifest })
  await city.sender.manifest({ id: delivery, signed: manifest })
  const done = await city.asker.deliveryById({ id: delivery })
  expect(done).toMatchObject({
    state: 'done',
    loaded: 88,
    rejected: 2,
    balance: { read: 100, filtered: 10, rejected: 2, sent: 88, received: 88, loaded: 88, agrees: true },
  })
  expect(done.manifest?.signed).toEqual(manifest)
  expect((await city.asker.subscriptions({})).items.find(({ id }) => id === subscription.id)).toMatchObject({
    cursor: '2026-11-01T00:00:00Z',
    lastDelivery: { id: delivery, state: 'done', loaded: 88 },
  })
  expect((await t.todos()).map(({ kind, unit, params }) => [kind, unit, params['rows']])).toEqual([['exchange.quarantine', city.provider.id, 2]])
  expect(
    (await t.outbox())
      .map(({ name }) => name)
      .filter((name) => name.startsWith('exchange.'))
      .sort(),
  ).toEqual(['exchange.delivered', 'exchange.granted', 'exchange.requested'])
  const proof = (await t.ledger()).filter(({ subjects }) => subjects.includes(`exchange.delivery:${delivery}`))
  expect(proof.some(({ endpoint, body }) => endpoint.endsWith('/receipt') && body.includes(receipt.signature))).toBe(true)
  expect(proof.some(({ body }) => body.includes('"agrees":true') && body.includes(manifest.signature))).toBe(true)
  expect((await t.ledger()).some(({ body }) => body.includes('13900001234'))).toBe(false)
})

test('what deliveries have shown of an entry is told to everybody, with the reasons of the manifests', async () => {
  const reader = t.as({ rights: [] })
  const entry = (await city.people.reader.search({ text: '企业登记信息' })).hits[0]?.id ?? ''
  expect(await reader(contract).quality({ entry })).toMatchObject({
    ...{ deliveries: 1, rows: 88, consumers: 1, medianAnswerDays: 0, reasons: [{ field: 'uscc', rule: 'uscc', rows: 2 }] },
    rejectedShare: 2 / 90,
  })
  const { days, ...counts } = await city.asker.overview({})
  expect(counts).toMatchObject({ nodes: { active: 2, revoked: 0 }, running: 0, waiting: 0, stopped: 0 })
  expect(days).toHaveLength(30)
  expect(days.at(-1)).toEqual({ day: '2026-11-23', rows: 88, deliveries: 1 })
  expect((await reader(contract).overview({})).days.at(-1)).toEqual({ day: '2026-11-23', rows: 0, deliveries: 0 })
})

test('data shared unconditionally take the same way by the shorter clock', async () => {
  const share = { type: 'unconditional', condition: '', basis: '', mode: 'platform_database' } as const
  const entry = await city.entry('无条件共享目录', { share })
  expect((await city.asker.request(wishFor(entry, city.target.id))).clock).toMatchObject({ days: 1, dueOn: '2026-11-24' })
})

test('one open request of a unit for an entry: ten at once, one passes', async () => {
  const entry = await city.entry('竞争申请')
  const acts = Array.from({ length: 10 }, () => () => city.asker.request(wishFor(entry, city.target.id)))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.already_asked'] })
})

test('a request is granted or withdrawn, not both, whoever is first', async () => {
  const entry = await city.entry('同时办理')
  const { id } = await city.asker.request(wishFor(entry, city.target.id))
  const { text } = await city.approver.prepareGrant({ id, terms: TERMS })
  const signed = signGrant(text, city.key)
  const ends = await race([() => city.approver.grant({ id, signed }), () => city.asker.withdrawRequest({ id })])
  expect(ends).toEqual({ passed: 1, refused: ['exchange.wrong_state'] })
})

test('one delivery of a subscription at a time: ten at once, one passes', async () => {
  const { delivery, subscription } = await subscribed(city, await city.entry('竞争交换'))
  await city.asker.cancelDelivery({ id: delivery, reason: '先取消' })
  t.setNow('2026-11-23T02:00:01.000Z')
  const acts = Array.from({ length: 10 }, () => () => city.asker.deliver({ id: subscription }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.delivery_running'] })
  expect((await city.asker.deliveries({ subscription })).items.map(({ state }) => state)).toEqual(['ordered', 'cancelled'])
})

test('one table has one subscription: ten at once, one passes', async () => {
  const { grant } = await granted(city, await city.entry('竞争目标表'))
  const acts = Array.from({ length: 10 }, () => () => city.asker.subscribe({ grant, store: TARGET.id, schema: 'shared', table: 'contested' }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.table_taken'] })
})
