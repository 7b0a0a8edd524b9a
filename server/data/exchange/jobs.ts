import { putTodo } from '../../kernel/inbox/inbox.ts'
import { every, type Jobs, on } from '../../kernel/module.ts'
import { later } from '../../kernel/time.ts'
import { Withdrawn } from '../catalog/contract.ts'
import { NodeRevoked } from '../nodes/contract.ts'
import { AgreementEnded } from '../partners/contract.ts'
import { watchAlarms } from './alarm.actions.ts'
import { Delivered } from './delivery.contract.ts'
import { SILENCE_SECONDS } from './delivery.rules.ts'
import { deliveryOpen, lockDelivery, silentDeliveries } from './delivery.store.ts'
import { endGrant, endNode } from './ending.ts'
import { forgetFlow } from './flow.store.ts'
import { orderRoleDrops } from './node-order.store.ts'
import { endPartner } from './partner.ts'
import { endPushes, orderPushes } from './push.jobs.ts'
import { orderDueReconciliations } from './reconciliation.actions.ts'
import { settleReplay } from './replay.actions.ts'
import { liveRequestsOn } from './request.store.ts'
import { nextDue, opening } from './schedule.rules.ts'
import type { Context } from './sight.ts'
import { lock, orderDelivery } from './subscription.actions.ts'
import { changeSubscription, dueSubscriptions, expiredGrants } from './subscription.store.ts'
import type { Tables } from './tables.ts'
import { meetTrouble } from './trouble.ts'

const SECOND = 1000
const FLOW_HOURS = 48

export const jobs: Jobs = {
  readers: [
    on<typeof Delivered.of, Tables>(Delivered, 'settle replayed rows', (ctx, { delivery }) => settleReplay(ctx, delivery)),
    on<typeof Withdrawn.of, Tables>(Withdrawn, 'tell users of a withdrawn entry', async (ctx, { entry }) => {
      for (const { request, consumer, entryName } of await liveRequestsOn(ctx.db, entry, ctx.now)) {
        const to = { unit: consumer, right: 'exchange.request' }
        await putTodo(ctx, { kind: 'exchange.entry_withdrawn', subject: request, to, params: { entry: entryName } })
      }
    }),
    on<typeof AgreementEnded.of, Tables>(AgreementEnded, 'end what a partner without an agreement receives', (ctx, { unit, reason }) =>
      endPartner(ctx, unit, reason),
    ),
    on<typeof NodeRevoked.of, Tables>(NodeRevoked, 'end what goes through a revoked node', async (ctx, { node, reason }) => {
      const cancelled = await endNode(ctx, node, `the node was revoked: ${reason}`)
      for (const { id, consumer, entryName } of cancelled) {
        await putTodo(ctx, { kind: 'exchange.stopped', subject: id, to: { unit: consumer, right: 'exchange.receive' }, params: { entry: entryName } })
      }
    }),
  ],
  schedules: [
    every<Tables>('* * * * *', 'order due deliveries', orderDue),
    every<Tables>('* * * * *', 'order due reconciliations', orderDueReconciliations),
    every<Tables>('* * * * *', 'order due pushes', orderPushes),
    every<Tables>('* * * * *', 'end pushes that are over', endPushes),
    every<Tables>('* * * * *', 'end expired grants', endExpired),
    every<Tables>('* * * * *', 'notice silent nodes', noticeSilence),
    every<Tables>('* * * * *', 'watch alarms', watchAlarms),
    every<Tables>('* * * * *', 'order roles away', ({ db, now, actor }) => orderRoleDrops(db, now, actor.id)),
    every<Tables>('17 * * * *', 'forget old flow', ({ db, now }) => forgetFlow(db, later(now, -FLOW_HOURS * 3600 * SECOND))),
  ],
}

/** Orders a delivery of every subscription that is due, free and within its hours, and notes when it is due next: what was missed is made up by one run. */
export async function orderDue(ctx: Context): Promise<void> {
  for (const { id } of await dueSubscriptions(ctx.db, ctx.now)) {
    const found = await lock(ctx, id)
    if (!found || found.stoppedAt || found.revokedAt || (await deliveryOpen(ctx.db, id))) continue
    const open = opening(found.schedule, ctx.now)
    if (open > ctx.now) {
      await changeSubscription(ctx.db, id, { nextDueAt: open })
      continue
    }
    await orderDelivery(ctx, found, found.mode)
    await changeSubscription(ctx.db, id, { nextDueAt: nextDue(found.schedule, ctx.now) })
  }
}

/** Grants end by themselves; what stands under one is stopped within a minute. The nodes refuse an expired grant in any case. */
export async function endExpired(ctx: Context): Promise<void> {
  for (const grant of await expiredGrants(ctx.db, ctx.now)) {
    await endGrant(ctx, grant, 'the grant has expired')
    ctx.about('exchange.grant', grant.id)
  }
}

/** A delivery one of whose nodes has fallen silent waits; it goes on as soon as the node is back. */
export async function noticeSilence(ctx: Context): Promise<void> {
  for (const { id, node, seenAt } of await silentDeliveries(ctx.db, later(ctx.now, -SILENCE_SECONDS * SECOND))) {
    const row = await lockDelivery(ctx.db, id)
    const detail = `the node ${node} has told nothing since ${seenAt}; the delivery goes on as soon as it is back`
    if (row?.runningSince) await meetTrouble(ctx, row, { side: 'platform', code: 'node_silent', detail, resumable: true })
  }
}
