/** The exchange as it is at this moment, for whoever runs it: nodes, deliveries under way, what flows, what is budgeted, what a node keeps back. */
import { DeliveryMode } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, Id, LocalDate, Moment, query, SIGNED_IN } from '../../kernel/contract.ts'
import { Store } from '../nodes/contract.ts'
import { NodeHealth } from '../nodes/health.contract.ts'
import { DeliveryState, Progress, RouteKind } from './delivery.contract.ts'

export const MonitoredNode = z.object({
  id: Id,
  unit: Id,
  unitName: z.string(),
  name: z.string(),
  version: z.string().nullable(),
  behind: z.boolean().meta({ description: 'another active node runs a newer version' }),
  lastSeenAt: Moment.nullable(),
  silent: z.boolean(),
  clockSkewSeconds: z.number().nullable(),
  stores: z.array(Store),
  health: NodeHealth.nullable().meta({ description: 'null from a node of a version that does not tell it' }),
  own: z.boolean().meta({ description: 'the caller operates it' }),
  orders: z
    .array(
      z.object({
        id: Id,
        kind: z.enum(['drop_role', 'replay_letters', 'replay_capture']),
        subject: z.string(),
        orderedAt: Moment,
        attempts: z.int(),
        retryAt: Moment.nullable(),
        trouble: z.string().nullable(),
      }),
    )
    .meta({ description: 'open orders that are no deliveries' }),
})
export type MonitoredNode = z.infer<typeof MonitoredNode>

export const LiveDelivery = z.object({
  id: Id,
  number: z.string(),
  entryName: z.string(),
  providerName: z.string(),
  consumerName: z.string(),
  mode: DeliveryMode,
  replay: z.boolean(),
  state: DeliveryState,
  orderedAt: Moment,
  startedAt: Moment.nullable(),
  progress: Progress.nullable(),
  route: RouteKind.nullable(),
  etaSeconds: z.number().nullable().meta({ description: 'at the present pace; null where it cannot be told' }),
  lagSeconds: z.number().nullable().meta({ description: 'since the later of both nodes last told of it' }),
  trouble: z.string().nullable(),
})
export type LiveDelivery = z.infer<typeof LiveDelivery>

const Flow = { rows: z.number(), bytes: z.number() }

export const monitorEndpoints = {
  monitor: query('GET /exchange/monitor', {
    summary: 'Nodes and deliveries under way of one’s own unit, or all to a supervisor, as they are now; asked for every few seconds',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.object({
      at: Moment,
      newestVersion: z.string().nullable(),
      nodes: z.array(MonitoredNode),
      deliveries: z.array(LiveDelivery),
      openAlarms: z.int(),
      minutes: z.array(z.object({ minute: Moment, ...Flow })).meta({ description: 'the last sixty, oldest first' }),
    }),
  }),
  flowDays: query('GET /exchange/monitor/days', {
    summary: 'Rows and bytes of the deliveries done on each of the last thirty days',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.array(z.object({ day: LocalDate, ...Flow })),
  }),
  replayLetters: command('POST /exchange/monitor/nodes/{node}/letters', {
    summary: 'Have a node tell again what the platform had refused for good, once the cause is mended',
    right: 'nodes.operate',
    in: z.object({ node: Id, letters: z.array(z.int()).min(1).max(200) }),
    out: z.object({ order: Id }),
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.letters_waiting'],
  }),
}
