import { randomUUID } from 'node:crypto'
import net from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { testPlatform } from '../../../kernel/testing/testing.ts'
import { exchangeCity } from '../../exchange/testing/city.ts'
import { callGateway, signedHeaders, type Wish } from '../testing/caller.ts'
import { gatewayOffice, MODULES, operation, served } from '../testing/office.ts'
import { testUpstream } from '../testing/upstream.ts'
import { GENESIS } from './lines.ts'

const t = await testPlatform(MODULES, { now: new Date().toISOString() })
const clock = setInterval(() => t.setNow(new Date().toISOString()), 20)
const city = await exchangeCity(t)
const office = await gatewayOffice(t, city)
const behind = await testUpstream()
const { address, close } = await served(t)
afterAll(async () => {
  clearInterval(clock)
  await close()
  await behind.close()
})
const upstream = await office.upstream(behind.address)
const key = await office.key()
const company = operation('companies', { path: '/companies/{uscc}', parameters: [{ name: 'uscc', in: 'path' }] })
const KINDS = ['garbage', 'notjson', 'smuggle', 'cut', 'huge', 'chunked', 'closing', 'broken', 'absent', 'moved', 'page']
const bad = await office.published(
  upstream,
  KINDS.map((name) => operation(name, { mostBytes: 100_000 })),
)
await office.granted(bad.id)
const good = await office.published(upstream, [
  company,
  operation('echo', { method: 'POST', body: 'json' }),
  operation('search', {
    path: '/echo',
    parameters: [
      { name: 'q', in: 'query' },
      { name: 'page', in: 'query', required: false },
    ],
  }),
  operation('hang', { timeoutMs: 200 }),
])
const grant = await office.granted(good.id)
const call = (target: string, wish?: Wish) => callGateway(address, key, target, wish)
const COMPANY = `${good.base}/companies/91379900MA3C1A2B3X`

test('a signed call by a grant is answered with what the provider answers', async () => {
  const answer = await call(COMPANY)
  expect(answer.status).toBe(200)
  expect(answer.json()).toMatchObject({ uscc: '91379900MA3C1A2B3X', name: '云泽建材有限公司' })
  expect(answer.headers.get('zhenghe-call')).toMatch(/^[0-9a-f]{12}-/)
})

test('the credential of an address goes there and nowhere else, and is never told', async () => {
  const secret = 'Bearer 0123456789.abcdef'
  const credential = { header: 'Authorization', value: secret }
  expect(await office.publisher.setCredential({ id: upstream, credential })).toMatchObject({ credentialHeader: 'authorization' })
  await office.settled()
  await call(COMPANY)
  expect(behind.heads.at(-1)).toContain(`authorization: ${secret}`)
  await expect(office.asker.setCredential({ id: upstream, credential: null })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  for (const header of ['Host', 'content-length', 'x\r\ny']) {
    await expect(office.publisher.setCredential({ id: upstream, credential: { header, value: 'x' } })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  }
  await expect(office.publisher.setCredential({ id: upstream, credential: { header: 'x-key', value: 'a\r\nb: c' } })).rejects.toMatchObject({
    code: 'kernel.bad_input',
  })
  const everything = JSON.stringify([
    await t.ledger(),
    await office.publisher.upstreams({}),
    await t.pool.query('select * from gateway.upstream').then(({ rows }) => rows),
  ])
  expect(everything).not.toContain('0123456789.abcdef')
  await office.publisher.setCredential({ id: upstream, credential: null })
  await office.settled()
  await call(COMPANY)
  expect(behind.heads.at(-1)).not.toContain('authorization')
})

test('the body and declared parameters go to the provider, undeclared ones do not', async () => {
  expect((await call(`${good.base}/echo`, { method: 'POST', body: '{"名":"值"}' })).json()).toMatchObject({ body: { 名: '值' } })
  expect((await call(`${good.base}/echo?q=${encodeURIComponent('建 材&x')}`)).json()).toMatchObject({ target: '/api/echo?q=%E5%BB%BA+%E6%9D%90%26x' })
  expect((await call(`${good.base}/echo?q=a&admin=1`)).json()).toMatchObject({ code: 'gateway.call.bad_request' })
  expect((await call(`${good.base}/echo`)).status).toBe(400)
})

test('a path parameter cannot climb out of the operation’s path', async () => {
  for (const climb of ['..%2f..%2fadmin', '%2e%2e', 'a%2fb']) {
    const { status, text } = await call(`${good.base}/companies/${climb}`)
    if (status === 200) expect(behind.asked.at(-1)).toContain(encodeURIComponent(decodeURIComponent(climb)))
    else expect(text).toContain('gateway.call.')
  }
  expect(behind.asked.join('\n')).not.toMatch(/GET \/admin/)
})

test('what is not signed right is refused, each with its own code', async () => {
  const code = async (wish: Wish) => (await call(COMPANY, wish)).json()['code']
  expect(await code({ sign: { secret: 'guessed' } })).toBe('gateway.call.bad_signature')
  expect(await code({ sign: { target: `${COMPANY}X` } })).toBe('gateway.call.bad_signature')
  expect(await code({ time: Date.now() - 10 * 60_000 })).toBe('gateway.call.clock')
  expect(await code({ time: Date.now() - 100_000 })).toBe('gateway.call.stale')
  expect(await code({ headers: { 'zhenghe-algorithm': 'HMAC-MD5' } })).toBe('gateway.call.algorithm')
  expect(await code({ nonce: 'short' })).toBe('gateway.call.no_signature')
  expect((await callGateway(address, { id: 'zk_aaaaaaaaaaaaaaaa', secret: 'x' }, COMPANY)).json()['code']).toBe('gateway.call.unknown_key')
  const posted = await call(`${good.base}/echo`, { method: 'POST', body: '{"a":1}', sign: { body: '{"a":2}' } })
  expect(posted.json()['code']).toBe('gateway.call.bad_signature')
})

test('replay: the same signed call is served once, even ten at once', async () => {
  const headers = signedHeaders(key, COMPANY, { nonce: randomUUID() })
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(address + COMPANY, { headers }).then(({ status }) => status)))
  expect(answers.sort()).toEqual([200, ...Array.from({ length: 9 }, () => 401)])
})

test('what does not exist, is not granted or goes by another method is told apart only after the signature', async () => {
  const code = async (target: string, wish?: Wish) => (await call(target, wish)).json()['code']
  expect(await code('/gateway/nowhere/v1/x')).toBe('gateway.call.unknown_api')
  expect(await code(`${good.base}/nothing`)).toBe('gateway.call.unknown_operation')
  expect(await code(COMPANY, { method: 'DELETE' })).toBe('gateway.call.wrong_method')
  const ungranted = await office.published(upstream, [company])
  expect(await code(`${ungranted.base}/companies/1`)).toBe('gateway.call.no_grant')
  const half = await office.published(upstream, [company, operation('echo', { path: '/echo' })])
  await office.granted(half.id, {}, { operations: ['companies'] })
  expect(await code(`${half.base}/echo`)).toBe('gateway.call.operation_not_granted')
})

test('grant by field: only granted fields of an answer leave, in lists too', async () => {
  const api = await office.published(upstream, [company])
  await office.granted(api.id, {}, { paths: ['name', 'shareholders[].share', 'legal.name', 'not.there'] })
  const answer = await call(`${api.base}/companies/1`)
  expect(answer.json()).toEqual({ name: '云泽建材有限公司', shareholders: [{ share: 40 }, { share: 60 }], legal: { name: '王某' } })
})

test('a provider that answers garbage, cuts off, sends too much or redirects is a clear 502, and nothing of it is passed on', async () => {
  const code = async (name: string) => (await call(`${bad.base}/${name}`)).json()['code']
  expect(await code('garbage')).toBe('gateway.call.upstream_garbage')
  expect(await code('smuggle')).toBe('gateway.call.upstream_garbage')
  expect((await call(`${bad.base}/chunked`)).json()).toEqual({ a: 1 })
  expect(await code('cut')).toBe('gateway.call.upstream_cut_off')
  expect(await code('huge')).toBe('gateway.call.upstream_too_large')
  expect((await call(`${bad.base}/closing`)).json()).toEqual({ until: 'close' })
  expect(await code('moved')).toBe('gateway.call.upstream_refused')
  expect(await code('broken')).toBe('gateway.call.upstream_refused')
  const absent = await call(`${bad.base}/absent`)
  expect([absent.status, absent.json()]).toEqual([404, { error: 'no such company' }])
  const page = await call(`${bad.base}/page`)
  expect(page.headers.get('content-type')).toBe('application/octet-stream')
})

test('a granted field list lets no answer through that is not JSON', async () => {
  const api = await office.published(upstream, [operation('notjson'), operation('absent')])
  await office.granted(api.id, {}, { paths: ['name'] })
  expect((await call(`${api.base}/notjson`)).json()['code']).toBe('gateway.call.upstream_garbage')
  expect((await call(`${api.base}/absent`)).text).not.toContain('no such company')
})

test('a provider that hangs is 504 after the operation’s time, and the circuit opens after five; it says when to come again', async () => {
  const api = await office.published(upstream, [operation('hang', { timeoutMs: 100 }), company])
  await office.granted(api.id)
  for (let n = 0; n < 5; n++) expect((await call(`${api.base}/hang`)).status).toBe(504)
  const refused = await call(`${api.base}/companies/1`)
  expect(refused.status).toBe(503)
  expect(refused.json()).toMatchObject({ code: 'gateway.call.breaker', params: { state: 'open' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const { versions } = await office.publisher.apiById({ id: api.id })
  expect(versions[0]?.breaker).toMatchObject({ state: 'open' })
})

test('quota: of sixty calls at once exactly the granted thirty pass, then 429 with Retry-After', async () => {
  const api = await office.published(upstream, [company])
  await office.granted(api.id, { quotaPerDay: 30 })
  const answers = await Promise.all(Array.from({ length: 60 }, () => call(`${api.base}/companies/1`)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(30)
  const refused = answers.find(({ status }) => status === 429)!
  expect(refused.json()).toMatchObject({ code: 'gateway.call.quota', params: { quota: 30 } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('rate: beyond the granted calls a second 429', async () => {
  const api = await office.published(upstream, [company])
  await office.granted(api.id, {}, { ratePerSecond: 5 })
  const answers = await Promise.all(Array.from({ length: 12 }, () => call(`${api.base}/companies/1`)))
  const passed = answers.filter(({ status }) => status === 200).length
  expect(passed).toBeGreaterThanOrEqual(5)
  expect(passed).toBeLessThanOrEqual(7)
  expect(answers.some(({ text }) => text.includes('gateway.call.rate'))).toBe(true)
})

test('cache: a second like question is answered without asking, for this grant alone', async () => {
  const api = await office.published(upstream, [{ ...company, cacheSeconds: 60 }])
  await office.granted(api.id)
  await call(`${api.base}/companies/42`)
  const before = behind.asked.length
  const again = await call(`${api.base}/companies/42`)
  expect([again.status, again.headers.get('zhenghe-cache'), behind.asked.length]).toEqual([200, 'hit', before])
})

test('mock: answers the example without a grant, clearly marked, and asks nobody', async () => {
  const api = await office.published(upstream, [company])
  const before = behind.asked.length
  const answer = await call(`${api.base}/companies/1`, { headers: { 'zhenghe-mock': '1' } })
  expect([answer.status, answer.headers.get('zhenghe-mock'), answer.json()]).toEqual([200, '1', { example: 'companies' }])
  expect(behind.asked).toHaveLength(before)
})

test('a grant revoked while a call is under way: the call ends with 403 and nothing is answered', async () => {
  const api = await office.published(upstream, [operation('hang', { timeoutMs: 20_000 })])
  const access = await office.granted(api.id)
  const before = behind.asked.length
  const calling = call(`${api.base}/hang`)
  await expect.poll(() => behind.asked.length).toBeGreaterThan(before)
  await office.publisher.revokeAccess({ id: access.id, reason: '履职需要已经变化' })
  expect((await calling).json()['code']).toBe('gateway.call.revoked')
  expect((await call(`${api.base}/hang`)).json()['code']).toBe('gateway.call.no_grant')
})

test('a key revoked, a version withdrawn, an address taken off: each takes effect at once', async () => {
  const api = await office.published(upstream, [company])
  await office.granted(api.id)
  const second = await office.key()
  expect((await callGateway(address, second, `${api.base}/companies/1`)).status).toBe(200)
  await office.asker.revokeKey({ id: second.id })
  await expect.poll(async () => (await callGateway(address, second, `${api.base}/companies/1`)).json()['code']).toBe('gateway.call.unknown_key')
  const other = await office.upstream(behind.address.replace('127.0.0.1', 'localhost'))
  const moved = await office.published(other, [company])
  await office.granted(moved.id)
  await office.system.withdrawUpstream({ id: other })
  await expect.poll(async () => (await call(`${moved.base}/companies/1`)).json()['code']).toBe('gateway.call.upstream_withdrawn')
  await office.publisher.withdrawVersion({ id: api.id, n: 1, reason: '由新系统取代' })
  await expect.poll(async () => (await call(`${api.base}/companies/1`)).json()['code']).toBe('gateway.call.unknown_api')
})

test('either front: chunked bodies, other cases and split packets mean the same as the plain call', async () => {
  const chunked = new Blob(['{"a":1}']).stream()
  const target = `${good.base}/echo`
  const headers = { ...signedHeaders(key, target, { method: 'POST', body: '{"a":1}' }), 'content-type': 'application/json' }
  const sent = await fetch(address + target, { method: 'POST', headers, body: chunked, duplex: 'half' } as RequestInit)
  expect(await sent.json()).toMatchObject({ body: { a: 1 } })
  const lines = Object.entries(signedHeaders(key, COMPANY, {})).map(([name, value]) => `${name.toUpperCase()}: ${value}`)
  const text = `GET ${COMPANY} HTTP/1.1\r\nHost: x\r\n${lines.join('\r\n')}\r\n\r\n`
  expect(await raw([text.slice(0, 7), text.slice(7, 60), text.slice(60)])).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

test('one connection carries calls and pages one after another, whichever comes first', async () => {
  const page = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
  const unsigned = `GET ${COMPANY} HTTP/1.1\r\nHost: x\r\n\r\n`
  const answers = await raw([unsigned + unsigned + page + unsigned], 4)
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 401', 'HTTP/1.1 200', 'HTTP/1.1 401'])
})

test('an oversized body and a header twice are refused', async () => {
  const large = 'x'.repeat((1 << 20) + 1)
  const { status } = await fetch(`${address}${good.base}/echo`, {
    method: 'POST',
    body: large,
    headers: signedHeaders(key, `${good.base}/echo`, { method: 'POST', body: large }),
  })
  expect(status).toBe(413)
  const twice = await raw([`GET ${COMPANY} HTTP/1.1\r\nHost: x\r\nzhenghe-key: a\r\nzhenghe-key: b\r\n\r\n`])
  expect(twice).toMatch(/^HTTP\/1\.1 401/)
})

test('the ledger of calls: one line a call with digests and no bodies, counted, its chain whole; a changed line is found', async () => {
  await office.local.ledger.flushed()
  const calls = await office.asker.calls({ id: grant.id })
  expect(calls[0]).toMatchObject({ access: grant.id, api: good.code })
  expect(calls[0]?.asked).toMatch(/^[0-9a-f]{64}$/)
  const [sum] = await office.asker.usage({ api: good.id })
  expect(sum).toMatchObject({ consumerName: '税务局' })
  expect(sum!.calls).toBeGreaterThan(3)
  const { rows } = await t.pool.query<{ lines: string }>('select lines from gateway.call_batch')
  expect(rows.map(({ lines }) => lines).join('\n')).not.toContain('云泽建材')
  const auditor = t.as({ rights: ['kernel.verify_ledger'] })((await import('../contract.ts')).contract)
  const whole = await auditor.verifyCalls({})
  expect(whole).toMatchObject({ chains: 1, broken: [] })
  expect(whole.calls).toBe((await t.pool.query(`select sum(calls)::int as n from gateway.call_batch`)).rows[0].n)
  await t.pool.query(
    `update gateway.call_batch set lines = replace(lines, '"status":429', '"status":200') where seq = (select max(seq) from gateway.call_batch where lines like '%"status":429%')`,
  )
  expect((await auditor.verifyCalls({})).broken).toHaveLength(1)
  expect(GENESIS).toHaveLength(64)
})

/** What a plain socket hears when it says these parts, one packet each. */
function raw(parts: readonly string[], answers = 1): Promise<string> {
  const { port } = new URL(address)
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), '127.0.0.1')
    let heard = ''
    socket.setNoDelay(true)
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
    socket.on('data', (chunk) => {
      heard += chunk.toString()
      if ((heard.match(/HTTP\/1\.1 \d+/g)?.length ?? 0) >= answers) socket.end()
    })
    socket.on('connect', () => {
      const say = (at: number): void => {
        if (at < parts.length) socket.write(parts[at]!, () => setImmediate(say, at + 1))
      }
      say(0)
    })
  })
}
