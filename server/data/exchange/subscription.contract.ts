/** Subscriptions: where the rows of a grant go, and how often. */
import { DeliveryMode, FieldName } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, Id, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { DeliveryHead } from './delivery.contract.ts'
import { ReconcileSchedule } from './reconciliation.contract.ts'
import { Schedule } from './schedule.contract.ts'

const One = z.object({ id: Id })
export const Subscription = z.object({
  id: Id,
  grant: Id,
  entry: Id,
  entryName: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  store: z.string(),
  schema: FieldName,
  table: FieldName,
  mode: DeliveryMode,
  schedule: Schedule,
  madeAt: Moment,
  stoppedAt: Moment.nullable(),
  lastDelivery: z.object({ id: Id, state: z.string(), at: Moment, loaded: z.number() }).nullable(),
  cursor: z.string().nullable(),
  hasCursor: z.boolean(),
  reconcileSchedule: ReconcileSchedule,
  nextReconcileAt: Moment.nullable(),
})
export type Subscription = z.infer<typeof Subscription>

export const subscriptionEndpoints = {
  subscribe: command('POST /exchange/subscriptions', {
    summary: 'Say where the granted rows go; the first delivery is ordered at once, and begins within the hours of the schedule',
    right: 'exchange.receive',
    in: z.object({ grant: Id, store: z.string(), schema: FieldName, table: FieldName, mode: DeliveryMode.optional(), schedule: Schedule.optional() }),
    out: z.object({ subscription: Subscription, delivery: Id }),
    refusals: [
      'exchange.unknown',
      'exchange.not_yours',
      'exchange.grant_over',
      'exchange.table_taken',
      'exchange.no_cursor',
      'exchange.no_capture',
      'exchange.no_node',
      'exchange.bad_schedule',
      'nodes.unknown',
    ],
  }),
  subscriptions: query('GET /exchange/subscriptions', {
    summary: 'Subscriptions of one’s unit (as consumer or provider), newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ entry: Id.optional(), node: Id.optional().meta({ description: 'those whose rows go through this node' }) }),
    out: pageOf(Subscription),
  }),
  stopSubscription: command('POST /exchange/subscriptions/{id}/stop', {
    summary: 'Stop a subscription',
    right: 'exchange.receive',
    in: One,
    out: Subscription,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  deliver: command('POST /exchange/subscriptions/{id}/deliver', {
    summary: 'Order a delivery now',
    right: 'exchange.receive',
    in: One.extend({ mode: DeliveryMode.optional() }),
    out: DeliveryHead,
    refusals: [
      'exchange.unknown',
      'exchange.not_yours',
      'exchange.grant_over',
      'exchange.delivery_running',
      'exchange.reconciliation_running',
      'exchange.no_cursor',
      'exchange.no_capture',
      'exchange.wrong_state',
      'exchange.no_node',
      'nodes.unknown',
    ],
  }),
}
