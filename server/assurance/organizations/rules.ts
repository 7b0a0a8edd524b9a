/** Pure: no database, no clock, no chance. The web front ends import this file too. */
import type { Id, LocalDate } from '../../kernel/contract.ts'
import { divisionLevel } from '../../kernel/identifiers.ts'
import type { Holding } from '../../kernel/rights.ts'
import type { Division, DivisionLevel, Person, PostScope } from './contract.ts'

/** From the top down. */
export const LEVELS = ['province', 'city', 'county', 'town', 'village'] as const satisfies readonly DivisionLevel[]

/** Whether a division stands on the day; it does not on the day its validity ends. */
export function standsOn({ validFrom, validTo }: Pick<Division, 'validFrom' | 'validTo'>, day: LocalDate): boolean {
  return validFrom <= day && (validTo === null || day < validTo)
}

/** What is wrong with a division, given what stands above it on its first day: GB/T 2260 and GB/T 10114 name the level in the code's shape. */
export function divisionProblem(division: Division, parent: Pick<Division, 'level'> | undefined): 'level' | 'parent' | undefined {
  const shape = divisionLevel(division.code)
  if ((shape === 'prefecture' ? 'city' : shape) !== division.level) return 'level'
  if (division.parent === null) return undefined
  return parent && LEVELS.indexOf(parent.level) < LEVELS.indexOf(division.level) ? undefined : 'parent'
}

/** What recording a division does to the row of its code that stands on its first day. */
export type Revision = { kind: 'none' } | { kind: 'end'; on: LocalDate | null } | { kind: 'add' } | { kind: 'replace' }

/**
 * A yearly revision lists every code: those that say nothing new are left alone, one that says only when it ends gets that end, any other
 * follows the old row from its own first day on.
 */
export function revision(current: Division | undefined, next: Division): Revision {
  if (!current) return { kind: 'add' }
  const same = current.name === next.name && current.level === next.level && current.parent === next.parent
  if (!same) return { kind: 'replace' }
  return current.validTo === next.validTo ? { kind: 'none' } : { kind: 'end', on: next.validTo }
}

/** A post somebody holds, and where. */
export type HeldPost = { scope: PostScope; rights: readonly string[]; unit: Id; division: string }

/** The rights that follow from posts, each once for a place. */
export function holdingsOf(posts: readonly HeldPost[]): Holding[] {
  const holdings = posts.flatMap(({ scope, rights, unit, division }) =>
    rights.map((right): Holding => {
      if (scope === 'unit') return { right, unit }
      return scope === 'division' ? { right, division } : { right }
    }),
  )
  return [...new Map(holdings.map((holding) => [`${holding.right} ${holding.unit ?? ''} ${holding.division ?? ''}`, holding])).values()]
}

const SHOWN_FIRST = 3
const SHOWN_LAST = 4

/** `139****0001`: the first three and last four characters stay; what is too short for that is hidden whole. */
export function maskPhone(phone: string): string {
  const hidden = phone.length - SHOWN_FIRST - SHOWN_LAST
  if (hidden <= 0) return '*'.repeat(phone.length)
  return phone.slice(0, SHOWN_FIRST) + '*'.repeat(hidden) + phone.slice(-SHOWN_LAST)
}

/** Whoever holds a post can be called on it by every colleague; other telephones are for their own unit and for those who keep the register. */
export function shownPhone(person: Pick<Person, 'unit' | 'phone'>, viewer: { unit: Id | null; maintains: boolean }, holdsPost: boolean): string {
  return holdsPost || viewer.maintains || viewer.unit === person.unit ? person.phone : maskPhone(person.phone)
}
