import type { Id, Moment } from '../../kernel/contract.ts'
import { doneTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { later } from '../../kernel/time.ts'
import { contract as nodes } from '../nodes/contract.ts'
import { refusedByTarget, settleCaptureReplay } from './capture.quarantine.ts'
import { capturesToDrop } from './capture.store.ts'
import { refusals } from './contract.ts'
import type { Progress } from './delivery.contract.ts'
import { deliveryAllows, flowSince, orderRetrySeconds, retryAt, stateOfDelivery } from './delivery.rules.ts'
import * as deliveries from './delivery.store.ts'
import { evidenceActions } from './evidence.actions.ts'
import { addFlow } from './flow.store.ts'
import { type nodeEndpoints, type Order, REFUSED_RANGE } from './node.contract.ts'
import * as store from './node.store.ts'
import * as nodeOrders from './node-order.store.ts'
import { replaceRange } from './quarantine.store.ts'
import { tellDifference } from './reconciliation.actions.ts'
import * as reconciliations from './reconciliation.store.ts'
import * as replays from './replay.store.ts'
import type { Context } from './sight.ts'
import type { NodeOrderRow, ReconciliationRow, Tables } from './tables.ts'
import { meetTrouble } from './trouble.ts'

const refuse = refuser(refusals)
const SECOND = 1000
type NodeSide = 'sender' | 'receiver'
/** Which side of a piece of work the calling node is; undefined where it has no part in it. */
function sideOf({ actor }: Pick<Context, 'actor'>, work: { sender: Id; receiver: Id }): NodeSide | undefined {
  if (work.sender === actor.id) return 'sender'
  return work.receiver === actor.id ? 'receiver' : undefined
}

export const nodeActions: Actions<typeof nodeEndpoints, Tables> = {
  ...evidenceActions,

  async orders(ctx, { running }) {
    const polling = { node: ctx.actor.id, running, now: ctx.now }
    const reads = await ctx.ask(nodes.schemaOrders, {})
    const orders: Order[] = [
      ...(running.length > 0 ? await store.endedAmong(ctx.db, polling) : []).map(({ id, reason }) => ({ kind: 'cancel' as const, delivery: id, reason })),
      ...(running.length > 0 ? await store.pausedAmong(ctx.db, polling) : []).map(({ id }) => ({ kind: 'pause' as const, delivery: id })),
      ...(await capturesToDrop(ctx.db, ctx.actor.id)).map(({ id, store: source }) => ({ kind: 'drop_capture' as const, delivery: id, store: source })),
      ...reads.map((order) => ({ kind: 'schema' as const, order })),
      ...(await deliveryOrders(ctx, await store.deliveriesFor(ctx.db, polling))),
      ...(await store.reconciliationsFor(ctx.db, polling)).map(reconciliationOrder),
      ...(await nodeOrders.dueFor(ctx.db, polling)).flatMap(nodeOrder),
    ]
    return { orders, serverTime: ctx.now }
  },

  async relayPass(ctx, { id }) {
    const delivery = await deliveries.findDelivery(ctx.db, id)
    const work = delivery ?? (await reconciliations.findReconciliation(ctx.db, id)) ?? refuse('exchange.unknown')
    const side = sideOf(ctx, work) ?? refuse('exchange.unknown')
    const state = delivery ? stateOfDelivery(delivery) : 'done'
    const open = delivery ? deliveryAllows(state, 'relay') : (work as ReconciliationRow).endedAt === null
    return open ? { side } : refuse('exchange.wrong_state', { state })
  },

  async progress(ctx, { id, side, progress, route }) {
    const row = await deliveries.lockDelivery(ctx.db, id)
    if (!row) return reconciling(ctx, id, side)
    if (sideOf(ctx, row) !== side) refuse('exchange.unknown')
    const state = stateOfDelivery(row)
    if (!deliveryAllows(state, 'handIn')) return { cancelled: state !== 'done' }
    if (state === 'paused') return { cancelled: false } // its last words
    if (state === 'waiting') await doneTodo(ctx, id, 'exchange.waiting')
    if (side === 'receiver') await addFlow(ctx.db, id, ctx.now, flowSince(row.receiverProgress, { rows: progress.rowsLoaded, bytes: progress.bytes }))
    const moved = progress.phase === 'following' || progress.rangesDone > (row[`${side}Progress`]?.rangesDone ?? 0)
    await deliveries.changeDelivery(ctx.db, id, {
      ...{ startedAt: row.startedAt ?? ctx.now, runningSince: row.runningSince ?? ctx.now, waitingSince: null, retryAt: null, route },
      ...(moved ? { attempts: 0 } : {}),
      ...seen(side, progress, ctx.now),
    })
    return { cancelled: false }
  },

  async trouble(ctx, { id, side, code, detail, resumable, until, shape }) {
    const row = await deliveries.lockDelivery(ctx.db, id)
    if (!row) return reconciliationTrouble(ctx, id, side, { trouble: `${code}: ${detail}`, resumable, until })
    if (sideOf(ctx, row) !== side) refuse('exchange.unknown')
    if (side === 'sender' && shape !== undefined) await deliveries.changeDelivery(ctx.db, id, { proposedShape: shape })
    await meetTrouble(ctx, row, { side, code, detail, resumable }, until)
    return {}
  },

  async quarantineRows(ctx, { id, range, rows, dropped }) {
    const row = await deliveries.lockDelivery(ctx.db, id)
    if (!row || sideOf(ctx, row) !== 'sender') return refuse('exchange.unknown')
    if (row.replay) {
      await replays.noteRejected(ctx.db, id, range, rows)
      return {}
    }
    const { provider, entry, entryName, orderedAt: since } = row
    const rejected = rows.map((one) => ({ id: ctx.newId(), ...one }))
    if (range === REFUSED_RANGE) return refusedByTarget(ctx, row, rejected)
    await replaceRange(ctx.db, { delivery: id, range, provider, entry, entryName, at: ctx.now, since }, rejected, dropped)
    return {}
  },

  async nodeOrderDone(ctx, { id, trouble, rejected }) {
    const row = await nodeOrders.lock(ctx.db, id)
    if (row?.node !== ctx.actor.id) return refuse('exchange.unknown')
    ctx.about(SUBJECTS[row.kind], row.subject, { order: row.kind, ...(trouble ? { trouble } : {}) })
    if (row.doneAt) return {}
    const attempts = row.attempts + 1
    const again = { trouble: trouble ?? null, attempts, retryAt: later(ctx.now, orderRetrySeconds(attempts) * SECOND) }
    await nodeOrders.change(ctx.db, id, trouble ? again : { doneAt: ctx.now, trouble: null, attempts })
    if (!trouble && row.kind === 'replay_capture') await settleCaptureReplay(ctx, row, rejected ?? [])
    return {}
  },

  async reconciled(ctx, { id, trouble, mended, sample, ...counts }) {
    const row = await reconciliations.lockReconciliation(ctx.db, id)
    if (!row || sideOf(ctx, row) !== 'receiver') return refuse('exchange.unknown')
    ctx.about('exchange.reconciliation', id, { ...counts, mended })
    ctx.about('exchange.subscription', row.subscription)
    if (row.endedAt) return {}
    await reconciliations.changeReconciliation(ctx.db, id, { ...counts, endedAt: ctx.now, mended, sample: JSON.stringify(sample), trouble })
    await tellDifference(ctx, row, !trouble && !mended && counts.differing + counts.missing + counts.extra > 0)
    return {}
  },
}

const SUBJECTS = { drop_role: 'exchange.grant', replay_letters: 'nodes.node', replay_capture: 'exchange.delivery' } as const

function seen(side: NodeSide, progress: Progress, now: string) {
  const told = JSON.stringify(progress)
  return side === 'sender' ? { senderSeenAt: now, senderProgress: told } : { receiverSeenAt: now, receiverProgress: told }
}

/** A reconciliation keeps no figures on its way; it only shows that it is under way. */
async function reconciling(ctx: Context, id: Id, side: NodeSide): Promise<{ cancelled: boolean }> {
  const row = await reconciliations.lockReconciliation(ctx.db, id)
  if (!row || sideOf(ctx, row) !== side) return refuse('exchange.unknown')
  if (row.endedAt) return { cancelled: row.trouble !== null }
  if (!row.runningSince) await reconciliations.changeReconciliation(ctx.db, id, { runningSince: ctx.now, retryAt: null })
  return { cancelled: false }
}

type Told = { trouble: string; resumable: boolean; until: Moment | undefined }
async function reconciliationTrouble(ctx: Context, id: Id, side: NodeSide, { trouble, resumable, until }: Told): Promise<Record<string, never>> {
  const row = await reconciliations.lockReconciliation(ctx.db, id)
  if (!row || sideOf(ctx, row) !== side) return refuse('exchange.unknown')
  ctx.about('exchange.reconciliation', id)
  if (row.endedAt) return {}
  const attempts = row.attempts + 1
  const again = { runningSince: null, attempts, retryAt: retryAt(ctx.now, attempts, until) }
  await reconciliations.changeReconciliation(ctx.db, id, { trouble, ...(resumable ? again : { endedAt: ctx.now }) })
  return {}
}

const grantOf = ({ text, key, signature }: store.Work) => ({ text, key, signature })
const peerOf = ({ peerId: id, peerName: name, peerListen: listen, peerNats: nats }: store.Work) => ({ id, name, listen, nats })
const targetOf = ({ store: id, targetSchema: schema, targetTable: table }: store.Work) => ({ store: id, schema, table })

/** A sender is told the keys of a replay; a receiver only of an increment. */
async function deliveryOrders(ctx: Context, works: readonly store.DeliveryWork[]): Promise<Order[]> {
  const orders: Order[] = []
  for (const work of works) {
    if (work.replay && work.sending) {
      const ranges = await replays.rangesOf(ctx.db, work.id)
      orders.push({ kind: 'replay', delivery: work.id, grant: grantOf(work), peer: peerOf(work), ranges })
    } else orders.push(deliveryOrder(work))
  }
  return orders
}

function nodeOrder({ id: order, kind, body: { grant, store: source, letters, delivery, keys } }: NodeOrderRow): Order[] {
  if (kind === 'replay_capture') return delivery && keys ? [{ kind, order, delivery, keys }] : []
  if (kind === 'replay_letters') return [{ kind, order, letters: letters ?? [] }]
  return grant && source ? [{ kind, order, grant, store: source }] : []
}

function deliveryOrder(work: store.DeliveryWork): Order {
  const common = { delivery: work.id, grant: grantOf(work), mode: work.mode, peer: peerOf(work) }
  return work.sending ? { kind: 'send', ...common, cursor: work.cursor, accepted: work.acceptedShape } : { kind: 'receive', ...common, ...targetOf(work) }
}

function reconciliationOrder(work: store.ReconciliationWork): Order {
  const common = { reconciliation: work.id, grant: grantOf(work), peer: peerOf(work), mend: work.mend, capture: work.capture }
  return work.sending ? { kind: 'reconcile_send', ...common } : { kind: 'reconcile_receive', ...common, ...targetOf(work), scope: work.scope }
}
