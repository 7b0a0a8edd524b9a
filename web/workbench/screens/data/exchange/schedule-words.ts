import type { Schedule } from '@zhenghe/server/data/exchange/schedule.contract.ts'
import { scheduleKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { type Language, say } from '@zhenghe/server/kernel/texts.ts'
import { scheduleWords as words } from '../../../texts/requests.ts'

/** `每日 02:00`, `周一至周五 06:30，限 06:00–08:00`. */
export function saySchedule(schedule: Schedule, language: Language): string {
  const { hours, pause } = { hours: undefined, pause: undefined, ...schedule }
  const bounds = [...(schedule.kind === 'cron' && hours ? [say(words.within, language, hours)] : []), ...(pause ? [say(words.pausedFor, language, pause)] : [])]
  return [sayPlan(schedule, language), ...bounds].join(language === 'zh' ? '，' : ', ')
}

function sayPlan(schedule: Schedule, language: Language): string {
  if (schedule.kind === 'daily') return say(words.dailyAt, language, { at: schedule.at })
  if (schedule.kind === 'cron') return cronWords(schedule.line, language)
  if (schedule.kind === 'window') return say(words.everyWithin, language, { ...schedule.hours, minutes: schedule.everyMinutes })
  return say(scheduleKinds[schedule.kind], language)
}

const WORKDAYS = '1-5'
const CALENDAR = { zh: 'zh-CN', en: 'en' } as const
/** 1970-01-04 was a Sunday. */
const SUNDAY_MS = 3 * 86_400_000
const DAY_MS = 86_400_000

/** A crontab line in words where it is one of the usual: `每日 02:00`, `每周日 03:00`, `每月 1 日 01:00`, `每年 3 月 1 日 01:00`; else the line itself. */
export function cronWords(line: string, language: Language): string {
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] = line.trim().split(/\s+/)
  const plain = (text: string) => /^\d{1,2}$/.test(text)
  const other = say(words.cronLine, language, { line })
  if (more.length > 0 || !plain(minute) || !plain(hour)) return other
  const at = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (day === '*' && month === '*' && weekday === '*') return say(words.dailyAt, language, { at })
  if (day === '*' && month === '*' && weekday === WORKDAYS) return say(words.workdaysAt, language, { at })
  if (day === '*' && month === '*' && plain(weekday)) return say(words.weeklyAt, language, { at, weekday: weekdayName(Number(weekday), language) })
  if (weekday !== '*' || !plain(day)) return other
  if (month === '*') return say(words.monthlyAt, language, { at, day })
  return plain(month) ? say(words.yearlyAt, language, { at, day, month }) : other
}

const weekdayName = (weekday: number, language: Language): string =>
  new Intl.DateTimeFormat(CALENDAR[language], { weekday: 'long', timeZone: 'UTC' }).format(SUNDAY_MS + (weekday % 7) * DAY_MS)
