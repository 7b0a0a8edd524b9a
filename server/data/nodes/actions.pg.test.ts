import { fingerprint, generateNodeKeys } from '@zhenghe/wire/keys.ts'
import { sm2Text } from '@zhenghe/wire/signed.ts'
import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { race, smallCity } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract } from './contract.ts'
import { nodes } from './module.ts'
import { nodesOf, publicHalves, SOURCE, TABLE } from './testing.ts'

const NOW = '2026-11-23T02:00:00.000Z'
const t = await testPlatform([organizations, nodes], { now: NOW })
const city = await smallCity(t)
const unit = await city.newUnit({ name: '市场监督管理局' })
const other = await city.newUnit()
const { operator, anyone, machine, joined, active, reads } = nodesOf(t, unit)

test('a node joins with its token and is active once its fingerprint was compared', async () => {
  const { id, token, fingerprint } = await joined('登记库前置机')
  expect(await operator.node({ id })).toMatchObject({ state: 'awaiting_confirmation', unitName: '市场监督管理局', identity: { id, name: '登记库前置机' } })
  expect(await t.todos()).toMatchObject([{ kind: 'nodes.confirm', subject: id, unit: unit.id, right: 'nodes.operate' }])
  await expect(operator.confirm({ id, fingerprint: '0000-0000' })).rejects.toMatchObject({ code: 'nodes.fingerprint_differs' })
  expect(await operator.confirm({ id, fingerprint: fingerprint.toUpperCase().replaceAll('-', ' ') })).toMatchObject({ state: 'active' })
  expect(await t.todos()).toEqual([])
  await expect(operator.confirm({ id, fingerprint })).rejects.toMatchObject({ code: 'nodes.wrong_state', params: { state: 'active' } })
  const lines = (await t.ledger()).filter(({ subjects }) => subjects.includes(`nodes.node:${id}`)).map(({ endpoint }) => endpoint)
  expect(lines).toEqual(expect.arrayContaining(['POST /nodes', 'POST /nodes/join', 'POST /nodes/{id}/confirm']))
  expect((await t.ledger()).some(({ body }) => body.includes(token))).toBe(false)
})

test('a token lets one of ten machines join', async () => {
  const { node, token } = await operator.enrol({ unit: unit.id, name: '竞争' })
  const machines = Array.from({ length: 10 }, (_, at) => generateNodeKeys(`m${at}`))
  const ends = await race(machines.map((keys) => () => anyone.join({ token, ...publicHalves(keys), version: '1' })))
  expect(ends).toEqual({ passed: 1, refused: ['nodes.bad_token'] })
  expect((await t.outbox()).filter(({ payload }) => payload.node === node.id)).toHaveLength(1)
})

test('a node whose answer was lost joins again with the same keys, and nothing happens twice', async () => {
  const { id, keys, token } = await joined('重试')
  const again = await anyone.join({ token, ...publicHalves(keys), version: '0.1.0' })
  expect(again).toMatchObject({ node: id, name: '重试', unit: { name: '市场监督管理局', uscc: unit.uscc } })
  expect((await t.outbox()).filter(({ payload }) => payload.node === id)).toHaveLength(1)
})

test('one key belongs to one node', async () => {
  const { keys } = await joined('甲机')
  const { token } = await operator.enrol({ unit: unit.id, name: '乙机' })
  await expect(anyone.join({ token, ...publicHalves(keys), version: '1' })).rejects.toMatchObject({ code: 'nodes.key_taken' })
})

test('a name is one node’s until it is revoked; an unused token can be replaced once it has expired', async () => {
  const enrol = () => operator.enrol({ unit: unit.id, name: '征管前置机' })
  expect(await race(Array.from({ length: 10 }, () => enrol))).toEqual({ passed: 1, refused: ['nodes.name_taken'] })
  t.setNow('2026-11-24T02:00:00.000Z')
  const { node, token } = await enrol()
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
  t.setNow(NOW)
  expect(await operator.revoke({ id: node.id, reason: '设备更换' })).toMatchObject({ state: 'revoked' })
  await expect(operator.revoke({ id: node.id, reason: '设备更换' })).rejects.toMatchObject({ code: 'nodes.wrong_state' })
  expect((await enrol()).node.id).not.toBe(node.id)
})

test('a node joins with keys of both suites; the SM2 ones are named by their SM3', async () => {
  const { id, keys } = await active('双套密钥')
  const node = await operator.node({ id })
  expect(node.identity).toEqual({ ...keys.identity, name: '双套密钥' })
  expect(node.gmFingerprint).toBe(fingerprint(sm2Text(keys.identity.gm!.sign)))
  expect(node.gmFingerprint).not.toBe(node.fingerprint)
})

test('a node that joined before it had SM2 keys shows them later, the same as often as it likes, others never', async () => {
  const { node, token } = await operator.enrol({ unit: unit.id, name: '旧版前置机' })
  const { gm, ...old } = publicHalves(generateNodeKeys('old', node.id))
  await anyone.join({ token, ...old, version: '0.1.0' })
  const beat = { version: '0.2.0', listen: null, clock: NOW, stores: [], approvers: [] }
  expect(await machine(node.id).beat(beat)).toEqual({ serverTime: NOW, gm: null })
  expect((await operator.node({ id: node.id })).identity).toEqual({ id: node.id, name: '旧版前置机', ...old })
  const shown = await machine(node.id).showGmKeys({ gm: gm! })
  expect(await machine(node.id).showGmKeys({ gm: gm! })).toEqual(shown)
  expect(await machine(node.id).beat(beat)).toEqual({ serverTime: NOW, gm: shown.fingerprint })
  expect(await operator.node({ id: node.id })).toMatchObject({ gmFingerprint: shown.fingerprint, identity: { gm } })
  const others = publicHalves(generateNodeKeys('others')).gm!
  await expect(machine(node.id).showGmKeys({ gm: others })).rejects.toMatchObject({ code: 'nodes.gm_keys_differ' })
  const lines = (await t.ledger()).filter(({ subjects }) => subjects.includes(`nodes.node:${node.id}`)).map(({ endpoint }) => endpoint)
  expect(lines).toContain('POST /nodes/gm-keys')
})

test('GB/T 32918.1 an SM2 key that is no point of the curve is refused, and one key belongs to one node', async () => {
  const { node, token } = await operator.enrol({ unit: unit.id, name: '坏密钥' })
  const halves = publicHalves(generateNodeKeys('bad', node.id))
  const noPoint = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url')
  await expect(anyone.join({ token, ...halves, gm: { ...halves.gm!, seal: noPoint }, version: '1' })).rejects.toMatchObject({ code: 'nodes.bad_gm_keys' })
  const { keys } = await joined('另一台')
  await expect(anyone.join({ token, ...halves, gm: keys.identity.gm, version: '1' })).rejects.toMatchObject({ code: 'nodes.gm_key_taken' })
})

test('ten showings of different SM2 keys at once: one passes', async () => {
  const { node, token } = await operator.enrol({ unit: unit.id, name: '并发登记' })
  const { gm: _, ...old } = publicHalves(generateNodeKeys('old', node.id))
  await anyone.join({ token, ...old, version: '0.1.0' })
  const acts = Array.from({ length: 10 }, () => () => machine(node.id).showGmKeys({ gm: publicHalves(generateNodeKeys('x')).gm! }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['nodes.gm_keys_differ'] })
})

test('only who operates a unit’s nodes enrols, confirms and revokes them', async () => {
  const { id, fingerprint } = await joined('越权')
  const stranger = t.as({ rights: ['nodes.operate', 'nodes.read_schema'], unit: other.id })(contract)
  for (const act of [
    () => stranger.enrol({ unit: unit.id, name: '冒名' }),
    () => stranger.confirm({ id, fingerprint }),
    () => stranger.revoke({ id, reason: '不该' }),
  ])
    await expect(act()).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(stranger.schema({ id, store: SOURCE.id })).rejects.toMatchObject({ code: 'nodes.unknown' })
})

test('a beat tells what stands behind a node and how far its clock is off', async () => {
  const { id } = await active('心跳')
  const { serverTime } = await machine(id).beat({
    version: '0.2.0',
    listen: '10.0.0.7:7400',
    nats: { subject: '370000.370100.tax', domain: 'city' },
    clock: '2026-11-23T02:00:02.500Z',
    stores: [SOURCE],
    approvers: ['aa-bb'],
  })
  expect(serverTime).toBe(NOW)
  const [node] = (await operator.nodes({ unit: unit.id })).filter((one) => one.id === id)
  expect(node).toMatchObject({ nats: { subject: '370000.370100.tax', domain: 'city' } })
  expect(node).toMatchObject({ version: '0.2.0', listen: '10.0.0.7:7400', stores: [SOURCE], approvers: ['aa-bb'], clockSkewSeconds: 2.5, lastSeenAt: NOW })
})

test('a schema is read on order, replaced as a whole, and kept where a later read fails', async () => {
  const { id } = await active('读表')
  const place = { id, store: SOURCE.id }
  expect(await operator.schema(place)).toEqual({ readAt: null, pending: false, trouble: null, tables: [] })
  const orders = await Promise.all(Array.from({ length: 10 }, () => operator.readSchema(place)))
  expect(new Set(orders.map(({ order }) => order)).size).toBe(1)
  expect(await machine(id).schemaOrders({})).toEqual([{ id: orders[0]!.order, store: SOURCE.id }])
  expect(await operator.schema(place)).toMatchObject({ pending: true })
  await machine(id).schemaRead({ order: orders[0]!.order, tables: [TABLE, { ...TABLE, table: 'old' }] })
  await machine(id).schemaRead({ order: orders[0]!.order, tables: [] })
  expect((await operator.schema(place)).tables.map(({ table }) => table)).toEqual(['legal_entity', 'old'])
  await reads(id, [TABLE])
  expect(await operator.table({ ...place, schema: TABLE.schema, table: TABLE.table })).toEqual({ readAt: NOW, table: TABLE })
  await expect(operator.table({ ...place, schema: TABLE.schema, table: 'old' })).rejects.toMatchObject({ code: 'nodes.unknown' })
  const { order } = await operator.readSchema(place)
  await machine(id).schemaRead({ order, tables: [], trouble: '口令已过期' })
  expect(await operator.schema(place)).toMatchObject({ readAt: NOW, pending: false, trouble: '口令已过期', tables: [TABLE] })
})

test('a schema is asked only of an active node and a store it has; another node cannot answer', async () => {
  const { id } = await active('问答')
  const { id: waiting } = await joined('未确认')
  await expect(operator.readSchema({ id: waiting, store: SOURCE.id })).rejects.toMatchObject({ code: 'nodes.wrong_state' })
  await expect(operator.readSchema({ id, store: 'elsewhere' })).rejects.toMatchObject({ code: 'nodes.unknown' })
  const { order } = await operator.readSchema({ id, store: SOURCE.id })
  await expect(machine(waiting).schemaRead({ order, tables: [] })).rejects.toMatchObject({ code: 'nodes.unknown' })
})

test('others read nodes from the published view', async () => {
  const { id } = await active('视图')
  const { rows } = await t.pool.query('select state, stores from nodes_pub.node where id = $1', [id])
  expect(rows).toEqual([{ state: 'active', stores: [SOURCE] }])
})
