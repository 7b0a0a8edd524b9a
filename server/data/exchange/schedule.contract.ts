/** How often rows go to a consumer. */
import { z } from 'zod'
import { LocalDate } from '../../kernel/contract.ts'
import { LEAST_GAP_MINUTES } from './cron.rules.ts'

export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
/** From a time of day up to another, not included; past midnight where the second is the earlier, the whole day where they are equal. */
export const Hours = z.object({ from: TimeOfDay, to: TimeOfDay })
export type Hours = z.infer<typeof Hours>
/** Days on which nothing runs, both included. */
export const Pause = z.object({ from: LocalDate, to: LocalDate })
export type Pause = z.infer<typeof Pause>
const MINUTES_A_DAY = 1440

/** How often the consumer wants it, in the city's time. */
export const Schedule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once') }),
  z.object({ kind: z.literal('daily'), at: TimeOfDay }),
  z.object({ kind: z.literal('hourly') }),
  z.object({
    kind: z.literal('cron'),
    line: z.string().max(120).meta({ description: 'minute hour day-of-month month day-of-week, at most every five minutes' }),
    hours: Hours.optional().meta({ description: 'the hours of the day in which it may run' }),
    pause: Pause.optional(),
  }),
  z.object({
    kind: z.literal('window'),
    everyMinutes: z.int().min(LEAST_GAP_MINUTES).max(MINUTES_A_DAY),
    hours: Hours,
    pause: Pause.optional(),
  }),
])
export type Schedule = z.infer<typeof Schedule>
