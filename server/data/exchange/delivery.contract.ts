/** Deliveries (交换): one run of a subscription, its progress, its signed documents and whether they balance (对账, GB/T 21062). */
import { DeliveryMode, Manifest, Receipt, Signed, SuiteName } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, event, Id, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'

const One = z.object({ id: Id })
export const DeliveryState = z.enum(['ordered', 'running', 'waiting', 'paused', 'done', 'stopped', 'cancelled'])
export type DeliveryState = z.infer<typeof DeliveryState>
/** Where a change capture stands, and what waits at its source. */
export const CaptureProgress = z.object({
  position: z.string().max(1024).meta({ description: "of the target, in the words of the source's log" }),
  committedAt: Moment.nullable().meta({ description: 'of the last applied transaction, at the source' }),
  lagBytes: z.number(),
  lagSeconds: z.number(),
  keptBytes: z.number().meta({ description: 'of log that the source keeps for this capture' }),
  budgetBytes: z.number(),
})
export type CaptureProgress = z.infer<typeof CaptureProgress>
export const Progress = z.object({
  phase: z.enum(['preparing', 'planning', 'moving', 'indexing', 'swapping', 'reconciling', 'finished', 'following']),
  rangesDone: z.int(),
  ranges: z.int(),
  rowsPlanned: z.number(),
  rowsRead: z.number(),
  rowsSent: z.number(),
  rowsRejected: z.number(),
  rowsLoaded: z.number(),
  bytes: z.number(),
  rowsPerSecond: z.number(),
  capture: CaptureProgress.optional(),
})
export type Progress = z.infer<typeof Progress>
/** A clear refusal or a state that can be resumed: which, in words, and what to do. */
export const Trouble = z.object({ at: Moment, side: z.enum(['sender', 'receiver', 'platform']), code: z.string(), detail: z.string(), resumable: z.boolean() })
export type Trouble = z.infer<typeof Trouble>
/** The five equal sums of 对账; `agrees` is whether the delivery balances. */
export const Balance = z.object({
  read: z.number(),
  filtered: z.number(),
  rejected: z.number(),
  sent: z.number(),
  received: z.number(),
  loaded: z.number(),
  digestSender: z.string(),
  digestReceiver: z.string(),
  agrees: z.boolean(),
})
export type Balance = z.infer<typeof Balance>

export const DeliveryHead = z.object({
  id: Id,
  number: z.string(),
  subscription: Id,
  grant: Id,
  entry: Id,
  entryName: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  mode: DeliveryMode,
  replay: z.boolean().meta({ description: 'of rows that were quarantined, by their keys' }),
  suite: SuiteName,
  state: DeliveryState,
  orderedAt: Moment,
  startedAt: Moment.nullable(),
  endedAt: Moment.nullable(),
  retryAt: Moment.nullable().meta({ description: 'of one that is ordered or waits: not handed to its nodes before' }),
  progress: Progress.nullable(),
  rejected: z.number(),
  loaded: z.number(),
  trouble: Trouble.nullable(),
})
export type DeliveryHead = z.infer<typeof DeliveryHead>
/** How the two nodes meet: straight, over NATS, or through the platform's relay. */
export const RouteKind = z.enum(['direct', 'nats', 'relay'])
export type RouteKind = z.infer<typeof RouteKind>

export const DeliveryView = DeliveryHead.extend({
  troubles: z.array(Trouble),
  manifest: z.object({ body: Manifest, signed: Signed, at: Moment }).nullable(),
  receipt: z.object({ body: Receipt, signed: Signed, at: Moment }).nullable(),
  balance: Balance.nullable(),
  schemaProposed: z.boolean().meta({ description: 'granted columns have changed, and the provider may accept what they are now' }),
  target: z.object({ store: z.string(), schema: z.string(), table: z.string() }),
  route: RouteKind.nullable(),
})
export type DeliveryView = z.infer<typeof DeliveryView>

export const Delivered = event('exchange.delivered', z.object({ delivery: Id, grant: Id, provider: Id, consumer: Id, rows: z.number() }))

export const deliveryEndpoints = {
  deliveries: query('GET /exchange/deliveries', {
    summary: 'Deliveries from or to one’s unit, or all to a supervisor; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ state: z.array(DeliveryState).optional(), subscription: Id.optional(), push: Id.optional(), entry: Id.optional() }),
    out: pageOf(DeliveryHead),
  }),
  deliveryById: query('GET /exchange/deliveries/{id}', {
    summary: 'One delivery: live progress, both receipts, balance, troubles',
    right: SIGNED_IN,
    in: One,
    out: DeliveryView,
    refusals: ['exchange.unknown'],
  }),
  resumeDelivery: command('POST /exchange/deliveries/{id}/resume', {
    summary: 'Resume a delivery that waits or stopped; only missing ranges move',
    right: 'exchange.receive',
    in: One,
    out: DeliveryHead,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state', 'exchange.grant_over', 'exchange.delivery_running', 'exchange.no_node'],
  }),
  cancelDelivery: command('POST /exchange/deliveries/{id}/cancel', {
    summary: 'Cancel a delivery; nothing of it stays at the target',
    right: 'exchange.receive',
    in: One.extend({ reason: z.string().min(2).max(500) }),
    out: DeliveryHead,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
}
