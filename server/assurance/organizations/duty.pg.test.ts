import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { facts } from './facts.ts'
import { organizations } from './module.ts'
import { COUNTY, race, smallCity } from './testing.ts'

const t = await testPlatform([organizations])
const { as, keeper, appointer, officer, visitor, newUnit, newPerson } = await smallCity(t)
const duty = { name: '人口登记', basis: '《户口登记条例》第三条' }

test('a duty is given to units and taken from them', async () => {
  const [unit, other] = [await newUnit(), await newUnit()]
  await officer.assignDuty({ ...duty, code: 'D-1', unit: unit.id })
  expect(await officer.assignDuty({ code: 'D-1', name: '另一个名称', basis: '', unit: other.id })).toEqual({ ...duty, code: 'D-1' })
  expect((await visitor.duties({})).find(({ code }) => code === 'D-1')?.units.sort()).toEqual([unit.id, other.id].sort())
  await officer.relieveDuty({ code: 'D-1', unit: unit.id })
  await expect(officer.relieveDuty({ code: 'D-1', unit: unit.id })).rejects.toMatchObject({ code: 'organizations.unknown' })
  await officer.assignDuty({ ...duty, code: 'D-1', unit: unit.id })
  expect((await visitor.unit({ id: unit.id })).duties).toEqual([{ ...duty, code: 'D-1' }])
})

test('of ten who give a unit the same new duty at once, one does', async () => {
  const unit = await newUnit()
  const acts = Array.from({ length: 10 }, () => () => officer.assignDuty({ ...duty, code: 'D-2', unit: unit.id }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['organizations.duty_taken'] })
})

test('a working group has a leading unit and each member once', async () => {
  const [unit, other] = [await newUnit(), await newUnit()]
  const wish = { name: '数据共享专班', purpose: '打通企业开办' }
  const form = (...members: { unit: string; role: 'lead' | 'member' }[]) => officer.formGroup({ ...wish, members })
  await expect(form({ unit: unit.id, role: 'member' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  await expect(form({ unit: unit.id, role: 'lead' }, { unit: unit.id, role: 'member' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const group = await form({ unit: unit.id, role: 'lead' }, { unit: other.id, role: 'member' })
  expect(await visitor.groups({})).toContainEqual(group)
  expect(await race(Array.from({ length: 10 }, () => () => officer.dissolveGroup({ id: group.id })))).toEqual({ passed: 1, refused: ['organizations.unknown'] })
  expect(await visitor.groups({})).toEqual([])
})

test('an officer of one county gives no duty to a unit of the city, nor calls it into a group', async () => {
  const county = as({ holdings: [{ right: 'organizations.assign_duties', division: COUNTY }] })
  const [city, own] = [await newUnit(), await newUnit({ division: COUNTY })]
  await expect(county.assignDuty({ ...duty, code: 'D-3', unit: own.id })).resolves.toMatchObject({ code: 'D-3' })
  await expect(county.assignDuty({ ...duty, code: 'D-3', unit: city.id })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  const members = [
    { unit: own.id, role: 'lead' as const },
    { unit: city.id, role: 'member' as const },
  ]
  await expect(county.formGroup({ name: '越级专班', purpose: '', members })).rejects.toMatchObject({ code: 'kernel.forbidden' })
})

test('facts: units with a liaison officer and with duties, of all and of one unit, with evidence', async () => {
  const unit = await newUnit({ name: '有联络员的局' })
  await newUnit({ kind: 'outside' })
  const person = await newPerson(unit)
  await appointer.appoint({ person: person.id, post: 'liaison', unit: unit.id })
  const db = t.platform.db as never
  const measure = (code: string, scope = {}) => facts.find((fact) => fact.code === `organizations.${code}`)!.measure(db, scope)
  const { total } = await visitor.units({})
  expect(await measure('units_with_liaison')).toEqual({ numerator: 1, denominator: total - 1 })
  expect(await measure('units_with_liaison', { unit: unit.id })).toEqual({ numerator: 1, denominator: 1 })
  expect(await measure('units_with_duties', { unit: unit.id })).toEqual({ numerator: 0, denominator: 1 })
  expect(await facts[0]!.evidence(db, {}, 10)).toEqual([{ label: '有联络员的局', at: '2026-11-23T00:00:00Z', link: `/organizations/units/${unit.id}` }])
  await keeper.personLeaves({ id: person.id })
  expect(await measure('units_with_liaison', { unit: unit.id })).toEqual({ numerator: 0, denominator: 1 })
})
