/** Pure: when rows are due next, in the city's time. Browser-safe: a form shows the next runs by the rule the platform keeps. */
import type { LocalDate, Moment } from '../../kernel/contract.ts'
import { addDays, dayOf, later, OFFSET_HOURS } from '../../kernel/time.ts'
import { type CronProblem, cronDay, LEAST_GAP_MINUTES, parseCron } from './cron.rules.ts'
import type { Hours, Pause, Schedule } from './schedule.contract.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MINUTES_A_DAY = 1440
/** A line for the 29th of February finds its day within eight years. */
const FARTHEST_DAYS = 8 * 366 + 1

export type ScheduleProblem = CronProblem | 'outside_hours' | 'pause_backwards'

/** The first thing wrong with a schedule that has the right shape: it would run too often, never, or only outside its own hours. */
export function scheduleProblem(schedule: Schedule): ScheduleProblem | undefined {
  const { pause } = boundsOf(schedule)
  if (pause && pause.to < pause.from) return 'pause_backwards'
  if (schedule.kind === 'window') return timesOf(schedule).some((time, at, all) => tooClose(time, at, all)) ? 'too_often' : undefined
  if (schedule.kind !== 'cron') return undefined
  const cron = parseCron(schedule.line)
  if (typeof cron === 'string') return cron
  return timesOf(schedule).length === 0 ? 'outside_hours' : undefined
}

const tooClose = (time: number, at: number, all: readonly number[]): boolean => (all[at + 1] ?? (all[0] ?? 0) + MINUTES_A_DAY) - time < LEAST_GAP_MINUTES

/** The next moment after `now` at which rows are due; null where they are wanted once. */
export function nextDue(schedule: Schedule, now: Moment): Moment | null {
  if (schedule.kind === 'once') return null
  if (schedule.kind === 'hourly') return later(now, HOUR)
  const times = timesOf(schedule)
  const runsOn = dayRule(schedule)
  const today = dayOf(now)
  for (let ahead = 0; ahead <= FARTHEST_DAYS + pausedDays(schedule); ahead += 1) {
    const day = addDays(today, ahead)
    const time = runsOn(day) ? times.find((one) => momentAt(day, one) > now) : undefined
    if (time !== undefined) return momentAt(day, time)
  }
  return null
}

/** The next runs after a moment, soonest first; fewer where there are no more. */
export function nextRuns(schedule: Schedule, after: Moment, count: number): Moment[] {
  const runs: Moment[] = []
  for (let at = nextDue(schedule, after); at !== null && runs.length < count; at = nextDue(schedule, at)) runs.push(at)
  return runs
}

/**
 * When a run that fell due may be made up: `now` itself within the allowed hours and outside a pause, else the moment they open again. Whatever
 * was missed meanwhile is made up by that one run.
 */
export function opening(schedule: Schedule, now: Moment): Moment {
  const { hours, pause } = boundsOf(schedule)
  const open = (at: Moment): Moment => {
    const day = dayOf(at)
    if (!hours || within(hours, minuteOf(at))) return at
    const today = momentAt(day, minutesIn(hours.from))
    return today > at ? today : momentAt(addDays(day, 1), minutesIn(hours.from))
  }
  const first = open(now)
  return pause && paused(pause, dayOf(first)) ? open(momentAt(addDays(pause.to, 1), 0)) : first
}

function boundsOf(schedule: Schedule): { hours?: Hours | undefined; pause?: Pause | undefined } {
  return schedule.kind === 'cron' || schedule.kind === 'window' ? schedule : {}
}

type Timed = Extract<Schedule, { kind: 'daily' | 'cron' | 'window' }>

/** Minutes of the day at which it runs, ascending. */
function timesOf(schedule: Timed): readonly number[] {
  if (schedule.kind === 'daily') return [minutesIn(schedule.at)]
  if (schedule.kind === 'window') return windowTimes(schedule)
  const cron = parseCron(schedule.line)
  if (typeof cron === 'string') return []
  const { hours } = schedule
  return hours ? cron.times.filter((time) => within(hours, time)) : cron.times
}

function windowTimes({ everyMinutes, hours }: Extract<Schedule, { kind: 'window' }>): readonly number[] {
  const from = minutesIn(hours.from)
  const length = (minutesIn(hours.to) - from + MINUTES_A_DAY) % MINUTES_A_DAY || MINUTES_A_DAY
  const times = Array.from({ length: Math.ceil(length / everyMinutes) }, (_, at) => (from + at * everyMinutes) % MINUTES_A_DAY)
  return times.sort((a, b) => a - b)
}

function dayRule(schedule: Timed): (day: LocalDate) => boolean {
  const { pause } = boundsOf(schedule)
  const cron = schedule.kind === 'cron' ? parseCron(schedule.line) : undefined
  return (day) => !(pause && paused(pause, day)) && (cron === undefined || (typeof cron !== 'string' && cronDay(cron, day)))
}

function pausedDays(schedule: Schedule): number {
  const { pause } = boundsOf(schedule)
  return pause ? Math.max(0, (Date.parse(pause.to) - Date.parse(pause.from)) / (24 * HOUR)) : 0
}

const paused = ({ from, to }: Pause, day: LocalDate): boolean => from <= day && day <= to

function within({ from, to }: Hours, minute: number): boolean {
  const [begin, end] = [minutesIn(from), minutesIn(to)]
  if (begin === end) return true
  return begin < end ? begin <= minute && minute < end : minute >= begin || minute < end
}

/** A time of a day in the city's time: `2026-11-25`, `02:00`. */
export const momentOf = (day: LocalDate, time: string): Moment => momentAt(day, minutesIn(time))

const minutesIn = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
const minuteOf = (moment: Moment): number => Math.floor((Date.parse(moment) + OFFSET_HOURS * HOUR) / MINUTE) % MINUTES_A_DAY
const momentAt = (day: LocalDate, minute: number): Moment => new Date(Date.parse(`${day}T00:00:00Z`) - OFFSET_HOURS * HOUR + minute * MINUTE).toISOString()
