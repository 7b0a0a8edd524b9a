/** What a trouble does to a delivery: it waits and is tried again, or stops until a person acts. */
import type { Id, Moment } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Trouble } from './delivery.contract.ts'
import { retryAt, stateOfDelivery } from './delivery.rules.ts'
import * as store from './delivery.store.ts'
import type { Context } from './sight.ts'

/** Notes a trouble of a delivery that is held. One that is over keeps its end; one that stopped is not made to wait again. @param until there is no use in trying before */
export async function meetTrouble(ctx: Context, row: store.DeliveryWithGrant, met: Omit<Trouble, 'at'>, until?: Moment): Promise<void> {
  const state = stateOfDelivery(row)
  ctx.about('exchange.delivery', row.id, { trouble: met.code })
  if (state === 'done' || state === 'cancelled') return
  if (state === 'paused' && met.resumable) return // that it stands still is no trouble
  await store.addTrouble(ctx.db, { delivery: row.id, at: ctx.now, ...met })
  if (state === 'stopped') return
  if (met.resumable) await wait(ctx, row, until)
  else await stop(ctx, row, met.side)
}

/** One that waits for a known hour is nothing that anybody must look after. */
async function wait(ctx: Context, row: store.DeliveryWithGrant, until: Moment | undefined): Promise<void> {
  const attempts = row.attempts + 1
  const waiting = { waitingSince: row.waitingSince ?? ctx.now, runningSince: null, attempts, retryAt: retryAt(ctx.now, attempts, until) }
  await store.changeDelivery(ctx.db, row.id, waiting)
  if (until === undefined) await tell(ctx, row, 'exchange.waiting', row.consumer, 'exchange.receive')
}

/** The consumer's operators are told, and the provider's where the trouble lies with the source or nobody can say where. */
async function stop(ctx: Context, row: store.DeliveryWithGrant, side: Trouble['side']): Promise<void> {
  await store.changeDelivery(ctx.db, row.id, { stoppedAt: ctx.now, waitingSince: null, runningSince: null })
  await doneTodo(ctx, row.id, 'exchange.waiting')
  await tell(ctx, row, 'exchange.stopped', row.consumer, 'exchange.receive')
  if (side !== 'receiver') await tell(ctx, row, 'exchange.stopped', row.provider, 'exchange.receive')
}

const tell = (
  ctx: Context,
  { id, entryName }: store.DeliveryWithGrant,
  kind: 'exchange.waiting' | 'exchange.stopped',
  unit: Id,
  right: string,
): Promise<void> => putTodo(ctx, { kind, subject: id, to: { unit, right }, params: { entry: entryName } })
