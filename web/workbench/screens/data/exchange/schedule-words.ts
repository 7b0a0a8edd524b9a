import type { Schedule } from '@zhenghe/server/data/exchange/schedule.contract.ts'
import { scheduleKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { type Language, say } from '@zhenghe/server/kernel/texts.ts'
import { scheduleWords } from '../../../texts/requests.ts'

/** `每日 02:00`. */
export function saySchedule(schedule: Schedule, language: Language): string {
  return schedule.kind === 'daily' ? say(scheduleWords.dailyAt, language, { at: schedule.at }) : say(scheduleKinds[schedule.kind], language)
}
