import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'
import { signRequest } from '@zhenghe/wire/http-auth.ts'
import { generateNodeKeys, type NodeKeys } from '@zhenghe/wire/keys.ts'
import { afterAll, expect, test } from 'vitest'
import { serve } from '../../kernel/http/server.ts'
import { openMetrics } from '../../kernel/observe.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity, MODULES, NOW, subscribed } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const open = () => serve({ platform: t.platform, metrics: openMetrics(t.pool), readiness: async () => undefined })
const app = await open()
const address = await app.listen({ host: '127.0.0.1', port: 0 })
afterAll(() => app.close())

/** The stream the relay gave, or the status and body of its refusal. */
async function dial(
  delivery: string,
  keys: NodeKeys,
  at = address,
  upgrade = 'zhenghe-wire/1',
): Promise<net.Socket | { status: number | undefined; body: string }> {
  const path = `/api/exchange/relay?delivery=${delivery}`
  const headers = { ...signRequest({ method: 'GET', path }, keys, Date.parse(NOW)), connection: 'Upgrade', upgrade }
  const request = http.request(at + path, { headers, agent: false }).end()
  const stream = once(request, 'upgrade').then(([, socket]) => socket as net.Socket)
  const refusal = once(request, 'response').then(async ([response]) => {
    let body = ''
    for await (const chunk of response as http.IncomingMessage) body += String(chunk)
    return { status: (response as http.IncomingMessage).statusCode, body }
  })
  return Promise.race([stream, refusal])
}
const socket = async (dialled: ReturnType<typeof dial>) => (await dialled) as net.Socket

test('GB/T 21062: the two nodes of a delivery are joined by the relay, each by its own signature', async () => {
  const { delivery } = await subscribed(city, await city.entry('中继目录'))
  const [sender, receiver] = await Promise.all([socket(dial(delivery, city.source.keys)), socket(dial(delivery, city.target.keys))])
  sender.write('sealed')
  expect(String((await once(receiver, 'data'))[0])).toBe('sealed')
  receiver.end('thanks')
  expect(String((await once(sender, 'data'))[0])).toBe('thanks')
  sender.end()
})

test('nobody else gets in: a stranger, a node without part in it, a delivery that is over, another protocol', async () => {
  const { delivery } = await subscribed(city, await city.entry('中继边界'))
  const refused = (code: string) => ({ status: 403, body: JSON.stringify({ code }) })
  expect(await dial(delivery, generateNodeKeys('stranger'))).toEqual(refused('nodes.not_a_node'))
  expect(await dial(delivery, generateNodeKeys('forger', city.source.id))).toEqual(refused('nodes.bad_signature'))
  expect(await dial('00000000-0000-4000-8000-000000001234', city.source.keys)).toEqual(refused('exchange.unknown'))
  expect(await dial('no-id', city.source.keys)).toEqual(refused('exchange.unknown'))
  expect(await dial(delivery, city.source.keys, address, 'websocket')).toEqual(refused('exchange.unknown'))
  const unsigned = http
    .request(`${address}/api/exchange/relay?delivery=${delivery}`, { headers: { connection: 'Upgrade', upgrade: 'zhenghe-wire/1' }, agent: false })
    .end()
  expect(((await once(unsigned, 'response')) as [http.IncomingMessage])[0].statusCode).toBe(403)
  await city.asker.cancelDelivery({ id: delivery, reason: '不要了' })
  expect(await dial(delivery, city.source.keys)).toEqual(refused('exchange.wrong_state'))
})

test('the platform stops although streams are open', async () => {
  const { delivery } = await subscribed(city, await city.entry('中继停止'))
  const second = await open()
  const at = await second.listen({ host: '127.0.0.1', port: 0 })
  const [sender, receiver] = await Promise.all([socket(dial(delivery, city.source.keys, at)), socket(dial(delivery, city.target.keys, at))])
  const ended = Promise.all([once(sender, 'close'), once(receiver, 'close')])
  for (const one of [sender, receiver]) one.on('error', () => undefined).resume()
  await second.close()
  await ended
})
