/**
 * Reconciliation (对账) of a whole target table with its source, at any time or by a schedule. Every delivery already balances rows (L0) and digests (L1); a reconciliation compares
 * sums of row hashes by bucket (L2), then the rows of the buckets that differ (L3), and names the keys (L4). Mending them needs a second person.
 */
import { z } from 'zod'
import { command, Id, Moment, query, SIGNED_IN } from '../../kernel/contract.ts'
import { Balance } from './delivery.contract.ts'

const One = z.object({ id: Id })
const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
/** `full` compares whole rows; `versions` keys and change times only, at a third of the cost, where the grant has a cursor. */
export const ReconciliationScope = z.enum(['full', 'versions'])
export type ReconciliationScope = z.infer<typeof ReconciliationScope>
/** In the city's time; weekday 1 is Monday. */
export const ReconcileSchedule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('never') }),
  z.object({ kind: z.literal('daily'), at: Time, scope: ReconciliationScope }),
  z.object({ kind: z.literal('weekly'), weekday: z.int().min(1).max(7), at: Time, scope: ReconciliationScope }),
])
export type ReconcileSchedule = z.infer<typeof ReconcileSchedule>

export const Reconciliation = z.object({
  id: Id,
  subscription: Id,
  scope: ReconciliationScope,
  mend: z.boolean(),
  orderedAt: Moment,
  orderedBy: Id,
  endedAt: Moment.nullable(),
  state: z.enum(['asked', 'declined', 'ordered', 'running', 'equal', 'different', 'mended', 'failed']),
  sourceRows: z.number().nullable(),
  targetRows: z.number().nullable(),
  differing: z.number().nullable(),
  missing: z.number().nullable(),
  extra: z.number().nullable(),
  sample: z.array(z.object({ key: z.string(), kind: z.enum(['missing', 'extra', 'different']) })),
  trouble: z.string().nullable(),
  declineReason: z.string().nullable(),
})
export type Reconciliation = z.infer<typeof Reconciliation>
/** All levels of one comparison on a page; `balance` is that of the last delivery that was done before it. */
export const ReconciliationReport = Reconciliation.extend({
  entryName: z.string(),
  consumer: Id,
  providerName: z.string(),
  consumerName: z.string(),
  target: z.object({ store: z.string(), schema: z.string(), table: z.string() }),
  startedAt: Moment.nullable(),
  balance: Balance.nullable(),
  delivery: z.object({ id: Id, number: z.string() }).nullable(),
})
export type ReconciliationReport = z.infer<typeof ReconciliationReport>

const HINDRANCES = [
  'exchange.unknown',
  'exchange.not_yours',
  'exchange.grant_over',
  'exchange.wrong_state',
  'exchange.delivery_running',
  'exchange.capture_paused',
  'exchange.reconciliation_running',
  'exchange.no_node',
  'nodes.unknown',
] as const

export const reconciliationEndpoints = {
  reconcile: command('POST /exchange/subscriptions/{id}/reconcile', {
    summary: 'Compare the whole table with its source now',
    right: 'exchange.receive',
    in: One.extend({ scope: ReconciliationScope.default('full') }),
    out: Reconciliation,
    refusals: [...HINDRANCES, 'exchange.no_cursor'],
  }),
  askMending: command('POST /exchange/subscriptions/{id}/mend', {
    summary: 'Ask that what differs be mended; a second person approves',
    right: 'exchange.receive',
    in: One,
    out: Reconciliation,
    refusals: [...HINDRANCES, 'exchange.nothing_to_mend', 'exchange.mending_asked'],
  }),
  approveMending: command('POST /exchange/reconciliations/{id}/approve', {
    summary: 'Approve a mending, as somebody other than who asked; it begins at once',
    right: 'exchange.approve_mending',
    in: One,
    out: Reconciliation,
    refusals: [...HINDRANCES, 'exchange.second_person'],
  }),
  declineMending: command('POST /exchange/reconciliations/{id}/decline', {
    summary: 'Decline a mending; nothing is changed',
    right: 'exchange.approve_mending',
    in: One.extend({ reason: z.string().min(2).max(500) }),
    out: Reconciliation,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  scheduleReconciliation: command('POST /exchange/subscriptions/{id}/reconcile-schedule', {
    summary: 'Say how often the table is compared by itself',
    right: 'exchange.receive',
    in: One.extend({ schedule: ReconcileSchedule }),
    out: z.object({ schedule: ReconcileSchedule, next: Moment.nullable() }),
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state', 'exchange.no_cursor'],
  }),
  reconciliations: query('GET /exchange/subscriptions/{id}/reconciliations', {
    summary: 'Reconciliations of a subscription, newest first',
    right: SIGNED_IN,
    in: One,
    out: z.array(Reconciliation),
    refusals: ['exchange.unknown'],
  }),
  reconciliationById: query('GET /exchange/reconciliations/{id}', {
    summary: 'The report of one reconciliation: every level of it',
    right: SIGNED_IN,
    in: One,
    out: ReconciliationReport,
    refusals: ['exchange.unknown'],
  }),
}
