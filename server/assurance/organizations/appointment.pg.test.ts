import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { organizations } from './module.ts'
import { CITY, COUNTY, race, smallCity } from './testing.ts'

const t = await testPlatform([organizations])
const { as, keeper, appointer, visitor, newUnit, newPerson } = await smallCity(t)
const ADMINISTRATORS = ['system_admin', 'security_admin', 'audit_admin']

test('every post names rights of its own side alone', async () => {
  const posts = await visitor.posts({})
  expect(posts.map(({ code }) => code)).toEqual(['bureau_officer', 'liaison', 'cataloguer', 'operator', 'leader', ...ADMINISTRATORS])
  const rights = posts.filter(({ side }) => side !== 'business').flatMap((post) => post.rights)
  expect(new Set(rights).size).toBe(rights.length)
})

test('rights follow from posts, and end with them', async () => {
  const unit = await newUnit()
  const person = await newPerson(unit)
  const first = await appointer.appoint({ person: person.id, post: 'bureau_officer', unit: unit.id })
  await appointer.appoint({ person: person.id, post: 'liaison', unit: unit.id })
  const { holdings, posts } = await appointer.holdings({ person: person.id })
  expect(posts).toEqual(['bureau_officer', 'liaison'])
  expect(holdings).toContainEqual({ right: 'catalog.publish', division: CITY })
  expect(holdings).toContainEqual({ right: 'exchange.answer', unit: unit.id })
  expect(await appointer.dismiss({ id: first.id })).toMatchObject({ until: '2026-11-23' })
  expect((await appointer.holdings({ person: person.id })).posts).toEqual(['liaison'])
})

test('a dismissed person can be appointed again the same day', async () => {
  const unit = await newUnit()
  const person = await newPerson(unit)
  const { id } = await appointer.appoint({ person: person.id, post: 'audit_admin', unit: unit.id })
  await appointer.dismiss({ id })
  await appointer.appoint({ person: person.id, post: 'system_admin', unit: unit.id })
  expect((await appointer.holdings({ person: person.id })).posts).toEqual(['system_admin'])
})

test('三员分立: of ten who make one person an administrator of three sides at once, one side passes', async () => {
  const unit = await newUnit()
  const person = await newPerson(unit)
  const acts = Array.from({ length: 10 }, (_, n) => () => appointer.appoint({ person: person.id, post: ADMINISTRATORS[n % 3]!, unit: unit.id }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['organizations.already_appointed', 'organizations.sides_must_differ'] })
})

test('三员分立: the database itself refuses two sides, also past the platform', async () => {
  const unit = await newUnit()
  const person = await newPerson(unit)
  await appointer.appoint({ person: person.id, post: 'system_admin', unit: unit.id })
  const insert = (post: string, side: string) =>
    sql`insert into organizations.appointment (id, person, post, side, unit, since) values (gen_random_uuid(), ${person.id}, ${post}, ${side}, ${unit.id}, '2026-12-01')`.execute(
      t.platform.db,
    )
  await expect(insert('audit_admin', 'audit')).rejects.toMatchObject({ constraint: 'appointment_separate_administrators' })
  await expect(insert('audit_admin', 'system')).rejects.toMatchObject({ constraint: 'appointment_post_side_fkey' })
})

test('三员分立: an administrator may hold business posts, and the same side in two units', async () => {
  const [unit, other] = [await newUnit(), await newUnit()]
  const person = await newPerson(unit)
  await appointer.appoint({ person: person.id, post: 'system_admin', unit: unit.id })
  await appointer.appoint({ person: person.id, post: 'system_admin', unit: other.id })
  await appointer.appoint({ person: person.id, post: 'leader', unit: unit.id })
  expect((await appointer.holdings({ person: person.id })).holdings.filter(({ right }) => right === 'kernel.operate')).toEqual([{ right: 'kernel.operate' }])
})

test('of ten who appoint the same person to the same post at once, one does', async () => {
  const unit = await newUnit()
  const person = await newPerson(unit)
  const acts = Array.from({ length: 10 }, () => () => appointer.appoint({ person: person.id, post: 'liaison', unit: unit.id }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['organizations.already_appointed'] })
})

test('of ten who end the same appointment at once, one does', async () => {
  const unit = await newUnit()
  const { id } = await appointer.appoint({ person: (await newPerson(unit)).id, post: 'liaison', unit: unit.id })
  expect(await race(Array.from({ length: 10 }, () => () => appointer.dismiss({ id })))).toEqual({ passed: 1, refused: ['organizations.unknown'] })
})

test('nobody appoints or dismisses themselves', async () => {
  const unit = await newUnit()
  const person = await newPerson(unit)
  const { id } = await appointer.appoint({ person: person.id, post: 'security_admin', unit: unit.id })
  const self = as({ rights: ['organizations.appoint'], person: person.id })
  await expect(self.appoint({ person: person.id, post: 'liaison', unit: unit.id })).rejects.toMatchObject({ code: 'organizations.own_appointment' })
  await expect(self.dismiss({ id })).rejects.toMatchObject({ code: 'organizations.own_appointment' })
})

test('an appointment needs a person, a post and an open unit', async () => {
  const [unit, closed] = [await newUnit(), await newUnit()]
  const person = await newPerson(unit)
  await keeper.closeUnit({ id: closed.id })
  const wish = { person: person.id, post: 'liaison', unit: unit.id }
  await expect(appointer.appoint({ ...wish, post: 'emperor' })).rejects.toMatchObject({ code: 'organizations.unknown' })
  await expect(appointer.appoint({ ...wish, person: crypto.randomUUID() })).rejects.toMatchObject({ code: 'organizations.unknown' })
  await expect(appointer.appoint({ ...wish, unit: closed.id })).rejects.toMatchObject({ code: 'organizations.unit_closed' })
})

test('whoever appoints in one county does not appoint in the city', async () => {
  const county = as({ holdings: [{ right: 'organizations.appoint', division: COUNTY }] })
  const unit = await newUnit()
  const person = await newPerson(unit)
  await expect(county.appoint({ person: person.id, post: 'liaison', unit: unit.id })).rejects.toMatchObject({ code: 'kernel.forbidden' })
})

test('liaison officers are answered by unit, with telephones one can call', async () => {
  const [unit, other] = [await newUnit(), await newUnit()]
  const person = await newPerson(unit, { phone: '13977778888' })
  await appointer.appoint({ person: person.id, post: 'liaison', unit: unit.id })
  expect(await visitor.liaisons({ units: [unit.id, other.id] })).toMatchObject([{ unit: unit.id, person: { id: person.id, phone: '13977778888' } }])
  expect(await visitor.liaisons({ post: 'leader', units: [unit.id] })).toEqual([])
  expect(await visitor.liaisons({ units: [] })).toEqual([])
})
