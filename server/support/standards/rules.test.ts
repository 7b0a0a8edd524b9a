import { expect, test } from 'vitest'
import { codesProblem } from './rules.ts'

const codes = (...pairs: [code: string, parent?: string][]) => pairs.map(([code, parent = null]) => ({ code, parent }))

test('codes in any order make a table when every parent is in it', () => {
  expect(codesProblem(codes(['21', '20'], ['22', '20'], ['20']))).toBeUndefined()
  expect(codesProblem([])).toBeUndefined()
})

test('a code stands in its table once', () => {
  expect(codesProblem(codes(['1'], ['2'], ['1']))).toEqual({ kind: 'duplicate_code', code: '1' })
})

test('a parent that is not in the table is named', () => {
  expect(codesProblem(codes(['1'], ['11', '2']))).toEqual({ kind: 'unknown_parent', code: '11', parent: '2' })
})

test('parents that lead back to a code are found, also past others', () => {
  expect(codesProblem(codes(['1', '1']))).toEqual({ kind: 'parent_cycle', code: '1' })
  expect(codesProblem(codes(['0'], ['1', '0'], ['a', 'b'], ['b', 'c'], ['c', 'b']))).toEqual({ kind: 'parent_cycle', code: 'b' })
})

test('twenty thousand codes in one chain are checked without going down it again and again', () => {
  const chain = Array.from({ length: 20_000 }, (_, n) => ({ code: String(n), parent: n === 0 ? null : String(n - 1) }))
  expect(codesProblem(chain)).toBeUndefined()
})
