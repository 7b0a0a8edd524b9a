/** Two nodes that have joined a platform, one beside a source, one beside a target, in folders of their own. */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type DeliveryMode, type Grant, identityFor, type NodeIdentity, type Signed } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { checkConfig, type NodeConfig, type NodeConfigInput } from '../config.ts'
import type { NatsPlace, Order } from '../control.ts'
import { openLog } from '../log.ts'
import { type RunningNode, startNode } from '../node.ts'
import { approver, draftGrant, field, gmApprover, signGrant } from './delivery.ts'
import type { FakePlatform } from './platform.ts'
import { until } from './wait.ts'

export const SOURCE_STORE = 'register'
export const TARGET_STORE = 'shared'

/** The driver's settings as a configuration file has them. */
export function urlOf({ host, port, user, password, database }: pg.ClientConfig): string {
  return `postgres://${user}:${encodeURIComponent(String(password))}@/${database}?host=${encodeURIComponent(String(host))}&port=${port}`
}

export type Place = { platform: FakePlatform; folder: string; log: string[] }
export type TestNode = { config: NodeConfig; identity: NodeIdentity; node: RunningNode; again: () => Promise<RunningNode> }

export function newPlace(platform: FakePlatform): Place {
  return { platform, folder: fs.mkdtempSync(path.join(os.tmpdir(), 'zh-node-')), log: [] }
}

/** Joined and confirmed. @param more settings beside the usual */
export async function startTestNode(
  { platform, folder, log }: Place,
  name: string,
  store: NodeConfigInput['stores'][number],
  more: Partial<NodeConfigInput> = {},
): Promise<TestNode> {
  const home = path.join(folder, name)
  const settings: NodeConfigInput = {
    platform: platform.address,
    home,
    token: platform.token(name),
    stores: [store],
    approvers: [approver, gmApprover],
    logLevel: 'debug',
    ...more,
  }
  const config = checkConfig(settings, folder, {})
  const again = () => startNode(config, openLog('debug', { write: (line) => log.push(`${name} ${line}`) }))
  const node = await again()
  const known = await until(() => [...platform.nodes.values()].find((one) => one.name === name))
  known.confirmed = true
  await until(() => known.beat)
  const { id, sign, seal, gm } = known
  return { config, identity: { id, name, sign, seal, ...(gm ? { gm } : {}) }, node, again }
}

export type Parties = { provider: NodeIdentity; consumer: NodeIdentity }

/** A grant of the table `register` with one rule and one mask, signed. */
export async function testGrant(source: pg.ClientConfig, { provider, consumer }: Parties, more: Partial<Grant> = {}): Promise<Signed> {
  const fields = [
    field('id', 'int8', { key: true }),
    field('name', 'text', { mask: { kind: 'name' } }),
    field('code', 'text', { rules: [{ kind: 'digits' }] }),
    field('changed_at', 'timestamptz', { nullable: false }),
  ]
  const draft = await draftGrant(source, { table: 'register', fields, cursor: 'changed_at' })
  const of = (node: NodeIdentity) => ({ unit: node.name, name: node.name, node: identityFor(more.suite ?? 'international', node) })
  const { cursor, ...grant } = { ...draft, source: { ...draft.source, id: SOURCE_STORE }, provider: of(provider), consumer: of(consumer), ...more }
  return signGrant(cursor === undefined ? grant : { ...grant, cursor })
}

type Ordering = Parties & { grant: Signed; listen: string | null; table?: string; mode?: DeliveryMode }

/** As the platform hands on what a node has told. */
function natsOf(platform: FakePlatform, { id }: Pick<NodeIdentity, 'id'>): NatsPlace | null {
  return platform.nodes.get(id)?.beat?.nats ?? null
}

/** Orders a delivery of both nodes and answers its id. */
export function orderDelivery(platform: FakePlatform, { provider, consumer, grant, listen, table = 'received', mode = 'snapshot' }: Ordering): string {
  const delivery = randomUUID()
  const send: Order = {
    kind: 'send',
    delivery,
    grant,
    mode,
    peer: { id: consumer.id, name: consumer.name, listen, nats: natsOf(platform, consumer) },
    accepted: '',
  }
  const peer = { id: provider.id, name: provider.name, listen: null, nats: natsOf(platform, provider) }
  const receive: Order = { kind: 'receive', delivery, grant, mode, peer, store: TARGET_STORE, schema: 'public', table }
  platform.order(delivery, { [provider.id]: send, [consumer.id]: receive })
  return delivery
}

/** Orders a replay of the rows of these keys, range by range, and answers its id. */
export function orderReplay(
  platform: FakePlatform,
  { provider, consumer, grant, listen, table = 'received', ranges }: Ordering & { ranges: string[][][] },
): string {
  const delivery = randomUUID()
  const send: Order = { kind: 'replay', delivery, grant, ranges, peer: { id: consumer.id, name: consumer.name, listen, nats: natsOf(platform, consumer) } }
  const peer = { id: provider.id, name: provider.name, listen: null, nats: natsOf(platform, provider) }
  const receive: Order = { kind: 'receive', delivery, grant, mode: 'incremental', peer, store: TARGET_STORE, schema: 'public', table }
  platform.order(delivery, { [provider.id]: send, [consumer.id]: receive })
  return delivery
}

/** Orders a reconciliation of both nodes and answers its id. */
export function orderReconciliation(
  platform: FakePlatform,
  { provider, consumer, grant, listen, table = 'received', mend, capture = null }: Ordering & { mend: boolean; capture?: string | null },
): string {
  const reconciliation = randomUUID()
  const peerOf = ({ id, name }: NodeIdentity, at: string | null) => ({ id, name, listen: at, nats: natsOf(platform, { id }) })
  const send: Order = { kind: 'reconcile_send', reconciliation, grant, mend, peer: peerOf(consumer, listen), capture }
  const common = { reconciliation, grant, mend, peer: peerOf(provider, null), capture }
  const receive: Order = { kind: 'reconcile_receive', ...common, scope: 'full', store: TARGET_STORE, schema: 'public', table }
  platform.order(reconciliation, { [provider.id]: send, [consumer.id]: receive })
  return reconciliation
}
