import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { deliveryOpen, everDelivered } from './delivery.store.ts'
import type { Reconciliation, reconciliationEndpoints } from './reconciliation.contract.ts'
import { nothingToMend, stateOfReconciliation } from './reconciliation.rules.ts'
import * as store from './reconciliation.store.ts'
import { demandAt, sees, sightOf } from './sight.ts'
import { demandOpen, lock } from './subscription.actions.ts'
import { findSubscription } from './subscription.store.ts'
import type { ReconciliationRow, Tables } from './tables.ts'

const refuse = refuser(refusals)

export const reconciliationActions: Actions<typeof reconciliationEndpoints, Tables> = {
  async reconcile(ctx, { id, mend }) {
    const found = demandAt(ctx, 'exchange.receive', await lock(ctx, id), 'consumer')
    await demandOpen(ctx, found)
    if (await deliveryOpen(ctx.db, id)) refuse('exchange.delivery_running')
    if (!(await everDelivered(ctx.db, id))) refuse('exchange.wrong_state', { state: 'never_delivered' })
    const [last] = await store.reconciliationsOf(ctx.db, id)
    if (mend && last && nothingToMend(last, found.lastDoneAt)) refuse('exchange.nothing_to_mend')
    const reconciliation = ctx.newId()
    ctx.about('exchange.subscription', id)
    ctx.about('exchange.reconciliation', reconciliation)
    return asReconciliation(
      await store.insertReconciliation(ctx.db, {
        ...{ id: reconciliation, subscription: id, sender: found.providerNode, receiver: found.consumerNode, mend },
        ...{ orderedAt: ctx.now, orderedBy: ctx.actor.id },
      }),
    )
  },

  async reconciliations(ctx, { id }) {
    const found = await findSubscription(ctx.db, id)
    if (!found || !sees(sightOf(ctx), found)) return refuse('exchange.unknown')
    return (await store.reconciliationsOf(ctx.db, id)).map(asReconciliation)
  },
}

function asReconciliation(row: ReconciliationRow): Reconciliation {
  const { id, subscription, orderedAt, endedAt, sourceRows, targetRows, differing, missing, extra, sample, trouble } = row
  return { id, subscription, orderedAt, endedAt, state: stateOfReconciliation(row), sourceRows, targetRows, differing, missing, extra, sample, trouble }
}
