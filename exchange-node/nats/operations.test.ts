/** The server configurations of docs/operations/nats, as they stand there but for addresses: three servers of a province, a city, a county. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../testing/wait.ts'
import { explainNats, openNats } from './connection.ts'
import type { NatsSettings } from './settings.ts'
import { meet } from './testing/lines.ts'
import { freePort, NatsServer } from './testing/nats-server.ts'

const FOLDER = new URL('../../docs/operations/nats/', import.meta.url)
const read = (file: string) => fs.readFileSync(new URL(file, FOLDER), 'utf8')
const NAMES = ['province-1', 'province-2', 'province-3', 'city', 'county'] as const
const accounts = read('accounts.conf')
const ports = new Map<string, number>()
const servers = new Map<string, NatsServer>()

/** The local port that stands for a port of a server. */
const local = (name: string, port: string) => `127.0.0.1:${ports.get(`${name}:${port}`)}`

function configOf(name: string, folder: string): string {
  return read(`${name}.conf`)
    .replace(/^(\s*(?:listen|http): )[\d.]+:(\d+)/gm, (_, before: string, port: string) => before + local(name, port))
    .replace(/([\w-]+)\.example\.gov\.cn:(\d+)/g, (_, host: string, port: string) => local(host, port))
    .replace('/var/lib/nats', `${folder}/store`)
}

const as = (user: string, password: string, ...names: string[]): NatsSettings => ({
  servers: names.map((name) => servers.get(name)!.url),
  login: { kind: 'user', user, password },
  only: false,
})

beforeAll(async () => {
  for (const name of NAMES) for (const port of ['4222', '6222', '7422', '8222']) ports.set(`${name}:${port}`, await freePort())
  const started = NAMES.map(async (name) => {
    servers.set(name, await NatsServer.run(name, ports.get(`${name}:4222`)!, (folder) => configOf(name, folder), { 'accounts.conf': accounts }))
  })
  await Promise.all(started)
  const nc = await openNats(as('tax-node', 'CHANGE-tax-node', 'province-1'), 'test')
  await until(() => jetstreamManager(nc, { domain: 'province' }).catch(() => undefined))
  await nc.close()
})
afterAll(() => Promise.all([...servers.values()].map((server) => server.stop())))

describe('the configurations of docs/operations/nats', () => {
  test('carry a county’s delivery to the province, with the rights of a node and no more', async () => {
    const provinces = ['province-1', 'province-2', 'province-3']
    const [sender, receiver] = await meet(as('market-node', 'CHANGE-market-node', 'county'), as('tax-node', 'CHANGE-tax-node', ...provinces), 'province')
    const sent = randomBytes(3 << 20)
    const read: Buffer[] = []
    receiver.on('data', (chunk: Buffer) => read.push(chunk))
    sender.resume()
    sender.end(sent)
    receiver.end()
    await once(receiver, 'end')
    expect(Buffer.concat(read).equals(sent)).toBe(true)
    await until(() => sender.closed && receiver.closed)
  })

  test('make streams of three replicas in the cluster, and clear them away', async () => {
    const nc = await openNats(as('tax-node', 'CHANGE-tax-node', 'province-2'), 'test')
    const jsm = await jetstreamManager(nc, { domain: 'province' })
    const settings = [as('market-node', 'CHANGE-market-node', 'city'), as('tax-node', 'CHANGE-tax-node', 'province-3')] as const
    const [sender, receiver] = await meet(settings[0], settings[1], 'province')
    const [info] = await jsm.streams.list('ex.>').next()
    expect(info?.config).toMatchObject({ num_replicas: 3, storage: 'file' })
    sender.destroy()
    await until(() => sender.closed && receiver.closed)
    await until(async () => (await jsm.streams.list('ex.>').next()).length === 0)
    await nc.close()
  })

  test('let a node publish nothing beyond the exchange', async () => {
    const nc = await openNats(as('tax-node', 'CHANGE-tax-node', 'county'), 'test')
    const denied = until(async () => {
      for await (const status of nc.status()) if (status.type === 'error') return explainNats(status.error)
      return undefined
    })
    nc.publish('orders.of.others', 'x')
    expect(await denied).toMatchObject({ code: 'nats_rights', resumable: false })
    await nc.close()
  })
})

describe('a login', () => {
  test.each([
    ['a wrong password', { kind: 'user', user: 'tax-node', password: 'wrong' }, 'nats_login'],
    ['none at all', { kind: 'none' }, 'nats_login'],
    ['an nkey that is none', { kind: 'nkey', secret: 'SUwrong' }, 'nats_login'],
    ['credentials that are none', { kind: 'credentials', secret: 'nothing' }, 'nats_login'],
  ] as const)('with %s is refused in words', async (_, login, code) => {
    const opening = openNats({ ...as('', '', 'county'), login }, 'test')
    await expect(opening).rejects.toMatchObject({ code, resumable: false })
    await expect(opening).rejects.not.toThrow(/wrong/)
  })

  test('at a server that is not there is tried again', async () => {
    await expect(openNats({ servers: ['127.0.0.1:1'], login: { kind: 'none' }, only: false }, 'test')).rejects.toMatchObject({
      ...{ code: 'nats_unreachable', resumable: true },
    })
  })

  test('by nkey is let in', async () => {
    const { nkeys } = await import('@nats-io/transport-node')
    const pair = nkeys.createUser()
    const secret = Buffer.from(pair.getSeed()).toString()
    const server = await NatsServer.start({ more: `authorization: { users: [ { nkey: ${pair.getPublicKey()} } ] }` })
    const nc = await openNats({ servers: [server.url], login: { kind: 'nkey', secret }, only: false }, 'test')
    expect(nc.info?.jetstream).toBe(true)
    await nc.close()
    await server.stop()
  })

  test('where the account has no JetStream says so', async () => {
    const server = await NatsServer.start({ jetstream: false })
    const nc = await connect({ servers: server.url })
    const refused = await jetstreamManager(nc).catch(explainNats)
    expect(refused).toMatchObject({ code: 'nats_rights' })
    await nc.close()
    await server.stop()
  })
})
