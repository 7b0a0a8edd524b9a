import { createHash } from 'node:crypto'
import { contract as organizations } from '@zhenghe/server/assurance/organizations/contract.ts'
import { contract as partnersContract } from '@zhenghe/server/data/partners/contract.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { addDays, dayOf, systemNow } from '@zhenghe/server/kernel/time.ts'
import { CITY } from '../city/divisions.ts'
import { partners, securityOf } from '../city/partners.ts'
import { asClerk, asPlatform } from './actors.ts'
import { type City, idOfUnit } from './organizations.ts'

/** Registers the partners as outside organisations and concludes their agreements; answers their units by the city's keys. */
export async function seedPartners({ run }: RunningPlatform, city: City): Promise<ReadonlyMap<string, string>> {
  const today = dayOf(systemNow())
  const clerk = asClerk('协议管理员', idOfUnit(city, 'data_bureau'), ['partners.keep'], false)
  const units = new Map<string, string>()
  for (const { key, uscc, name, shortName, scope, purpose, priceFen, from, until, signed } of partners) {
    const unit = await run(organizations.registerUnit, asPlatform(), { uscc, name, shortName, kind: 'outside', division: CITY.code, parent: null })
    units.set(key, unit.id)
    const terms = { uscc, name, scope, purpose, security: securityOf(), priceFen, fromOn: addDays(today, from), untilOn: addDays(today, until), remindDays: 30 }
    const { id } = await run(partnersContract.draft, clerk, terms)
    const document = createHash('sha256').update(`${name} ${scope}`).digest('hex')
    if (signed) await run(partnersContract.sign, clerk, { id, signedOn: addDays(today, Math.min(from, 0) - 2), signedBy: '法定代表人', document })
  }
  return units
}
