/** The ways of bringing the register from one database to the other that the bench compares. */
import { spawn } from 'node:child_process'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { withClient } from '@zhenghe/exchange-node/pg/connect.ts'
import { readTable, shapeOf } from '@zhenghe/exchange-node/source/schema.ts'
import { freePort } from '@zhenghe/server/kernel/embedded.ts'
import { type Grant, type GrantField, identityFor, type NodeIdentity, type Signed, type SuiteName } from '@zhenghe/wire/documents.ts'
import { generateNodeKeys, rawPublicKey, type StoredNodeKeys, storeNodeKeys } from '@zhenghe/wire/keys.ts'
import { signDocument } from '@zhenghe/wire/sign.ts'
import { GRANT, sm2Text } from '@zhenghe/wire/signed.ts'
import { generateSm2Key } from '@zhenghe/wire/sm2.ts'
import type pg from 'pg'
import { type Told, Worker } from './child.ts'
import { type Cluster, cpuSeconds, psqlEnvironment } from './clusters.ts'
import { DDL } from './register.ts'

export type NodeSettings = {
  delivery: string
  grant: Signed
  keys: StoredNodeKeys
  peer: NodeIdentity
  approver: string
  address: pg.ClientConfig
  port: number
  /** the address of a NATS server, where the two meet over it */
  nats?: string | undefined
  order?: Order | undefined
}
/** What the two nodes are to do; without one, a whole load. */
export type Order = {
  mode: 'snapshot' | 'incremental'
  /** compares instead of delivering; `tuples`: as with a store that has no hash in common with PostgreSQL */
  reconcile?: { mend: boolean; tuples: boolean }
}
export type Measured = {
  seconds: number
  rows: number
  cpu: { source: number; target: number; client: number; broker?: number; sides?: { source: number; target: number } }
  peakMiB?: number
}
export type Broker = { url: string; pid: number }
export type Site = { source: Cluster; target: Cluster; rows: number; connections: number; workers: Map<string, Worker> }
export type Case = { name: string; run: (site: Site) => Promise<Measured> }

/** L, and L with the rows in the order of the key. */
export const pipe: Case = { name: 'psql | psql (L)', run: (site) => runPipe(site, '') }
export const sortedPipe: Case = { name: 'psql | psql, sorted by key', run: (site) => runPipe(site, ' order by uscc') }

async function runPipe({ source, target, rows }: Site, order: string): Promise<Measured> {
  await target.client.query(`drop table if exists piped; ${DDL('piped', true)}; checkpoint`)
  return measure({ source, target }, rows, async () => {
    const out = psql(source, `copy (select * from entity${order}) to stdout (format binary)`, ['ignore', 'pipe', 'inherit'])
    const into = psql(target, 'copy piped from stdin (format binary)', [out.stdout!, 'inherit', 'inherit'])
    const codes = await Promise.all([once(out, 'exit'), once(into, 'exit')])
    if (codes.some(([code]) => code !== 0)) throw new Error('psql failed')
    return { client: childrenSeconds() }
  })
}

export function psql(cluster: Cluster, sql: string, stdio: import('node:child_process').StdioOptions) {
  return spawn('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-c', sql], { env: psqlEnvironment(cluster), stdio })
}

/** Two node processes over TCP: signed grant, role of its own, filterless read, masks, rules, seal, ledger, manifest and receipt. */
export const ours: Case = { name: 'zhenghe, everything on', run: (site) => runNodes(site, { suite: 'international' }) }

/** The same two processes, over a stream of this NATS server. */
export function oursOver(broker: Broker): Case {
  return { name: 'zhenghe over NATS JetStream', run: (site) => runNodes(site, { suite: 'international', broker }) }
}

/** How the two processes go about it: by the algorithms of a suite, over a broker where there is one. */
export type Way = { suite: SuiteName; broker?: Broker }
/** What the receiving node told, beside the figures; `wireBytes` went over its socket, both directions together. */
export type Done = {
  measured: Measured
  receipt?: { loaded: number }
  result?: { missing: number; extra: number; changed: number; mended: number }
  wireBytes: number
}

export async function runNodes(site: Site, { suite, broker }: Way): Promise<Measured> {
  const { source, target, rows } = site
  await target.client.query('drop table if exists received; checkpoint')
  const { sender, receiver } = await nodes(site, { suite, nats: broker?.url })
  const before = broker ? cpuSeconds(broker.pid) : 0
  const measured = await measure({ source, target }, rows, async () => {
    const [a, b] = await Promise.all([receiver.go(), sender.go()])
    const receipt = JSON.parse(String(a['receipt'])) as { loaded: number }
    if (receipt.loaded !== rows) throw new Error(`${receipt.loaded} of ${rows} rows arrived`)
    return { client: a.cpuSeconds + b.cpuSeconds, peakMiB: Math.max(a.peakMiB, b.peakMiB) }
  })
  return broker ? { ...measured, cpu: { ...measured.cpu, broker: cpuSeconds(broker.pid) - before } } : measured
}

/** The same two processes on another order, and with a grant that differs from the whole register. */
export async function orderNodes(site: Site, order: Order, granted: Partial<Grant> = {}): Promise<Done> {
  const { sender, receiver } = await nodes(site, { suite: 'international', order, granted })
  let told: Told | undefined
  const measured = await measure(site, site.rows, async () => {
    const [a, b] = await Promise.all([receiver.go(), sender.go()])
    told = a
    return { client: a.cpuSeconds + b.cpuSeconds, peakMiB: Math.max(a.peakMiB, b.peakMiB), sides: { source: b.cpuSeconds, target: a.cpuSeconds } }
  })
  const parsed = (key: string) => (told![key] === undefined ? {} : { [key]: JSON.parse(String(told![key])) as never })
  return { measured, ...parsed('receipt'), ...parsed('result'), wireBytes: Number(told!['wireBytes'] ?? 0) }
}

type Wanted = { suite: SuiteName; nats?: string | undefined; order?: Order; granted?: Partial<Grant> }

async function nodes({ source, target, connections, workers }: Site, { suite, nats, order, granted }: Wanted): Promise<{ sender: Worker; receiver: Worker }> {
  const [provider, consumer] = [generateNodeKeys('provider'), generateNodeKeys('consumer')]
  const { grant, approver } = signed({ ...(await draft(source, provider.identity, consumer.identity, connections, suite)), ...granted }, suite)
  const common = { delivery: randomUUID(), grant, approver, port: await freePort(), nats, order }
  const [sender, receiver] = [workerOf(workers, 'node-sender'), workerOf(workers, 'node-receiver')]
  await receiver.prepare({ ...common, keys: storeNodeKeys(consumer), peer: provider.identity, address: target.address } satisfies NodeSettings)
  await sender.prepare({ ...common, keys: storeNodeKeys(provider), peer: consumer.identity, address: source.address } satisfies NodeSettings)
  return { sender, receiver }
}

/** The grant by a new approver of the suite, and that approver's public key. */
function signed(grant: Grant, suite: SuiteName): { grant: Signed; approver: string } {
  if (suite === 'international') {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    return { grant: signDocument(GRANT, grant, privateKey), approver: rawPublicKey(publicKey) }
  }
  const key = generateSm2Key()
  return { grant: signDocument(GRANT, grant, key), approver: sm2Text(key.public) }
}

/** Started at its first use, in the round that does not count. */
function workerOf(workers: Map<string, Worker>, script: string): Worker {
  const worker = workers.get(script) ?? new Worker(new URL(`./${script}.ts`, import.meta.url))
  workers.set(script, worker)
  return worker
}

async function draft({ address }: Cluster, provider: NodeIdentity, consumer: NodeIdentity, connections: number, suite: SuiteName): Promise<Grant> {
  const table = await withClient(address, 'bench', (client) => readTable(client, 'public', 'entity'))
  if (!table) throw new Error('the register is not there')
  const special: Record<string, Partial<GrantField>> = {
    id: { key: true },
    uscc: { key: true, rules: [{ kind: 'uscc' }] },
    legal_rep: { mask: { kind: 'name' } },
    rep_id: { mask: { kind: 'middle', head: 6, tail: 4 }, rules: [{ kind: 'residentId' }] },
  }
  const fields = table.columns.map(({ column, type, nullable }) => ({
    name: column,
    column,
    type,
    title: column,
    key: false,
    nullable,
    rules: [],
    ...special[column],
  }))
  return {
    v: 1,
    ...(suite === 'gm' ? { suite } : {}),
    id: randomUUID(),
    version: 1,
    resource: { code: '307001/000001', name: 'register of legal entities', version: 1 },
    source: { id: 'register', schema: 'public', table: 'entity', shape: shapeOf(table.columns) },
    provider: { unit: 'provider', name: 'provider', node: identityFor(suite, provider) },
    consumer: { unit: 'consumer', name: 'consumer', node: identityFor(suite, consumer) },
    fields,
    purpose: 'bench',
    basis: 'bench',
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2099-01-01T00:00:00Z',
    limits: { rejectShare: 0, connections },
  }
}

/** On a tenth of the rows: its rows a second do not depend on how many there are, and nobody has the time. */
export const naive: Case = {
  name: 'objects, JSON, HTTP, INSERT of 1,000',
  run: async ({ source, target, rows: all, workers }) => {
    const rows = Math.round(all / 10)
    await target.client.query(`drop table if exists naive; ${DDL('naive', true)}; checkpoint`)
    const port = await freePort()
    const [sink, feed] = [workerOf(workers, 'naive-sink'), workerOf(workers, 'naive-source')]
    await sink.prepare({ address: target.address, port, rows })
    await feed.prepare({ address: source.address, port, rows })
    return measure({ source, target }, rows, async () => {
      const [a, b] = await Promise.all([sink.go(), feed.go()])
      return { client: a.cpuSeconds + b.cpuSeconds, peakMiB: Math.max(a.peakMiB, b.peakMiB) }
    })
  },
}

type Clients = { client: number; peakMiB?: number; sides?: { source: number; target: number } }
/** `work` tells the CPU of the programs between the databases; where it is psql, of this process's ended children since the start. */
export async function measure({ source, target }: Pick<Site, 'source' | 'target'>, rows: number, work: () => Promise<Clients>): Promise<Measured> {
  const pids = [source.server.pid, target.server.pid] as const
  const [sourceBefore, targetBefore] = pids.map(cpuSeconds) as [number, number]
  const childrenBefore = childrenSeconds()
  const started = performance.now()
  const { client, peakMiB, sides } = await work()
  const seconds = (performance.now() - started) / 1000
  const cpu = {
    source: cpuSeconds(source.server.pid) - sourceBefore,
    target: cpuSeconds(target.server.pid) - targetBefore,
    client: peakMiB === undefined ? client - childrenBefore : client,
    ...(sides ? { sides } : {}),
  }
  return { seconds, rows, cpu, ...(peakMiB === undefined ? {} : { peakMiB }) }
}

/** CPU of this process's children that have ended. */
export function childrenSeconds(): number {
  return cpuSeconds(process.pid) - process.cpuUsage().user / 1e6 - process.cpuUsage().system / 1e6
}
