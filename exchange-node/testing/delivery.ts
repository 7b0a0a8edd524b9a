/** A provider and a consumer with keys, an approver, grants signed by it, and deliveries between two databases in this process. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { duplexPair } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { API_GRANT, type ApiGrant } from '@zhenghe/wire/api-grant.ts'
import { type DeliveryMode, type Grant, type GrantField, identityFor, type Signed, type SuiteName, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { generateNodeKeys, rawPublicKey } from '@zhenghe/wire/keys.ts'
import { openSession, type Session } from '@zhenghe/wire/session.ts'
import { signDocument } from '@zhenghe/wire/sign.ts'
import { GRANT, sm2Text } from '@zhenghe/wire/signed.ts'
import { generateSm2Key } from '@zhenghe/wire/sm2.ts'
import type { SourceConnector, TargetConnector } from '../connectors/connector.ts'
import { PostgresSource } from '../connectors/postgres/source.ts'
import { PostgresTarget } from '../connectors/postgres/target.ts'
import type { Rejection } from '../kernels/kernel.ts'
import { type Address, withClient } from '../pg/connect.ts'
import { RateBudget } from '../rate.ts'
import { prepareReceive, type ReceiveOptions, receive, reconcile } from '../receive.ts'
import type { Reconciliation } from '../reconcile/ask.ts'
import type { Refusal } from '../refusal.ts'
import { type Evidence, prepareSend, type SendOptions, send } from '../send.ts'
import { readTable, shapeOf } from '../source/schema.ts'
import { until } from './wait.ts'

const approverPair = generateKeyPairSync('ed25519')
export const approver = rawPublicKey(approverPair.publicKey)
const gmPair = generateSm2Key()
/** the same person's key for grants of suite 2 */
export const gmApprover = sm2Text(gmPair.public)
export const provider = generateNodeKeys('市场监督管理局前置机')
export const consumer = generateNodeKeys('税务局前置机')

const YEAR_MS = 365 * 86_400_000
const iso = (ms: number) => new Date(ms).toISOString()

export type GrantDraft = Partial<Omit<Grant, 'fields' | 'source'>> & { table: string; fields: GrantField[] }

/** One granted column: `field('uscc', 'text', { key: true })`; its name is its column, it may be null unless it is a key. */
export function field(name: string, type: GrantField['type'], more: Partial<GrantField> = {}): GrantField {
  return { name, column: name, type, title: name, key: false, nullable: !more.key, rules: [], ...more }
}

export async function draftGrant(source: Address, { table, fields, ...more }: GrantDraft): Promise<Grant> {
  const found = await withClient(source, 'test', (client) => readTable(client, 'public', table))
  const suite = suiteOfGrant(more)
  const columns = fields.map(({ column }) => found!.columns.find((one) => one.column === column)!)
  return {
    v: 1,
    id: randomUUID(),
    version: 1,
    resource: { code: '307001/000001', name: '企业登记基本信息', version: 1 },
    source: { id: 'register', schema: 'public', table, shape: shapeOf(columns) },
    provider: { unit: '市场监督管理局', name: '市场监督管理局', node: identityFor(suite, provider.identity) },
    consumer: { unit: '税务局', name: '税务局', node: identityFor(suite, consumer.identity) },
    fields,
    purpose: '税源核查',
    basis: '《政务数据共享条例》',
    notBefore: iso(Date.now() - YEAR_MS),
    notAfter: iso(Date.now() + YEAR_MS),
    limits: { rejectShare: 0.1, connections: 3 },
    ...more,
  }
}

export function signGrant(grant: Grant): Signed {
  return signDocument(GRANT, grant, grant.suite === 'gm' ? gmPair : approverPair.privateKey)
}

/** The same approver's signature under an API grant. */
export function signApiGrant(grant: ApiGrant): Signed {
  return signDocument(API_GRANT, grant, approverPair.privateKey)
}

export type Ends = {
  grant: Signed
  source: Address | SourceConnector
  target: Address | TargetConnector
  mode?: DeliveryMode
  delivery?: string
  schema?: string
  table?: string
  pagesPerRange?: number
  sending?: Partial<SendOptions>
  receiving?: Partial<ReceiveOptions>
  /** what stands between the two */
  line?: () => [Duplex, Duplex] | Promise<[Duplex, Duplex]>
}
export type Outcome = { delivery: string; evidence: Evidence; rejections: Map<number, readonly Rejection[]> }

/** Both halves of one delivery; rejects with the refusal of the side that refused, of two with the one that cannot be resumed. */
export async function deliver(ends: Ends): Promise<Outcome> {
  const delivery = ends.delivery ?? randomUUID()
  const rejections = new Map<number, readonly Rejection[]>()
  const prepared = await prepareSend(sendOptions(ends, delivery, rejections))
  const receiving = prepareReceive(receiveOptions(ends, delivery))
  const [left, right] = await sessions(delivery, suiteOfGrant(prepared.grant), ends.line)
  const [sent, received] = await Promise.allSettled([send(prepared, left), receive(receiving, right)])
  const reasons = [sent, received].flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Refusal] : []))
  const own = reasons.filter(({ byPeer }) => !byPeer)
  if (reasons.length > 0) throw own.find(({ resumable }) => !resumable) ?? own[0] ?? reasons[0]
  if (received.status === 'rejected') throw received.reason
  return { delivery, evidence: received.value, rejections }
}

/** Both halves of a reconciliation. */
export async function compare(ends: Ends, mend: boolean, scope: 'full' | 'versions' = 'full'): Promise<Reconciliation> {
  const delivery = randomUUID()
  const prepared = await prepareSend(sendOptions(ends, delivery, new Map()))
  const [left, right] = await sessions(delivery, suiteOfGrant(prepared.grant))
  const [, result] = await Promise.all([send(prepared, left), reconcile(prepareReceive(receiveOptions(ends, delivery)), right, { mend, scope })])
  return result
}

/** Slow enough for something to happen in the middle of a load. */
const ROWS_A_SECOND = 50_000
/** Frames that may be under way when the last of the ranges lands. */
const AHEAD = 4
const LONGEST_ACT_MS = 2000

/** Does something once so many ranges have landed, in the middle of a load: the sender waits for them there, and for what is done (two seconds at most). */
export function whenLanded(ranges: number, act: () => unknown, rowsPerSecond = ROWS_A_SECOND): Pick<Ends, 'sending' | 'receiving'> {
  let landed: { readonly rangesDone: number } | undefined
  let acted: Promise<unknown> | undefined
  const due = () => (landed?.rangesDone ?? 0) >= ranges
  const go = () => {
    acted ??= Promise.resolve(act())
    return acted
  }
  class Holding extends RateBudget {
    #frames = 0

    override async take(rows: number): Promise<void> {
      if (++this.#frames <= ranges + AHEAD) return super.take(rows)
      await until(due).catch(() => undefined)
      await Promise.race([go(), pause(LONGEST_ACT_MS)])
      await super.take(rows)
    }
  }
  const watch = (counters: { readonly rangesDone: number }) => {
    landed = counters
    const look = setInterval(() => {
      if (!due()) return
      clearInterval(look)
      void go() // a load of few frames never comes so far as to wait
    }, 1)
    look.unref()
  }
  return { sending: { rate: new Holding(rowsPerSecond) }, receiving: { watch } }
}

function isConnector<C extends SourceConnector | TargetConnector>(end: Address | C): end is C {
  return typeof end === 'object' && 'look' in end
}

function sendOptions(
  { grant, source, mode = 'snapshot', pagesPerRange, sending }: Ends,
  delivery: string,
  rejections: Map<number, readonly Rejection[]>,
): SendOptions {
  return {
    delivery,
    mode,
    grant,
    keys: provider,
    approvers: [approver, gmApprover],
    source: isConnector(source) ? source : new PostgresSource(source),
    reading: { statementTimeoutMs: 60_000, overlapSeconds: 60, pagesPerRange },
    rejectionLimit: 100,
    rate: new RateBudget(),
    stop: new AbortController().signal,
    watch: { progress: () => undefined, rejections: (range, rows) => rejections.set(range, rows) },
    ...sending,
  }
}

function receiveOptions({ grant, target, mode = 'snapshot', schema = 'public', table = 'received', receiving }: Ends, delivery: string): ReceiveOptions {
  return {
    delivery,
    mode,
    grant,
    keys: consumer,
    approvers: [approver, gmApprover],
    target: { store: isConnector(target) ? target : new PostgresTarget(target), name: { schema, table }, memoryMiB: 64 },
    watch: () => undefined,
    ...receiving,
  }
}

async function sessions(delivery: string, suite: SuiteName, line: Ends['line'] = duplexPair): Promise<[Session, Session]> {
  const [left, right] = await line()
  return Promise.all([
    openSession(left, { role: 'sender', keys: provider, peer: consumer.identity, delivery, suite }),
    openSession(right, { role: 'receiver', keys: consumer, peer: provider.identity, delivery, suite }),
  ])
}
