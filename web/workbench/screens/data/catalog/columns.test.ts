import { describe, expect, test } from 'vitest'
import { itemsOf, matchedColumns, titleOf } from './columns.ts'

const column = (name: string, canonical: string | null, comment = '', more = {}) => ({
  ...{ name, type: canonical ?? 'point', canonical, nullable: true, key: false, length: null, comment },
  ...more,
})
const table = {
  ...{ schema: 'public', table: 'legal_entity', comment: '企业', rows: 10, bytes: 10, shape: 'x' },
  columns: [
    column('uscc', 'text', '统一社会信用代码', { key: true, nullable: false, length: 18 }),
    column('ent_name', 'text', '企业名称，以营业执照为准', { length: 200 }),
    column('place', null, '位置'),
    column('founded', 'date', '成立日期'),
  ],
}

describe('items taken from a table', () => {
  test('comments become names, keys stay keys, what cannot be exchanged is left out', () => {
    expect(itemsOf(table)).toMatchObject([
      { name: '统一社会信用代码', column: 'uscc', type: 'C', length: 18, key: true, nullable: false, description: '' },
      { name: '企业名称', column: 'ent_name', type: 'C', length: 200, description: '企业名称，以营业执照为准' },
      { name: '成立日期', column: 'founded', type: 'D', length: null },
    ])
  })
  test('a column without a comment keeps its own name', () => {
    expect(titleOf({ name: 'x1', comment: '' })).toBe('x1')
  })
})

describe('columns matched to items', () => {
  test('by name first, then by the Chinese name in the comment, never against the type', () => {
    const [uscc, name, founded] = itemsOf(table)
    const items = [uscc!, { ...name!, column: 'name' }, { ...founded!, column: 'founded_on', type: 'L' as const }]
    expect(matchedColumns(items, table)).toEqual({ uscc: 'uscc', name: 'ent_name' })
  })
})
