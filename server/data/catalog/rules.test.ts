import { expect, test } from 'vitest'
import { parseResourceCode } from '../../kernel/identifiers.ts'
import { ClassCode, EntryState } from './contract.ts'
import { answersFor, classKind, classPath, movesFor, nameKey, parentClass, resourceCode, rightFor, within } from './rules.ts'

const all = () => true

test.each([
  ['draft', ['revise', 'submit', 'bind']],
  ['returned', ['revise', 'submit', 'bind']],
  ['department_review', ['bind', 'approve', 'return']],
  ['bureau_review', ['bind', 'return', 'publish']],
  ['published', ['revise', 'bind', 'withdraw']],
  ['withdrawn', []],
] as const)('编目, 审核, 发布: what is open to an entry that is %s', (state, moves) => {
  expect(movesFor(state, all)).toEqual(moves)
})

test('a button is offered only to who holds its right', () => {
  expect(movesFor('bureau_review', (right) => right === 'catalog.publish')).toEqual(['return', 'publish'])
  expect(EntryState.options.flatMap((state) => movesFor(state, () => false))).toEqual([])
})

test('a draft is returned by whoever reviews it', () => {
  expect(EntryState.options.map((state) => rightFor('return', state) ?? null)).toEqual([null, 'catalog.review', 'catalog.publish', null, null, null])
})

test('1272号: class path, parent and code of a resource', () => {
  expect(classPath('30301702')).toEqual(['3', '303', '303017', '30301702'])
  expect([parentClass('3'), parentClass('303'), parentClass('303017'), parentClass('3030170201')]).toEqual([null, '3', '303', '30301702'])
  expect(['101', '2', '307001'].map(classKind)).toEqual(['base', 'theme', 'department'])
  expect(resourceCode('30301702', 12)).toBe('30301702/00012')
  expect(parseResourceCode(resourceCode('102001', 123_456))).toMatchObject({ class: '1', item: '02', heading: '001', sequence: '123456' })
  for (const code of classPath('30301702010101')) expect(ClassCode.safeParse(code).success).toBe(true)
})

test('names that only look different are the same', () => {
  expect(new Set(['企业登记信息', ' 企业　登记信息。', '企业（登记）信息', '企业登记 信息'].map(nameKey)).size).toBe(1)
  expect(nameKey('ＡＢ１')).toBe(nameKey('ab1'))
  expect(nameKey('企业登记信息')).not.toBe(nameKey('企业变更信息'))
})

test('a reach by division covers the divisions below it', () => {
  const place = { provider: 'u', providerDivision: '379902' }
  expect(within({ units: [], divisions: ['3799'] }, place)).toBe(true)
  expect(within({ units: [], divisions: ['379901'] }, place)).toBe(false)
  expect(within({ units: ['u'], divisions: [] }, place)).toBe(true)
  expect([answersFor('379900', '379902'), answersFor('379902', '379900'), answersFor('379901', '379902')]).toEqual([true, false, false])
})
