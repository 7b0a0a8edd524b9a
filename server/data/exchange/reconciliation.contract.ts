/** Reconciliation (对账) of a whole target table with its source, at any time. */
import { z } from 'zod'
import { command, Id, Moment, query, SIGNED_IN } from '../../kernel/contract.ts'

const One = z.object({ id: Id })
export const Reconciliation = z.object({
  id: Id,
  subscription: Id,
  orderedAt: Moment,
  endedAt: Moment.nullable(),
  state: z.enum(['ordered', 'running', 'equal', 'different', 'mended', 'failed']),
  sourceRows: z.number().nullable(),
  targetRows: z.number().nullable(),
  differing: z.number().nullable(),
  missing: z.number().nullable(),
  extra: z.number().nullable(),
  sample: z.array(z.object({ key: z.string(), kind: z.enum(['missing', 'extra', 'different']) })),
  trouble: z.string().nullable(),
})
export type Reconciliation = z.infer<typeof Reconciliation>

export const reconciliationEndpoints = {
  reconcile: command('POST /exchange/subscriptions/{id}/reconcile', {
    summary: 'Order a reconciliation of the whole table, without or with mending',
    right: 'exchange.receive',
    in: One.extend({ mend: z.boolean().default(false) }),
    out: Reconciliation,
    refusals: [
      'exchange.unknown',
      'exchange.not_yours',
      'exchange.grant_over',
      'exchange.wrong_state',
      'exchange.delivery_running',
      'exchange.reconciliation_running',
      'exchange.nothing_to_mend',
      'exchange.no_node',
      'nodes.unknown',
    ],
  }),
  reconciliations: query('GET /exchange/subscriptions/{id}/reconciliations', {
    summary: 'Reconciliations of a subscription, newest first',
    right: SIGNED_IN,
    in: One,
    out: z.array(Reconciliation),
    refusals: ['exchange.unknown'],
  }),
}
