import { expect, test } from 'vitest'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { endExpired, noticeSilence, orderDue } from './jobs.ts'
import { orderDueReconciliations } from './reconciliation.actions.ts'
import type { Context } from './sight.ts'
import { evidenceFor, exchangeCity, handIn, MODULES, NOW, PROGRESS, subscribed } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const job = (work: (ctx: Context) => Promise<void>) => t.platform.asSystem('job', (ctx: Context) => work(ctx))
const waitingFor = async (subject: string) => (await t.todos()).filter((todo) => todo.subject === subject).map(({ kind, unit }) => [kind, unit])
const LOST = { side: 'sender', code: 'database_gone', detail: 'the source went away', resumable: true } as const
let entries = 0
const running = async (wish = {}) => {
  const made = await subscribed(city, await city.entry(`故障目录${++entries}`), wish)
  await city.sender.progress({ id: made.delivery, side: 'sender', progress: PROGRESS, route: 'direct' })
  return made
}

test('a trouble that may pass makes the delivery wait; it is handed out again after a while, and goes on by itself', async () => {
  const { delivery: id, document } = await running()
  await city.sender.trouble({ id, ...LOST })
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'waiting', trouble: { code: 'database_gone', side: 'sender', resumable: true } })
  expect(await waitingFor(id)).toEqual([['exchange.waiting', city.consumer.id]])
  expect((await city.receiver.orders({})).orders.filter((order) => 'delivery' in order && order.delivery === id)).toEqual([])
  t.setNow('2026-11-23T02:00:01.000Z')
  expect((await city.receiver.orders({})).orders).toMatchObject([{ kind: 'receive', delivery: id }])
  await city.sender.progress({ id, side: 'sender', progress: { ...PROGRESS, rangesDone: 2 }, route: 'direct' })
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'running', trouble: null, troubles: [{ code: 'database_gone' }] })
  expect(await waitingFor(id)).toEqual([])
  await handIn(city, id, document)
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'done' })
  await city.sender.trouble({ id, ...LOST })
  expect((await city.asker.deliveryById({ id })).troubles).toHaveLength(1)
  t.setNow(NOW)
})

test('a trouble that needs a person stops the delivery, tells those who can mend it, and both nodes leave it', async () => {
  const { delivery: id, subscription, document } = await running()
  await city.sender.trouble({ id, side: 'sender', code: 'source_changed', detail: 'the column name is gone', resumable: false })
  await city.receiver.trouble({ id, side: 'receiver', code: 'source_changed', detail: 'told by the other node', resumable: true })
  const stopped = await city.asker.deliveryById({ id })
  expect(stopped).toMatchObject({ state: 'stopped', endedAt: NOW })
  expect(stopped.troubles.map(({ side }) => side)).toEqual(['receiver', 'sender'])
  expect((await waitingFor(id)).sort()).toEqual(
    [
      ['exchange.stopped', city.consumer.id],
      ['exchange.stopped', city.provider.id],
    ].sort(),
  )
  expect((await city.receiver.orders({ running: [id] })).orders).toContainEqual({ kind: 'cancel', delivery: id, reason: 'stopped' })
  expect(await city.receiver.progress({ id, side: 'receiver', progress: PROGRESS, route: 'direct' })).toEqual({ cancelled: true })
  expect(await city.approver.resumeDelivery({ id })).toMatchObject({ state: 'ordered', trouble: null })
  expect(await waitingFor(id)).toEqual([])
  expect((await city.sender.orders({})).orders).toContainEqual(expect.objectContaining({ kind: 'send', delivery: id }))
  await handIn(city, id, document)
  expect((await city.asker.deliveries({ subscription })).items).toMatchObject([{ id, state: 'done' }])
})

test('while a stopped delivery rests another may run, and then it cannot be resumed', async () => {
  const { delivery: id, subscription } = await running()
  await city.sender.trouble({ id, ...LOST, resumable: false })
  t.setNow('2026-11-23T02:00:02.000Z')
  const { id: other } = await city.asker.deliver({ id: subscription })
  await expect(city.asker.resumeDelivery({ id })).rejects.toMatchObject({ code: 'exchange.delivery_running' })
  await city.asker.cancelDelivery({ id: other, reason: '改用原来的' })
  const acts = Array.from({ length: 10 }, () => () => city.asker.resumeDelivery({ id }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.wrong_state'] })
  t.setNow(NOW)
})

test.each([
  ['a row is missing at the target', { receipt: { loaded: 87 } }],
  ['the sender’s sums do not add up', { manifest: { filtered: 9 } }],
  ['the digests differ', { receipt: { digest: 'cd'.repeat(32) } }],
  ['the receipt is for another manifest', { receipt: { manifest: 'ef'.repeat(32) } }],
])('对账: the delivery is not done where %s', async (_, wish) => {
  const { delivery: id, document } = await running()
  await handIn(city, id, document, wish)
  expect(await city.asker.deliveryById({ id })).toMatchObject({
    state: 'stopped',
    balance: { agrees: false },
    trouble: { side: 'platform', code: 'not_balanced', resumable: false },
  })
  await city.asker.resumeDelivery({ id })
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'ordered', manifest: null, receipt: null, balance: null })
  await handIn(city, id, document)
  expect((await city.asker.deliveryById({ id })).state).toBe('done')
})

test('a delivery is done or cancelled by revocation, not both, whoever is first', async () => {
  for (let round = 0; round < 5; round++) {
    const { delivery: id, document, grant } = await running()
    const { manifest, receipt } = evidenceFor(city, id, document)
    await city.sender.manifest({ id, signed: manifest })
    const ends = await race([() => city.approver.revoke({ id: grant, reason: '超范围使用' }), () => city.receiver.receipt({ id, signed: receipt })])
    const { state } = await city.asker.deliveryById({ id })
    expect(state).toBe(ends.passed === 2 ? 'done' : 'cancelled')
    expect(ends.refused).toEqual(ends.passed === 2 ? [] : ['exchange.wrong_state'])
    expect((await city.sender.orders({ running: [id] })).orders.filter(({ kind }) => kind === 'cancel')).toHaveLength(state === 'done' ? 0 : 1)
  }
})

test('nothing is ordered under a grant that is being revoked', async () => {
  const { delivery, subscription, grant } = await running()
  await city.asker.cancelDelivery({ id: delivery, reason: '先取消' })
  t.setNow('2026-11-23T02:00:03.000Z')
  const orders = Array.from({ length: 5 }, () => () => city.asker.deliver({ id: subscription }))
  await race([...orders, () => city.approver.revoke({ id: grant, reason: '超范围使用' })])
  expect((await city.asker.deliveries({ subscription, state: ['ordered', 'running', 'waiting'] })).total).toBe(0)
  t.setNow(NOW)
})

test('a delivery whose node has vanished waits after two minutes, and is there for the node when it is back', async () => {
  const { delivery: id } = await running()
  t.setNow('2026-11-23T02:01:59.000Z')
  await job(noticeSilence)
  expect((await city.asker.deliveryById({ id })).state).toBe('running')
  t.setNow('2026-11-23T02:02:01.000Z')
  await job(noticeSilence)
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'waiting', trouble: { code: 'node_silent', side: 'platform', resumable: true } })
  t.setNow('2026-11-23T02:02:02.000Z')
  expect((await city.sender.orders({})).orders).toContainEqual(expect.objectContaining({ kind: 'send', delivery: id }))
  t.setNow(NOW)
})

test('a subscription is delivered when it is due, once, and not while a delivery is under way', async () => {
  const { delivery, subscription, document } = await subscribed(city, await city.entry('定时目录'), {
    mode: 'incremental',
    schedule: { kind: 'daily', at: '02:30' },
  })
  const { items } = await city.asker.deliveries({ subscription })
  expect(items).toMatchObject([{ id: delivery, mode: 'snapshot' }])
  const count = async () => (await city.asker.deliveries({ subscription })).total
  t.setNow('2026-11-23T18:31:00.000Z')
  await job(orderDue)
  expect(await count()).toBe(1)
  await handIn(city, delivery, document)
  await Promise.all([job(orderDue), job(orderDue)])
  expect(await count()).toBe(2)
  expect((await city.asker.deliveries({ subscription })).items[0]).toMatchObject({ mode: 'incremental', state: 'ordered' })
  const [next] = (await city.asker.deliveries({ subscription })).items
  await handIn(city, next?.id ?? '', document, { manifest: { mode: 'incremental' }, receipt: { mode: 'incremental' } })
  await job(orderDue)
  expect(await count()).toBe(2)
  t.setNow('2026-11-24T18:30:00.000Z')
  await job(orderDue)
  expect(await count()).toBe(3)
  t.setNow(NOW)
})

test('what stands under a grant that has run out is stopped', async () => {
  const { delivery: id, subscription, grant } = await running({ termUntil: '2026-12-01' })
  t.setNow('2026-12-01T16:00:00.000Z')
  expect((await city.sender.orders({})).orders.filter((order) => 'delivery' in order && order.delivery === id)).toEqual([])
  await job(endExpired)
  expect(await city.asker.grantById({ id: grant })).toMatchObject({ state: 'expired' })
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'cancelled' })
  expect((await city.asker.subscriptions({})).items.find((one) => one.id === subscription)?.stoppedAt).toBe('2026-12-01T16:00:00.000Z')
  t.setNow(NOW)
})

test('users of a withdrawn entry are told', async () => {
  const entry = await city.entry('被撤销目录')
  const { request } = await subscribed(city, entry)
  await t
    .as({ rights: ['catalog.publish'] })(catalog)
    .withdraw({ id: entry, reason: '职责调整' })
  await t.work()
  expect(await waitingFor(request)).toEqual([['exchange.entry_withdrawn', city.consumer.id]])
  await city.asker.acknowledge({ id: request })
  expect(await waitingFor(request)).toEqual([])
})

test('a reconciliation runs, is interrupted, and tells what differs', async () => {
  const { subscription, delivery, document } = await running()
  await handIn(city, delivery, document)
  const { id } = await city.asker.reconcile({ id: subscription })
  const mine = (list: readonly object[]) => list.filter((order) => 'reconciliation' in order && order.reconciliation === id)
  const orders = async () => [mine((await city.sender.orders({})).orders), mine((await city.receiver.orders({})).orders)]
  expect(await orders()).toMatchObject([[{ kind: 'reconcile_send', reconciliation: id, mend: false }], [{ kind: 'reconcile_receive', reconciliation: id }]])
  expect(await city.receiver.relayPass({ id })).toEqual({ side: 'receiver' })
  await city.receiver.progress({ id, side: 'receiver', progress: PROGRESS, route: 'relay' })
  const state = async () => (await city.approver.reconciliations({ id: subscription }))[0]?.state
  expect(await state()).toBe('running')
  await city.receiver.trouble({ id, ...LOST, side: 'receiver' })
  expect(await orders()).toEqual([[], []])
  t.setNow('2026-11-23T02:00:01.000Z')
  expect((await orders()).map((list) => list.length)).toEqual([1, 1])
  const sample = [{ key: '91', kind: 'missing' as const }]
  await city.receiver.reconciled({ id, sourceRows: 88, targetRows: 87, differing: 0, missing: 1, extra: 0, mended: false, sample })
  expect((await city.asker.reconciliations({ id: subscription }))[0]).toMatchObject({ state: 'different', missing: 1, sample })
  t.setNow('2026-11-23T02:00:02.000Z')
  expect(await waitingFor(subscription)).toEqual([['exchange.differs', city.consumer.id]])
  const { id: second } = await city.asker.askMending({ id: subscription })
  expect(await state()).toBe('asked')
  expect(await waitingFor(second)).toEqual([['exchange.approve_mending', city.consumer.id]])
  expect((await city.receiver.orders({})).orders.filter((order) => 'reconciliation' in order && order.reconciliation === second)).toEqual([])
  await city.second.approveMending({ id: second })
  expect(await waitingFor(second)).toEqual([])
  await city.receiver.trouble({ id: second, ...LOST, side: 'receiver', resumable: false })
  expect(await state()).toBe('failed')
  expect((await city.sender.orders({ running: [second] })).orders[0]).toMatchObject({ kind: 'cancel', delivery: second })
  t.setNow('2026-11-23T02:00:03.000Z')
  const { id: third } = await city.asker.askMending({ id: subscription })
  await city.second.approveMending({ id: third })
  await city.receiver.reconciled({ id: third, sourceRows: 88, targetRows: 88, differing: 0, missing: 1, extra: 0, mended: true, sample })
  expect(await state()).toBe('mended')
  expect(await waitingFor(subscription)).toEqual([])
  const report = await city.approver.reconciliationById({ id: third })
  expect(report).toMatchObject({ state: 'mended', scope: 'full', mend: true, balance: { read: 100, loaded: 88, agrees: true }, consumer: city.consumer.id })
  t.setNow(NOW)
})

test('before it is ordered a delivery tells what to expect, and where one that is not done would go on', async () => {
  const { subscription: id, delivery, document } = await running()
  expect(await city.asker.deliveryPlan({ id })).toMatchObject({
    mode: 'snapshot',
    estimate: null,
    resume: { delivery, rangesDone: 1, ranges: 4, state: 'running' },
  })
  t.setNow('2026-11-23T02:00:10.000Z')
  await handIn(city, delivery, document)
  expect(await city.asker.deliveryPlan({ id })).toMatchObject({ resume: null, estimate: { rows: 88, bytes: 9000, seconds: 10, delivery } })
  const stranger = city.at(await city.city.newUnit({ name: '林业局' }), ['exchange.receive'])
  await expect(stranger.deliveryPlan({ id })).rejects.toMatchObject({ code: 'exchange.unknown' })
  t.setNow(NOW)
})

test('a mending needs a second person, hinders nothing while it waits, and can be declined with a reason', async () => {
  const { subscription: id, delivery, document } = await running()
  await handIn(city, delivery, document)
  const { id: asked } = await city.second.askMending({ id })
  await expect(city.second.approveMending({ id: asked })).rejects.toMatchObject({ code: 'exchange.second_person' })
  await expect(city.asker.approveMending({ id: asked })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(city.asker.askMending({ id })).rejects.toMatchObject({ code: 'exchange.mending_asked' })
  const { id: next } = await city.asker.deliver({ id })
  const other = city.at(city.consumer, ['exchange.approve_mending'], '00000000-0000-4000-8000-0000000000cc', '另一人')
  await expect(other.approveMending({ id: asked })).rejects.toMatchObject({ code: 'exchange.delivery_running' })
  await handIn(city, next, document)
  const declined = await other.declineMending({ id: asked, reason: '先核实差异来源' })
  expect(declined).toMatchObject({ state: 'declined', declineReason: '先核实差异来源' })
  await expect(other.approveMending({ id: asked })).rejects.toMatchObject({ code: 'exchange.wrong_state' })
})

test('ten approvals of a mending at once: one passes, and one reconciliation begins', async () => {
  const { subscription: id, delivery, document } = await running()
  await handIn(city, delivery, document)
  const { id: asked } = await city.asker.askMending({ id })
  const acts = Array.from({ length: 10 }, () => () => city.second.approveMending({ id: asked }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.wrong_state'] })
})

test('a table is compared by itself when its time has come, once, and not before it was ever delivered', async () => {
  const { subscription: id, delivery, document } = await running()
  const { next } = await city.asker.scheduleReconciliation({ id, schedule: { kind: 'weekly', weekday: 2, at: '03:30', scope: 'full' } })
  expect(next).toBe('2026-11-23T19:30:00.000Z')
  t.setNow('2026-11-23T19:31:00.000Z')
  await job(orderDueReconciliations)
  expect(await city.asker.reconciliations({ id })).toEqual([])
  await handIn(city, delivery, document)
  await job(orderDueReconciliations)
  await job(orderDueReconciliations)
  expect(await city.asker.reconciliations({ id })).toMatchObject([{ state: 'ordered', scope: 'full', mend: false }])
  const daily = { kind: 'daily', at: '04:00', scope: 'versions' } as const
  expect(await city.asker.scheduleReconciliation({ id, schedule: daily })).toEqual({ schedule: daily, next: '2026-11-23T20:00:00.000Z' })
  expect(await city.asker.scheduleReconciliation({ id, schedule: { kind: 'never' } })).toMatchObject({ next: null })
  t.setNow(NOW)
})

test('one reconciliation of a subscription at a time: ten at once, one passes', async () => {
  const { subscription: id, delivery, document } = await running()
  await handIn(city, delivery, document)
  const acts = Array.from({ length: 10 }, () => () => city.asker.reconcile({ id }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.reconciliation_running'] })
})
