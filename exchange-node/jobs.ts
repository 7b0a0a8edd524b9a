/** What a node does on an order: each job from the order to the letters that tell what became of it. */
import type { Grant, Signed } from '@zhenghe/wire/documents.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession, type Session } from '@zhenghe/wire/session.ts'
import type { Logger } from 'pino'
import { addressOf, type Config, type Store } from './config.ts'
import type { Control, Order, OrderOf } from './control.ts'
import type { Outbox } from './outbox.ts'
import { withClient } from './pg/connect.ts'
import { type Counters, reportProgress } from './progress.ts'
import { RateBudget } from './rate.ts'
import { type PreparedReceive, prepareReceive, receive, reconcile } from './receive.ts'
import { explain, refusal } from './refusal.ts'
import { awaitSender, type Listener, type Route, reachReceiver } from './route.ts'
import { tableInfo } from './schema-info.ts'
import { type PreparedSend, prepareSend, send } from './send.ts'
import { readSchema } from './source/schema.ts'
import { discard } from './target/discard.ts'

export type JobContext = { config: Config; keys: NodeKeys; control: Control; outbox: Outbox; listener: Listener | undefined; log: Logger }
export type JobSignals = {
  /** finish the ranges under way, then stop */
  stop: AbortSignal
  /** stop at once: the order was cancelled */
  cancel: AbortController
}
type Side = 'sender' | 'receiver'
type Under = { id: string; side: Side }

const REJECTIONS_A_RANGE = 500
const LONGEST_VALUE = 500
const LONGEST_DETAIL = 2000
const MOST_TABLES = 2000

/** Does what an order says and writes the letters about it; never rejects. */
export async function runOrder(context: JobContext, order: Order, signals: JobSignals): Promise<void> {
  try {
    switch (order.kind) {
      case 'schema':
        return await runSchema(context, order)
      case 'send':
        return await told(context, { id: order.delivery, side: 'sender' }, signals, () => runSend(context, order, signals))
      case 'receive':
        return await told(context, { id: order.delivery, side: 'receiver' }, signals, () => runReceive(context, order, signals))
      case 'reconcile_send':
        return await told(context, { id: order.reconciliation, side: 'sender' }, signals, () => runReconcileSend(context, order, signals))
      case 'reconcile_receive':
        return await told(context, { id: order.reconciliation, side: 'receiver' }, signals, () => runReconcileReceive(context, order, signals))
      case 'cancel':
        return await runCancel(context, order)
    }
  } catch (error) {
    context.log.error({ err: error, order: order.kind }, 'an order failed unexpectedly')
  }
}

/** Tells the platform why a job did not come to its end; what the other side refused, the other side tells. */
async function told({ outbox, log }: JobContext, { id, side }: Under, { cancel }: JobSignals, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const reason = explain(error, side === 'sender' ? 'source' : 'target')
    log.warn(
      { delivery: id, side, code: reason.code, resumable: reason.resumable, byPeer: reason.byPeer, err: reason.code === 'fault' ? error : undefined },
      reason.message,
    )
    if (reason.byPeer || cancel.signal.aborted) return
    const body = { side, code: reason.code, detail: reason.message.slice(0, LONGEST_DETAIL), resumable: reason.resumable }
    outbox.write(`trouble/${id}/${side}`, `/api/exchange/deliveries/${id}/trouble`, body)
  }
}

async function runSend(context: JobContext, { delivery, grant, mode, peer }: OrderOf<'send'>, signals: JobSignals): Promise<void> {
  const counters: { now?: Counters } = {}
  const prepared = await preparedSend(context, { id: delivery, grant, mode }, signals, counters)
  const route = await reachReceiver(context.control, delivery, peer.listen, signals.cancel.signal)
  const evidence = await overSession(context, { id: delivery, side: 'sender' }, route, prepared.grant, signals, counters, (session) => send(prepared, session))
  if (!evidence) throw refusal('protocol', 'the receiver asked for a reconciliation where a delivery was ordered')
  context.outbox.write(`manifest/${delivery}`, `/api/exchange/deliveries/${delivery}/manifest`, { signed: evidence.manifest })
  context.log.info({ delivery, side: 'sender', route: route.by }, 'delivered')
}

async function runReceive(context: JobContext, order: OrderOf<'receive'>, signals: JobSignals): Promise<void> {
  const { delivery } = order
  const counters: { now?: Counters } = {}
  const prepared = preparedReceive(context, { ...order, id: delivery }, counters)
  const route = await awaitSender(context.control, delivery, context.listener, signals.cancel.signal)
  const received = await overSession(context, { id: delivery, side: 'receiver' }, route, prepared.grant, signals, counters, (session) =>
    receive(prepared, session),
  )
  context.outbox.write(`receipt/${delivery}`, `/api/exchange/deliveries/${delivery}/receipt`, { signed: received.receipt, cursor: received.checkpoint })
  context.log.info({ delivery, side: 'receiver', route: route.by }, 'delivered')
}

async function runReconcileSend(context: JobContext, { reconciliation, grant, peer }: OrderOf<'reconcile_send'>, signals: JobSignals): Promise<void> {
  const counters: { now?: Counters } = {}
  const prepared = await preparedSend(context, { id: reconciliation, grant, mode: 'snapshot' }, signals, counters)
  const route = await reachReceiver(context.control, reconciliation, peer.listen, signals.cancel.signal)
  await overSession(context, { id: reconciliation, side: 'sender' }, route, prepared.grant, signals, counters, (session) => send(prepared, session))
}

async function runReconcileReceive(context: JobContext, order: OrderOf<'reconcile_receive'>, signals: JobSignals): Promise<void> {
  const { reconciliation: id, mend } = order
  const counters: { now?: Counters } = {}
  const prepared = preparedReceive(context, { ...order, id, mode: 'snapshot' }, counters)
  const route = await awaitSender(context.control, id, context.listener, signals.cancel.signal)
  const result = await overSession(context, { id, side: 'receiver' }, route, prepared.grant, signals, counters, (session) => reconcile(prepared, session, mend))
  const { sourceRows, rows, missing, extra, changed, mended, sample } = result
  const body = { sourceRows, targetRows: rows, differing: changed, missing, extra, mended: mended > 0, sample, trouble: null }
  context.outbox.write(`reconciled/${id}`, `/api/exchange/reconciliations/${id}`, body)
  context.log.info({ reconciliation: id, missing, extra, changed, mended }, 'reconciled')
}

type Ordered = { id: string; grant: Signed; mode: 'snapshot' | 'incremental' }

function preparedSend(context: JobContext, { id, grant, mode }: Ordered, signals: JobSignals, counters: { now?: Counters }): Promise<PreparedSend> {
  const { keys, config, outbox } = context
  const store = storeOf(config, 'source', sourceOf(grant))
  return prepareSend({
    delivery: id,
    mode,
    grant,
    keys,
    approvers: config.approvers,
    source: { address: addressOf(store), statementTimeoutMs: store.statementTimeoutSeconds * 1000 },
    overlapSeconds: store.overlapSeconds,
    pagesPerRange: store.pagesPerRange,
    rejectionLimit: REJECTIONS_A_RANGE,
    rate: new RateBudget(store.rowsPerSecond),
    stop: signals.stop,
    watch: {
      progress: (now) => Object.assign(counters, { now }),
      rejections: (range, rows, rejected) => {
        if (rejected === 0) return
        const listed = rows.map(({ key, field, rule, value }) => ({
          key: Object.values(key).join(',').slice(0, LONGEST_VALUE),
          field,
          rule,
          value: value ?? '',
        }))
        outbox.write(`quarantine/${id}/${range}`, `/api/exchange/deliveries/${id}/quarantine`, { range, rows: listed, dropped: rejected - rows.length })
      },
    },
  })
}

type OrderedTarget = Ordered & { store: string; schema: string; table: string }

function preparedReceive(
  { keys, config }: JobContext,
  { id, grant, mode, store: name, schema, table }: OrderedTarget,
  counters: { now?: Counters },
): PreparedReceive {
  const store = storeOf(config, 'target', name)
  const quotaBytes = store.quotaMiB === undefined ? undefined : store.quotaMiB * 2 ** 20
  const target = { address: addressOf(store), name: { schema, table }, quotaBytes, memoryMiB: store.memoryMiB }
  return prepareReceive({ delivery: id, mode, grant, keys, approvers: config.approvers, target, watch: (now) => Object.assign(counters, { now }) })
}

/** The database a grant names; who signed it is checked where the grant is used. */
function sourceOf({ text }: Signed): string {
  const { source } = JSON.parse(text) as Partial<Grant>
  return source?.id ?? ''
}

function storeOf({ stores }: Config, role: Store['role'], id: string): Store {
  const store = stores.find((one) => one.id === id && one.role === role)
  if (!store)
    throw refusal(
      role === 'source' ? 'source_missing' : 'target_missing',
      `this node has no ${role} called «${id}»: add it to its configuration, or order another`,
    )
  return store
}

/** Opens the session, tells the platform how it goes, and ends it at once when the order is cancelled. */
async function overSession<T>(
  { keys, control, log }: JobContext,
  { id, side }: Under,
  { stream, by }: Route,
  { provider, consumer }: Grant,
  { cancel }: JobSignals,
  counters: { now?: Counters },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const peer = side === 'sender' ? consumer.node : provider.node
  const session = await openSession(stream, { role: side, keys, peer, delivery: id })
  const cancelled = () => session.destroy(refusal('cancelled', 'the delivery was cancelled'))
  cancel.signal.addEventListener('abort', cancelled, { once: true })
  if (cancel.signal.aborted) cancelled()
  const stopTelling = reportProgress(control, { id, side, route: by }, counters, cancel, log)
  try {
    return await work(session)
  } finally {
    cancel.signal.removeEventListener('abort', cancelled)
    await stopTelling()
  }
}

async function runSchema({ config, outbox, log }: JobContext, { order }: OrderOf<'schema'>): Promise<void> {
  const path = `/api/nodes/schema-orders/${order.id}`
  try {
    const store = config.stores.find(({ id }) => id === order.store)
    if (!store) throw refusal('source_missing', `this node has no store called «${order.store}»`)
    const { tables } = await withClient(addressOf(store), 'schema', readSchema)
    outbox.write(`schema/${order.id}`, path, { tables: tables.slice(0, MOST_TABLES).map(tableInfo) })
    log.info({ store: order.store, tables: tables.length }, 'schema read')
  } catch (error) {
    const reason = explain(error, 'source')
    log.warn({ store: order.store, code: reason.code }, reason.message)
    outbox.write(`schema/${order.id}`, path, { tables: [], trouble: reason.message.slice(0, 1000) })
  }
}

/** A cancelled delivery leaves nothing at any of this node's targets. */
async function runCancel({ config, log }: JobContext, { delivery, reason }: OrderOf<'cancel'>): Promise<void> {
  for (const store of config.stores.filter(({ role }) => role === 'target')) {
    await withClient(addressOf(store), 'cancel', (client) => discard(client, delivery)).catch((error: unknown) => {
      log.warn({ delivery, store: store.id }, explain(error, 'target').message)
    })
  }
  log.info({ delivery, reason }, 'cancelled')
}
