/** Who a person is and what the person may do, as organisations tells it; kept for seconds, because every request asks. */
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { local, type Platform } from '../../kernel/module.ts'
import { SYSTEM } from '../../kernel/platform.ts'
import type { Holding } from '../../kernel/rights.ts'

export type Held = { name: string; unit: Id; holdings: readonly Holding[] }

/** A change of posts made through another process is seen after this time at the latest; through this one, at once. */
const KEPT_MS = 15_000
const MOST = 20_000

export const holdingsCache = local((platform) => {
  const kept = new Map<Id, { at: number; held: Promise<Held> }>()
  return {
    of: (person: Id): Promise<Held> => {
      const now = platform.now().getTime()
      const known = kept.get(person)
      if (known && now - known.at < KEPT_MS) return known.held
      if (kept.size >= MOST) kept.clear()
      const held = read(platform, person)
      kept.set(person, { at: now, held })
      held.catch(() => kept.delete(person))
      return held
    },
    forget: (person: Id): void => void kept.delete(person),
  }
})

async function read(platform: Platform, id: Id): Promise<Held> {
  const { person, unit, holdings } = await platform.run(organizations.holdings, { actor: SYSTEM, now: platform.now() }, { person: id })
  return { name: person.name, unit: unit.id, holdings: holdings.map(plain) }
}

/** Without the properties that are undefined. */
export function plain({ right, unit, division }: { right: string; unit?: Id | undefined; division?: string | undefined }): Holding {
  return { right, ...(unit === undefined ? {} : { unit }), ...(division === undefined ? {} : { division }) }
}
