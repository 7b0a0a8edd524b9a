import { signRequest } from '@zhenghe/wire/http-auth.ts'
import { generateNodeKeys, type NodeKeys } from '@zhenghe/wire/keys.ts'
import { afterAll, expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { race, smallCity } from '../../assurance/organizations/testing.ts'
import { serve } from '../../kernel/http/server.ts'
import { openMetrics } from '../../kernel/observe.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { nodes } from './module.ts'
import { nodesOf } from './testing.ts'

const NOW = '2026-11-23T02:00:00.000Z'
const t = await testPlatform([organizations, nodes], { now: NOW })
const unit = await (await smallCity(t)).newUnit()
const { operator, joined, active } = nodesOf(t, unit)
const app = await serve({ platform: t.platform, metrics: openMetrics(t.pool), readiness: async () => undefined })
afterAll(() => app.close())

const BEAT = '/api/nodes/beat'
const beat = JSON.stringify({ version: '1', listen: null, clock: NOW, stores: [], approvers: [] })
type Twist = { at?: string; path?: string; signedBody?: string; body?: string; nonce?: string; method?: 'GET' | 'POST' }

/** Sends what a node signed; a twist signs one thing and sends another. */
async function send(keys: NodeKeys, { at = NOW, path = BEAT, body = beat, signedBody = body, nonce, method = 'POST' }: Twist = {}) {
  const signed = signRequest({ method, path, ...(method === 'POST' ? { body: signedBody } : {}) }, keys, Date.parse(at), nonce)
  const answer = await app.inject({
    method,
    url: path,
    headers: { 'content-type': 'application/json', ...signed },
    ...(method === 'POST' ? { payload: body } : {}),
  })
  return { status: answer.statusCode, ...(answer.json() as { code?: string; params?: Record<string, unknown>; serverTime?: string }) }
}

test('a signed request comes from its node, body and query included', async () => {
  const { keys } = await active('签名')
  expect(await send(keys)).toMatchObject({ status: 200, serverTime: NOW })
  expect(await send(keys, { method: 'GET', path: '/api/nodes/schema-orders' })).toMatchObject({ status: 200 })
})

test('a node holds only the rights of nodes', async () => {
  const { keys } = await active('权限')
  expect(await send(keys, { method: 'GET', path: '/api/nodes' })).toMatchObject({ status: 403, code: 'kernel.forbidden' })
})

test('a request altered on its way is refused', async () => {
  const { id, keys } = await active('篡改')
  expect(await send(keys, { signedBody: beat.replace('"1"', '"2"') })).toMatchObject({ status: 401, code: 'nodes.bad_signature' })
  expect(await send(generateNodeKeys('冒充', id))).toMatchObject({ status: 401, code: 'nodes.bad_signature' })
})

test('a request of nobody we know is refused', async () => {
  expect(await send(generateNodeKeys('陌生'))).toMatchObject({ status: 401, code: 'nodes.not_a_node' })
  const answer = await app.inject({ method: 'POST', url: BEAT, headers: { 'content-type': 'application/json', 'zhenghe-node': 'x' }, payload: beat })
  expect(answer.json()).toMatchObject({ code: 'nodes.not_a_node' })
  const bare = await app.inject({ method: 'POST', url: BEAT, headers: { 'content-type': 'application/json' }, payload: beat })
  expect(bare.json()).toMatchObject({ code: 'kernel.sign_in' })
})

test('a clock an hour off is told the platform’s time', async () => {
  const { keys } = await active('时钟')
  const answer = await send(keys, { at: '2026-11-23T03:00:00.000Z' })
  expect(answer).toMatchObject({ status: 401, code: 'nodes.clock_skew', params: { serverTime: NOW, skewSeconds: 3600 } })
  expect(await send(keys, { at: '2026-11-23T01:55:01.000Z' })).toMatchObject({ status: 200 })
})

test('a replayed request is served once, though ten arrive at once', async () => {
  const { keys } = await active('重放')
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(keys, { nonce: 'same-nonce-for-all-ten' })))
  expect(answers.map(({ status, code }) => `${status} ${code ?? ''}`).sort()).toEqual(['200 ', ...Array.from({ length: 9 }, () => '401 nodes.replayed')])
})

test('a node that is not confirmed, or revoked, is refused and told so', async () => {
  const { id, keys, fingerprint } = await joined('状态')
  expect(await send(keys)).toMatchObject({ status: 409, code: 'nodes.wrong_state', params: { state: 'awaiting_confirmation' } })
  await operator.confirm({ id, fingerprint })
  expect(await send(keys)).toMatchObject({ status: 200 })
  await operator.revoke({ id, reason: '密钥泄露' })
  expect(await send(keys)).toMatchObject({ status: 403, code: 'nodes.revoked' })
  expect((await t.outbox()).find(({ name }) => name === 'nodes.revoked')?.payload).toEqual({ node: id, unit: unit.id, reason: '密钥泄露' })
})

test('nonces are forgotten when their requests could no longer pass', async () => {
  const { keys } = await active('遗忘')
  await send(keys)
  const [schedule] = nodes.jobs?.schedules ?? []
  const kept = async () => (await t.pool.query('select from nodes.nonce')).rowCount
  const forget = () => t.platform.asSystem('job', (ctx) => schedule!.handle(ctx as never))
  await forget()
  expect(await kept()).toBeGreaterThan(0)
  t.setNow('2026-11-23T02:10:01.000Z')
  await forget()
  expect(await kept()).toBe(0)
  t.setNow(NOW)
})

test('confirming is done once, though ten try', async () => {
  const { id, fingerprint } = await joined('并发确认')
  expect(await race(Array.from({ length: 10 }, () => () => operator.confirm({ id, fingerprint })))).toEqual({ passed: 1, refused: ['nodes.wrong_state'] })
})
