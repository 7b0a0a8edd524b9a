import { Filter } from '@zhenghe/wire/documents.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import { describe, expect, test } from 'vitest'
import { conditionProblem, type FilterField, type FilterModel, operatorsFor, toFilter } from './filter-model.ts'

const fields: FilterField[] = [
  { name: 'state', title: '状态', type: 'text' },
  { name: 'capital', title: '注册资本', type: 'numeric' },
  { name: 'staff', title: '人数', type: 'int4' },
  { name: 'founded', title: '成立日期', type: 'date' },
  { name: 'changed', title: '变更时间', type: 'timestamptz' },
  { name: 'big', title: '大企业', type: 'bool' },
]

describe('the filter of a model', () => {
  test('is none without conditions, and plain with one', () => {
    expect(toFilter({ join: 'and', groups: [] }, fields)).toBeUndefined()
    expect(toFilter({ join: 'and', groups: [{ id: 1, join: 'or', rows: [{ id: 1, field: 'state', op: 'eq', values: ['存续'] }] }] }, fields)).toEqual({
      op: 'eq',
      field: 'state',
      value: '存续',
    })
  })
  test('joins conditions within groups and groups with one another, with values of the fields’ types', () => {
    const model: FilterModel = {
      join: 'or',
      groups: [
        {
          id: 1,
          join: 'and',
          rows: [
            { id: 1, field: 'capital', op: 'ge', values: ['1000000.50'] },
            { id: 2, field: 'staff', op: 'between', values: ['10', '50'] },
            { id: 3, field: 'big', op: 'eq', values: ['true'] },
          ],
        },
        { id: 2, join: 'and', rows: [{ id: 4, field: 'changed', op: 'gt', values: ['2026-01-01T00:00'] }] },
      ],
    }
    const filter = toFilter(model, fields)
    expect(filter).toEqual({
      op: 'or',
      of: [
        {
          op: 'and',
          of: [
            { op: 'ge', field: 'capital', value: '1000000.50' },
            { op: 'between', field: 'staff', low: 10, high: 50 },
            { op: 'eq', field: 'big', value: true },
          ],
        },
        { op: 'gt', field: 'changed', value: '2026-01-01T00:00+08:00' },
      ],
    })
    expect(checkFilter(Filter.parse(filter), fields)).toEqual([])
  })
})

test('a condition tells what is wrong with it', () => {
  const row = { id: 1, field: 'staff', op: 'eq' as const, values: ['many'] }
  expect(conditionProblem(row, fields)).toBe('bad_value')
  expect(conditionProblem({ ...row, values: ['7'] }, fields)).toBeUndefined()
  expect(conditionProblem({ ...row, op: 'between', values: ['9', '1'] }, fields)).toBe('low_above_high')
  expect(conditionProblem({ ...row, field: 'gone' }, fields)).toBe('unknown_field')
  expect(conditionProblem({ ...row, op: 'in', values: [] }, fields)).toBe('no_value')
  expect(conditionProblem({ ...row, op: 'between', values: ['1', ''] }, fields)).toBe('no_value')
})

test('no comparison is offered that the wire would refuse', () => {
  for (const { name, type } of fields)
    for (const op of operatorsFor(type))
      if (!['in', 'null', 'notNull'].includes(op)) {
        expect(checkFilter({ op, field: name, value: 'x', low: 'x', high: 'x' } as never, fields).map(({ code }) => code)).not.toContain(
          'operator_not_for_type',
        )
      }
})
