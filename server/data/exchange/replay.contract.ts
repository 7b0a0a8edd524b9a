/** Replaying quarantined rows (重放): mended at the source, they are read again by their keys, checked, and delivered to whom they were due. */
import { z } from 'zod'
import { command, Id, Moment, query } from '../../kernel/contract.ts'
import { DeliveryState, Progress } from './delivery.contract.ts'

/** Keys of one subscription that one replay takes along; what is left is replayed after it. */
export const MOST_KEYS = 5000

export const Replay = z.object({
  delivery: Id,
  number: z.string(),
  entryName: z.string(),
  consumerName: z.string(),
  state: DeliveryState,
  orderedAt: Moment,
  progress: Progress.nullable(),
  rows: z.int(),
  mended: z.int().meta({ description: 'passed, or no longer among the rows of the grant; 0 until it is done' }),
  rejected: z.int().meta({ description: 'rejected again; 0 until it is done' }),
})
export type Replay = z.infer<typeof Replay>

/** Rows that stay as they are for now, and why. */
const Left = z.object({
  busy: z.int().meta({ description: 'their subscription has a delivery or reconciliation under way' }),
  over: z.int().meta({ description: 'their grant or subscription is over, its nodes are not active, or it has never delivered a whole table' }),
  unkeyed: z.int().meta({ description: 'their node did not tell the key field by field' }),
  beyond: z.int().meta({ description: 'more than one replay takes along' }),
})

export const replayEndpoints = {
  replayQuarantine: command('POST /exchange/quarantine/replay', {
    summary: 'Read open rows of the quarantine again by their keys and deliver those that pass: the rows named, or all that a filter leaves',
    right: 'exchange.quarantine',
    in: z.object({
      ids: z.array(Id).min(1).max(500).optional(),
      delivery: Id.optional(),
      entry: Id.optional(),
      field: z.string().max(63).optional(),
      rule: z.string().max(40).optional(),
    }),
    out: z.object({ deliveries: z.array(z.object({ delivery: Id, rows: z.int() })), left: Left }),
    refusals: ['exchange.nothing_to_replay', 'exchange.delivery_running'],
  }),
  replays: query('GET /exchange/quarantine/replays', {
    summary: 'The newest replays of one’s own unit’s rows, how far they are and what came of them',
    right: 'exchange.quarantine',
    in: z.object({}),
    out: z.array(Replay),
  }),
}
