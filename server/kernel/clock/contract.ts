/** A legal clock as people see it. */
import { z } from 'zod'
import { Id, LocalDate } from '../contract.ts'

export const ClockView = z.object({
  id: Id,
  rule: z.string(),
  basis: z.string(),
  days: z.int(),
  unit: z.enum(['workday', 'day']),
  startedOn: LocalDate,
  dueOn: LocalDate.meta({ description: 'the last day in time; while the clock is suspended, the date it would have had' }),
  endedOn: LocalDate.nullable(),
  extendedBy: z.int(),
  suspended: z.boolean(),
  remaining: z.int().meta({ description: 'days of the clock’s unit left; negative natural days when late' }),
  tone: z.enum(['quiet', 'warn', 'late', 'ended']),
  explain: z.array(z.object({ zh: z.string(), en: z.string() })).meta({ description: 'why this date, step by step' }),
})
export type ClockView = z.infer<typeof ClockView>
