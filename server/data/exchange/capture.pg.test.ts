import { Receipt } from '@zhenghe/wire/documents.ts'
import { signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { RECEIPT } from '@zhenghe/wire/signed.ts'
import { expect, test } from 'vitest'
import { race } from '../../assurance/organizations/testing.ts'
import type { Id } from '../../kernel/contract.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract as nodesContract } from '../nodes/contract.ts'
import { SOURCE } from '../nodes/testing.ts'
import { REFUSED_RANGE } from './node.contract.ts'
import { evidenceFor, exchangeCity, granted, MODULES, NOW, PROGRESS, TARGET } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
let made = 0

/** The provider's node tells whether its source can be followed. */
const beat = (captures: boolean) =>
  t
    .as({ kind: 'node', person: city.source.id, rights: ['nodes.node'], unit: city.provider.id })(nodesContract)
    .beat({ version: '0.1.0', listen: null, clock: NOW, stores: [{ ...SOURCE, captures }], approvers: [] })

async function capturing() {
  await beat(true)
  const grant = await granted(city, await city.entry(`捕获目录${++made}`))
  const wish = { grant: grant.grant, store: TARGET.id, schema: 'shared', table: `captured_${made}`, mode: 'capture' as const }
  const { subscription, delivery } = await city.asker.subscribe(wish)
  return { ...grant, subscription: subscription.id, delivery }
}

const FOLLOWING = {
  ...PROGRESS,
  phase: 'following' as const,
  capture: { position: '0/16B3748', committedAt: NOW, lagBytes: 512, lagSeconds: 0, keptBytes: 3_000_000, budgetBytes: 4_000_000 },
}
const follow = (id: Id) => city.sender.progress({ id, side: 'sender', progress: FOLLOWING, route: 'direct' })

async function period(made: Awaited<ReturnType<typeof capturing>>, n: number, wish: Parameters<typeof evidenceFor>[3] = {}) {
  const kind = n === 0 ? {} : { mode: 'capture' as const, period: n }
  const { manifest, receipt } = evidenceFor(city, made.delivery, made.document, {
    manifest: { ...kind, ...wish.manifest },
    receipt: { ...kind, ...wish.receipt },
  })
  await city.sender.period({ id: made.delivery, n, kind: 'manifest', signed: manifest })
  await city.receiver.period({ id: made.delivery, n, kind: 'receipt', signed: receipt })
  return { manifest, receipt }
}

test('a capture is refused where the source cannot be followed, and offered where it can', async () => {
  await beat(false)
  const { grant } = await granted(city, await city.entry('不支持捕获的目录'))
  expect(await city.asker.grantById({ id: grant })).toMatchObject({ captures: false })
  const wish = { grant, store: TARGET.id, schema: 'shared', table: 'never', mode: 'capture' as const }
  await expect(city.asker.subscribe(wish)).rejects.toMatchObject({ code: 'exchange.no_capture' })
  await beat(true)
  expect(await city.asker.grantById({ id: grant })).toMatchObject({ captures: true })
  expect(await city.asker.subscribe(wish)).toMatchObject({ subscription: { mode: 'capture', schedule: { kind: 'once' } } })
})

test('both nodes are ordered to capture, and what they tell of it is shown while it goes on', async () => {
  const { delivery: id } = await capturing()
  expect((await city.sender.orders({})).orders).toContainEqual(expect.objectContaining({ kind: 'send', delivery: id, mode: 'capture', accepted: '' }))
  expect((await city.receiver.orders({})).orders).toContainEqual(expect.objectContaining({ kind: 'receive', delivery: id, mode: 'capture' }))
  await follow(id)
  await city.receiver.progress({ id, side: 'receiver', progress: { ...FOLLOWING, capture: undefined, rowsLoaded: 77 }, route: 'direct' })
  expect(await city.asker.deliveryById({ id })).toMatchObject({
    state: 'running',
    progress: { phase: 'following', rowsLoaded: 77, capture: FOLLOWING.capture },
  })
})

test('对账: every period is balanced by both signatures, and counts once', async () => {
  const capture = await capturing()
  await follow(capture.delivery)
  await period(capture, 0)
  const { manifest } = await period(capture, 1)
  await city.sender.period({ id: capture.delivery, n: 1, kind: 'manifest', signed: manifest })
  const { items, total } = await city.asker.capturePeriods({ id: capture.delivery })
  expect(items.map(({ n, balance }) => [n, balance?.agrees])).toEqual([
    [1, true],
    [0, true],
  ])
  expect(total).toBe(2)
  expect((await city.approver.capturePeriods({ id: capture.delivery, limit: 1 })).items).toMatchObject([{ n: 1 }])
  expect(await city.asker.deliveryById({ id: capture.delivery })).toMatchObject({ state: 'running', loaded: 176, rejected: 4 })
})

test('对账: a period that does not balance stops the capture', async () => {
  const capture = await capturing()
  await follow(capture.delivery)
  await period(capture, 1, { receipt: { loaded: 87 } })
  expect(await city.asker.deliveryById({ id: capture.delivery })).toMatchObject({
    state: 'stopped',
    trouble: { code: 'not_balanced', side: 'platform' },
    loaded: 0,
  })
})

test('documents of another period, mode or signer are no evidence', async () => {
  const capture = await capturing()
  const { manifest, receipt } = evidenceFor(city, capture.delivery, capture.document, { manifest: { mode: 'capture', period: 2 } })
  await expect(city.sender.period({ id: capture.delivery, n: 1, kind: 'manifest', signed: manifest })).rejects.toMatchObject({ code: 'exchange.bad_evidence' })
  await expect(city.receiver.period({ id: capture.delivery, n: 1, kind: 'receipt', signed: receipt })).rejects.toMatchObject({ code: 'exchange.bad_evidence' })
  const forged = signDocument(
    RECEIPT,
    { ...Receipt.parse(JSON.parse(receipt.text)), mode: 'capture', period: 2, manifest: signedDigest(manifest) },
    city.source.keys.sign,
  )
  await expect(city.receiver.period({ id: capture.delivery, n: 2, kind: 'receipt', signed: forged })).rejects.toMatchObject({ code: 'exchange.bad_signature' })
  await expect(city.receiver.period({ id: capture.delivery, n: 2, kind: 'manifest', signed: manifest })).rejects.toMatchObject({ code: 'exchange.unknown' })
})

const CHANGED = {
  side: 'sender',
  code: 'schema_changed',
  detail: 'granted columns have changed: name character varying(400)',
  resumable: false,
  shape: 'ab12',
} as const

test('changed columns stop a capture; only the provider accepts them, once, and the sender is told what was accepted', async () => {
  const { delivery: id } = await capturing()
  await follow(id)
  await city.sender.trouble({ id, ...CHANGED })
  expect(await city.approver.deliveryById({ id })).toMatchObject({ state: 'stopped', schemaProposed: true, trouble: { code: 'schema_changed' } })
  await expect(city.asker.acceptSchema({ id })).rejects.toMatchObject({ code: expect.stringMatching(/not_yours|forbidden|rights/) })
  const acts = Array.from({ length: 10 }, () => () => city.approver.acceptSchema({ id }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.wrong_state'] })
  expect(await city.asker.deliveryById({ id })).toMatchObject({ state: 'ordered', schemaProposed: false })
  expect((await city.sender.orders({})).orders).toContainEqual(expect.objectContaining({ kind: 'send', delivery: id, accepted: 'ab12' }))
})

test('where a granted column is gone there is nothing to accept', async () => {
  const { delivery: id } = await capturing()
  await city.sender.trouble({ id, ...CHANGED, shape: '' })
  expect(await city.approver.deliveryById({ id })).toMatchObject({ state: 'stopped', schemaProposed: false })
  await expect(city.approver.acceptSchema({ id })).rejects.toMatchObject({ code: 'exchange.wrong_state' })
})

test('a lost slot stops the capture; a new load is a new delivery, and what is left of the old one is cleared at its source', async () => {
  const { delivery: id, subscription } = await capturing()
  await follow(id)
  await city.sender.trouble({ id, side: 'sender', code: 'slot_lost', detail: 'a new load of 1000 rows', resumable: false })
  const drops = async () => (await city.sender.orders({})).orders.filter((order) => order.kind === 'drop_capture' && order.delivery === id)
  expect(await drops()).toEqual([])
  const { id: next } = await city.asker.deliver({ id: subscription })
  expect(next).not.toBe(id)
  expect(await drops()).toEqual([{ kind: 'drop_capture', delivery: id, store: SOURCE.id }])
  await expect(city.receiver.captureDropped({ id })).rejects.toMatchObject({ code: 'exchange.unknown' })
  await city.sender.captureDropped({ id })
  expect(await drops()).toEqual([])
})

test('revocation ends a capture, and its slot is dropped', async () => {
  const { delivery: id, grant } = await capturing()
  await follow(id)
  await city.approver.revoke({ id: grant, reason: '用途已结束' })
  expect(await follow(id)).toEqual({ cancelled: true })
  expect((await city.sender.orders({})).orders).toContainEqual({ kind: 'drop_capture', delivery: id, store: SOURCE.id })
})

test('a capture is paused by either side and keeps its place; its nodes end the session, and what they say meanwhile changes nothing; then it goes on', async () => {
  const { delivery: id } = await capturing()
  await follow(id)
  const acts = Array.from({ length: 10 }, () => () => city.asker.pauseCapture({ id }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.wrong_state'] })
  expect((await city.sender.orders({ running: [id] })).orders).toContainEqual({ kind: 'pause', delivery: id })
  expect((await city.receiver.orders({ running: [id] })).orders).toContainEqual({ kind: 'pause', delivery: id })
  expect(await follow(id)).toEqual({ cancelled: false })
  await city.sender.trouble({ id, side: 'sender', code: 'draining', detail: 'the session ends', resumable: true })
  expect(await city.approver.deliveryById({ id })).toMatchObject({ state: 'paused', trouble: null, troubles: [] })
  const mine = async () => (await city.sender.orders({})).orders.filter((order) => 'delivery' in order && order.delivery === id)
  expect(await mine()).toEqual([])
  await expect(city.asker.pauseCapture({ id })).rejects.toMatchObject({ code: 'exchange.wrong_state' })
  expect(await city.asker.resumeDelivery({ id })).toMatchObject({ state: 'ordered' })
  expect(await mine()).toMatchObject([{ kind: 'send', mode: 'capture' }])
})

test('a paused capture that lost its place stops, and one that was cancelled is dropped; what is no capture is not paused', async () => {
  const [lost, cancelled] = [await capturing(), await capturing()]
  await city.asker.pauseCapture({ id: lost.delivery })
  await city.sender.trouble({ id: lost.delivery, side: 'sender', code: 'slot_lost', detail: 'a new load of 1000 rows', resumable: false })
  expect(await city.asker.deliveryById({ id: lost.delivery })).toMatchObject({ state: 'stopped', trouble: { code: 'slot_lost' } })
  await city.asker.pauseCapture({ id: cancelled.delivery })
  await city.asker.cancelDelivery({ id: cancelled.delivery, reason: '不再需要' })
  expect((await city.sender.orders({})).orders).toContainEqual({ kind: 'drop_capture', delivery: cancelled.delivery, store: SOURCE.id })
  const { grant } = await granted(city, await city.entry('整表目录'))
  const { delivery } = await city.asker.subscribe({ grant, store: TARGET.id, schema: 'shared', table: 'whole', mode: 'snapshot' })
  await expect(city.asker.pauseCapture({ id: delivery })).rejects.toMatchObject({ code: 'exchange.wrong_state', params: { state: 'no_capture' } })
})

test('issue 3 §6: a table is reconciled while a capture follows it, through that capture; not before its load, and not while it is paused', async () => {
  const capture = await capturing()
  await follow(capture.delivery)
  await expect(city.asker.reconcile({ id: capture.subscription })).rejects.toMatchObject({ code: 'exchange.delivery_running' })
  await period(capture, 0)
  const { id } = await city.asker.reconcile({ id: capture.subscription })
  await expect(city.asker.pauseCapture({ id: capture.delivery })).rejects.toMatchObject({ code: 'exchange.reconciliation_running' })
  const mine = async () =>
    [...(await city.sender.orders({})).orders, ...(await city.receiver.orders({})).orders].filter(
      (order) => 'reconciliation' in order && order.reconciliation === id,
    )
  expect(await mine()).toMatchObject([
    { kind: 'reconcile_send', capture: capture.delivery },
    { kind: 'reconcile_receive', capture: capture.delivery },
  ])
  await city.receiver.reconciled({ id, sourceRows: 88, targetRows: 88, differing: 0, missing: 0, extra: 0, mended: false, sample: [] })
  await city.asker.pauseCapture({ id: capture.delivery })
  await expect(city.asker.reconcile({ id: capture.subscription })).rejects.toMatchObject({ code: 'exchange.capture_paused' })
})

const refusedRow = (k: string) => ({ key: k, keys: [k], field: '', rule: 'target:grown_up', value: '' })

test('issue 3, poison row: what the target refuses waits in the quarantine for as long as it does, and what was dismissed stays so', async () => {
  const { delivery: id } = await capturing()
  await follow(id)
  await city.sender.quarantineRows({ id, range: REFUSED_RANGE, rows: ['a', 'b', 'c'].map(refusedRow) })
  const { items } = await city.approver.quarantine({ delivery: id, state: 'open' })
  expect(items.map(({ rowKey }) => rowKey).sort()).toEqual(['a', 'b', 'c'])
  const waits = async () => (await t.todos()).filter(({ kind, subject }) => kind === 'exchange.quarantine' && subject === id)
  expect(await waits()).toHaveLength(1)
  await city.approver.settleQuarantine({ ids: [items.find(({ rowKey }) => rowKey === 'a')!.id], state: 'dismissed' })
  await city.sender.quarantineRows({ id, range: REFUSED_RANGE, rows: ['a', 'c'].map(refusedRow) })
  const states = async () => Object.fromEntries((await city.approver.quarantine({ delivery: id })).items.map(({ rowKey, state }) => [rowKey, state]))
  expect(await states()).toEqual({ a: 'dismissed', b: 'mended', c: 'open' })
  await city.sender.quarantineRows({ id, range: REFUSED_RANGE, rows: [refusedRow('a')] })
  expect(await states()).toEqual({ a: 'dismissed', b: 'mended', c: 'mended' })
  expect(await waits()).toEqual([])
})

test('quarantined rows of a capture are read again by it while it goes on, once at a time; what broke a rule again stays with its new reason', async () => {
  const capture = await capturing()
  const id = capture.delivery
  await follow(id)
  await period(capture, 0)
  const broken = (k: string) => ({ key: k, keys: [k], field: 'uscc', rule: 'uscc', value: '91**' })
  await city.sender.quarantineRows({ id, range: REFUSED_RANGE + 1, rows: [broken('x'), broken('y')] })
  await city.sender.quarantineRows({ id, range: REFUSED_RANGE, rows: [refusedRow('z')] })
  const acts = Array.from({ length: 10 }, () => () => city.approver.replayQuarantine({ delivery: id }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['exchange.nothing_to_replay'] })
  const orders = async () => (await city.sender.orders({})).orders.filter((order) => order.kind === 'replay_capture' && order.delivery === id)
  const [order] = await orders()
  expect(order).toMatchObject({ keys: [['x'], ['y'], ['z']] })
  const done = { id: (order as { order: Id }).order, rejected: [{ ...broken('y'), rule: 'length' }] }
  await city.sender.nodeOrderDone(done)
  await city.sender.quarantineRows({ id, range: REFUSED_RANGE, rows: [] })
  const { items } = await city.approver.quarantine({ delivery: id })
  expect(Object.fromEntries(items.map(({ rowKey, state, rule }) => [rowKey, `${state} ${rule}`]))).toEqual({
    x: 'mended uscc',
    y: 'open length',
    z: 'mended target:grown_up',
  })
  expect(await orders()).toEqual([])
})
