import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { organizations } from './module.ts'
import { CITY, COUNTY, race, smallCity, usccOf } from './testing.ts'

const t = await testPlatform([organizations])
const { as, keeper, appointer, officer, visitor, newUnit, newPerson } = await smallCity(t)

test('GB 32100 a unit is registered once, under a sound code', async () => {
  const unit = await newUnit()
  await expect(newUnit({ uscc: unit.uscc })).rejects.toMatchObject({ code: 'organizations.uscc_taken' })
  await expect(newUnit({ uscc: `${unit.uscc.slice(0, 17)}?` })).rejects.toMatchObject({ code: 'organizations.bad_uscc', params: { problem: 'alphabet' } })
})

test('GB 32100 of ten who register the same code at once, one does', async () => {
  const acts = Array.from({ length: 10 }, () => () => newUnit({ uscc: usccOf(900_000) }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['organizations.uscc_taken'] })
})

test('units are found by name, short name and code, of a division and those below, page by page', async () => {
  const county = await newUnit({ name: '泽城区水利局', shortName: '水利局', division: COUNTY })
  await newUnit({ name: '云泽市水利局', shortName: '市水利局' })
  const found = async (input: Parameters<typeof visitor.units>[0]) => (await visitor.units(input)).items.map(({ name }) => name)
  expect(await found({ text: '水利' })).toEqual(['云泽市水利局', '泽城区水利局'])
  expect(await found({ text: county.uscc.toLowerCase() })).toEqual(['泽城区水利局'])
  expect(await found({ text: '水利', division: COUNTY })).toEqual(['泽城区水利局'])
  expect(await found({ text: '水利', division: CITY })).toHaveLength(2)
  const first = await visitor.units({ text: '水利', limit: 1 })
  const second = await visitor.units({ text: '水利', limit: 1, after: first.next! })
  expect([first.total, first.items[0]?.name, second.items[0]?.name, second.next]).toEqual([2, '云泽市水利局', '泽城区水利局', null])
})

test('units of a name beside each other on two pages are neither lost nor doubled', async () => {
  await Promise.all(Array.from({ length: 7 }, () => newUnit({ name: '同名事务中心' })))
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await visitor.units({ text: '同名事务', limit: 2, ...(after ? { after } : {}) })
    seen.push(...page.items.map(({ id }) => id))
    after = page.next ?? undefined
  } while (after)
  expect(new Set(seen).size).toBe(7)
  expect(seen).toHaveLength(7)
})

test('a unit stands in a known division, below an open unit, never below itself', async () => {
  await expect(newUnit({ division: '379988' })).rejects.toMatchObject({ code: 'organizations.unknown' })
  const [above, below] = [await newUnit(), await newUnit()]
  await keeper.changeUnit({ ...below, parent: above.id })
  await expect(keeper.changeUnit({ ...above, parent: below.id })).rejects.toMatchObject({ code: 'organizations.unit_cycle' })
  await expect(keeper.changeUnit({ ...above, parent: above.id })).rejects.toMatchObject({ code: 'organizations.unit_cycle' })
  const closed = await newUnit()
  await keeper.closeUnit({ id: closed.id })
  await expect(newUnit({ parent: closed.id })).rejects.toMatchObject({ code: 'organizations.unit_closed' })
})

test('of two units each put below the other at once, one move passes', async () => {
  const [one, two] = [await newUnit(), await newUnit()]
  expect(await race([() => keeper.changeUnit({ ...one, parent: two.id }), () => keeper.changeUnit({ ...two, parent: one.id })])).toEqual({
    passed: 1,
    refused: ['organizations.unit_cycle'],
  })
})

test('a unit closes when nobody is in post there', async () => {
  const [unit, other] = [await newUnit(), await newUnit()]
  const person = await newPerson(unit)
  const guest = await newPerson(other)
  await appointer.appoint({ person: guest.id, post: 'liaison', unit: unit.id })
  await expect(keeper.closeUnit({ id: unit.id })).rejects.toMatchObject({ code: 'organizations.unit_in_use', params: { people: 2 } })
  await keeper.personLeaves({ id: person.id })
  await keeper.personLeaves({ id: guest.id })
  expect((await keeper.closeUnit({ id: unit.id })).closedOn).toBe('2026-11-23')
  await expect(keeper.closeUnit({ id: unit.id })).rejects.toMatchObject({ code: 'organizations.unit_closed' })
  expect((await visitor.units({ text: unit.uscc })).total).toBe(0)
  expect((await visitor.units({ text: unit.uscc, closed: true })).total).toBe(1)
  expect(await visitor.unitsById({ ids: [unit.id, crypto.randomUUID()] })).toHaveLength(1)
})

test('nobody joins a unit that is being closed', async () => {
  for (let round = 0; round < 5; round++) {
    const unit = await newUnit()
    const { passed } = await race([() => keeper.closeUnit({ id: unit.id }), () => newPerson(unit)])
    expect(passed).toBe(1)
  }
})

test('one unit is shown with its duties, people, posts and groups', async () => {
  const [unit, other] = [await newUnit(), await newUnit()]
  const person = await newPerson(unit)
  await appointer.appoint({ person: person.id, post: 'cataloguer', unit: unit.id })
  await officer.assignDuty({ code: 'D-100', name: '企业登记', basis: '《市场主体登记管理条例》', unit: unit.id })
  await officer.formGroup({
    name: '一网通办专班',
    purpose: '减材料',
    members: [
      { unit: other.id, role: 'member' },
      { unit: unit.id, role: 'lead' },
    ],
  })
  expect(await visitor.unit({ id: unit.id })).toMatchObject({
    divisionName: '云泽市',
    duties: [{ code: 'D-100', name: '企业登记' }],
    people: [{ id: person.id, appointments: [{ post: 'cataloguer' }] }],
    groups: [{ name: '一网通办专班', members: [{ unit: unit.id, role: 'lead' }, { unit: other.id }] }],
  })
  await expect(visitor.unit({ id: crypto.randomUUID() })).rejects.toMatchObject({ code: 'organizations.unknown' })
})

test('whoever keeps one county does not touch the units of the city', async () => {
  const county = as({ holdings: [{ right: 'organizations.maintain', division: COUNTY }] })
  const unit = await newUnit()
  await expect(county.changeUnit({ ...unit, name: '改名局' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(county.changeUnit({ ...(await newUnit({ division: COUNTY })), division: CITY })).rejects.toMatchObject({ code: 'kernel.forbidden' })
})

test('a unit that moves to another division tells whose rights move with it', async () => {
  const unit = await newUnit()
  const person = await newPerson(unit)
  await appointer.appoint({ person: person.id, post: 'bureau_officer', unit: unit.id })
  const told = async () => (await t.outbox()).filter(({ payload }) => payload['person'] === person.id).length
  const before = await told()
  await keeper.changeUnit({ ...unit, division: COUNTY })
  expect(await told()).toBe(before + 1)
  expect((await appointer.holdings({ person: person.id })).holdings).toContainEqual({ right: 'catalog.publish', division: COUNTY })
})
