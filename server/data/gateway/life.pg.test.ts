import { API_GRANT } from '@zhenghe/wire/api-grant.ts'
import { signDocument } from '@zhenghe/wire/sign.ts'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity } from '../exchange/testing/city.ts'
import { contract } from './contract.ts'
import type { Definition } from './definition.contract.ts'
import { Quotas } from './endpoint/quota.ts'
import { gatewayOffice, MODULES, operation, WISH } from './testing/office.ts'

const t = await testPlatform(MODULES)
const city = await exchangeCity(t)
const office = await gatewayOffice(t, city)
const upstream = await office.upstream('http://127.0.0.1:9/api')
const { publisher, asker } = office
const code = (work: Promise<unknown>) => work.then(() => 'done').catch((error: { code?: string }) => error.code)
const generated = (entry: string, wish: Partial<z.input<typeof Definition>> = {}): z.input<typeof Definition> => ({
  ...{ kind: 'generated', entry, fields: ['uscc', 'name', 'legal_rep_id'] },
  operations: [
    { name: 'verify', title: '核验', question: { kind: 'verify', name: 'verify', compare: ['name', 'legal_rep_id'] } },
    { name: 'get', title: '查询', question: { kind: 'byKey', name: 'get', fields: ['name', 'legal_rep_id'] } },
  ],
  ...(wish as object),
})

test('a registered interface leads to an allowed address of its own unit, or is refused', async () => {
  const definition = { kind: 'registered' as const, upstream, operations: [operation('a')] }
  const other = t.as({ rights: ['gateway.publish'], unit: city.consumer.id })(contract)
  expect(await code(other.register({ code: 'elsewhere', name: '接口', definition }))).toBe('gateway.upstream_unknown')
  expect(await code(office.system.allowUpstream({ name: '重复', baseUrl: 'http://127.0.0.1:9/api/', unit: city.provider.id }))).toBe('gateway.upstream_taken')
  expect(await code(office.system.allowUpstream({ name: '带参数', baseUrl: 'http://x/?a=1', unit: city.provider.id }))).toBe('gateway.bad_base_url')
})

test('a definition at odds with itself is refused with every problem in words', async () => {
  const operations = [operation('a', { path: '/x/{id}' }), operation('a'), operation('c', { path: '/a' })]
  await expect(publisher.register({ code: 'odd', name: '接口', definition: { kind: 'registered', upstream, operations } })).rejects.toMatchObject({
    code: 'gateway.bad_definition',
    params: { problems: [{ zh: '操作 a 重复' }, { zh: expect.stringContaining('操作 c 的地址') }, { zh: expect.stringContaining('缺少路径参数 id') }] },
  })
})

test('one draft at a time, whoever begins ten at once; codes are given once', async () => {
  const { id } = await office.published(upstream, [operation('a')])
  const definition = { kind: 'registered' as const, upstream, operations: [operation('b')] }
  await Promise.all(Array.from({ length: 10 }, () => publisher.draft({ id, definition })))
  expect((await publisher.apiById({ id })).versions.map(({ n, state }) => [n, state])).toEqual([
    [2, 'draft'],
    [1, 'published'],
  ])
  const ends = await race(Array.from({ length: 10 }, () => () => publisher.register({ code: 'one-code', name: '接口', definition })))
  expect(ends).toEqual({ passed: 1, refused: ['gateway.code_taken'] })
})

test('a published version never changes; versions live side by side until deprecated and withdrawn', async () => {
  const { id } = await office.published(upstream, [operation('a')])
  await expect(t.pool.query(`update gateway.version set definition = '{}' where api = $1`, [id])).rejects.toThrow('never changes')
  await publisher.draft({ id, definition: { kind: 'registered', upstream, operations: [operation('b')] } })
  await publisher.publish({ id })
  expect((await asker.apiById({ id })).versions.map(({ state }) => state)).toEqual(['published', 'published'])
  const view = await publisher.deprecate({ id, n: 1, reason: '请迁移到第二版' })
  expect(view.versions[1]).toMatchObject({ state: 'deprecated', deprecation: '请迁移到第二版' })
  expect(await code(asker.apply({ id, n: 1, wish: WISH }))).toBe('gateway.wrong_state')
  await publisher.withdrawVersion({ id, n: 1, reason: '迁移已经完成' })
  expect(await code(publisher.withdrawVersion({ id, n: 1, reason: '再停一次' }))).toBe('gateway.wrong_state')
})

test('drafts are for their publishers alone', async () => {
  const { id } = await publisher.register({
    code: 'secret-draft',
    name: '未发布接口',
    definition: { kind: 'registered', upstream, operations: [operation('a')] },
  })
  expect(await code(asker.apiById({ id }))).toBe('gateway.unknown')
  expect((await asker.apis({ text: '未发布' })).total).toBe(0)
  expect((await publisher.apis({ text: '未发布', of: 'mine' })).total).toBe(1)
})

test('an application: once at a time, of ten exactly one passes; its clock runs and ends with the answer', async () => {
  const { id } = await office.published(upstream, [operation('a')])
  const ends = await race(Array.from({ length: 10 }, () => () => asker.apply({ id, n: 1, wish: WISH })))
  expect(ends).toEqual({ passed: 1, refused: ['gateway.already_applied'] })
  const { items } = await publisher.accesses({ side: 'incoming', api: id })
  expect(items[0]).toMatchObject({ state: 'waiting', clock: { rule: 'exchange.answer.conditional', days: 10 } })
  const refused = await publisher.refuseAccess({ id: items[0]!.id, reasons: ['与职责无关'], basis: '政务数据共享条例' })
  expect([refused.state, refused.clock?.endedOn]).toEqual(['refused', '2026-11-23'])
  const own = t.as({ rights: ['gateway.apply'], unit: city.provider.id })(contract)
  expect(await code(own.apply({ id, n: 1, wish: WISH }))).toBe('gateway.own_api')
  expect(await code(asker.apply({ id, n: 1, wish: { ...WISH, termUntil: '2031-01-01' } }))).toBe('gateway.bad_term')
})

test('never more than was asked for: quota, rate, term, operations', async () => {
  const { id } = await office.published(upstream, [operation('a')], { ratePerSecond: 10 })
  const asked = await asker.apply({ id, n: 1, wish: WISH })
  const terms = await publisher.proposeTerms({ id: asked.id })
  const grant = (change: object) => code(publisher.grantAccess({ id: asked.id, terms: { ...terms, ...change } }))
  expect(await grant({ quotaPerDay: 1001 })).toBe('gateway.bad_terms')
  expect(await grant({ ratePerSecond: 11 })).toBe('gateway.bad_terms')
  expect(await grant({ notAfter: '2027-11-23' })).toBe('gateway.bad_term')
  expect(await grant({ operations: ['b'] })).toBe('gateway.bad_terms')
  expect(await grant({})).toBe('done')
  expect(await grant({})).toBe('gateway.wrong_state')
})

test('others see neither applications nor grants, and cannot answer them', async () => {
  const { id } = await office.published(upstream, [operation('a')])
  const asked = await asker.apply({ id, n: 1, wish: WISH })
  const stranger = t.as({ rights: ['gateway.answer'], unit: (await city.city.newUnit()).id })(contract)
  expect(await code(stranger.accessById({ id: asked.id }))).toBe('gateway.unknown')
  expect(await code(stranger.refuseAccess({ id: asked.id, reasons: ['不是我的事'], basis: '没有依据' }))).toBe('gateway.unknown')
})

test('a generated interface: sensitive fields masked unless a reason is given, the signed text exactly the prepared one', async () => {
  const entry = await city.entry('企业登记核验')
  const { id } = await publisher.register({ code: 'company-check', name: '企业核验', definition: generated(entry) })
  await publisher.publish({ id })
  const asked = await asker.apply({ id, n: 1, wish: WISH })
  const terms = await publisher.proposeTerms({ id: asked.id })
  expect(terms.fields).toContainEqual(expect.objectContaining({ name: 'legal_rep_id', mask: { kind: 'middle', head: 6, tail: 4 } }))
  const plain = { ...terms, fields: terms.fields.map(({ name }) => ({ name })) }
  expect(await code(publisher.prepareAccess({ id: asked.id, terms: plain }))).toBe('gateway.sensitive_unmasked')
  expect(await code(publisher.prepareAccess({ id: asked.id, terms: { ...plain, operations: ['verify'] } }))).toBe('done')
  const { text } = await publisher.prepareAccess({ id: asked.id, terms })
  const grant = JSON.parse(text) as Record<string, unknown>
  expect(await code(publisher.grantAccess({ id: asked.id, signed: signDocument(API_GRANT, { ...grant, purpose: '别的用途' }, city.key) }))).toBe(
    'gateway.grant_changed',
  )
  expect(await code(publisher.grantAccess({ id: asked.id, signed: { ...signDocument(API_GRANT, grant, city.key), signature: 'A'.repeat(86) } }))).toBe(
    'gateway.bad_signature',
  )
  const view = await publisher.grantAccess({ id: asked.id, signed: signDocument(API_GRANT, grant, city.key) })
  expect(view).toMatchObject({ state: 'in_force', signed: true })
  expect((await asker.document({ id, n: 1 }))['paths']).toHaveProperty('/verify')
})

test('an entry that is not shared, not bound or another unit’s makes no interface', async () => {
  const closed = await city.entry('不予共享目录', {
    share: { type: 'none', condition: '', basis: '《中华人民共和国保守国家秘密法》第九条', mode: 'platform_database' },
  })
  expect(await code(publisher.register({ code: 'closed-one', name: '接口', definition: generated(closed) }))).toBe('gateway.not_shared')
  const { head } = await city.people.published({ name: '未挂接目录' })
  expect(await code(publisher.register({ code: 'unbound-one', name: '接口', definition: generated(head.id) }))).toBe('gateway.not_bound')
  const entry = await city.entry('缺主键目录')
  expect(await code(publisher.register({ code: 'keyless-one', name: '接口', definition: generated(entry, { fields: ['name'] }) }))).toBe(
    'gateway.bad_definition',
  )
})

test('a new grant takes the place of the one before; ten grants at once leave one in force', async () => {
  const { id } = await office.published(upstream, [operation('a')])
  const first = await office.granted(id)
  const second = await office.granted(id)
  expect((await asker.accessById({ id: first.id })).revokeReason).toContain(second.number)
  const third = await asker.apply({ id, n: 1, wish: WISH })
  const terms = await publisher.proposeTerms({ id: third.id })
  expect((await race(Array.from({ length: 10 }, () => () => publisher.grantAccess({ id: third.id, terms })))).passed).toBe(1)
})

test('a key’s secret is told once and kept sealed; one name at a time', async () => {
  const { key, secret } = await asker.makeKey({ name: '征管系统' })
  const { rows } = await t.pool.query<{ sealed: string }>('select sealed from gateway.consumer_key where id = $1', [key.id])
  expect(rows[0]!.sealed).not.toContain(secret)
  expect(JSON.stringify(await asker.keys({}))).not.toContain(secret)
  expect((await t.ledger()).map(({ body }) => body).join('')).not.toContain(secret)
  expect((await race(Array.from({ length: 10 }, () => () => asker.makeKey({ name: '同名系统' })))).passed).toBe(1)
})

test('quota: exact across processes at the border, and what lies idle is handed back', async () => {
  const { id } = await office.published(upstream, [operation('a')])
  const { id: access } = await office.granted(id)
  const processes = Array.from({ length: 4 }, () => new Quotas(t.pool))
  const day = '2026-11-23'
  const takes = await Promise.all(Array.from({ length: 200 }, (_, n) => processes[n % 4]!.take(access, 150, day, 0)))
  const passed = takes.filter(Boolean).length
  expect(passed).toBeLessThanOrEqual(150)
  for (const one of processes) await one.handBack(5000)
  const rest: boolean[] = []
  for (let n = 0; n < 200; n++) rest.push(await processes[n % 4]!.take(access, 150, day, 10_000 + n * 1000))
  expect(passed + rest.filter(Boolean).length).toBe(150)
  await expect(t.pool.query('update gateway.quota set reserved = most + 1 where access = $1', [access])).rejects.toThrow('quota_within')
})
