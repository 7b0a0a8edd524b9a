import type { Schedule } from '@zhenghe/server/data/exchange/schedule.contract.ts'
import { scheduleKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { type Language, say } from '@zhenghe/server/kernel/texts.ts'
import { scheduleWords as words } from '../../../texts/requests.ts'

/** `每日 02:00`, `按计划 0 * * * *，限 22:00–06:00`. */
export function saySchedule(schedule: Schedule, language: Language): string {
  const { hours, pause } = { hours: undefined, pause: undefined, ...schedule }
  const bounds = [...(schedule.kind === 'cron' && hours ? [say(words.within, language, hours)] : []), ...(pause ? [say(words.pausedFor, language, pause)] : [])]
  return [sayPlan(schedule, language), ...bounds].join(language === 'zh' ? '，' : ', ')
}

function sayPlan(schedule: Schedule, language: Language): string {
  if (schedule.kind === 'daily') return say(words.dailyAt, language, { at: schedule.at })
  if (schedule.kind === 'cron') return say(words.cronLine, language, { line: schedule.line })
  if (schedule.kind === 'window') return say(words.everyWithin, language, { ...schedule.hours, minutes: schedule.everyMinutes })
  return say(scheduleKinds[schedule.kind], language)
}
