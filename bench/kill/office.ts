/** The people of the bench: a provider and three consumers on the platform's own database, their nodes, grants and subscriptions. */
import fs from 'node:fs'
import path from 'node:path'
import { withClient } from '@zhenghe/exchange-node/pg/connect.ts'
import { until } from '@zhenghe/exchange-node/testing/wait.ts'
import type { Unit } from '@zhenghe/server/assurance/organizations/contract.ts'
import { smallCity } from '@zhenghe/server/assurance/organizations/testing.ts'
import { contract as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import { addTestClass, catalogOf } from '@zhenghe/server/data/catalog/testing.ts'
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { approverOf, item, signGrant, wishFor } from '@zhenghe/server/data/exchange/testing/city.ts'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { openPool } from '@zhenghe/server/kernel/database.ts'
import { keysOf, loadKeys } from '@zhenghe/server/kernel/keys.ts'
import type { Actor, Module } from '@zhenghe/server/kernel/module.ts'
import { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { prepareDatabase } from '@zhenghe/server/kernel/prepare.ts'
import type { As, TestPlatform } from '@zhenghe/server/kernel/testing/testing.ts'
import { systemNow } from '@zhenghe/server/kernel/time.ts'
import { modules } from '@zhenghe/server/modules.ts'
import { rawPublicKey } from '@zhenghe/wire/keys.ts'
import { pino } from 'pino'
import { type NodeName, RECEIVERS, type Receiver, type Scene } from './scene.ts'

const OWNER = 'zhenghe_platform'
const PASSWORD = 'of-the-bench-alone'
const TERM_MS = 180 * 86_400_000
const PATIENCE_MS = 60_000
const ITEMS = [item('编号', 'k', 'C', { key: true, nullable: false }), item('名称', 'name', 'C'), item('说明', 'long', 'C'), item('序号', 'n', 'N')]

type Acts = Pick<TestPlatform, 'as'>

/** Acts of people, in this process beside the one that is killed: both stand on the same database. */
function actsOf(platform: RunningPlatform): Acts {
  const from = { address: '127.0.0.1', agent: 'bench', origin: null }
  const as: TestPlatform['as'] = (who) => (contract) =>
    Object.fromEntries(
      Object.entries(contract).map(([name, endpoint]) => [
        name,
        (input: unknown) => platform.run(endpoint, { actor: actorOf(who), now: systemNow(), from }, input),
      ]),
    ) as never
  return { as }
}

function actorOf({ rights = [], unit, person, kind = 'staff', ...who }: As): Actor {
  const holdings = who.holdings ?? rights.map((right) => (unit ? { right, unit } : { right }))
  return { kind, id: person ?? '00000000-0000-4000-8000-000000000001', name: 'bench', unit: unit ?? null, holdings }
}

export type Office = {
  /** Orders the load of a receiver; answers its delivery. */
  deliver(receiver: Receiver): Promise<string>
  /** How a delivery ended, `undefined` while it has not. Throws what stopped it. */
  ended(delivery: string): Promise<{ loaded: number; route: string | null } | undefined>
  /** The captures that go on, by receiver. */
  captures: ReadonlyMap<Receiver, string>
  close(): Promise<void>
}

/** The platform's database, its first people, and the process that is to be killed, running. */
export async function openOffice(scene: Scene): Promise<Office> {
  await withClient(scene.address('platform'), 'bench', async (client) => {
    await client.query(`create role ${OWNER} login password '${PASSWORD}'`)
    await client.query(`create database zhenghe owner ${OWNER}`)
  })
  const { host, port } = scene.address('platform')
  const dataDir = path.join(scene.home, 'platform-data')
  fs.mkdirSync(dataDir)
  const all = Object.values(modules) as unknown as Module[]
  const log = pino({ level: 'silent' })
  const pool = openPool({ host, port, user: OWNER, password: PASSWORD, database: 'zhenghe' }, 6)
  pool.on('error', () => undefined)
  await prepareDatabase(pool, all, log, systemNow().toISOString().slice(0, 10))
  const keys = loadKeys(dataDir)
  const t = actsOf(new RunningPlatform({ pool, modules: all, log, redact: keys.redact, locals: [[keysOf, keys]] }))
  await scene.platform(`postgres://${OWNER}:${PASSWORD}@localhost/zhenghe?host=${encodeURIComponent(host)}&port=${port}`, dataDir)
  return { ...(await furnish(scene, t as TestPlatform)), close: () => pool.end() }
}

async function furnish(scene: Scene, t: TestPlatform): Promise<Omit<Office, 'close'>> {
  const city = await smallCity(t)
  await addTestClass(t)
  const provider = await city.newUnit({ name: '市场监督管理局' })
  const approver = await approverOf(t, city, provider)
  const trusts = rawPublicKey(approver.key)
  const sender = await joined(scene, t, provider, 'sender', { approvers: [trusts] })
  const answering = t.as({ rights: ['exchange.answer', 'nodes.read_schema'], unit: provider.id, person: approver.person })(exchange)
  const entries = await published(t, provider, sender)
  const loads = new Map<Receiver, { subscription: string; asker: ReturnType<typeof askerOf> }>()
  const captures = new Map<Receiver, string>()
  for (const receiver of RECEIVERS) {
    const consumer = await city.newUnit({ name: `${receiver}局` })
    const node = await joined(scene, t, consumer, receiver, { partners: [trusts] })
    const asker = askerOf(t, consumer)
    const granted = async (entry: string) => {
      const termUntil = new Date(Date.now() + TERM_MS).toISOString().slice(0, 10)
      const request = await asker.request(wishFor(entry, node, { fields: ITEMS.map(({ column }) => column), termUntil }))
      const fields = ITEMS.map(({ column: name }) => (name === 'name' ? { name, mask: { kind: 'name' as const } } : { name }))
      const { text, grant } = await answering.prepareGrant({ id: request.id, terms: { fields, notAfter: termUntil } })
      await answering.grant({ id: request.id, signed: signGrant(text, approver.key) })
      return grant
    }
    const place = { store: 'target', schema: 'public' }
    const load = await asker.subscribe({ grant: await granted(entries.register), ...place, table: `load_${receiver}` })
    loads.set(receiver, { subscription: load.subscription.id, asker })
    if (receiver !== 'plain') {
      const capture = await asker.subscribe({ grant: await granted(entries.followed), ...place, table: `followed_${receiver}`, mode: 'capture' })
      captures.set(receiver, capture.delivery)
    }
    await until(async () => (await endOf(asker, load.delivery)) !== undefined, PATIENCE_MS)
  }
  const everywhere = t.as({ rights: ['exchange.supervise'] })(exchange)
  return {
    captures,
    deliver: async (receiver) => {
      const { subscription, asker } = loads.get(receiver)!
      return (await asker.deliver({ id: subscription })).id
    },
    ended: (delivery) => endOf(everywhere, delivery),
  }
}

const askerOf = (t: TestPlatform, unit: Unit) => t.as({ rights: ['exchange.request', 'exchange.receive'], unit: unit.id })(exchange)

async function endOf({ deliveryById }: Pick<ReturnType<typeof askerOf>, 'deliveryById'>, id: string) {
  const { state, trouble, balance, loaded, route } = await deliveryById({ id })
  if (state === 'stopped' || state === 'cancelled') throw new Error(`the delivery ended as ${state}: ${JSON.stringify(trouble)}`)
  if (state !== 'done') return undefined
  if (!balance?.agrees) throw new Error('the two signed documents do not balance')
  return { loaded, route }
}

/** Enrolled by its operator, joined by itself, confirmed. */
async function joined(scene: Scene, t: TestPlatform, unit: Unit, name: NodeName, own: Record<string, unknown>): Promise<string> {
  const operator = t.as({ rights: ['nodes.operate', 'nodes.read_schema'], unit: unit.id })(nodes)
  const { node, token } = await operator.enrol({ unit: unit.id, name })
  await scene.node(name, { token, approvers: [], ...own })
  const { fingerprint } = await until(async () => {
    const seen = await operator.node({ id: node.id })
    return seen.state === 'awaiting_confirmation' && seen
  }, PATIENCE_MS)
  await operator.confirm({ id: node.id, fingerprint: fingerprint! })
  await until(async () => (await operator.node({ id: node.id })).stores[0]?.reachable, PATIENCE_MS)
  if (name === 'sender') {
    await operator.readSchema({ id: node.id, store: 'source' })
    await until(async () => (await operator.schema({ id: node.id, store: 'source' })).readAt, PATIENCE_MS)
  }
  return node.id
}

/** The entries of the two tables: the one that is loaded again and again, the one that is followed. */
async function published(t: TestPlatform, provider: Unit, node: string): Promise<{ register: string; followed: string }> {
  const people = catalogOf(t, provider)
  const binder = t.as({ rights: ['catalog.compile', 'nodes.read_schema'], unit: provider.id })(catalog)
  const entry = async (table: string) => {
    const { head } = await people.published({ name: table, items: ITEMS })
    await binder.bind({ id: head.id, node, store: 'source', schema: 'public', table, columns: Object.fromEntries(ITEMS.map(({ column }) => [column, column])) })
    return head.id
  }
  return { register: await entry('register'), followed: await entry('followed') }
}
