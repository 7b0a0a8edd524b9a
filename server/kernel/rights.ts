/** Rights and where they hold: right × unit × division. Pure. */
import type { Id } from './contract.ts'

/** One right in one place: in one unit, or in every unit of a division (by its code's prefix), or everywhere where neither is given. */
export type Holding = { right: string; unit?: Id; division?: string }
export type Place = { unit: Id; division?: string }

/** Where a person may see or do something: everywhere, or in the listed units and divisions. */
export type Reach = 'everywhere' | { units: readonly Id[]; divisions: readonly string[] }

export function holds(holdings: readonly Holding[], right: string): boolean {
  return holdings.some((holding) => holding.right === right)
}

/** Whether the right holds in a place. A holding by division covers the division and all below it. */
export function holdsAt(holdings: readonly Holding[], right: string, place: Place): boolean {
  return holdings.some((holding) => holding.right === right && covers(holding, place))
}

function covers(holding: Holding, place: Place): boolean {
  if (holding.unit) return holding.unit === place.unit
  if (holding.division) return place.division?.startsWith(significant(holding.division)) ?? false
  return true
}

/** Division codes end in zeros where they stand for the whole: 379900 is the city, 3799 its prefix. */
export function significant(division: string): string {
  const trimmed = division.slice(0, 6).replace(/(00)+$/, '')
  return division.length > 6 ? division : trimmed
}

export function reach(holdings: readonly Holding[], right: string): Reach {
  const mine = holdings.filter((holding) => holding.right === right)
  if (mine.some((holding) => !holding.unit && !holding.division)) return 'everywhere'
  return {
    units: mine.flatMap((holding) => (holding.unit ? [holding.unit] : [])),
    divisions: mine.flatMap((holding) => (!holding.unit && holding.division ? [significant(holding.division)] : [])),
  }
}
