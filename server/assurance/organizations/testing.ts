/** A small city for tests of this module. */
import { usccCheck } from '../../kernel/identifiers.ts'
import type { As, TestPlatform } from '../../kernel/testing/testing.ts'
import { contract, type Division, type Person, type Unit } from './contract.ts'

export const CITY = '379900'
export const COUNTY = '379902'

/** A valid unified social credit code for each number. */
export function usccOf(number: number): string {
  const first17 = `11${CITY}${String(number).padStart(9, '0')}`
  return first17 + usccCheck(first17)
}

export function division(code: string, name: string, parent: string | null, level: Division['level']): Division {
  return { code, name, parent, level, validFrom: '2020-01-01', validTo: null }
}

/** Callers of a platform with the divisions of a city and one of its counties, and makers of units and people. */
export async function smallCity(t: TestPlatform) {
  const as = (who: As) => t.as(who)(contract)
  const keeper = as({ rights: ['organizations.maintain'] })
  const appointer = as({ rights: ['organizations.appoint'] })
  const officer = as({ rights: ['organizations.assign_duties'] })
  const visitor = as({})
  let made = 0
  await keeper.recordDivisions({ divisions: [division(CITY, '云泽市', null, 'city'), division(COUNTY, '泽城区', CITY, 'county')] })
  return {
    ...{ as, keeper, appointer, officer, visitor },
    newUnit: (wish: Partial<Unit> = {}) =>
      keeper.registerUnit({
        ...{ uscc: usccOf(++made), name: `第${made}局`, shortName: `${made}局`, kind: 'department', division: CITY, parent: null },
        ...wish,
      }),
    newPerson: (unit: Unit, wish: Partial<Person> = {}) =>
      keeper.addPerson({ name: `王某${++made}`, unit: unit.id, title: '科员', phone: `1390000${String(made).padStart(4, '0')}`, ...wish }),
  }
}

/** Runs the acts at once; answers how many passed and the codes the others were refused with, each once. */
export async function race(acts: readonly (() => Promise<unknown>)[]): Promise<{ passed: number; refused: string[] }> {
  const ends = await Promise.allSettled(acts.map((act) => act()))
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [String((end.reason as { code?: string }).code ?? end.reason)] : []))
  return { passed: ends.length - reasons.length, refused: [...new Set(reasons)].sort() }
}
