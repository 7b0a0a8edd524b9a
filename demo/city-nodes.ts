/** The departments' exchange nodes: enrolled, joined, confirmed, kept running. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { freePort } from '@zhenghe/server/kernel/embedded.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { systemNow } from '@zhenghe/server/kernel/time.ts'
import { type DatabaseName, databaseOf, type RoleName } from './city/databases.ts'
import type { Departments } from './departments.ts'
import { keep } from './home.ts'
import type { Approver } from './seed/accounts.ts'
import { asClerk } from './seed/actors.ts'
import type { City } from './seed/organizations.ts'
import { type Supervised, supervise } from './supervisor.ts'

type Plan = { unit: string; name: string; role: RoleName; stores: readonly ('source' | 'target')[] }
const PLANS: readonly Plan[] = [
  { unit: 'market_supervision', name: '市场监管局前置机', role: 'market_supervision_node', stores: ['source'] },
  { unit: 'taxation', name: '税务局前置机', role: 'taxation_node', stores: ['source', 'target'] },
  { unit: 'public_security', name: '公安局前置机', role: 'public_security_node', stores: ['source'] },
]
const PATIENCE_MS = 60_000
const main = path.resolve(import.meta.dirname, '..', 'exchange-node', 'main.ts')

/** A unit's node and the store its tables are in. */
export type Placed = { node: string; store: string }
export type CityNodes = { placed: ReadonlyMap<string, Placed>; processes: ReadonlyMap<string, Supervised>; stop: () => Promise<void> }

type Options = { home: string; address: string; departments: Departments; city: City; approvers: readonly Approver[]; onLine: (line: string) => void }

/** Enrols what is missing, writes each node's configuration, starts the processes and waits until all are active. */
export async function openNodes(platform: RunningPlatform, options: Options): Promise<CityNodes> {
  const began = systemNow().toISOString()
  const processes = new Map<string, Supervised>()
  const placed = new Map<string, Placed>()
  const known = await platform.run(nodes.nodes, asClerk('运维员', unitOf(options.city, 'data_bureau'), ['nodes.supervise'], false), {})
  for (const plan of PLANS) {
    const unit = unitOf(options.city, plan.unit)
    const there = known.find((node) => node.unit === unit && node.name === plan.name && node.state !== 'revoked' && node.state !== 'awaiting_join')
    const enrolled = there ? undefined : await platform.run(nodes.enrol, operatorOf(unit), { unit, name: plan.name })
    const id = there?.id ?? enrolled?.node.id ?? ''
    const config = await writeConfig(plan, options, enrolled?.token)
    processes.set(
      plan.unit,
      supervise(main, ['--config', config], (line) => options.onLine(line)),
    )
    placed.set(plan.unit, { node: id, store: databaseOf(plan.role) })
  }
  await Promise.all([...placed].map(([unit, { node }]) => confirmed(platform, unitOf(options.city, unit), node, began)))
  return { placed, processes, stop: async () => void (await Promise.all([...processes.values()].map((process) => process.stop()))) }
}

const operatorOf = (unit: string) => asClerk('前置机管理员', unit, ['nodes.operate', 'nodes.read_schema'])

async function writeConfig({ unit, role, stores }: Plan, { home, address, departments, approvers }: Options, token: string | undefined): Promise<string> {
  const folder = path.join(home, 'nodes', unit)
  mkdirSync(folder, { recursive: true })
  const { host, port } = departments.server
  const url = `postgres://${role}:${encodeURIComponent(departments.passwords[role])}@/${databaseOf(role)}?host=${encodeURIComponent(host)}&port=${port}`
  keep(folder, 'node', {
    platform: address,
    home: folder,
    ...(token ? { token } : {}),
    listen: { host: '127.0.0.1', port: await freePort() },
    stores: stores.map((kind) => ({ id: storeOf(role, kind), role: kind, url })),
    approvers: approvers.filter((one) => one.unit === unit).map(({ publicKey }) => publicKey),
    partners: approvers.filter((one) => one.unit !== unit).map(({ publicKey }) => publicKey),
    logLevel: 'info',
  })
  return path.join(folder, 'node.json')
}

/** A database that both gives and takes stands behind a node under two names. */
const storeOf = (role: RoleName, kind: 'source' | 'target'): string =>
  kind === 'source' ? databaseOf(role) : (`${databaseOf(role)}_shared` satisfies `${DatabaseName}_shared`)

/** Waits until the node has joined and told that it lives now, and confirms it as its operator would: comparing the fingerprint. */
async function confirmed({ run }: RunningPlatform, unit: string, id: string, began: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (performance.now() < until) {
    const node = await run(nodes.node, operatorOf(unit), { id })
    if (node.state === 'awaiting_confirmation' && node.fingerprint) await run(nodes.confirm, operatorOf(unit), { id, fingerprint: node.fingerprint })
    if (node.state === 'active' && node.stores.length > 0 && node.lastSeenAt && node.lastSeenAt > began) return
    await pause(100)
  }
  throw new Error(`the node ${id} did not become active`)
}

/** Has every source's schema read. */
export async function readSchemas({ run }: RunningPlatform, city: City, placed: CityNodes['placed']): Promise<void> {
  for (const [unit, { node, store }] of placed) await run(nodes.readSchema, operatorOf(unitOf(city, unit)), { id: node, store })
  const until = performance.now() + PATIENCE_MS
  for (const [unit, { node, store }] of placed) {
    for (;;) {
      const { readAt, trouble } = await run(nodes.schema, operatorOf(unitOf(city, unit)), { id: node, store })
      if (readAt) break
      if (trouble || performance.now() > until) throw new Error(`the schema of ${store} could not be read: ${trouble ?? 'no answer'}`)
      await pause(100)
    }
  }
}

function unitOf(city: City, key: string): string {
  const unit = city.units.get(key)
  if (!unit) throw new Error(`no unit «${key}»`)
  return unit
}
