/** Rows between two databases over NATS, while servers are killed under them. */
import { randomUUID } from 'node:crypto'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { deliver, draftGrant, type Ends, field, signGrant, whenLanded } from '../testing/delivery.ts'
import { type Levels, meet, settingsOf, startLevels } from './testing/lines.ts'
import { NatsServer, startCluster } from './testing/nats-server.ts'

const ROWS = 60_000
const source = testDatabase()
const target = testDatabase()
const ends = { source: source.address, target: target.address, pagesPerRange: 16 }
let grant: Signed

beforeAll(async () => {
  await source.query(`create table public.register (k text primary key, n int8, t text);
    insert into public.register select md5(g::text), g, repeat('政', g % 50) from generate_series(1, ${ROWS}) g; analyze public.register`)
  const fields = [field('k', 'text', { key: true }), field('n', 'int8'), field('t', 'text')]
  grant = signGrant(await draftGrant(source.address, { table: 'register', fields }))
})
beforeEach(() => target.query('drop table if exists public.received, public.another'))

const sum = (table: string) => `select count(*)::int as rows, sum(hash_record_extended(row(k, n, t), 0))::text as hash from public.${table}`
/** Row by row the same as the source. */
async function exact(table = 'received'): Promise<void> {
  expect(await target.query(sum(table))).toEqual(await source.query(sum('register')))
}

/** The same delivery until it is done, as a node does; answers how often it was taken up. */
async function insist(given: Partial<Ends> & { line: NonNullable<Ends['line']> }): Promise<number> {
  const delivery = randomUUID()
  for (let times = 1; ; times++) {
    try {
      await deliver({ ...ends, grant, delivery, ...given })
      return times
    } catch (error) {
      if (!(error as { resumable?: boolean }).resumable || times > 5) throw error
    }
  }
}

describe('one server', () => {
  let server: NatsServer
  beforeAll(async () => {
    server = await NatsServer.start()
  })
  afterAll(() => server?.stop())
  const line = () => meet(settingsOf(server))

  test('a table arrives exact, and two deliveries at once do not mix', async () => {
    await Promise.all([insist({ line }), insist({ line, table: 'another' })])
    await exact()
    await exact('another')
  })

  test('killed and back with its store: the same session goes on', async () => {
    let back: Promise<void> | undefined
    const act = () => {
      back = server.kill().then(() => server.again())
    }
    expect(await insist({ line, ...whenLanded(3, act) })).toBe(1)
    await back
    await exact()
  })

  test('a broker that forgets everything in the middle ends the session so that it is taken up again by ranges', async () => {
    const stranger = await NatsServer.start()
    const act = () => void stranger.stop()
    const delivery = randomUUID()
    const first = deliver({ ...ends, grant, delivery, line: () => meet(settingsOf(stranger)), ...whenLanded(3, act) })
    await expect(first).rejects.toMatchObject({ resumable: true })
    await deliver({ ...ends, grant, delivery, line })
    await exact()
  })
})

describe('a cluster of three', () => {
  let servers: NatsServer[] = []
  beforeAll(async () => {
    servers = await startCluster()
  })
  afterAll(() => Promise.all(servers.map((server) => server.stop())))

  test('loses each server in turn under a running load, and ends exact', async () => {
    for (const server of servers) {
      await target.query('drop table if exists public.received')
      let killed: Promise<void> | undefined
      const act = () => {
        killed = server.kill()
      }
      await insist({ line: () => meet(settingsOf(...servers)), ...whenLanded(3, act) })
      await killed
      await exact()
      await server.again()
    }
  }, 180_000)
})

describe('province, city and county', () => {
  let levels: Levels
  beforeAll(async () => {
    levels = await startLevels()
  })
  afterAll(() => levels?.stop())

  test('a county delivers to the province while the city between them is killed and started again', async () => {
    let back: Promise<void> | undefined
    const act = () => {
      back = levels.city.kill().then(() => levels.city.again())
    }
    const line = () => meet(settingsOf(levels.county), settingsOf(levels.province), 'province')
    await insist({ line, ...whenLanded(3, act) })
    await back
    await exact()
  })
})
