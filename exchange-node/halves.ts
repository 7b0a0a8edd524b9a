/** This node's half of an order: what is checked before the other node is met, what is done with it, and the letters that tell what became of it. */
import { type DeliveryMode, type Grant, type Signed, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { checkGrant } from '@zhenghe/wire/grant.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { nodeSigner, signDocument } from '@zhenghe/wire/sign.ts'
import { RECEIPT } from '@zhenghe/wire/signed.ts'
import { capturingHalf, followingHalf } from './capture/halves.ts'
import { answerCaptured, compareCaptured } from './capture/reconcile.ts'
import type { Store } from './config.ts'
import { openSource, openTarget } from './connectors/open.ts'
import type { OrderOf } from './control.ts'
import { type DeliveryOrder, type Desk, type Half, idOf, LISTED_A_RANGE, quarantine, sideOf, trustedBy } from './desk.ts'
import { hoursOf } from './hours.ts'
import type { Counters } from './progress.ts'
import { RateBudget } from './rate.ts'
import { type PreparedReceive, prepareReceive, receive, reconcile } from './receive.ts'
import type { Reconciliation } from './reconcile/ask.ts'
import { refusal } from './refusal.ts'
import { type PreparedSend, prepareSend, send } from './send.ts'
import { storeOf } from './stores.ts'

const MIB = 1 << 20

/** Everything that can be refused while nobody is at the other end. @param stop finish the ranges under way, then end. Throws a `Refusal` or a `WireError`. */
export async function prepareHalf(desk: Desk, order: DeliveryOrder, stop: AbortSignal): Promise<Half> {
  const grant = checkGrant(order.grant, { approvers: trustedBy(desk, sideOf(order)), now: Date.now(), node: desk.keys.identity })
  switch (order.kind) {
    case 'send':
    case 'replay':
    case 'reconcile_send':
      return withinHours(desk, order, grant, stop)
    case 'receive':
      return order.mode === 'capture' ? followingHalf(desk, order, grant) : receivingHalf(desk, order, grant)
    case 'reconcile_receive':
      return order.capture ? comparingHalf(desk, order, grant) : reconcilingHalf(desk, order, grant)
  }
}

/** A source is read in its hours only; its log may be followed at any time, unless it is configured otherwise. */
async function withinHours(desk: Desk, order: OrderOf<'send' | 'replay' | 'reconcile_send'>, grant: Grant, stop: AbortSignal): Promise<Half> {
  const store = storeOf(desk.config.stores, 'source', grant.source.id)
  const capture = order.kind === 'send' && order.mode === 'capture' ? order : undefined
  const comparing = order.kind === 'reconcile_send' && order.capture ? order : undefined
  const hours = capture && !store.captureWithinHours ? undefined : hoursOf(store)
  hours?.demand()
  const closing = hours?.closing()
  const either = closing ? AbortSignal.any([stop, closing.signal]) : stop
  const half = await (capture
    ? capturingHalf(desk, capture, grant, either)
    : comparing
      ? comparingHalf(desk, comparing, grant)
      : sendingHalf(desk, order, grant, either))
  const end = async () => {
    closing?.end()
    await half.end?.()
  }
  return { ...half, end }
}

/** Of a table that a capture follows: its two sides run in these nodes, and are asked to stand at one moment. */
function comparingHalf(desk: Desk, order: OrderOf<'reconcile_send' | 'reconcile_receive'>, grant: Grant): Half {
  const { outbox, captures } = desk
  const { reconciliation: id, capture } = order
  const live: Counters = { phase: 'reconciling', ranges: 0, rangesDone: 0, totalRows: 0, received: 0, bytes: 0 }
  const work = async (session: Session) => {
    if (order.kind === 'reconcile_send') return answerCaptured(() => captures.sending.get(capture ?? ''), session)
    tellResult(outbox, id, await compareCaptured(grant, captures.moments, session, order))
  }
  const { node } = order.kind === 'reconcile_send' ? grant.consumer : grant.provider
  return { peer: node, suite: suiteOfGrant(grant), counters: () => live, work, ended: false }
}

async function sendingHalf(desk: Desk, order: OrderOf<'send' | 'replay' | 'reconcile_send'>, grant: Grant, stop: AbortSignal): Promise<Half> {
  const { config, keys, outbox } = desk
  const store = storeOf(config.stores, 'source', grant.source.id)
  const id = idOf(order)
  let live: Counters | undefined
  const prepared: PreparedSend = await prepareSend({
    ...{ delivery: id, grant: order.grant, keys, approvers: config.approvers, stop },
    mode: order.kind === 'send' ? order.mode : order.kind === 'replay' ? 'incremental' : 'snapshot',
    only: order.kind === 'replay' ? order.ranges : undefined,
    source: openSource(store),
    reading: { statementTimeoutMs: store.statementTimeoutSeconds * 1000, overlapSeconds: store.overlapSeconds, pagesPerRange: store.pagesPerRange },
    rejectionLimit: LISTED_A_RANGE,
    rate: desk.budgets.get(store.id) ?? new RateBudget(),
    watch: {
      progress: (counters) => {
        live = counters
      },
      rejections: (range, rows, rejected) => {
        if (order.kind !== 'reconcile_send') quarantine(outbox, id, range, rows, rejected)
      },
    },
  })
  const work = async (session: Session) => {
    const evidence = await send(prepared, session)
    if (order.kind === 'reconcile_send') return
    if (!evidence) throw refusal('protocol', 'the receiver asked for a reconciliation where a delivery was ordered')
    outbox.write(id, 'manifest', `/api/exchange/deliveries/${id}/manifest`, { signed: evidence.manifest })
  }
  return { peer: grant.consumer.node, suite: suiteOfGrant(grant), counters: () => live, work, ended: false }
}

async function receivingHalf(desk: Desk, order: OrderOf<'receive'>, grant: Grant): Promise<Half> {
  const { delivery, mode } = order
  const store = storeOf(desk.config.stores, 'target', order.store)
  const tell = (receipt: Signed, cursor: string | null) => {
    if (!desk.outbox.knows(delivery, 'receipt'))
      desk.outbox.write(delivery, 'receipt', `/api/exchange/deliveries/${delivery}/receipt`, { signed: receipt, cursor })
  }
  const held = await openTarget(store).receiptHeld(delivery)
  if (held) tell(signDocument(RECEIPT, held.receipt, nodeSigner(desk.keys, suiteOfGrant(grant))), held.checkpoint)
  const { prepared, counters } = preparedReceive(desk, { ...order, id: delivery, mode, target: store })
  const work = async (session: Session) => {
    const { receipt, checkpoint } = await receive(prepared, session)
    tell(receipt, checkpoint)
  }
  return { peer: grant.provider.node, suite: suiteOfGrant(grant), counters, work, ended: held !== undefined }
}

async function reconcilingHalf(desk: Desk, order: OrderOf<'reconcile_receive'>, grant: Grant): Promise<Half> {
  const { reconciliation: id } = order
  const target = storeOf(desk.config.stores, 'target', order.store)
  const { prepared, counters } = preparedReceive(desk, { ...order, id, mode: 'snapshot', target })
  const work = async (session: Session) => {
    tellResult(desk.outbox, id, await reconcile(prepared, session, order))
  }
  return { peer: grant.provider.node, suite: suiteOfGrant(grant), counters, work, ended: false }
}

function tellResult(outbox: Desk['outbox'], id: string, { sourceRows, rows, missing, extra, changed, mended, sample }: Reconciliation): void {
  const result = { sourceRows, targetRows: rows, differing: changed, missing, extra, mended: mended > 0, sample, trouble: null }
  outbox.write(id, 'result', `/api/exchange/reconciliations/${id}`, result)
}

type Target = { id: string; mode: DeliveryMode; grant: Signed; target: Store; schema: string; table: string }

function preparedReceive(desk: Desk, { id, mode, grant, target, schema, table }: Target): { prepared: PreparedReceive; counters: () => Counters | undefined } {
  let live: Counters | undefined
  const quotaBytes = target.quotaMiB === undefined ? undefined : target.quotaMiB * MIB
  const prepared = prepareReceive({
    ...{ delivery: id, mode, grant, keys: desk.keys, approvers: trustedBy(desk, 'receiver') },
    target: { store: openTarget(target), name: { schema, table }, quotaBytes, memoryMiB: target.memoryMiB },
    watch: (counters) => {
      live = counters
    },
  })
  return { prepared, counters: () => live }
}
