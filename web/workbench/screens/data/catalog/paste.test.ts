import { describe, expect, test } from 'vitest'
import { readPasted } from './paste.ts'

describe('items pasted from a sheet', () => {
  test('columns stand in the order of the form where no heading names them', () => {
    const { items, problems } = readPasted('统一社会信用代码\tuscc\t字符型\t18\t是\t否\t否\t\t登记机关赋予\n成立日期\tfounded_on\tD')
    expect(problems).toEqual([])
    expect(items).toMatchObject([
      { name: '统一社会信用代码', column: 'uscc', type: 'C', length: 18, key: true, nullable: false, description: '登记机关赋予' },
      { name: '成立日期', column: 'founded_on', type: 'D', length: null, key: false, nullable: true },
    ])
  })
  test('a heading row gives the order, columns it does not name are left out', () => {
    const { items } = readPasted('序号\t字段名\t名称\t类型\n1\tPERSON_NAME\t姓名\tvarchar(50)')
    expect(items).toMatchObject([{ name: '姓名', column: 'person_name', type: 'C' }])
  })
  test('every row that cannot be read says why, by its number in the sheet', () => {
    const { items, problems } = readPasted('\n姓名\t姓 名\tC\n\tage\tI\n年龄\tage\t不知道')
    expect(items).toEqual([])
    expect(problems.map(({ row, params }) => [row, params])).toEqual([
      [2, { column: '姓 名' }],
      [3, {}],
      [4, { type: '不知道' }],
    ])
  })
  test('an empty paste holds nothing', () => {
    expect(readPasted(' \n\t\n')).toEqual({ items: [], problems: [] })
  })
})
