/** What deliveries have shown: of one entry, and of all that one may see. */
import { z } from 'zod'
import { Id, LocalDate, Moment, query, SIGNED_IN } from '../../kernel/contract.ts'
import { NodeState } from '../nodes/contract.ts'

export const overviewEndpoints = {
  quality: query('GET /exchange/entries/{entry}/quality', {
    summary: 'What deliveries have shown of an entry: freshness, volume, rejected share by field and rule, users',
    right: SIGNED_IN,
    in: z.object({ entry: Id }),
    out: z.object({
      lastDelivery: Moment.nullable(),
      deliveries: z.int(),
      rows: z.number(),
      rejectedShare: z.number().nullable(),
      reasons: z.array(z.object({ field: z.string(), rule: z.string(), rows: z.int() })),
      consumers: z.int(),
      medianAnswerDays: z.number().nullable(),
    }),
  }),
  overview: query('GET /exchange/overview', {
    summary: 'Counts for the exchange’s home: nodes by state, deliveries running, waiting and stopped, rows of the last 30 days',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.object({
      nodes: z.record(NodeState, z.int()),
      running: z.int(),
      waiting: z.int(),
      stopped: z.int(),
      days: z.array(z.object({ day: LocalDate, rows: z.number(), deliveries: z.int() })),
    }),
  }),
}
