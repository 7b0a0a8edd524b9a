import { expect, test } from 'vitest'
import type { Division } from './contract.ts'
import { divisionProblem, holdingsOf, maskPhone, revision, shownPhone, standsOn } from './rules.ts'

const county: Division = { code: '379902', name: '泽城区', level: 'county', parent: '379900', validFrom: '2020-01-01', validTo: null }
const unit = '00000000-0000-4000-8000-0000000000a1'

test('GB/T 2260 the shape of a code names its level', () => {
  const city = { level: 'city' } as const
  expect(divisionProblem(county, city)).toBeUndefined()
  expect(divisionProblem({ ...county, level: 'town' }, city)).toBe('level')
  expect(divisionProblem({ ...county, code: '379900', level: 'city', parent: null }, undefined)).toBeUndefined()
})

test('GB/T 10114 a division stands below one of a higher level', () => {
  const town: Division = { ...county, code: '379902001', level: 'town', parent: '379902' }
  expect(divisionProblem(town, county)).toBeUndefined()
  expect(divisionProblem(town, { level: 'town' })).toBe('parent')
  expect(divisionProblem(town, undefined)).toBe('parent')
})

test('a division stands from its first day up to the day it ends', () => {
  const ended = { ...county, validTo: '2026-01-01' }
  expect(['2019-12-31', '2020-01-01', '2025-12-31', '2026-01-01'].map((day) => standsOn(ended, day))).toEqual([false, true, true, false])
})

test.each([
  ['a new code is added', undefined, {}, { kind: 'add' }],
  ['an unchanged code is left alone', county, {}, { kind: 'none' }],
  ['an abolished code ends', county, { validTo: '2027-01-01' }, { kind: 'end', on: '2027-01-01' }],
  ['a renamed code follows the old row', county, { name: '泽城新区' }, { kind: 'replace' }],
] as const)('yearly revision: %s', (_, current, change, act) => {
  expect(revision(current, { ...county, validFrom: '2026-06-01', ...change })).toEqual(act)
})

test('the rights of a post reach as far as its scope', () => {
  const at = { unit, division: '379900' }
  expect(
    holdingsOf([
      { ...at, scope: 'unit', rights: ['catalog.compile'] },
      { ...at, scope: 'division', rights: ['catalog.publish'] },
      { ...at, scope: 'platform', rights: ['kernel.operate'] },
    ]),
  ).toEqual([{ right: 'catalog.compile', unit }, { right: 'catalog.publish', division: '379900' }, { right: 'kernel.operate' }])
})

test('a right that two posts give in one place is held once', () => {
  const post = { unit, division: '379900', scope: 'unit', rights: ['exchange.request', 'exchange.receive'] } as const
  expect(holdingsOf([post, { ...post, rights: ['exchange.receive'] }])).toHaveLength(2)
})

test('telephones: the middle is hidden, short ones whole', () => {
  expect(maskPhone('13900010001')).toBe('139****0001')
  expect(maskPhone('8001')).toBe('****')
  expect(maskPhone('')).toBe('')
})

test('a telephone is shown of contacts, within the unit, and to those who keep the register', () => {
  const person = { unit, phone: '13900010001' }
  const stranger = { unit: null, maintains: false }
  expect(shownPhone(person, stranger, false)).toBe('139****0001')
  expect(shownPhone(person, stranger, true)).toBe(person.phone)
  expect(shownPhone(person, { unit, maintains: false }, false)).toBe(person.phone)
  expect(shownPhone(person, { unit: null, maintains: true }, false)).toBe(person.phone)
})
