/** Two departments whose nodes are processes of their own beside real databases, joined to the real platform over HTTP; for tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { testDatabase } from '@zhenghe/exchange-node/testing/databases.ts'
import { urlOf } from '@zhenghe/exchange-node/testing/nodes.ts'
import { until } from '@zhenghe/exchange-node/testing/wait.ts'
import { rawPublicKey } from '@zhenghe/wire/keys.ts'
import { afterAll } from 'vitest'
import type { Unit } from '../../server/assurance/organizations/contract.ts'
import { smallCity } from '../../server/assurance/organizations/testing.ts'
import { contract as catalog } from '../../server/data/catalog/contract.ts'
import { addTestClass, catalogOf } from '../../server/data/catalog/testing.ts'
import { contract as exchange } from '../../server/data/exchange/contract.ts'
import type { DeliveryView } from '../../server/data/exchange/delivery.contract.ts'
import { approverOf, item, MODULES, signGrant, wishFor } from '../../server/data/exchange/testing/city.ts'
import { contract as nodes } from '../../server/data/nodes/contract.ts'
import { serve } from '../../server/kernel/http/server.ts'
import { openMetrics } from '../../server/kernel/observe.ts'
import { testPlatform } from '../../server/kernel/testing/testing.ts'

const PROGRAM = path.resolve(import.meta.dirname, '../../exchange-node')
const TERM_MS = 180 * 86_400_000
const LONGEST_MS = 40_000

/** One node's process; its settings, and the program it runs, may change between two starts. */
export class NodeProcess {
  readonly #file: string
  readonly log: string[] = []
  #child: ChildProcess | undefined
  settings: Record<string, unknown>
  /** The folder of the program. */
  program = PROGRAM

  constructor(folder: string, name: string, settings: Record<string, unknown>) {
    this.#file = path.join(folder, `${name}.json`)
    this.settings = { home: path.join(folder, name), ...settings }
  }

  get home(): string {
    return String(this.settings['home'])
  }

  start(): void {
    fs.writeFileSync(this.#file, JSON.stringify(this.settings), { mode: 0o600 })
    this.#child = spawn(process.execPath, [path.join(this.program, 'main.ts'), '--config', this.#file], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
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

type Place = Awaited<ReturnType<typeof twoNodes>>
export type TwoNodes = Place & Awaited<ReturnType<Place['begin']>>

/** The databases and the platform at once; the nodes, when they are begun. @param settings of the source's store beside the usual */
export async function twoNodes(settings: Record<string, unknown>) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-two-nodes-'))
  const [source, target] = [testDatabase(), testDatabase()]
  const t = await testPlatform(MODULES, { now: new Date().toISOString() })
  const clock = setInterval(() => t.setNow(new Date().toISOString()), 100)
  const app = await serve({ platform: t.platform, metrics: openMetrics(t.pool), readiness: async () => undefined })
  const platform = await app.listen({ host: '127.0.0.1', port: 0 })
  const city = await smallCity(t)
  const processes: NodeProcess[] = []
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.end('SIGKILL')))
    clearInterval(clock)
    await app.close()
    fs.rmSync(folder, { recursive: true, force: true })
  })

  /** Enrolled by its operator, joined by itself, confirmed by the fingerprint it shows. */
  async function nodeOf(unit: Unit, name: string, own: Record<string, unknown>) {
    const operator = t.as({ rights: ['nodes.operate', 'nodes.read_schema'], unit: unit.id })(nodes)
    const { node, token } = await operator.enrol({ unit: unit.id, name })
    const running = new NodeProcess(folder, unit.shortName, { platform, token, ...own })
    processes.push(running)
    running.start()
    const joined = await until(async () => {
      const seen = await operator.node({ id: node.id })
      return seen.state === 'awaiting_confirmation' && seen
    })
    await until(() => running.log.join('').includes(joined.fingerprint!))
    await operator.confirm({ id: node.id, fingerprint: joined.fingerprint! })
    await until(async () => (await operator.node({ id: node.id })).stores[0]?.reachable).catch((error: Error) => {
      throw new Error(`${error.message}\n${running.log.slice(-8).join('')}`)
    })
    return { id: node.id, operator, running }
  }

  const [provider, consumer] = [
    await city.newUnit({ name: '市场监督管理局', shortName: 'provider' }),
    await city.newUnit({ name: '税务局', shortName: 'consumer' }),
  ]
  const asker = t.as({ rights: ['exchange.request', 'exchange.receive'], unit: consumer.id })(exchange)
  const second = t.as({ rights: ['exchange.approve_mending'], unit: consumer.id, person: '00000000-0000-4000-8000-0000000000bb' })(exchange)

  /** The delivery's end; whatever keeps it from one stands in the failure. */
  async function ended(id: string): Promise<DeliveryView> {
    for (const end = performance.now() + LONGEST_MS; performance.now() < end; await pause(50)) {
      const view = await asker.deliveryById({ id })
      if (['done', 'stopped', 'cancelled'].includes(view.state)) return view
    }
    const { state, trouble } = await asker.deliveryById({ id })
    throw new Error(`${state} ${JSON.stringify(trouble)}\n${processes.map(({ log }) => log.slice(-8).join('')).join('\n')}`)
  }

  /** How many ranges of a delivery have landed at the target; none before its node has made the ledger there. */
  const landed = async (id: string) => {
    const found = await target.query<{ n: number }>(`select count(*)::int as n from zhenghe_exchange.range_ledger where delivery = '${id}'`).catch(() => [])
    return found[0]?.n ?? 0
  }
  const arrived = async (table: string) => (await target.query<{ n: number }>(`select count(*)::int as n from shared.${table}`))[0]!.n

  /** Both nodes join and are confirmed. */
  async function begin() {
    const approver = await approverOf(t, city, provider)
    const key = rawPublicKey(approver.key)
    const register = { id: 'register', role: 'source', url: urlOf(source.address), pagesPerRange: 8, ...settings }
    const sending = await nodeOf(provider, '市场监管局前置机', { approvers: [key], stores: [register] })
    const shared = { id: 'shared', role: 'target', url: urlOf(target.address) }
    const receiving = await nodeOf(consumer, '税务局前置机', { approvers: [], partners: [key], stores: [shared] })
    const liaison = t.as({ rights: ['exchange.answer', 'exchange.quarantine', 'nodes.read_schema'], unit: provider.id, person: approver.person })(exchange)
    return { approver, sending, receiving, liaison }
  }

  return { t, folder, source, target, provider, consumer, asker, second, processes, begin, ended, landed, arrived }
}

/** The table `public.entity` (code, name, changed_at) read through its node, asked for, granted and signed; answers the grant and what the catalogue saw. */
export async function shareEntity({ t, sending, receiving, provider, approver, asker, liaison }: TwoNodes) {
  await sending.operator.readSchema({ id: sending.id, store: 'register' })
  const { tables } = await until(async () => {
    const schema = await sending.operator.schema({ id: sending.id, store: 'register' })
    return schema.readAt && schema
  })
  await addTestClass(t)
  const items = [
    item('编号', 'code', 'C', { key: true, nullable: false }),
    item('名称', 'name', 'C', { nullable: false }),
    item('更新时间', 'changed_at', 'T', { nullable: false }),
  ]
  const { head } = await catalogOf(t, provider).published({ name: '企业', items })
  const columns = Object.fromEntries(items.map(({ column }) => [column, column]))
  await t
    .as({ rights: ['catalog.compile', 'nodes.read_schema'], unit: provider.id })(catalog)
    .bind({ id: head.id, node: sending.id, store: 'register', schema: 'public', table: 'entity', columns })
  const termUntil = new Date(Date.now() + TERM_MS).toISOString().slice(0, 10)
  const request = await asker.request(wishFor(head.id, receiving.id, { fields: items.map(({ column }) => column), termUntil }))
  const terms = {
    fields: [
      { name: 'code', rules: [{ kind: 'digits' as const }] },
      { name: 'name', mask: { kind: 'name' as const }, rules: [{ kind: 'length' as const, min: 1, max: 60 }] },
      { name: 'changed_at' },
    ],
    notAfter: termUntil,
  }
  const prepared = await liaison.prepareGrant({ id: request.id, terms })
  await liaison.grant({ id: request.id, signed: signGrant(prepared.text, approver.key) })
  return { grant: prepared.grant, entry: head.id, tables }
}
