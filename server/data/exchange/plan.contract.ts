/** What the next delivery of a subscription would do, told before it is ordered. */
import { DeliveryMode } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { Id, Moment, query, SIGNED_IN } from '../../kernel/contract.ts'
import { DeliveryState } from './delivery.contract.ts'

/** `estimate` is what the last delivery of the same kind took; null before the first, whose figures its node tells once it has planned. */
export const DeliveryPlan = z.object({
  mode: DeliveryMode,
  from: z.string().nullable().meta({ description: 'of an increment: how far the earlier ones reach' }),
  estimate: z.object({ rows: z.number(), bytes: z.number(), seconds: z.number(), delivery: Id, number: z.string(), at: Moment }).nullable(),
  resume: z
    .object({ delivery: Id, number: z.string(), state: DeliveryState, rangesDone: z.int(), ranges: z.int() })
    .nullable()
    .meta({ description: 'a delivery that is not done: what it has landed is not sent again' }),
  hours: z
    .object({ spans: z.array(z.string()), zone: z.string(), opensAt: Moment.nullable() })
    .nullable()
    .meta({ description: 'when the source may be read, where its department has set hours; outside of them the delivery waits until `opensAt`' }),
})
export type DeliveryPlan = z.infer<typeof DeliveryPlan>

export const planEndpoints = {
  deliveryPlan: query('GET /exchange/subscriptions/{id}/plan', {
    summary: 'What the next delivery would do: kind, rows, bytes and time to expect, and where one that is not done would go on',
    right: SIGNED_IN,
    in: z.object({ id: Id, mode: DeliveryMode.optional() }),
    out: DeliveryPlan,
    refusals: ['exchange.unknown'],
  }),
}
