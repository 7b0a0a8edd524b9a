/** Days on which a term may end. Pure. */
import { addDays } from '@zhenghe/server/kernel/time.ts'

export type Term = 'half' | 'one' | 'three'
const HALF_YEAR_DAYS = 183
const YEARS: Readonly<Record<Exclude<Term, 'half'>, number>> = { one: 1, three: 3 }

/** The last day of a term that begins today; 29 February ends on the 28th of an ordinary year. */
export function termAfter(today: string, term: Term): string {
  if (term === 'half') return addDays(today, HALF_YEAR_DAYS)
  const day = `${Number(today.slice(0, 4)) + YEARS[term]}${today.slice(4)}`
  return addDays(day, 0) === day ? day : day.replace('-02-29', '-02-28')
}
