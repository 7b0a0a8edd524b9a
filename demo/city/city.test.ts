import { isUscc } from '@zhenghe/server/kernel/identifiers.ts'
import { expect, test } from 'vitest'
import { CITY, counties, divisions, towns } from './divisions.ts'
import { journey, people } from './people.ts'
import { unitOf, units } from './units.ts'

test('GB/T 2260, GB/T 10114: every division has the digits of its level and hangs below one listed before it', () => {
  const seen = new Set<string | null>([null])
  for (const { code, level, parent } of divisions) {
    expect(code).toMatch(level === 'town' ? /^3799\d{5}$/ : /^3799\d{2}$/)
    expect(seen).toContain(parent)
    if (level === 'town') expect(code.slice(0, 6)).toBe(parent)
    expect(seen).not.toContain(code)
    seen.add(code)
  }
  expect(divisions[0]).toBe(CITY)
  expect(counties).toHaveLength(8)
  expect(towns.length).toBeGreaterThanOrEqual(60)
  expect(new Set(towns.map(({ parent }) => parent)).size).toBe(counties.length)
})

test('GB/T 10114: streets count from 001, towns from 100, townships from 200', () => {
  const first = { 街道: 1, 镇: 100, 乡: 200 }
  for (const { code, name } of towns) {
    const kind = Object.entries(first).find(([suffix]) => name.endsWith(suffix))!
    const number = Number(code.slice(6)) - kind[1]
    expect(number, name).toBeGreaterThanOrEqual(0)
    expect(number, name).toBeLessThan(99)
  }
})

test('GB 32100: every unit has a valid credit code of its own, beginning 11 for organs and 12 for institutions', () => {
  for (const { uscc, kind, division } of units) {
    expect(isUscc(uscc), uscc).toBe(true)
    expect(uscc.slice(0, 8)).toBe((kind === 'institution' ? '12' : '11') + division)
  }
  expect(new Set(units.map(({ uscc }) => uscc)).size).toBe(units.length)
  expect(new Set(units.map(({ name }) => name)).size).toBe(units.length)
  expect(units.filter(({ superior }) => superior === null).length).toBeGreaterThanOrEqual(14)
  for (const { superior } of units) if (superior) expect(unitOf(superior).division).toBe(CITY.code)
})

test('every post is held by someone, and nobody holds two of the three administrations', () => {
  const held = new Set(people.flatMap(({ posts }) => posts))
  expect([...held].sort()).toEqual(['audit_admin', 'bureau_officer', 'cataloguer', 'leader', 'liaison', 'operator', 'security_admin', 'system_admin'])
  for (const { posts } of people) expect(posts.filter((post) => post.endsWith('_admin')).length, posts.join()).toBeLessThanOrEqual(1)
  expect(new Set(people.map(({ account }) => account)).size).toBe(people.length)
  for (const { account } of people) expect(account).toMatch(/^[a-z]+\.[a-z]+$/)
})

test('each part in the journey is played by someone with the post and the unit for it', () => {
  const who = (account: string) => people.find((person) => person.account === account)!
  expect(who(journey.requester)).toMatchObject({ unit: 'taxation', posts: ['cataloguer'] })
  expect(who(journey.requesterLiaison)).toMatchObject({ unit: 'taxation', posts: ['liaison'] })
  expect(who(journey.providerLiaison)).toMatchObject({ unit: 'market_supervision', posts: ['liaison'] })
  expect(who(journey.providerCataloguer)).toMatchObject({ unit: 'market_supervision', posts: ['cataloguer'] })
  expect(who(journey.providerOperator)).toMatchObject({ unit: 'market_supervision', posts: ['operator'] })
  expect(who(journey.consumerOperator)).toMatchObject({ unit: 'taxation', posts: ['operator'] })
  for (const account of Object.values(journey)) expect(who(account), account).toBeDefined()
})
