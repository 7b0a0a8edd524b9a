/** What a first run does in organisations, through its endpoints as the platform itself. Each step looks first, so that an interrupted run can be repeated. */
import type { z } from 'zod'
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Endpoint, Id } from '../../kernel/contract.ts'
import { local, type Platform } from '../../kernel/module.ts'
import { SYSTEM } from '../../kernel/platform.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { dayOf } from '../../kernel/time.ts'
import { ADMINISTRATORS, type Administrator, type FirstRun, type Founder } from './contract.ts'
import { platformLevel } from './rules.ts'

const POSTS: Record<Administrator, string> = { system: 'system_admin', security: 'security_admin', audit: 'audit_admin' }

export type Founded = { unit: Id; administrators: { side: Administrator; person: Id; founder: Founder }[] }

/** Sets up division, unit, the three people and their posts; answers who they are. */
export const founding = local((platform) => async ({ division, unit, administrators }: FirstRun): Promise<Founded> => {
  await ensureDivision(platform, division)
  const home = await ensureUnit(platform, unit, division.code)
  const people: Founded['administrators'] = []
  for (const side of ADMINISTRATORS) {
    const founder = administrators[side]
    people.push({ side, founder, person: await ensureAdministrator(platform, home, founder, POSTS[side]) })
  }
  return { unit: home, administrators: people }
})

function run<E extends Endpoint>(platform: Platform, endpoint: E, input: z.input<E['in']>): Promise<z.output<E['out']>> {
  return platform.run(endpoint, { actor: SYSTEM, now: platform.now() }, input)
}

async function ensureDivision(platform: Platform, { code, name }: FirstRun['division']): Promise<void> {
  const level = platformLevel(code)
  if (!level) throw new Refusal('organizations.division_wrong', { code, problem: 'level' })
  const known = await run(platform, organizations.divisions, {})
  if (known.some((division) => division.code === code)) return
  const validFrom = dayOf(platform.now())
  await run(platform, organizations.recordDivisions, { divisions: [{ code, name, level, parent: null, validFrom, validTo: null }] })
}

async function ensureUnit(platform: Platform, unit: FirstRun['unit'], division: string): Promise<Id> {
  const { items } = await run(platform, organizations.units, { text: unit.uscc })
  const known = items.find(({ uscc }) => uscc === unit.uscc)
  return known?.id ?? (await run(platform, organizations.registerUnit, { ...unit, kind: 'department', division, parent: null })).id
}

async function ensureAdministrator(platform: Platform, unit: Id, { name, title, phone }: Founder, post: string): Promise<Id> {
  const { people } = await run(platform, organizations.unit, { id: unit })
  const known = people.find((person) => person.name === name && person.title === title && person.leftOn === null)
  const person = known?.id ?? (await run(platform, organizations.addPerson, { name, title, phone, unit })).id
  const inPost = known?.appointments.some((appointment) => appointment.post === post && appointment.until === null)
  if (!inPost) await run(platform, organizations.appoint, { person, post, unit })
  return person
}
