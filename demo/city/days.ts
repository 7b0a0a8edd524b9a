/** Days and moments of the registers. All lie before the day the demonstration city was recorded; no clock is read. */
import type { Draw } from './random.ts'

const DAY_MS = 86_400_000
const FIRST = Date.UTC(1990, 0, 1)
/** The last day any register of the city has written down. */
export const RECORDED_ON = '2026-10-31'

function isoOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Every day from 1990-01-01 to `RECORDED_ON`, as YYYY-MM-DD. */
const DAYS = Array.from({ length: (Date.parse(RECORDED_ON) - FIRST) / DAY_MS + 1 }, (_, day) => isoOf(FIRST + day * DAY_MS))
export const LAST_DAY = DAYS.length - 1

/** The number of a day, counted from 1990-01-01. */
export function dayNumber(iso: string): number {
  return (Date.parse(iso) - FIRST) / DAY_MS
}

/** The day of that number as YYYY-MM-DD; days outside the record are worked out one by one. */
export function isoDay(day: number): string {
  return DAYS[day] ?? isoOf(FIRST + day * DAY_MS)
}

/** The same day as registers of old hold it: eight digits. */
export function compact(iso: string): string {
  return iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 10)
}

const HOURS = Array.from({ length: 10 }, (_, hour) => String(8 + hour).padStart(2, '0'))
const SIXTY = Array.from({ length: 60 }, (_, unit) => String(unit).padStart(2, '0'))

/** A moment in office hours of that day, Beijing time, to the millisecond. */
export function officeMoment(draw: Draw, iso: string): string {
  const thousandth = String(1000 + draw.below(1000)).slice(1)
  return `${iso} ${draw.pick(HOURS)}:${draw.pick(SIXTY)}:${draw.pick(SIXTY)}.${thousandth}+08`
}

/** Eight digits that are no day: what a form without checks lets through. */
export const IMPOSSIBLE_DAYS = ['20230231', '00000000', '20191301', '20210431', '19990229'] as const
