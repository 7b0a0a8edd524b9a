/** What the move of a channel is made of: its plan, what the exchange shows of the replacement, the record of the closing, the reason to keep it. */
import { z } from 'zod'
import { Id, LocalDate, Moment } from '../../kernel/contract.ts'
import { Digest } from '../partners/contract.ts'

export const PlanWish = z.object({
  target: Id.meta({ description: 'the published catalogue entry that replaces the channel' }),
  steps: z.array(z.string().trim().min(2).max(200)).min(1).max(20),
  responsible: z.enum(['consumer', 'provider']).meta({ description: 'which of its two units answers for the move' }),
  dueOn: LocalDate,
})
export type PlanWish = z.infer<typeof PlanWish>
export const Plan = PlanWish.extend({ targetName: z.string(), targetCode: z.string() })
export type Plan = z.infer<typeof Plan>

export const Evidence = z.object({
  granted: z.boolean().meta({ description: 'a grant of the entry to the consumer is in force' }),
  deliveries: z.int().meta({ description: 'deliveries that were done, and so balanced by both signed documents' }),
  rows: z.number(),
  lastAt: Moment.nullable(),
  freshUntil: LocalDate.nullable().meta({ description: 'until when the last delivery counts, by how often data are due' }),
  holds: z.boolean().meta({ description: 'granted, delivered, and fresh' }),
})
export type Evidence = z.infer<typeof Evidence>

export const ClosingWish = z.object({
  switchedOff: z.string().trim().min(4).max(500).meta({ description: 'what was switched off: account, interface, task, way of handing over' }),
  on: LocalDate.meta({ description: 'the day it was switched off' }),
  by: z.string().trim().min(2).max(60).meta({ description: 'who switched it off' }),
  document: Digest.meta({ description: 'SHA-256 of the closing record' }),
})
export type ClosingWish = z.infer<typeof ClosingWish>
/** Kept as it was when the channel was closed. */
export const Closing = ClosingWish.extend({ evidence: Evidence, recordedBy: z.string() })
export type Closing = z.infer<typeof Closing>

export const RetentionWish = z.object({ reason: z.string().trim().min(10).max(1000), basis: z.string().trim().min(4).max(500), until: LocalDate })
export type RetentionWish = z.infer<typeof RetentionWish>
export const Retention = RetentionWish.extend({ askedByName: z.string(), approvedByName: z.string().nullable() })
export type Retention = z.infer<typeof Retention>
