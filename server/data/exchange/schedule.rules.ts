/** Pure: when a subscription is due next. */
import type { Moment } from '../../kernel/contract.ts'
import { addDays, dayOf, later } from '../../kernel/time.ts'
import type { Schedule } from './schedule.contract.ts'

const HOUR = 3_600_000

/** The next moment after `now` at which rows are due, in the city's time; null where they are wanted once. */
export function nextDue(schedule: Schedule, now: Moment): Moment | null {
  if (schedule.kind === 'once') return null
  if (schedule.kind === 'hourly') return later(now, HOUR)
  const today = momentOf(dayOf(now), schedule.at)
  return today > now ? today : momentOf(addDays(dayOf(now), 1), schedule.at)
}

/** A time of a day in the city's time: `2026-11-25`, `02:00`. */
export const momentOf = (day: string, time: string): Moment => new Date(`${day}T${time}:00+08:00`).toISOString()
