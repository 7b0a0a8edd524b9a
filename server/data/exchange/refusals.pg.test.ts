import { generateKeyPairSync } from 'node:crypto'
import { fingerprint, rawPublicKey } from '@zhenghe/wire/keys.ts'
import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract as identity } from '../../service/identity/contract.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { contract as nodes } from '../nodes/contract.ts'
import { nodesOf } from '../nodes/testing.ts'
import { contract } from './contract.ts'
import {
  approverOf,
  evidenceFor,
  exchangeCity,
  granted,
  handIn,
  ITEMS,
  MODULES,
  NOW,
  nodeOf,
  signGrant,
  subscribed,
  TARGET,
  TERMS,
  wishFor,
} from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const UNKNOWN = '00000000-0000-4000-8000-000000001234'
const refused = (code: string, params?: object) => ({ code: `exchange.${code}`, ...(params ? { params } : {}) })
const ask = (entry: string, wish = {}) => city.asker.request(wishFor(entry, city.target.id, wish))
const prepare = (id: string, terms = {}) => city.approver.prepareGrant({ id, terms: { ...TERMS, ...terms } })

test('第二十条: what the entry cannot give is refused before anything else', async () => {
  const withheld = { type: 'none', condition: '', basis: '《中华人民共和国保守国家秘密法》第九条', mode: 'platform_database' } as const
  const none = await city.entry('不予共享目录', { share: withheld })
  await expect(ask(none)).rejects.toMatchObject(refused('not_shared', { basis: withheld.basis }))
  const unbound = (await city.people.published({ name: '未挂接目录', items: ITEMS })).head.id
  await expect(ask(unbound)).rejects.toMatchObject(refused('not_bound'))
  const entry = await city.entry('将撤销目录')
  await expect(city.at(city.provider, ['exchange.request']).request(wishFor(entry, city.source.id))).rejects.toMatchObject(refused('own_data'))
  await expect(ask(UNKNOWN)).rejects.toMatchObject({ code: 'catalog.unknown' })
  await t
    .as({ rights: ['catalog.publish'] })(catalog)
    .withdraw({ id: entry, reason: '职责调整' })
  await expect(ask(entry)).rejects.toMatchObject(refused('not_published'))
  await expect(
    t
      .as({ rights: ['exchange.request'] })(contract)
      .request(wishFor(entry, city.target.id)),
  ).rejects.toMatchObject({ code: 'kernel.forbidden' })
})

test('a wish names fields the entry has, its key, a filter over them, a term within three years, and a node of its own', async () => {
  const entry = await city.entry('申请校验')
  await expect(ask(entry, { fields: ['uscc', 'salary'] })).rejects.toMatchObject(refused('unknown_fields', { fields: ['salary'] }))
  await expect(ask(entry, { fields: ['name'] })).rejects.toMatchObject(refused('key_missing', { fields: ['uscc'] }))
  const filter = { op: 'ge', field: 'established_on', value: '2026-01-01' } as const
  await expect(ask(entry, { filter })).rejects.toMatchObject(
    refused('bad_filter', { problems: [{ path: 'field', code: 'unknown_field', params: { field: 'established_on' } }] }),
  )
  await expect(ask(entry, { termUntil: '2026-11-23' })).rejects.toMatchObject(refused('bad_term'))
  await expect(ask(entry, { termUntil: '2029-11-24' })).rejects.toMatchObject(refused('bad_term'))
  await expect(ask(entry, { fields: ['uscc', 'name'], mode: 'incremental' })).rejects.toMatchObject(refused('no_cursor'))
  await expect(city.asker.request(wishFor(entry, city.source.id))).rejects.toMatchObject(refused('no_node'))
  const { id } = await ask(entry)
  await expect(ask(entry)).rejects.toMatchObject(refused('already_asked'))
  await city.asker.withdrawRequest({ id, reason: '' })
})

test('第二十条: the legal form’s other fields go with the wish; calls only with an entry shared as a service', async () => {
  const entry = await city.entry('申请表字段')
  const application = {
    type: 'supervision',
    system: '金税征管系统',
    scope: '全市征管人员',
    user: '赵某',
    userPhone: '13900007777',
    userEmail: 'a@example.cn',
  } as const
  await expect(ask(entry, { application: { ...application, callsADay: 100 } })).rejects.toMatchObject(refused('calls_not_asked'))
  await expect(ask(entry, { application: { ...application, userEmail: 'nobody' } })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const { id, wish } = await ask(entry, { application: { ...application, hours: { from: '08:00', to: '20:00' } } })
  expect(wish.application).toMatchObject({ ...application, hours: { from: '08:00', to: '20:00' }, technical: '' })
  expect((await city.bureau.requestById({ id })).wish.application).toMatchObject({ userPhone: '139****7777', userEmail: '' })
  expect((await t.ledger()).some(({ body }) => body.includes('13900007777') || body.includes('a@example.cn'))).toBe(false)
  const { rows } = await t.pool.query('select application_type from exchange_pub.request where id = $1', [id])
  expect(rows).toEqual([{ application_type: 'supervision' }])
  const service = { type: 'unconditional', condition: '', basis: '', mode: 'platform_service' } as const
  const asService = await ask(await city.entry('接口目录', { share: service }), { application: { callsADay: 2000, callsASecond: 5 } })
  expect(asService.wish.application).toMatchObject({ callsADay: 2000, callsASecond: 5 })
})

test('第二十二条: what is missing is asked for at once; the clock stops until it is supplied', async () => {
  const entry = await city.entry('补正目录')
  const { id } = await ask(entry)
  const asked = await city.approver.askSupplement({ id, missing: ['说明使用场景', '附三定规定'] })
  expect(asked).toMatchObject({ state: 'supplement', supplement: ['说明使用场景', '附三定规定'], clock: { suspended: true } })
  await expect(prepare(id)).rejects.toMatchObject(refused('wrong_state', { state: 'supplement' }))
  await expect(city.approver.askSupplement({ id, missing: ['再补'] })).rejects.toMatchObject(refused('wrong_state'))
  t.setNow('2026-11-30T02:00:00.000Z')
  const supplied = await city.asker.supply({ id, basis: '三定规定第三条', purpose: '核对纳税人登记信息', note: '见附件' })
  expect(supplied).toMatchObject({ state: 'waiting', supplement: [], wish: { basis: '三定规定第三条' }, clock: { suspended: false, dueOn: '2026-12-11' } })
  await expect(city.asker.supply({ id, basis: '三定规定', purpose: '核对登记', note: '' })).rejects.toMatchObject(refused('wrong_state'))
  t.setNow(NOW)
  await city.asker.withdrawRequest({ id })
})

test('第二十一条: the data authority extends the clock within the rule, with a reason', async () => {
  const { id } = await ask(await city.entry('延期目录'))
  await expect(city.bureau.extend({ id, days: 11, reason: '涉及多个处室' })).rejects.toMatchObject(refused('extension_too_long', { days: 10 }))
  expect((await city.bureau.extend({ id, days: 4, reason: '涉及多个处室' })).clock).toMatchObject({ extendedBy: 4, dueOn: '2026-12-11' })
  await expect(city.bureau.extend({ id, days: 7, reason: '涉及多个处室' })).rejects.toMatchObject(refused('extension_too_long', { days: 6 }))
  const elsewhere = t.as({ holdings: [{ right: 'exchange.supervise', division: '110000' }] })(contract)
  await expect(elsewhere.extend({ id, days: 1, reason: '不归我管' })).rejects.toMatchObject(refused('unknown'))
  await city.asker.withdrawRequest({ id })
  await expect(city.bureau.extend({ id, days: 1, reason: '已撤回了' })).rejects.toMatchObject(refused('wrong_state', { state: 'withdrawn' }))
})

test('a refusal gives its reasons; the applicant takes note of it', async () => {
  const { id } = await ask(await city.entry('拒绝目录'))
  const reasons = ['申请用途超出本单位职责']
  const refusedRequest = await city.approver.refuse({ id, reasons, basis: '《政务数据共享条例》第二十一条' })
  expect(refusedRequest).toMatchObject({ state: 'refused', refusal: { reasons }, clock: { tone: 'ended' } })
  const waiting = async () => (await t.todos()).filter(({ subject }) => subject === id).map(({ kind }) => kind)
  expect(await waiting()).toEqual(['exchange.refused'])
  await city.asker.acknowledge({ id })
  expect(await waiting()).toEqual([])
  for (const act of [() => city.approver.refuse({ id, reasons, basis: '同上依据' }), () => city.asker.withdrawRequest({ id }), () => prepare(id)])
    await expect(act()).rejects.toMatchObject(refused('wrong_state', { state: 'refused' }))
})

test('only the provider answers, only the applicant withdraws, and nobody else knows of it', async () => {
  const { id } = await ask(await city.entry('边界目录'))
  const third = await city.city.newUnit({ name: '统计局' })
  const stranger = city.at(third, ['exchange.request', 'exchange.answer', 'exchange.receive'])
  for (const act of [
    () => stranger.requestById({ id }),
    () => stranger.refuse({ id, reasons: ['不是我的事项'], basis: '没有依据' }),
    () => stranger.withdrawRequest({ id }),
    () => stranger.grantById({ id: UNKNOWN }),
    () => stranger.deliveryById({ id: UNKNOWN }),
    () => stranger.reconciliations({ id: UNKNOWN }),
  ])
    await expect(act()).rejects.toMatchObject(refused('unknown'))
  expect((await stranger.requests({ side: 'all' })).total).toBe(0)
  expect((await city.bureau.requests({ side: 'all', state: ['waiting'] })).items.map((one) => one.id)).toContain(id)
  expect((await city.bureau.requestById({ id })).wish.phone).toBe('139****1234')
  expect((await city.approver.requestById({ id })).wish.phone).toBe('13900001234')
  await expect(city.at(city.consumer, ['exchange.answer']).refuse({ id, reasons: ['自己拒绝自己'], basis: '没有依据' })).rejects.toMatchObject(
    refused('not_yours'),
  )
  await expect(city.at(city.provider, ['exchange.request']).withdrawRequest({ id })).rejects.toMatchObject(refused('not_yours'))
})

test('terms give no more than was asked, mask what is sensitive, and hold together', async () => {
  const filter = { op: 'startsWith', field: 'name', value: '云泽' } as const
  const { id } = await ask(await city.entry('授权校验'), { filter, mode: 'incremental' })
  const [uscc, name, person, moment] = TERMS.fields as [object, object, object, object]
  const plain = { name: 'legal_rep_id' }
  await expect(prepare(id, { fields: [...TERMS.fields, { name: 'established_on' }] })).rejects.toMatchObject(
    refused('unknown_fields', { fields: ['established_on'] }),
  )
  await expect(prepare(id, { fields: [name, moment] })).rejects.toMatchObject(refused('key_missing', { fields: ['uscc'] }))
  await expect(prepare(id, { notAfter: '2027-11-23' })).rejects.toMatchObject(refused('bad_term'))
  await expect(prepare(id, { filter: { op: 'eq', field: 'uscc', value: 7 } })).rejects.toMatchObject(refused('bad_filter'))
  await expect(prepare(id, { fields: [uscc, { name: 'name', mask: { kind: 'name' } }, person, moment] })).rejects.toMatchObject(
    refused('bad_mask', { field: 'name' }),
  )
  await expect(prepare(id, { fields: [uscc, name, { ...plain, mask: { kind: 'year' } }, moment] })).rejects.toMatchObject(
    refused('bad_mask', { field: 'legal_rep_id' }),
  )
  await expect(prepare(id, { fields: [uscc, name, person, { name: 'updated_at', rules: [{ kind: 'digits' }] }] })).rejects.toMatchObject(
    refused('bad_rule', { field: 'updated_at' }),
  )
  await expect(prepare(id, { fields: [uscc, name, person] })).rejects.toMatchObject(refused('no_cursor'))
  await expect(prepare(id, { fields: [uscc, name, plain, moment] })).rejects.toMatchObject(refused('sensitive_unmasked', { fields: ['legal_rep_id'] }))
  await prepare(id, { fields: [uscc, name, plain, moment], note: '稽查案件需要核对证件原文' })
  const narrower = await prepare(id, { filter: { op: 'notNull', field: 'name' } })
  expect(narrower.version).toBe(2)
  expect(JSON.parse(narrower.text).filter).toEqual({ op: 'and', of: [filter, { op: 'notNull', field: 'name' }] })
})

test('a grant is signed by the approver’s own current key, over exactly the text prepared last', async () => {
  const { id } = await ask(await city.entry('签名目录'))
  const [first, second] = [await prepare(id), await prepare(id, { note: '第二稿' })]
  await expect(city.approver.grant({ id, signed: signGrant(first.text, city.key) })).rejects.toMatchObject(refused('grant_changed'))
  const forged = signGrant(second.text, generateKeyPairSync('ed25519').privateKey)
  await expect(city.approver.grant({ id, signed: forged })).rejects.toMatchObject(refused('bad_signature'))
  const named = { ...forged, key: fingerprint(rawPublicKey(city.key)) }
  await expect(city.approver.grant({ id, signed: named })).rejects.toMatchObject(refused('bad_signature'))
  const keyless = city.at(city.provider, ['exchange.answer', 'nodes.read_schema'], (await city.city.newPerson(city.provider)).id)
  await expect(keyless.prepareGrant({ id, terms: TERMS })).rejects.toMatchObject(refused('no_signing_key'))
  await expect(keyless.grant({ id, signed: signGrant(second.text, city.key) })).rejects.toMatchObject(refused('no_signing_key'))
  const retiring = await approverOf(t, city.city, city.provider)
  await t.as({ person: retiring.person })(identity).retireSigningKey({})
  const retired = city.at(city.provider, ['exchange.answer', 'nodes.read_schema'], retiring.person)
  await expect(retired.grant({ id, signed: signGrant(second.text, retiring.key) })).rejects.toMatchObject(refused('no_signing_key'))
  await city.approver.grant({ id, signed: signGrant(second.text, city.key) })
  await expect(t.pool.query(`update exchange."grant" set text = text || ' '`)).rejects.toThrow(/never changes/)
})

test('an entry that was withdrawn meanwhile, or whose node is gone, cannot be granted', async () => {
  const entry = await city.entry('中途撤销')
  const { id } = await ask(entry)
  await t
    .as({ rights: ['catalog.publish'] })(catalog)
    .withdraw({ id: entry, reason: '职责调整' })
  await expect(prepare(id)).rejects.toMatchObject(refused('not_published'))
})

test('subscribing needs a grant in force, a target of one’s node, and a cursor for increments', async () => {
  const { grant } = await granted(city, await city.entry('订阅目录'), {})
  const subscribe = (wish = {}) => city.asker.subscribe({ grant, store: TARGET.id, schema: 'shared', table: 'subscribed', ...wish })
  await expect(subscribe({ grant: UNKNOWN })).rejects.toMatchObject(refused('unknown'))
  await expect(subscribe({ store: 'elsewhere' })).rejects.toMatchObject({ code: 'nodes.unknown' })
  await expect(city.at(city.provider, ['exchange.receive']).subscribe({ grant, store: TARGET.id, schema: 's', table: 't' })).rejects.toMatchObject(
    refused('not_yours'),
  )
  const { subscription } = await subscribe()
  await expect(subscribe()).rejects.toMatchObject(refused('table_taken'))
  t.setNow('2027-11-23T02:00:00.000Z')
  await expect(subscribe({ table: 'later' })).rejects.toMatchObject(refused('grant_over', { state: 'expired' }))
  t.setNow(NOW)
  expect((await city.asker.stopSubscription({ id: subscription.id })).stoppedAt).toBe(NOW)
  for (const act of [
    () => city.asker.stopSubscription({ id: subscription.id }),
    () => city.asker.deliver({ id: subscription.id }),
    () => city.asker.reconcile({ id: subscription.id }),
  ])
    await expect(act()).rejects.toMatchObject(refused('wrong_state', { state: 'stopped' }))
  const short = await city.entry('无游标目录')
  const request = await ask(short, { fields: ['uscc', 'name'] })
  const { text, grant: other } = await prepare(request.id, { fields: [{ name: 'uscc' }, { name: 'name' }] })
  await city.approver.grant({ id: request.id, signed: signGrant(text, city.key) })
  await expect(subscribe({ grant: other, table: 'no_cursor', mode: 'incremental' })).rejects.toMatchObject(refused('no_cursor'))
})

test('deliveries and reconciliations of one subscription do not cross', async () => {
  const { subscription: id, delivery, document } = await subscribed(city, await city.entry('互斥目录'))
  await expect(city.asker.deliver({ id })).rejects.toMatchObject(refused('delivery_running'))
  await expect(city.asker.reconcile({ id })).rejects.toMatchObject(refused('delivery_running'))
  await city.asker.cancelDelivery({ id: delivery, reason: '不要了' })
  await expect(city.asker.reconcile({ id })).rejects.toMatchObject(refused('wrong_state', { state: 'never_delivered' }))
  await expect(city.asker.cancelDelivery({ id: delivery, reason: '再取消' })).rejects.toMatchObject(refused('wrong_state', { state: 'cancelled' }))
  await expect(city.asker.resumeDelivery({ id: delivery })).rejects.toMatchObject(refused('wrong_state', { state: 'cancelled' }))
  t.setNow('2026-11-23T02:01:00.000Z')
  const next = await city.asker.deliver({ id })
  await handIn(city, next.id, document)
  await expect(city.sender.manifest({ id: next.id, signed: evidenceFor(city, next.id, document, { manifest: { read: 1 } }).manifest })).rejects.toMatchObject(
    refused('wrong_state', { state: 'done' }),
  )
  const { id: reconciliation } = await city.asker.reconcile({ id })
  await expect(city.asker.reconcile({ id })).rejects.toMatchObject(refused('reconciliation_running'))
  await expect(city.asker.deliver({ id })).rejects.toMatchObject(refused('reconciliation_running'))
  const equal = { sourceRows: 88, targetRows: 88, differing: 0, missing: 0, extra: 0, mended: false, sample: [] }
  await expect(city.sender.reconciled({ id: reconciliation, ...equal })).rejects.toMatchObject(refused('unknown'))
  await city.receiver.reconciled({ id: reconciliation, ...equal })
  await expect(city.asker.askMending({ id })).rejects.toMatchObject(refused('nothing_to_mend'))
  t.setNow(NOW)
})

test('what a node hands in is its own, genuine, and about this delivery', async () => {
  const { delivery: id, document } = await subscribed(city, await city.entry('凭证目录'))
  const { manifest, receipt } = evidenceFor(city, id, document)
  await expect(city.receiver.manifest({ id, signed: manifest })).rejects.toMatchObject(refused('unknown'))
  await expect(city.receiver.receipt({ id, signed: { ...receipt, signature: manifest.signature } })).rejects.toMatchObject(refused('bad_signature'))
  await expect(city.receiver.receipt({ id, signed: manifest })).rejects.toMatchObject(refused('bad_signature'))
  const other = evidenceFor(city, UNKNOWN, document)
  await expect(city.sender.manifest({ id, signed: other.manifest })).rejects.toMatchObject(refused('bad_evidence'))
  const otherVersion = evidenceFor(city, id, { ...document, version: 9 })
  await expect(city.sender.manifest({ id, signed: otherVersion.manifest })).rejects.toMatchObject(refused('bad_evidence'))
  const stranger = t.as({ kind: 'node', person: UNKNOWN, rights: ['exchange.node', 'nodes.node'], unit: city.provider.id })(contract)
  const trouble = { id, side: 'sender', code: 'x', detail: 'x', resumable: true } as const
  await expect(stranger.trouble(trouble)).rejects.toMatchObject(refused('unknown'))
  await expect(city.receiver.trouble(trouble)).rejects.toMatchObject(refused('unknown'))
  await expect(stranger.quarantineRows({ id, range: 0, rows: [] })).rejects.toMatchObject(refused('unknown'))
  await expect(stranger.relayPass({ id })).rejects.toMatchObject(refused('unknown'))
  expect(await city.receiver.relayPass({ id })).toEqual({ side: 'receiver' })
  await city.asker.cancelDelivery({ id, reason: '不要了' })
  await expect(city.receiver.relayPass({ id })).rejects.toMatchObject(refused('wrong_state', { state: 'cancelled' }))
})

test('nothing moves under a revoked grant or through a revoked node', async () => {
  const { subscription: id, grant, delivery } = await subscribed(city, await city.entry('撤销授权目录'))
  expect(await city.approver.revoke({ id: grant, reason: '超范围使用' })).toMatchObject({ state: 'revoked', revokeReason: '超范围使用' })
  await expect(city.approver.revoke({ id: grant, reason: '再撤一次' })).rejects.toMatchObject(refused('grant_over', { state: 'revoked' }))
  await expect(city.asker.revoke({ id: grant, reason: '没有权限' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(city.at(city.consumer, ['exchange.answer']).revoke({ id: grant, reason: '不是提供方' })).rejects.toMatchObject(refused('not_yours'))
  await expect(city.asker.subscribe({ grant, store: TARGET.id, schema: 's', table: 't' })).rejects.toMatchObject(refused('grant_over'))
  await expect(city.asker.deliver({ id })).rejects.toMatchObject(refused('wrong_state', { state: 'stopped' }))
  expect(await city.asker.deliveryById({ id: delivery })).toMatchObject({ state: 'cancelled' })
  const unit = await city.city.newUnit({ name: '医疗保障局' })
  const node = await nodeOf(t, unit, TARGET)
  const asker = city.at(unit, ['exchange.request', 'exchange.receive'])
  const request = await asker.request(wishFor(await city.entry('节点吊销目录'), node.id))
  const { text, grant: other } = await city.approver.prepareGrant({ id: request.id, terms: TERMS })
  await city.approver.grant({ id: request.id, signed: signGrant(text, city.key) })
  const made = await asker.subscribe({ grant: other, store: TARGET.id, schema: 's', table: 't' })
  await nodesOf(t, unit).operator.revoke({ id: node.id, reason: '设备更换' })
  await expect(asker.deliver({ id: made.subscription.id })).rejects.toMatchObject(refused('no_node'))
  await t.work()
  expect(await asker.deliveryById({ id: made.delivery })).toMatchObject({ state: 'cancelled' })
  expect((await t.as({})(nodes).node({ id: node.id })).state).toBe('revoked')
})
