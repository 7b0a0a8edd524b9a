/** How far increments reach, as people read it. Pure. */
import type { Language } from '@zhenghe/server/kernel/texts.ts'
import { formatMoment } from '@zhenghe/ui/format.ts'

const MOMENT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*([+-]\d\d)(?::?(\d\d))?$/

/** A moment in the city's time; a number or anything else as it stands. */
export function cursorWords(cursor: string, language: Language): string {
  const [, day, time, hours, minutes = '00'] = MOMENT.exec(cursor) ?? []
  return day ? formatMoment(`${day}T${time}${hours}:${minutes}`, language, 'second') : cursor
}
