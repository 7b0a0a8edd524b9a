import { CanonicalType } from '@zhenghe/wire/documents.ts'
import { expect, test } from 'vitest'
import { ItemType } from '../../support/standards/contract.ts'
import { TABLE } from '../nodes/testing.ts'
import { fits, fitted, suggestedColumns } from './binding.rules.ts'
import type { Item } from './contract.ts'
import { contentOf } from './testing.ts'

const { items } = contentOf('8f6f0b52-6f5e-4f6e-9b53-0d6f3c1f6a10')
const chosen = suggestedColumns(items, TABLE)
const change = (at: number, wish: Partial<Item>): Item[] => items.map((item, index) => (index === at ? { ...item, ...wish } : item))

test('挂接: items stand on columns of the same name, with the types they are cast to and the key', () => {
  expect(fitted(items, TABLE, { ...chosen, place: 'place' })).toEqual({
    columns: { uscc: 'uscc', name: 'name', capital: 'capital', established_on: 'established_on' },
    types: { uscc: 'text', name: 'text', capital: 'numeric', established_on: 'date' },
    keys: ['uscc'],
  })
})

test.each([
  ['an item without a column', items, { uscc: 'uscc', name: 'name' }, { code: 'catalog.columns_missing', params: { items: ['注册资本', '成立日期'] } }],
  [
    'a column that is not there',
    items,
    { ...chosen, name: 'title' },
    { code: 'catalog.column_unfit', params: { item: '企业名称', column: 'title', type: '?' } },
  ],
  [
    'a column that cannot be exchanged',
    items,
    { ...chosen, name: 'place' },
    { code: 'catalog.column_unfit', params: { item: '企业名称', column: 'place', type: 'point' } },
  ],
  [
    'a date on a number',
    items,
    { ...chosen, established_on: 'capital' },
    { code: 'catalog.column_unfit', params: { item: '成立日期', column: 'capital', type: 'numeric(18,2)' } },
  ],
  ['no key among the items', items.slice(1), chosen, { code: 'catalog.no_key', params: { columns: ['uscc'] } }],
  [
    'another item marked as key',
    change(1, { key: true }),
    chosen,
    { code: 'catalog.key_differs', params: { items: ['统一社会信用代码', '企业名称'], keys: ['统一社会信用代码'] } },
  ],
  ['the key not marked', change(0, { key: false }), chosen, { code: 'catalog.key_differs', params: { items: [], keys: ['统一社会信用代码'] } }],
] as const)('挂接 is refused for %s', (_, wanted, columns, refusal) => {
  expect(fitted(wanted, TABLE, columns)).toEqual(refusal)
})

test('a key of several columns must stand among the items whole', () => {
  const table = { ...TABLE, columns: TABLE.columns.map((column) => (column.name === 'name' ? { ...column, key: true } : column)) }
  expect(
    fitted(
      items.filter(({ column }) => column !== 'name'),
      table,
      chosen,
    ),
  ).toEqual({ code: 'catalog.no_key', params: { columns: ['uscc', 'name'] } })
  expect(fitted(change(1, { key: true }), table, chosen)).toMatchObject({ keys: ['uscc', 'name'] })
})

test('every item type has carriers, every wire type carries something, and what cannot be exchanged fits nothing', () => {
  for (const type of ItemType.options) expect(CanonicalType.options.some((canonical) => fits(type, canonical))).toBe(true)
  for (const canonical of CanonicalType.options) expect(fits('G', canonical)).toBe(true)
  expect(ItemType.options.filter((type) => fits(type, null))).toEqual([])
})
