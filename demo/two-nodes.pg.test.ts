/** The journey with real nodes: two processes beside two databases, joined to the real platform over HTTP. */
import { NatsServer } from '@zhenghe/exchange-node/nats/testing/nats-server.ts'
import { until } from '@zhenghe/exchange-node/testing/wait.ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { shareEntity, type TwoNodes, twoNodes } from './testing/two-nodes.ts'

const ROWS = 30_000
const BAD = 3
const ROWS_PER_SECOND = 15_000 // a delivery takes long enough to be killed in its middle
const place = await twoNodes({ rowsPerSecond: ROWS_PER_SECOND })
let s: TwoNodes
const { source, target, processes, ended, arrived } = place
let grant: string
let subscription: string

beforeAll(async () => {
  await source.query(`
    create table public.entity (code text primary key, name text not null, changed_at timestamptz not null);
    insert into public.entity select case when g <= ${BAD} then 'x' || g else lpad(g::text, 8, '0') end, '企业' || g, timestamptz '2026-01-01 00:00+08' + g * interval '1 second'
    from generate_series(1, ${ROWS}) g; analyze public.entity`)
  await target.query('create schema shared')
  s = { ...place, ...(await place.begin()) }
})

describe('two nodes and the platform', () => {
  test('the source is read through its node, asked for, granted and signed', async () => {
    const shared = await shareEntity(s)
    expect(shared.tables[0]).toMatchObject({ schema: 'public', table: 'entity', rows: ROWS })
    grant = shared.grant
  })

  test('GB/T 21062: by the relay, delivered and balanced, the bad rows in the quarantine of the provider', async () => {
    const made = await s.asker.subscribe({ grant, store: 'shared', schema: 'shared', table: 'entity' })
    subscription = made.subscription.id
    const view = await ended(made.delivery)
    expect(view).toMatchObject({ state: 'done', route: 'relay', troubles: [], rejected: BAD, loaded: ROWS - BAD })
    expect(view.balance).toMatchObject({ agrees: true, read: ROWS, sent: ROWS - BAD, loaded: ROWS - BAD })
    expect(await arrived('entity')).toBe(ROWS - BAD)
    expect((await s.liaison.quarantine({ delivery: made.delivery })).total).toBe(BAD)
  })

  test('straight where the receiver listens', async () => {
    expect(await s.receiving.running.end('SIGTERM')).toBe(0)
    Object.assign(s.receiving.running.settings, { listen: { host: '127.0.0.1', port: 0 } })
    s.receiving.running.start()
    await until(async () => (await s.receiving.operator.node({ id: s.receiving.id })).listen)
    const { id } = await s.asker.deliver({ id: subscription })
    expect(await ended(id)).toMatchObject({ state: 'done', route: 'direct', loaded: ROWS - BAD })
  })

  test('over NATS where both have it and the receiver no longer listens', async () => {
    const nats = await NatsServer.start()
    const both = [s.sending, s.receiving] as const
    for (const { running } of both) {
      expect(await running.end('SIGTERM')).toBe(0)
      Object.assign(running.settings, { nats: { servers: [nats.url] }, listen: undefined })
      running.start()
    }
    await until(async () => (await Promise.all(both.map(({ operator, id }) => operator.node({ id })))).every((node) => node.nats && !node.listen))
    const { id } = await s.asker.deliver({ id: subscription })
    expect(await ended(id)).toMatchObject({ state: 'done', route: 'nats', loaded: ROWS - BAD })
    await nats.stop()
  })

  test('either node killed in the middle goes on where it was, and ends exact', async () => {
    const { id } = await s.asker.deliver({ id: subscription })
    for (const [at, victim] of [s.sending.running, s.receiving.running].entries()) {
      await until(async () => (await s.landed(id)) > at * 4)
      await victim.end('SIGKILL')
      victim.start()
    }
    const view = await ended(id)
    expect(view).toMatchObject({ state: 'done', loaded: ROWS - BAD })
    expect(view.balance?.agrees).toBe(true)
    expect(view.troubles.every(({ resumable }) => resumable)).toBe(true)
    expect(await arrived('entity')).toBe(ROWS - BAD)
  })

  test('a reconciliation finds and mends what was changed at the target', async () => {
    await target.query(`delete from shared.entity where code = '00000100'`)
    const { id } = await s.asker.askMending({ id: subscription })
    await s.second.approveMending({ id })
    const found = await until(async () => (await s.asker.reconciliations({ id: subscription })).find((one) => one.id === id && one.endedAt !== null))
    expect(found).toMatchObject({ state: 'mended', missing: 1, extra: 0, differing: 0, sample: [{ key: '00000100', kind: 'missing' }] })
    expect(await arrived('entity')).toBe(ROWS - BAD)
  })

  test('a grant revoked in the middle ends the delivery, and nothing of it stays', async () => {
    const { id } = await s.asker.deliver({ id: subscription })
    await until(async () => (await s.asker.deliveryById({ id })).progress?.rangesDone)
    await s.liaison.revoke({ id: grant, reason: '用途已终止' })
    expect((await ended(id)).state).toBe('cancelled')
    await until(async () => (await target.query(`select from zhenghe_exchange.delivery where id = '${id}'`)).length === 0)
    expect(await arrived('entity')).toBe(ROWS - BAD)
  })

  test('the database role of a revoked grant is taken away at the source', async () => {
    const roles = () => source.query(`select rolname from pg_roles where starts_with(rolname, 'zhenghe_grant_${grant.replaceAll('-', '')}_')`)
    await until(async () => (await roles()).length === 0)
    await until(async () => (await s.liaison.monitor({})).nodes.every(({ orders }) => orders.length === 0))
  })

  test('SIGTERM ends a node within ten seconds; so does the end of who started it', async () => {
    const began = performance.now()
    expect(await Promise.all([s.sending.running.end('SIGTERM'), s.receiving.running.end('orphaned')])).toEqual([0, 0])
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  test('no log line of a node holds a password', () => {
    const said = processes.flatMap(({ log }) => log).join('')
    for (const { address: at } of [source, target]) expect(said).not.toContain(String(at.password))
  })
})
