import { expect, test } from 'vitest'
import { type HttpRequest, MAX_SKEW_MS, requestNode, signRequest, verifyRequest } from './http-auth.ts'
import { consumer, provider, refusal, refusedCode } from './testing.ts'

const NOW = 1_767_225_600_000
const request: HttpRequest = { method: 'POST', path: '/api/exchange/orders?wait=30', body: '{"done":[]}' }
const headers = signRequest(request, provider, NOW)
const fresh = () => {
  const seen = new Set<string>()
  return (nonce: string) => !seen.has(nonce) && Boolean(seen.add(nonce))
}
const trust = { headers, publicKey: provider.identity.sign, now: NOW, remember: fresh() }

test('a request passes once, within the skew, whatever the case of its method', async () => {
  const remember = fresh()
  expect(requestNode(headers)).toBe(provider.identity.id)
  await verifyRequest({ ...request, method: 'post' }, { ...trust, remember, now: NOW + MAX_SKEW_MS })
  expect((await refusal(verifyRequest(request, { ...trust, remember }))).code).toBe('replayed')
})

test.each<[string, Partial<HttpRequest>, Record<string, string | undefined>]>([
  ['another method', { method: 'PUT' }, {}],
  ['another path', { path: '/api/exchange/orders?wait=31' }, {}],
  ['another body', { body: '{"done":[1]}' }, {}],
  ['no body', { body: undefined }, {}],
  ['another time', {}, { 'zhenghe-time': String(NOW + 1) }],
  ['another nonce', {}, { 'zhenghe-nonce': '0'.repeat(32) }],
  ['another node', {}, { 'zhenghe-node': consumer.identity.id }],
  ['a signature of something else', {}, { 'zhenghe-signature': signRequest({ ...request, path: '/' }, provider, NOW)['zhenghe-signature'] }],
])('with %s the signature is bad, and no nonce is remembered', async (_, change, replaced) => {
  const remember = () => expect.unreachable('asked before the signature was found good')
  const error = await refusal(verifyRequest({ ...request, ...change }, { ...trust, headers: { ...headers, ...replaced }, remember }))
  expect(error.code).toBe('bad_signature')
})

test('the signature of another node is bad', async () => {
  expect((await refusal(verifyRequest(request, { ...trust, publicKey: consumer.identity.sign }))).code).toBe('bad_signature')
})

test('a clock an hour off is told by how much, and the time here', async () => {
  const error = await refusal(verifyRequest(request, { ...trust, now: NOW + 3_600_000 }))
  expect(error).toMatchObject({ code: 'clock_skew', params: { serverTime: NOW + 3_600_000, skewMs: -3_600_000 } })
})

test.each(['zhenghe-node', 'zhenghe-time', 'zhenghe-nonce', 'zhenghe-signature'])('without %s, or with it twice, it is refused', async (name) => {
  for (const value of [undefined, '', ['a', 'b']]) {
    expect((await refusal(verifyRequest(request, { ...trust, headers: { ...headers, [name]: value } }))).code).toBe('missing_header')
  }
})

test('a time that is no number is refused', async () => {
  expect((await refusal(verifyRequest(request, { ...trust, headers: { ...headers, 'zhenghe-time': 'now' } }))).code).toBe('missing_header')
  expect(refusedCode(() => requestNode({}))).toBe('missing_header')
})
