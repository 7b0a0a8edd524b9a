/** Days and moments. The only place, with `run.ts`, that asks what time it is; safe in a browser. */
import type { LocalDate, Moment } from './contract.ts'

/** Chinese government works in one time zone without summer time. */
export const OFFSET_HOURS = 8
const HOUR = 3_600_000

export const systemNow = (): Date => new Date()

export function addDays(date: LocalDate, days: number): LocalDate {
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + days)
  return day.toISOString().slice(0, 10)
}

/** The city's calendar day at a moment. */
export function dayOf(moment: Date | Moment): LocalDate {
  return new Date(new Date(moment).getTime() + OFFSET_HOURS * HOUR).toISOString().slice(0, 10)
}

/** The moment so many milliseconds after another. */
export function later(moment: Date | Moment, milliseconds: number): Moment {
  return new Date(new Date(moment).getTime() + milliseconds).toISOString()
}
