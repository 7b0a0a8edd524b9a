/** Change capture (捕获变更): what its nodes tell beside a delivery’s own messages, and what people decide when it cannot go on by itself. */
import { Manifest, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, Id, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { Balance, DeliveryHead } from './delivery.contract.ts'

const One = z.object({ id: Id })

/** One signed stretch of a capture and whether both sides agree about it; 0 is the load it began with. */
export const CapturePeriod = z.object({
  n: z.int().min(0),
  manifest: z.object({ body: Manifest, signed: Signed, at: Moment }).nullable(),
  receipt: z.object({ body: Receipt, signed: Signed, at: Moment }).nullable(),
  balance: Balance.nullable(),
})
export type CapturePeriod = z.infer<typeof CapturePeriod>

export const captureEndpoints = {
  capturePeriods: query('GET /exchange/deliveries/{id}/periods', {
    summary: 'The signed periods of a change capture, newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ id: Id }),
    out: pageOf(CapturePeriod),
    refusals: ['exchange.unknown'],
  }),
  pauseCapture: command('POST /exchange/deliveries/{id}/pause', {
    summary: 'Let a change capture stand still; its place in the log of the source stays, watched against its budget, until it is resumed',
    right: 'exchange.receive',
    in: One,
    out: DeliveryHead,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state', 'exchange.reconciliation_running'],
  }),
  acceptSchema: command('POST /exchange/deliveries/{id}/accept-schema', {
    summary: 'The provider accepts what the granted columns have become; the capture goes on right behind the change',
    right: 'exchange.answer',
    in: One,
    out: DeliveryHead,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state', 'exchange.grant_over', 'exchange.delivery_running', 'exchange.no_node'],
  }),
  period: command('POST /exchange/deliveries/{id}/periods', {
    summary: 'A node hands in what it signed for a period of a capture; with the other side’s document the period is balanced',
    right: 'exchange.node',
    in: One.extend({ n: z.int().min(0), kind: z.enum(['manifest', 'receipt']), signed: Signed }),
    out: z.object({}),
    refusals: ['exchange.unknown', 'exchange.bad_signature', 'exchange.bad_evidence', 'nodes.unknown'],
  }),
  captureDropped: command('POST /exchange/deliveries/{id}/dropped', {
    summary: 'The sender tells that nothing of an ended capture waits at its source any more',
    right: 'exchange.node',
    in: One,
    out: z.object({}),
    refusals: ['exchange.unknown'],
  }),
}
