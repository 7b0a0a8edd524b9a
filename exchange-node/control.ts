/** What the node asks of the platform and tells it. The platform's side: server/data/nodes/contract.ts and server/data/exchange/node.contract.ts. */
import { DeliveryMode, FieldName, type GmIdentity, Signed } from '@zhenghe/wire/documents.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import { z } from 'zod'
import { callPlatform, type Method, signedHeaders } from './http.ts'
import { Domain, Subject } from './nats/settings.ts'

const Id = z.uuid()
/** Where a node is called over NATS: its subject, and the JetStream domain its servers stand in. */
const NatsPlace = z.object({ subject: Subject, domain: Domain.nullable() })
const Peer = z.object({ id: Id, name: z.string(), listen: z.string().nullable(), nats: NatsPlace.nullable().default(null) })
const Target = { store: z.string(), schema: FieldName, table: FieldName }
/** The capture that follows the table which is to be compared. */
const Captured = { capture: Id.nullable().default(null) }
const Key = z.array(z.string().max(1024)).min(1).max(32)

/** Of a replay: all that is rejected of them can be listed. */
export const MOST_KEYS_A_RANGE = 500

/** What the platform wants done. It is believed only as far as the grant goes, which the node checks itself. */
export const Order = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('schema'), order: z.object({ id: Id, store: z.string() }) }),
  z.object({ kind: z.literal('send'), delivery: Id, grant: Signed, mode: DeliveryMode, peer: Peer, accepted: z.string().default('') }),
  z.object({ kind: z.literal('replay'), delivery: Id, grant: Signed, peer: Peer, ranges: z.array(z.array(Key).min(1).max(MOST_KEYS_A_RANGE)).min(1) }),
  z.object({ kind: z.literal('receive'), delivery: Id, grant: Signed, mode: DeliveryMode, peer: Peer, ...Target }),
  z.object({ kind: z.literal('reconcile_send'), reconciliation: Id, grant: Signed, peer: Peer, mend: z.boolean(), ...Captured }),
  z.object({
    kind: z.literal('reconcile_receive'),
    reconciliation: Id,
    grant: Signed,
    peer: Peer,
    mend: z.boolean(),
    scope: z.enum(['full', 'versions']).default('full'),
    ...Target,
    ...Captured,
  }),
  z.object({ kind: z.literal('cancel'), delivery: Id, reason: z.string() }),
  z.object({ kind: z.literal('pause'), delivery: Id }),
  z.object({ kind: z.literal('drop_role'), order: Id, grant: Id, store: z.string() }),
  z.object({ kind: z.literal('replay_letters'), order: Id, letters: z.array(z.int()) }),
  z.object({ kind: z.literal('replay_capture'), order: Id, delivery: Id, keys: z.array(Key).min(1).max(MOST_KEYS_A_RANGE) }),
  z.object({ kind: z.literal('drop_capture'), delivery: Id, store: z.string() }),
])
export type Order = z.infer<typeof Order>
export type OrderOf<K extends Order['kind']> = Extract<Order, { kind: K }>

const Orders = z.object({ orders: z.array(z.unknown()) })
const Joined = z.object({ node: Id, name: z.string(), unit: z.object({ uscc: z.string(), name: z.string() }) })
export type Joined = z.infer<typeof Joined>
/** `gm`: fingerprint of the SM2 key by which the platform knows this node, null where it knows none; an older platform does not say. */
const Beaten = z.object({ gm: z.string().nullable().optional() })
export type Beaten = z.infer<typeof Beaten>
const Told = z.object({ cancelled: z.boolean() })

export type Side = 'sender' | 'receiver'
export type RouteKind = 'direct' | 'nats' | 'relay'
export type JoinRequest = { token: string; sign: string; seal: string; gm?: GmIdentity | undefined; version: string; listen: string | null }
/** A level that has a limit, of one store: what the monitor draws as a bar. Whoever budgets something (log kept by a slot) adds it to the store's report. */
export type Gauge = { name: string; label: { zh: string; en: string }; value: number; limit: number; unit: 'bytes' | 'rows' | 'seconds' | 'count' }
export type StoreReport = {
  id: string
  role: 'source' | 'target'
  product: string
  database: string
  reachable: boolean
  trouble?: string
  gauges?: Gauge[]
  captures?: boolean
  /** of a source that is read in its hours only; `opensAt` is null within them */
  hours?: { spans: string[]; zone: string; opensAt: string | null }
}
export type Health = {
  outbox: { waiting: number; oldestSeconds: number | null; refused: number }
  refused: { id: number; about: string; code: string; detail: string; at: string }[]
  disk: { freeBytes: number; totalBytes: number } | null
  memoryBytes: number
  loopLagMs: number
  startedAt: string
}
export type NatsPlace = z.infer<typeof NatsPlace>
export type Beat = {
  version: string
  listen: string | null
  nats: NatsPlace | null
  clock: string
  stores: StoreReport[]
  approvers: string[]
  health: Health
}
export type ProgressReport = {
  phase: 'preparing' | 'planning' | 'moving' | 'indexing' | 'swapping' | 'reconciling' | 'finished' | 'following'
  rangesDone: number
  ranges: number
  rowsPlanned: number
  rowsRead: number
  rowsSent: number
  rowsRejected: number
  rowsLoaded: number
  bytes: number
  rowsPerSecond: number
  capture?: { position: string; committedAt: string | null; lagBytes: number; lagSeconds: number; keptBytes: number; budgetBytes: number }
}

/** Shows the token and the public keys, once, before the node has a name. Throws a `PlatformError`. */
export async function join(platform: string, body: JoinRequest, signal: AbortSignal): Promise<Joined> {
  return Joined.parse(await callPlatform(platform, { method: 'POST', path: '/api/nodes/join', body, signal }))
}

/** The platform as a node that has joined speaks to it. Every call throws a `PlatformError`. */
export class Control {
  readonly platform: string
  readonly #keys: NodeKeys

  constructor(platform: string, keys: NodeKeys) {
    this.platform = platform
    this.#keys = keys
  }

  async beat(body: Beat, signal: AbortSignal): Promise<Beaten> {
    return Beaten.parse(await callPlatform(this.platform, { method: 'POST', path: '/api/nodes/beat', body, signal }, this.#keys))
  }

  /** Shows the SM2 keys of a node that joined before it had any; the request is signed by the key the platform knows. */
  async showGmKeys(gm: GmIdentity, signal: AbortSignal): Promise<void> {
    await callPlatform(this.platform, { method: 'POST', path: '/api/nodes/gm-keys', body: { gm }, signal }, this.#keys)
  }

  /**
   * What is to be done beside what runs already; the platform may hold the answer back for `wait` whole seconds while there is nothing. `unknown`
   * counts orders of kinds this version does not know.
   */
  async orders(running: readonly string[], wait: number, signal: AbortSignal): Promise<{ orders: Order[]; unknown: number }> {
    const query = new URLSearchParams([['wait', String(wait)], ...running.map((id) => ['running', id])])
    const call = { method: 'GET', path: `/api/exchange/orders?${query}`, signal, longerMs: wait * 1000 } as const
    const answer = Orders.parse(await callPlatform(this.platform, call, this.#keys))
    const orders = answer.orders.map((one) => Order.safeParse(one)).filter(({ success }) => success)
    return { orders: orders.map(({ data }) => data!), unknown: answer.orders.length - orders.length }
  }

  /** Answers whether the delivery was cancelled meanwhile. */
  async progress(id: string, body: { side: Side; route: RouteKind; progress: ProgressReport }): Promise<boolean> {
    return Told.parse(await this.post(`/api/exchange/deliveries/${id}/progress`, body)).cancelled
  }

  post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    return callPlatform(this.platform, { method: 'POST', path, body, signal }, this.#keys)
  }

  /** For requests that are not made here. @param path with its query, exactly as sent */
  headers(method: Method, path: string): Record<string, string> {
    return signedHeaders(this.#keys, method, path)
  }
}
