/** Quarantined rows of a capture: what its target refuses, as its sender tells it, and rows that the capture reads again. */
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { DeliveryWithGrant } from './delivery.store.ts'
import { KEYS_A_RANGE, REFUSED_RANGE } from './node.contract.ts'
import * as nodeOrders from './node-order.store.ts'
import { type Rejected, replaceRefused, settledDeliveries, settleReread } from './quarantine.store.ts'
import { openKeys, type ReplayFilter } from './replay.store.ts'
import type { Context } from './sight.ts'
import type { NodeOrderRow } from './tables.ts'

/** Keeps the keys that the target refuses now, in place of those it refused before; the provider has to do with them while there are any. */
export async function refusedByTarget(ctx: Context, row: DeliveryWithGrant, rows: readonly Rejected[]): Promise<Record<string, never>> {
  const { id: delivery, provider, entry, entryName, orderedAt: since } = row
  await replaceRefused(ctx.db, { delivery, range: REFUSED_RANGE, provider, entry, entryName, at: ctx.now, since }, rows)
  const to = { unit: provider, right: 'exchange.quarantine' }
  if ((await settledDeliveries(ctx.db, [delivery])).length === 0)
    await putTodo(ctx, { kind: 'exchange.quarantine', subject: delivery, to, params: { rows: rows.length, entry: entryName } })
  else await doneTodo(ctx, delivery, 'exchange.quarantine')
  return {}
}

/** Has the capture of a table that is held read open rows of the quarantine again; answers how many keys, undefined where it does so already. */
export async function replayByCapture(ctx: Context, capture: { id: Id; sender: Id; subscription: Id }, filter: ReplayFilter): Promise<number | undefined> {
  if (await nodeOrders.captureReplayOpen(ctx.db, capture.id)) return undefined
  const keys = await openKeys(ctx.db, capture.subscription, filter, KEYS_A_RANGE)
  if (keys.length === 0) return 0
  await nodeOrders.orderCaptureReplay(ctx.db, {
    id: ctx.newId(),
    node: capture.sender,
    delivery: capture.id,
    keys,
    orderedAt: ctx.now,
    orderedBy: ctx.actor.id,
  })
  ctx.about('exchange.delivery', capture.id, { replayed: keys.length })
  return keys.length
}

export async function settleCaptureReplay(ctx: Context, { subject: delivery, body }: NodeOrderRow, rejected: readonly Omit<Rejected, 'id'>[]): Promise<void> {
  await settleReread(ctx.db, { delivery, keys: body.keys ?? [], at: ctx.now }, rejected, REFUSED_RANGE)
  await tidy(ctx, delivery)
}

async function tidy(ctx: Context, delivery: Id): Promise<void> {
  for (const id of await settledDeliveries(ctx.db, [delivery])) await doneTodo(ctx, id, 'exchange.quarantine')
}
