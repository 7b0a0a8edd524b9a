/** The holidays a new platform starts with, from the package `chinese-days`. Server side only: screens get the calendar's rows. */
import chineseDays from 'chinese-days'
import { type CalendarDay, dateOf, dayNumber, isWeekday } from './calendar.ts'

const FIRST_YEAR = 2024
const LAST_YEAR = 2027

/**
 * The years of 2024–2027 whose notice the package knows, and their days off and make-up days, ascending.
 * A year of which it knows no day off is left out: the yearly notice is entered when it is issued, usually in November.
 */
export function seedCalendar(): { years: number[]; days: CalendarDay[] } {
  const years: number[] = []
  const days: CalendarDay[] = []
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    const known = daysOf(year)
    if (known.length === 0) continue
    years.push(year)
    days.push(...known)
  }
  return { years, days }
}

function daysOf(year: number): CalendarDay[] {
  const days: CalendarDay[] = []
  for (let day = dayNumber(`${year}-01-01`); day < dayNumber(`${year + 1}-01-01`); day += 1) {
    const date = dateOf(day)
    const { work, name } = chineseDays.getDayDetail(date)
    const chineseName = name.split(',')[1] // «Spring Festival,春节,4»; an ordinary day has the weekday's English name
    if (chineseName !== undefined && !(work && isWeekday(day))) days.push({ date, kind: work ? 'makeup' : 'holiday', name: chineseName })
  }
  return days
}
