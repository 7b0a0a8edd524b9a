/**
 * Pure: crontab lines of five fields (minute, hour, day of month, month, day of week), in a closed grammar: numbers, ranges, lists, `*`, and steps of
 * `*` or of a range. Browser-safe.
 */

/** What a line means; `either` is the crontab rule that of a restricted day of month and day of week one suffices. */
export type Cron = {
  /** Minutes of the day, ascending. */
  times: readonly number[]
  days: ReadonlySet<number>
  months: ReadonlySet<number>
  weekdays: ReadonlySet<number>
  either: boolean
}
export type CronProblem = 'bad_line' | 'too_often' | 'never'

const MINUTES_A_DAY = 1440
/** Deliveries closer together than this would only get in each other's way. */
export const LEAST_GAP_MINUTES = 5

const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const
const PART = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/

/** The line's meaning, or the first thing wrong with it: not in the grammar, oftener than every five minutes, on no day of any year. */
export function parseCron(line: string): Cron | CronProblem {
  const texts = line.trim().split(/\s+/)
  const [minutes, hours, days, months, weekdays] = FIELDS.map(([low, high], at) => valuesOf(texts[at] ?? '', low, high))
  if (texts.length !== FIELDS.length || !minutes || !hours || !days || !months || !weekdays) return 'bad_line'
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute))
  if (tooOften(times)) return 'too_often'
  const [anyDay, anyWeekday] = [texts[2]?.startsWith('*') ?? false, texts[4]?.startsWith('*') ?? false]
  const cron = { times, days: new Set(days), months: new Set(months), weekdays: new Set(weekdays.map((one) => one % 7)), either: !anyDay && !anyWeekday }
  return cron.either || possible(cron) ? cron : 'never'
}

/** The values a field lists, ascending, each once; undefined where the text is not in the grammar or out of bounds. */
function valuesOf(text: string, low: number, high: number): number[] | undefined {
  const found = new Set<number>()
  for (const part of text.split(',')) {
    const [whole, star, first, last, every] = PART.exec(part) ?? []
    if (whole === undefined) return undefined
    const step = every === undefined ? 1 : Number(every)
    const from = star ? low : Number(first)
    const to = star ? high : Number(last ?? first)
    const stepped = every !== undefined && !star && last === undefined // «5/10» means different things to different crons
    if (stepped || step < 1 || from < low || to > high || from > to) return undefined
    for (let value = from; value <= to; value += step) found.add(value)
  }
  return [...found].sort((a, b) => a - b)
}

/** The day after a day that matches may match too, so the last time of a day and the first of the next count as neighbours. */
function tooOften(times: readonly number[]): boolean {
  return times.some((time, at) => {
    const next = times[at + 1] ?? (times[0] ?? 0) + MINUTES_A_DAY
    return next - time < LEAST_GAP_MINUTES
  })
}

const LONGEST_MONTHS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function possible({ days, months }: Cron): boolean {
  return [...months].some((month) => [...days].some((day) => day <= (LONGEST_MONTHS[month - 1] ?? 0)))
}

/** Whether a day (`YYYY-MM-DD`) is one of the line's. */
export function cronDay({ days, months, weekdays, either }: Cron, date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`)
  if (!months.has(day.getUTCMonth() + 1)) return false
  const [ofMonth, ofWeek] = [days.has(day.getUTCDate()), weekdays.has(day.getUTCDay())]
  return either ? ofMonth || ofWeek : ofMonth && ofWeek
}
