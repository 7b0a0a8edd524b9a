import { expect, test } from 'vitest'
import { parseSearch, stringifySearch } from './address.ts'

test('one value is a text, also where it looks like a number; several are a list', () => {
  expect(parseSearch('?text=2026&state=draft&state=returned')).toEqual({ text: '2026', state: ['draft', 'returned'] })
})
test('what is empty stays out of the address', () => {
  expect(stringifySearch({ text: '', provider: undefined, closed: null, state: [] })).toBe('')
})
test('an address written is read back the same, Chinese too', () => {
  const search = { text: '企业登记 & 信用', state: ['draft', 'returned'] }
  expect(parseSearch(stringifySearch(search))).toEqual(search)
})
