import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { organizations } from './module.ts'
import { race, smallCity } from './testing.ts'

const t = await testPlatform([organizations])
const { as, keeper, appointer, visitor, newUnit, newPerson } = await smallCity(t)

test('people are found by name, unit and post, page by page', async () => {
  const unit = await newUnit()
  const [wang, zhang] = [await newPerson(unit, { name: '王春燕' }), await newPerson(unit, { name: '张春晓' })]
  await appointer.appoint({ person: zhang.id, post: 'operator', unit: unit.id })
  const found = async (input: Parameters<typeof visitor.people>[0]) => (await visitor.people(input)).items.map(({ name }) => name)
  expect(await found({ text: '春' })).toEqual([wang.name, zhang.name])
  expect(await found({ text: '春', post: 'operator' })).toEqual([zhang.name])
  const first = await visitor.people({ unit: unit.id, limit: 1 })
  const second = await visitor.people({ unit: unit.id, limit: 1, after: first.next! })
  expect([first.total, first.items[0]?.id, second.items[0]?.id, second.next]).toEqual([2, wang.id, zhang.id, null])
})

test('a telephone is masked but for contacts, colleagues and those who keep the register', async () => {
  const unit = await newUnit()
  const [person, contact] = [await newPerson(unit, { phone: '13911112222' }), await newPerson(unit, { phone: '13933334444' })]
  await appointer.appoint({ person: contact.id, post: 'liaison', unit: unit.id })
  const phones = async (caller: typeof visitor) => {
    const people = await caller.peopleById({ ids: [person.id, contact.id] })
    return [person, contact].map(({ id }) => people.find((one) => one.id === id)?.phone)
  }
  expect(await phones(visitor)).toEqual(['139****2222', '13933334444'])
  expect(await phones(as({ unit: unit.id }))).toEqual(['13911112222', '13933334444'])
  expect(await phones(keeper)).toEqual(['13911112222', '13933334444'])
})

test('the ledger keeps no telephone', async () => {
  await newPerson(await newUnit(), { phone: '13955556666' })
  expect((await t.ledger()).some(({ body }) => body.includes('13955556666'))).toBe(false)
})

test('whoever leaves holds no post any more, and identity is told', async () => {
  const unit = await newUnit()
  const person = await newPerson(unit)
  await appointer.appoint({ person: person.id, post: 'liaison', unit: unit.id })
  await keeper.personLeaves({ id: person.id })
  expect(await appointer.holdings({ person: person.id })).toMatchObject({ holdings: [], posts: [], person: { leftOn: '2026-11-23' } })
  expect(
    (await t.outbox())
      .filter(({ payload }) => payload['person'] === person.id)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['organizations.appointments_changed', 'organizations.appointments_changed', 'organizations.person_left'])
  await expect(keeper.personLeaves({ id: person.id })).rejects.toMatchObject({ code: 'organizations.person_left' })
  await expect(keeper.changePerson({ ...person, name: '改名' })).rejects.toMatchObject({ code: 'organizations.person_left' })
  expect(await visitor.peopleById({ ids: [person.id] })).toHaveLength(1)
  expect((await visitor.people({ unit: unit.id })).total).toBe(0)
})

test('nobody is appointed who is leaving', async () => {
  for (let round = 0; round < 5; round++) {
    const unit = await newUnit()
    const person = await newPerson(unit)
    await race([() => keeper.personLeaves({ id: person.id }), () => appointer.appoint({ person: person.id, post: 'liaison', unit: unit.id })])
    expect((await appointer.holdings({ person: person.id })).posts).toEqual([])
  }
})

test('moving to another unit ends the appointments in the unit left, and no other', async () => {
  const [from, to] = [await newUnit(), await newUnit()]
  const person = await newPerson(from)
  await appointer.appoint({ person: person.id, post: 'cataloguer', unit: from.id })
  await appointer.appoint({ person: person.id, post: 'operator', unit: to.id })
  await keeper.changePerson({ ...person, unit: to.id })
  expect((await appointer.holdings({ person: person.id })).posts).toEqual(['operator'])
})

test('a closed or unknown unit takes nobody', async () => {
  const [unit, closed] = [await newUnit(), await newUnit()]
  await keeper.closeUnit({ id: closed.id })
  const person = await newPerson(unit)
  await expect(newPerson(closed)).rejects.toMatchObject({ code: 'organizations.unit_closed' })
  await expect(keeper.changePerson({ ...person, unit: closed.id })).rejects.toMatchObject({ code: 'organizations.unit_closed' })
  await expect(newPerson({ ...unit, id: crypto.randomUUID() })).rejects.toMatchObject({ code: 'organizations.unknown' })
})

test('whoever keeps one unit does not change the people of another', async () => {
  const [own, other] = [await newUnit(), await newUnit()]
  const narrow = as({ rights: ['organizations.maintain'], unit: own.id })
  const person = await newPerson(other)
  await expect(narrow.changePerson({ ...person, name: '改名' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(narrow.personLeaves({ id: person.id })).rejects.toMatchObject({ code: 'kernel.forbidden' })
})
