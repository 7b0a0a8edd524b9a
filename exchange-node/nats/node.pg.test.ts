/** Whole nodes that meet over NATS, against the platform's side of the protocol. */
import fs from 'node:fs'
import { Receipt, type Signed } from '@zhenghe/wire/documents.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NodeConfigInput } from '../config.ts'
import { testDatabase } from '../testing/databases.ts'
import { newPlace, orderDelivery, type Place, SOURCE_STORE, startTestNode, TARGET_STORE, type TestNode, testGrant, urlOf } from '../testing/nodes.ts'
import { FakePlatform } from '../testing/platform.ts'
import { until } from '../testing/wait.ts'
import { NatsServer } from './testing/nats-server.ts'

const ROWS = 20_000
const PASSWORD = 's3cret-of-nats'
const source = testDatabase()
const target = testDatabase()
const rights = 'authorization: { users: [ { user: node, password: "s3cret-of-nats" } ] }'

let server: NatsServer
let platform: FakePlatform
let place: Place
let provider: TestNode
let consumer: TestNode
let grant: Signed

const parties = () => ({ provider: provider.identity, consumer: consumer.identity })
const order = (table: string, listen: string | null = null) => orderDelivery(platform, { ...parties(), grant, listen, table })
const routes = (id: string) => [...new Set(platform.progress.filter((one) => one.id === id).map(({ route }) => route))]
const letter = (id: string, what: string) => until(() => platform.about(id, what)[0], 50_000).then(({ body }) => body)
const receipt = async (id: string) => Receipt.parse(JSON.parse(((await letter(id, 'receipt'))['signed'] as Signed).text))
const natsOf = (more: object = {}): NonNullable<NodeConfigInput['nats']> => ({
  ...{ servers: [server.url], user: 'node', passwordFrom: { file: 'nats.password' } },
  ...more,
})
const word = (text: string) => {
  fs.writeFileSync(`${place.folder}/nats.password`, text, { mode: 0o600 })
}

/** Ends the node and starts one of the same name with other settings of NATS. */
async function changed(node: TestNode, nats: Partial<NodeConfigInput['nats']>): Promise<void> {
  await node.node.stop()
  Object.assign(node.config.nats!, nats)
  node.node = await node.again()
}

beforeAll(async () => {
  await source.query(`
    create table public.register (id int8 primary key, name text, code text, changed_at timestamptz not null);
    insert into public.register select g, '张三' || g, g::text, timestamptz '2026-01-01 00:00+00' + g * interval '1 second' from generate_series(1, ${ROWS}) g`)
  server = await NatsServer.start({ more: rights })
  platform = await FakePlatform.start()
  place = newPlace(platform)
  word(PASSWORD)
  const sourceStore = { id: SOURCE_STORE, role: 'source', url: urlOf(source.address), pagesPerRange: 16 } as const
  provider = await startTestNode(place, 'provider', sourceStore, { nats: natsOf() })
  const listening = { listen: { host: '127.0.0.1', port: 0 }, nats: natsOf({ subject: '370000.370100.tax' }) }
  consumer = await startTestNode(place, 'consumer', { id: TARGET_STORE, role: 'target', url: urlOf(target.address) }, listening)
  grant = await testGrant(source.address, parties())
})
afterAll(async () => {
  await Promise.all([provider?.node.stop(), consumer?.node.stop()])
  await platform?.stop()
  await server?.stop()
  if (place) fs.rmSync(place.folder, { recursive: true })
})

const beatOf = ({ identity }: TestNode) => platform.nodes.get(identity.id)!.beat!

describe('two nodes with NATS', () => {
  test('tell under which subject they are called: the one configured, else their own id', () => {
    expect(beatOf(consumer).nats).toEqual({ subject: '370000.370100.tax', domain: null })
    expect(beatOf(provider).nats).toEqual({ subject: provider.identity.id, domain: null })
  })

  test('meet over it where there is no direct way, and never by the relay', async () => {
    const id = order('over_nats')
    expect(await receipt(id)).toMatchObject({ received: ROWS, loaded: ROWS })
    expect(routes(id)).toEqual(['nats'])
    expect(platform.relayed).toBe(0)
    expect(await target.query('select count(*)::int as n, sum(id)::int8 as ids from public.over_nats')).toEqual(
      await source.query('select count(*)::int as n, sum(id)::int8 as ids from public.register'),
    )
  })

  test('two deliveries at once', async () => {
    const ids = [order('first'), order('second')]
    for (const id of ids) expect(await receipt(id)).toMatchObject({ loaded: ROWS })
    expect(ids.flatMap(routes)).toEqual(['nats', 'nats'])
  })

  test('meet straight where they can', async () => {
    const id = order('straight', beatOf(consumer).listen)
    await receipt(id)
    expect(routes(id)).toEqual(['direct'])
  })

  test('take the relay where no server answers', async () => {
    await server.kill()
    const id = order('by_relay')
    await receipt(id)
    expect(routes(id)).toEqual(['relay'])
    await server.again()
  })

  test('no log line holds a password', () => {
    expect(place.log.join('\n')).not.toContain(PASSWORD)
  })
})

describe('a node that is to use NATS only', () => {
  beforeAll(() => changed(provider, { only: true }))

  test('does not listen, though it could', async () => {
    await changed(consumer, { only: true })
    await until(() => beatOf(consumer).listen === null)
    await receipt(order('not_listening'))
    await changed(consumer, { only: false })
    await until(() => beatOf(consumer).listen)
  })

  test('does not dial', async () => {
    const id = order('only', beatOf(consumer).listen)
    await receipt(id)
    expect(routes(id)).toEqual(['nats'])
  })

  test('tells that its login is refused, and what to do', async () => {
    await changed(provider, { login: { kind: 'user', user: 'node', password: 'wrong' } } as never)
    const id = order('refused')
    expect(await letter(id, 'trouble')).toMatchObject({ code: 'nats_login', resumable: false, detail: expect.stringContaining('check user and password') })
    platform.cancel(id)
  })

  test('tells that no server answers, and tries again', async () => {
    await changed(provider, { login: { kind: 'user', user: 'node', password: PASSWORD }, servers: ['nats://127.0.0.1:1'] } as never)
    const id = order('unreachable')
    const body = await until(() => platform.about(id, 'trouble').find((one) => one.node === provider.identity.id), 90_000)
    expect(body.body).toMatchObject({ code: 'nats_unreachable', resumable: true })
    platform.cancel(id)
  }, 120_000)
})
