import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { client } from '../client.ts'
import { command, PUBLIC, query, type Refusals } from '../contract.ts'
import { desk } from '../desk/module.ts'
import { type Actions, type Actor, defineModule, type Module } from '../module.ts'
import { openMetrics } from '../observe.ts'
import { refuser } from '../refusal.ts'
import { testPlatform } from '../testing/testing.ts'
import { serve } from './server.ts'

const refusals = {
  'plots.full': { status: 409, params: z.object({ left: z.int() }), text: { zh: '只剩 {left} 块，请改选。', en: 'Only {left} left; choose another.' } },
} satisfies Refusals
const contract = {
  echo: query('GET /plots/{plot}', {
    summary: 'Says what it heard',
    right: PUBLIC,
    in: z.object({
      plot: z.string(),
      n: z.int().default(1),
      on: z.boolean().optional(),
      tags: z.array(z.string()).optional(),
      shape: z.object({ a: z.int() }).optional(),
    }),
    out: z.object({
      plot: z.string(),
      n: z.int(),
      on: z.boolean().optional(),
      tags: z.array(z.string()).optional(),
      shape: z.object({ a: z.int() }).optional(),
    }),
  }),
  take: command('POST /plots', { summary: 'Refuses', right: 'plots.take', in: z.object({ plot: z.int() }), out: z.object({}), refusals: ['plots.full'] }),
  plan: command('POST /plots/plan', {
    summary: 'Takes much',
    right: PUBLIC,
    in: z.object({ text: z.string() }),
    out: z.object({ length: z.int() }),
    largest: 6_000_000,
  }),
  enter: command('POST /plots/enter', { summary: 'Sets a cookie', right: PUBLIC, in: z.object({}), out: z.object({}) }),
  fail: query('GET /plots/fail/now', { summary: 'Fails', right: PUBLIC, in: z.object({}), out: z.object({}) }),
}
const refuse = refuser(refusals)
const actions: Actions<typeof contract, unknown> = {
  echo: async (_, input) => input,
  take: async () => refuse('plots.full', { left: 2 }),
  plan: async (_, { text }) => ({ length: text.length }),
  enter: async ({ setCookie }) => {
    setCookie('zh_session', 'secret', 60)
    return {}
  },
  fail: async () => {
    throw new Error('a secret detail of the inside')
  },
}
const keeper: Actor = { kind: 'staff', id: '00000000-0000-4000-8000-000000000007', name: '甲', unit: null, holdings: [{ right: 'plots.take' }] }
const plots = defineModule({
  name: 'plots',
  contract,
  refusals,
  rights: { 'plots.take': { side: 'business', text: { zh: '占', en: 'take' } } },
  actions,
  migrations: new URL('../testing/plots/', import.meta.url),
  identify: async (_, request) => (request.headers.cookie?.includes('zh_session=secret') ? keeper : undefined),
})
const t = await testPlatform([desk, plots] as unknown as Module[])
const app = await serve({ platform: t.platform, metrics: openMetrics(t.pool), readiness: async () => undefined })
const address = await app.listen({ port: 0, host: '127.0.0.1' })
afterAll(() => app.close())
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(address + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

test('a body may be larger than others where its endpoint says so, and not larger still', async () => {
  const body = (length: number) => JSON.stringify({ text: 'x'.repeat(length) })
  expect(await (await post('/api/plots/plan', body(5_000_000))).json()).toEqual({ length: 5_000_000 })
  expect((await post('/api/plots/plan', body(7_000_000))).status).toBe(413)
  expect((await post('/api/plots/enter', body(5_000_000))).status).toBe(413)
})

test('numbers, booleans, lists and objects of a query arrive as what they are', async () => {
  const wide = await client(address, contract).echo({ plot: '甲/1', n: 3, on: true, tags: ['x'], shape: { a: 1 } })
  expect(wide).toEqual({ plot: '甲/1', n: 3, on: true, tags: ['x'], shape: { a: 1 } })
})

test('RFC 9457: a refusal is a problem in the reader’s language, with what fills its text', async () => {
  const response = await post('/api/plots', '{"plot":1}', { cookie: 'zh_session=secret', 'accept-language': 'en' })
  expect(response.status).toBe(409)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({ code: 'plots.full', status: 409, detail: 'Only 2 left; choose another.', params: { left: 2 } })
})

test('whoever is not signed in is told to sign in, and what is not JSON is refused plainly', async () => {
  expect(await (await post('/api/plots', '{"plot":1}')).json()).toMatchObject({ code: 'kernel.sign_in', status: 401 })
  expect(await (await post('/api/plots', '{"plot":', { cookie: 'zh_session=secret' })).json()).toMatchObject({ code: 'kernel.bad_input', status: 400 })
  expect(await (await post('/api/plots', '{"plot":"one"}', { cookie: 'zh_session=secret' })).json()).toMatchObject({
    code: 'kernel.bad_input',
    params: { problems: [{ path: 'plot' }] },
  })
})

test('a request from another site is refused', async () => {
  expect(await (await post('/api/plots/enter', '{}', { origin: 'http://elsewhere.example' })).json()).toMatchObject({ code: 'kernel.bad_origin', status: 403 })
  expect((await post('/api/plots/enter', '{}', { origin: address })).status).toBe(200)
})

test('a session’s cookie is out of scripts’ reach and stays on its site', async () => {
  const set = (await post('/api/plots/enter', '{}')).headers.get('set-cookie')
  expect(set).toBe('zh_session=secret; Path=/; HttpOnly; SameSite=Strict; Max-Age=60')
})

test('a fault tells a reference number and nothing of the inside', async () => {
  const response = await fetch(`${address}/api/plots/fail/now`)
  const text = await response.text()
  expect(response.status).toBe(500)
  expect(JSON.parse(text)).toMatchObject({ code: 'kernel.fault', reference: expect.stringMatching(/^[0-9A-F]{8}$/) })
  expect(text).not.toContain('inside')
})

test('health, readiness, metrics and the OpenAPI document are served', async () => {
  expect(await (await fetch(`${address}/healthz`)).json()).toEqual({ status: 'up' })
  expect(await (await fetch(`${address}/readyz`)).json()).toEqual({ status: 'ready' })
  expect(await (await fetch(`${address}/metrics`)).text()).toContain('zhenghe_http_seconds')
  const document = (await (await fetch(`${address}/api/openapi.json`)).json()) as { openapi: string; paths: Record<string, unknown> }
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).toContain('/api/plots/{plot}')
})

test('unknown addresses are refused; nothing runs inline scripts or from another host', async () => {
  const response = await fetch(`${address}/api/nowhere`)
  expect(await response.json()).toMatchObject({ code: 'kernel.no_such_endpoint', status: 404 })
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
})
