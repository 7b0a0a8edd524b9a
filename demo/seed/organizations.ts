import { contract as organizations } from '@zhenghe/server/assurance/organizations/contract.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { divisions } from '../city/divisions.ts'
import { people } from '../city/people.ts'
import { units } from '../city/units.ts'
import { asPlatform } from './actors.ts'

/** Ids by the city's own keys. */
export type City = { units: ReadonlyMap<string, string>; people: ReadonlyMap<string, string> }

/** The id of a unit by the city's own key. */
export function idOfUnit({ units: ids }: City, key: string): string {
  const unit = ids.get(key)
  if (!unit) throw new Error(`no unit «${key}»`)
  return unit
}
const CODES_IN_FORCE_SINCE = '2024-01-01'

/** Divisions, units, people and posts. */
export async function seedOrganizations({ run }: RunningPlatform): Promise<City> {
  const recorded = divisions.map(({ code, name, level, parent }) => ({ code, name, level, parent, validFrom: CODES_IN_FORCE_SINCE, validTo: null }))
  await run(organizations.recordDivisions, asPlatform(), { divisions: recorded })
  const unitIds = new Map<string, string>()
  for (const { key, uscc, name, shortName, division, kind, superior } of units) {
    const parent = superior ? (unitIds.get(superior) ?? null) : null
    unitIds.set(key, (await run(organizations.registerUnit, asPlatform(), { uscc, name, shortName, kind, division, parent })).id)
  }
  const personIds = new Map<string, string>()
  for (const { account, name, unit, title, phone, posts } of people) {
    const place = unitIds.get(unit)
    if (!place) throw new Error(`no unit «${unit}»`)
    const { id } = await run(organizations.addPerson, asPlatform(), { name, unit: place, title, phone })
    personIds.set(account, id)
    for (const post of posts) await run(organizations.appoint, asPlatform(), { person: id, post, unit: place })
  }
  return { units: unitIds, people: personIds }
}

/** The ids of a city that was seeded before. */
export async function readCity({ run }: RunningPlatform): Promise<City> {
  const unitIds = new Map<string, string>()
  const personIds = new Map<string, string>()
  const byCode = new Map(units.map(({ uscc, key }) => [uscc, key]))
  const byName = new Map(people.map(({ name, unit, account }) => [`${unit}:${name}`, account]))
  for (let after: string | null = ''; after !== null; ) {
    const page: { items: { id: string; uscc: string }[]; next: string | null } = await run(organizations.units, asPlatform(), {
      limit: 200,
      ...(after ? { after } : {}),
    })
    for (const { id, uscc } of page.items) unitIds.set(byCode.get(uscc) ?? uscc, id)
    after = page.next
  }
  const keyOfUnit = new Map([...unitIds].map(([key, id]) => [id, key]))
  const found = await run(organizations.people, asPlatform(), { limit: 200 })
  for (const { id, name, unit } of found.items) {
    const account = byName.get(`${keyOfUnit.get(unit)}:${name}`)
    if (account) personIds.set(account, id)
  }
  return { units: unitIds, people: personIds }
}
