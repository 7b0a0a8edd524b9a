/** The journey with real nodes: two processes beside two databases, joined to the real platform over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { NatsServer } from '@zhenghe/exchange-node/nats/testing/nats-server.ts'
import { testDatabase } from '@zhenghe/exchange-node/testing/databases.ts'
import { urlOf } from '@zhenghe/exchange-node/testing/nodes.ts'
import { until } from '@zhenghe/exchange-node/testing/wait.ts'
import { rawPublicKey } from '@zhenghe/wire/keys.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Unit } from '../server/assurance/organizations/contract.ts'
import { smallCity } from '../server/assurance/organizations/testing.ts'
import { contract as catalog } from '../server/data/catalog/contract.ts'
import { addTestClass, catalogOf } from '../server/data/catalog/testing.ts'
import { contract as exchange } from '../server/data/exchange/contract.ts'
import type { DeliveryView } from '../server/data/exchange/delivery.contract.ts'
import { approverOf, item, MODULES, signGrant, wishFor } from '../server/data/exchange/testing/city.ts'
import { contract as nodes } from '../server/data/nodes/contract.ts'
import { serve } from '../server/kernel/http/server.ts'
import { openMetrics } from '../server/kernel/observe.ts'
import { testPlatform } from '../server/kernel/testing/testing.ts'

const ROWS = 30_000
const BAD = 3
const ROWS_PER_SECOND = 15_000 // a delivery takes long enough to be killed in its middle
const main = path.resolve(import.meta.dirname, '../exchange-node/main.ts')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-two-nodes-'))
const source = testDatabase()
const target = testDatabase()
const t = await testPlatform(MODULES, { now: new Date().toISOString() })
const clock = setInterval(() => t.setNow(new Date().toISOString()), 100)
const app = await serve({ platform: t.platform, metrics: openMetrics(t.pool), readiness: async () => undefined })
const address = await app.listen({ host: '127.0.0.1', port: 0 })

/** One node's process; its settings may change between two starts. */
class NodeProcess {
  readonly #file: string
  readonly log: string[] = []
  #child: ChildProcess | undefined
  settings: Record<string, unknown>

  constructor(name: string, settings: Record<string, unknown>) {
    this.#file = path.join(folder, `${name}.json`)
    this.settings = { platform: address, home: path.join(folder, name), ...settings }
  }

  start(): void {
    fs.writeFileSync(this.#file, JSON.stringify(this.settings), { mode: 0o600 })
    this.#child = spawn(process.execPath, [main, '--config', this.#file], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.on('data', (chunk: Buffer) => this.log.push(String(chunk)))
  }

  /** Its exit code. @param how a signal, or the end of the process that started it */
  async end(how: NodeJS.Signals | 'orphaned'): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    if (how === 'orphaned') child.disconnect()
    else child.kill(how)
    return ended
  }
}

const city = await smallCity(t)
const processes: NodeProcess[] = []

/** Enrolled by its operator, joined by itself, confirmed by the fingerprint it shows. */
async function nodeOf(unit: Unit, name: string, settings: Record<string, unknown>) {
  const operator = t.as({ rights: ['nodes.operate', 'nodes.read_schema'], unit: unit.id })(nodes)
  const { node, token } = await operator.enrol({ unit: unit.id, name })
  const running = new NodeProcess(unit.shortName, { token, ...settings })
  processes.push(running)
  running.start()
  const joined = await until(async () => {
    const seen = await operator.node({ id: node.id })
    return seen.state === 'awaiting_confirmation' && seen
  })
  await until(() => running.log.join('').includes(joined.fingerprint!))
  await operator.confirm({ id: node.id, fingerprint: joined.fingerprint! })
  await until(async () => (await operator.node({ id: node.id })).stores[0]?.reachable)
  return { id: node.id, operator, running }
}

async function setting() {
  const [provider, consumer] = [
    await city.newUnit({ name: '市场监督管理局', shortName: 'provider' }),
    await city.newUnit({ name: '税务局', shortName: 'consumer' }),
  ]
  const approver = await approverOf(t, city, provider)
  const key = rawPublicKey(approver.key)
  const register = { id: 'register', role: 'source', url: urlOf(source.address), pagesPerRange: 8, rowsPerSecond: ROWS_PER_SECOND }
  const sending = await nodeOf(provider, '市场监管局前置机', { approvers: [key], stores: [register] })
  const shared = { id: 'shared', role: 'target', url: urlOf(target.address) }
  const receiving = await nodeOf(consumer, '税务局前置机', { approvers: [], partners: [key], stores: [shared] })
  const asker = t.as({ rights: ['exchange.request', 'exchange.receive'], unit: consumer.id })(exchange)
  const second = t.as({ rights: ['exchange.approve_mending'], unit: consumer.id, person: '00000000-0000-4000-8000-0000000000bb' })(exchange)
  const liaison = t.as({ rights: ['exchange.answer', 'exchange.quarantine', 'nodes.read_schema'], unit: provider.id, person: approver.person })(exchange)
  return { provider, consumer, approver, sending, receiving, asker, second, liaison }
}
let s: Awaited<ReturnType<typeof setting>>
let grant: string
let subscription: string

beforeAll(async () => {
  await source.query(`
    create table public.entity (code text primary key, name text not null, changed_at timestamptz not null);
    insert into public.entity select case when g <= ${BAD} then 'x' || g else lpad(g::text, 8, '0') end, '企业' || g, timestamptz '2026-01-01 00:00+08' + g * interval '1 second'
    from generate_series(1, ${ROWS}) g; analyze public.entity`)
  await target.query('create schema shared')
  s = await setting()
})

afterAll(async () => {
  await Promise.all(processes.map((one) => one.end('SIGKILL')))
  clearInterval(clock)
  await app.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** The delivery's end; whatever keeps it from one stands in the failure. */
async function ended(id: string): Promise<DeliveryView> {
  for (const end = performance.now() + 40_000; performance.now() < end; await pause(50)) {
    const view = await s.asker.deliveryById({ id })
    if (['done', 'stopped', 'cancelled'].includes(view.state)) return view
  }
  const { state, trouble } = await s.asker.deliveryById({ id })
  throw new Error(`${state} ${JSON.stringify(trouble)}\n${processes.map(({ log }) => log.slice(-8).join('')).join('\n')}`)
}

async function arrived(table: string): Promise<number> {
  const [row] = await target.query<{ n: number }>(`select count(*)::int as n from shared.${table}`)
  return row!.n
}

describe('two nodes and the platform', () => {
  test('the source is read through its node, asked for, granted and signed', async () => {
    const { order } = await s.sending.operator.readSchema({ id: s.sending.id, store: 'register' })
    expect(order).toBeTruthy()
    const { tables } = await until(async () => {
      const schema = await s.sending.operator.schema({ id: s.sending.id, store: 'register' })
      return schema.readAt && schema
    })
    expect(tables[0]).toMatchObject({ schema: 'public', table: 'entity', rows: ROWS })
    await addTestClass(t)
    const items = [
      item('编号', 'code', 'C', { key: true, nullable: false }),
      item('名称', 'name', 'C', { nullable: false }),
      item('更新时间', 'changed_at', 'T', { nullable: false }),
    ]
    const { head } = await catalogOf(t, s.provider).published({ name: '企业', items })
    const columns = Object.fromEntries(items.map(({ column }) => [column, column]))
    await t
      .as({ rights: ['catalog.compile', 'nodes.read_schema'], unit: s.provider.id })(catalog)
      .bind({ id: head.id, node: s.sending.id, store: 'register', schema: 'public', table: 'entity', columns })
    const termUntil = new Date(Date.now() + 180 * 86_400_000).toISOString().slice(0, 10)
    const request = await s.asker.request(wishFor(head.id, s.receiving.id, { fields: items.map(({ column }) => column), termUntil }))
    const terms = {
      fields: [{ name: 'code', rules: [{ kind: 'digits' as const }] }, { name: 'name', mask: { kind: 'name' as const } }, { name: 'changed_at' }],
      notAfter: termUntil,
    }
    const prepared = await s.liaison.prepareGrant({ id: request.id, terms })
    await s.liaison.grant({ id: request.id, signed: signGrant(prepared.text, s.approver.key) })
    grant = prepared.grant
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
    const landed = async () =>
      (await target.query<{ n: number }>(`select count(*)::int as n from zhenghe_exchange.range_ledger where delivery = '${id}'`))[0]!.n
    for (const [at, victim] of [s.sending.running, s.receiving.running].entries()) {
      await until(async () => (await landed()) > at * 4)
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
