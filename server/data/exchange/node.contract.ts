/** What exchange nodes and the platform say to each other. Only nodes call here; their requests are signed (docs/protocols/wire.md §8). */
import { DeliveryMode, FieldName, Signed } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, Id, Moment, query } from '../../kernel/contract.ts'
import { NatsPlace, SchemaOrder } from '../nodes/contract.ts'
import { Progress, RouteKind } from './delivery.contract.ts'
import { Reconciliation, ReconciliationScope } from './reconciliation.contract.ts'

const One = z.object({ id: Id })
/** What a node is to do now. The grant is the approver's signed document; the node checks it itself. */
/** The range by which a capture hands in the keys whose last change its target refuses, all of them each time; its periods come after it. */
export const REFUSED_RANGE = 1_000_000
/** Rows of a replay that are read as one range: so many can all be listed, should they be rejected again. */
export const KEYS_A_RANGE = 500
const Captured = Id.nullable().meta({ description: 'the capture that follows the table, by which both sides are seen as of one moment' })
const RowKey = z.array(z.string().max(1024)).min(1).max(32)

export const Peer = z.object({ id: Id, name: z.string(), listen: z.string().nullable(), nats: NatsPlace.nullable().default(null) })
export const Order = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('schema'), order: SchemaOrder }),
  z.object({ kind: z.literal('send'), delivery: Id, grant: Signed, mode: DeliveryMode, peer: Peer, cursor: z.string().nullable(), accepted: z.string() }),
  z
    .object({ kind: z.literal('replay'), delivery: Id, grant: Signed, peer: Peer, ranges: z.array(z.array(RowKey).min(1).max(KEYS_A_RANGE)).min(1) })
    .meta({ description: 'send the rows of these keys, as an increment that moves no checkpoint; the other node is told to receive an increment' }),
  z.object({ kind: z.literal('receive'), delivery: Id, grant: Signed, mode: DeliveryMode, peer: Peer, store: z.string(), schema: FieldName, table: FieldName }),
  z.object({ kind: z.literal('reconcile_send'), reconciliation: Id, grant: Signed, peer: Peer, mend: z.boolean(), capture: Captured }),
  z.object({
    kind: z.literal('reconcile_receive'),
    reconciliation: Id,
    grant: Signed,
    peer: Peer,
    store: z.string(),
    schema: FieldName,
    table: FieldName,
    mend: z.boolean(),
    scope: ReconciliationScope,
    capture: Captured,
  }),
  z.object({ kind: z.literal('cancel'), delivery: Id, reason: z.string() }),
  z.object({ kind: z.literal('pause'), delivery: Id }).meta({ description: 'end the session of a capture for now; its place in the log of the source stays' }),
  z
    .object({ kind: z.literal('drop_role'), order: Id, grant: Id, store: z.string() })
    .meta({ description: 'take away the database roles of a grant that is over' }),
  z.object({ kind: z.literal('replay_letters'), order: Id, letters: z.array(z.int()) }).meta({ description: 'tell again what was refused for good' }),
  z
    .object({ kind: z.literal('replay_capture'), order: Id, delivery: Id, keys: z.array(RowKey).min(1).max(KEYS_A_RANGE) })
    .meta({ description: 'bring the rows of these keys, as they are now, by the capture that is under way' }),
  z.object({
    kind: z.literal('drop_capture').meta({ description: 'give up the place of an ended capture in the log of a source' }),
    delivery: Id,
    store: z.string(),
  }),
])
export type Order = z.infer<typeof Order>

const RejectedRow = z.object({
  key: z.string().max(500),
  keys: RowKey.optional().meta({ description: 'the texts of the key fields in their order; without them the row cannot be replayed' }),
  field: z.string(),
  rule: z.string(),
  value: z.string().max(500),
})

export const nodeEndpoints = {
  orders: query('GET /exchange/orders', {
    summary: 'What the calling node is to do now, but what it says is running; answers at once, and within `wait` seconds at the latest',
    right: 'exchange.node',
    in: z.object({ wait: z.int().min(0).max(50).default(25), running: z.array(Id).default([]) }),
    out: z.object({ orders: z.array(Order), serverTime: Moment }),
  }),
  relayPass: query('GET /exchange/relay/{id}', {
    summary: 'As which side the calling node may enter the relay for a delivery or reconciliation under way',
    right: 'exchange.node',
    in: One,
    out: z.object({ side: z.enum(['sender', 'receiver']) }),
    refusals: ['exchange.unknown', 'exchange.wrong_state'],
  }),
  progress: command('POST /exchange/deliveries/{id}/progress', {
    summary: 'A node tells, at most twice a second, how far a delivery or reconciliation is; it stops where the answer says so',
    right: 'exchange.node',
    in: One.extend({ side: z.enum(['sender', 'receiver']), progress: Progress, route: RouteKind }),
    out: z.object({ cancelled: z.boolean() }),
    refusals: ['exchange.unknown'],
    unrecorded: true,
  }),
  manifest: command('POST /exchange/deliveries/{id}/manifest', {
    summary: 'The sender hands in its signed manifest',
    right: 'exchange.node',
    in: One.extend({ signed: Signed }),
    out: z.object({}),
    refusals: ['exchange.unknown', 'exchange.bad_signature', 'exchange.bad_evidence', 'exchange.wrong_state', 'nodes.unknown'],
  }),
  receipt: command('POST /exchange/deliveries/{id}/receipt', {
    summary: 'The receiver hands in its signed receipt; with the manifest the delivery is balanced and done',
    right: 'exchange.node',
    in: One.extend({ signed: Signed, cursor: z.string().nullable().default(null) }),
    out: z.object({}),
    refusals: ['exchange.unknown', 'exchange.bad_signature', 'exchange.bad_evidence', 'exchange.wrong_state', 'nodes.unknown'],
  }),
  trouble: command('POST /exchange/deliveries/{id}/trouble', {
    summary: 'A node tells why a delivery or reconciliation cannot go on',
    right: 'exchange.node',
    in: One.extend({
      side: z.enum(['sender', 'receiver']),
      code: z.string().max(80),
      detail: z.string().max(2000),
      resumable: z.boolean(),
      until: Moment.optional().meta({ description: 'there is no use in trying before: the source is not to be read at this hour' }),
      shape: z.string().max(20_000).optional(),
    }),
    out: z.object({}),
    refusals: ['exchange.unknown'],
  }),
  quarantineRows: command('POST /exchange/deliveries/{id}/quarantine', {
    summary: 'The sender hands in rejected rows of a range; the same range again replaces them',
    right: 'exchange.node',
    in: One.extend({
      range: z.int().min(0),
      rows: z.array(RejectedRow).max(5000),
      dropped: z.int().min(0).default(0).meta({ description: 'rows counted but not listed' }),
    }),
    out: z.object({}),
    refusals: ['exchange.unknown'],
    unrecorded: true,
  }),
  nodeOrderDone: command('POST /exchange/node-orders/{id}', {
    summary: 'A node tells that it has carried out an order that is no delivery, or why it could not; then it is ordered again later',
    right: 'exchange.node',
    in: One.extend({
      trouble: z.string().max(1000).optional(),
      rejected: z.array(RejectedRow).max(KEYS_A_RANGE).optional().meta({ description: 'of a replay by a capture: what broke a rule again' }),
    }),
    out: z.object({}),
    refusals: ['exchange.unknown'],
  }),
  reconciled: command('POST /exchange/reconciliations/{id}', {
    summary: 'The receiver tells the result of a reconciliation',
    right: 'exchange.node',
    in: One.extend({
      sourceRows: z.number(),
      targetRows: z.number(),
      differing: z.number(),
      missing: z.number(),
      extra: z.number(),
      mended: z.boolean(),
      sample: Reconciliation.shape.sample,
      trouble: z.string().max(1000).nullable().default(null),
    }),
    out: z.object({}),
    refusals: ['exchange.unknown'],
  }),
}
