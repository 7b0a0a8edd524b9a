import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CanonicalType, Filter } from './documents.ts'
import { checkFilter, DEEPEST_FILTER, evaluate, type FilterRow } from './filter.ts'
import { describeFilter } from './filter-words.ts'

/** One field of each type, bearing the type's name. */
const fields = CanonicalType.options.map((type) => ({
  name: type,
  type,
  title: { text: '状态', date: '成立日期', bool: '在业', int4: '户数' }[type as string] ?? type,
}))
const codes = (filter: Filter) => checkFilter(filter, fields).map(({ code }) => code)
const eq = (field: string, value: string | number | boolean): Filter => ({ op: 'eq', field, value })

const GOOD: [CanonicalType, (string | number | boolean)[]][] = [
  ['bool', [true, false]],
  ['int2', [-32768, 32767, '7']],
  ['int4', [2147483647, '-2147483648']],
  ['int8', ['9223372036854775807', '-9223372036854775808', 9007199254740991]],
  ['float4', [0, 0.1, -3.4e38]],
  ['float8', [5e-324, 1e308]],
  ['numeric', ['12.50', '-0.000000000000000000001', 3]],
  ['text', ['', '存续', '𠮷']],
  ['date', ['2024-02-29', '0001-01-01', '9999-12-31']],
  ['time', ['08:30', '23:59:59.999999']],
  ['timestamp', ['2026-01-31T08:30:00', '2026-01-31 08:30:00.5']],
  ['timestamptz', ['2026-01-31T08:30:00Z', '2026-01-31T08:30:00.123456+08:00']],
  ['uuid', ['0F8FAD5B-d9cb-469f-a165-70867728950e']],
]
const BAD: [CanonicalType, (string | number | boolean)[]][] = [
  ['bool', ['true', 1]],
  ['int2', [32768, 1.5, '1.0', '', true]],
  ['int4', [2147483648, '２']],
  ['int8', ['9223372036854775808', 9007199254740992, '1e3']],
  ['float4', [1e39, 1e-60, '1']],
  ['float8', ['1', true]],
  ['numeric', ['1e3', 'NaN', '.5', '1.', '']],
  ['text', [1, 'a\0b', '\ud800']],
  ['date', ['2023-02-29', '2026-13-01', '0000-01-01', '2026-1-1', 'today', 20260101]],
  ['time', ['24:00', '08:60', '8:30', '08:30:00.0000001']],
  ['timestamp', ['2026-01-31', '2026-01-31T08:30:00Z', '2023-02-29T00:00:00']],
  ['timestamptz', ['2026-01-31T08:30:00', '2026-01-31T08:30:00+16:00', 'now']],
  ['uuid', ['0f8fad5b']],
]

test.each(GOOD)('values of %s that PostgreSQL takes are let pass', (type, values) => {
  for (const value of values) expect(codes(eq(type, value)), String(value)).toEqual([])
})
test.each(BAD)('values that are no %s are named', (type, values) => {
  for (const value of values) expect(codes(eq(type, value)), String(value)).toEqual(['bad_value'])
})

test.each<[string, Filter, unknown]>([
  ['a field not granted', eq('salary', 1), { path: ['field'], code: 'unknown_field', params: { field: 'salary' } }],
  ['between on a bool', { op: 'between', field: 'bool', low: false, high: true }, { path: ['op'], code: 'operator_not_for_type' }],
  ['an order of uuids', { op: 'lt', field: 'uuid', value: '' }, { path: ['op'], code: 'operator_not_for_type' }],
  ['a json document compared', eq('jsonb', '{}'), { path: ['op'], code: 'operator_not_for_type' }],
  ['a number that starts with something', { op: 'startsWith', field: 'int4', value: '1' }, { path: ['op'], code: 'operator_not_for_type' }],
  ['limits the wrong way round', { op: 'between', field: 'date', low: '2026-02-01', high: '2026-01-01' }, { path: ['low'], code: 'low_above_high' }],
  [
    'one bad value among good ones, deep inside',
    { op: 'and', of: [eq('text', 'a'), { op: 'not', of: { op: 'in', field: 'int4', values: [1, 'x'] } }] },
    { path: ['of', 1, 'of', 'values', 1], code: 'bad_value' },
  ],
])('%s is a problem, and where it is is told', (_, filter, problem) => {
  expect(checkFilter(filter, fields)).toEqual([expect.objectContaining(problem)])
})

test('a filter too deep or too large is a problem', () => {
  let deep = eq('bool', true)
  for (let depth = 1; depth <= DEEPEST_FILTER; depth++) deep = { op: 'not', of: deep }
  expect(codes(deep)).toEqual(['too_deep'])
  const wide: Filter = { op: 'or', of: Array.from({ length: 50 }, () => ({ op: 'and', of: Array.from({ length: 11 }, () => eq('bool', true)) }) as const) }
  expect(codes(wide)).toEqual(['too_large'])
})

test('as in SQL, and, or and not know three values, and a comparison with null is unknown', () => {
  const row: FilterRow = { bool: true, text: null }
  const [yes, no, unknown] = [eq('bool', true), eq('bool', false), eq('text', 'a')]
  const value = (filter: Filter) => evaluate(filter, row, fields)
  expect([yes, no, unknown].map((of) => value({ op: 'not', of }))).toEqual([false, true, null])
  expect([yes, no, unknown].map((one) => value({ op: 'and', of: [one, unknown] }))).toEqual([null, false, null])
  expect([yes, no, unknown].map((one) => value({ op: 'or', of: [one, unknown] }))).toEqual([true, null, null])
  expect(value({ op: 'in', field: 'text', values: ['a'] })).toBe(null)
  expect(value({ op: 'null', field: 'text' })).toBe(true)
  expect(value({ op: 'notNull', field: 'text' })).toBe(false)
  expect(value({ op: 'notNull', field: 'bool' })).toBe(true)
})

test.each<[CanonicalType, FilterRow[string], 'lt' | 'eq' | 'gt', string | number]>([
  ['int8', 9223372036854775807n, 'gt', '9223372036854775806'],
  ['int8', '12', 'eq', 12],
  ['numeric', '12.50', 'eq', '12.5'],
  ['numeric', '0.30000000000000000001', 'gt', 0.3],
  ['numeric', 'NaN', 'gt', '99999999999999999999'],
  ['numeric', '-Infinity', 'lt', 0],
  ['float4', 0.10000000149011612, 'eq', 0.1],
  ['float8', Number.NaN, 'gt', 1e308],
  ['float8', -0, 'eq', 0],
  ['text', '𠮷', 'gt', '\uffee'],
  ['text', 'Z', 'lt', 'a'],
  ['text', 'ab', 'gt', 'a'],
  ['date', 'infinity', 'gt', '9999-12-31'],
  ['timestamp', '2026-01-31 08:30:00', 'eq', '2026-01-31T08:30'],
  ['timestamptz', '2026-01-31 08:30:00+08', 'eq', '2026-01-31T00:30:00Z'],
  ['timestamptz', '2026-01-31 08:30:00.000001+00', 'gt', '2026-01-31T08:30:00Z'],
  ['uuid', '0f8fad5b-d9cb-469f-a165-70867728950e', 'eq', '0F8FAD5B-D9CB-469F-A165-70867728950E'],
])('as in PostgreSQL, %s %s is %s %s', (type, value, order, than) => {
  for (const op of ['lt', 'eq', 'gt'] as const) expect(evaluate({ op, field: type, value: than }, { [type]: value }, fields)).toBe(op === order)
})

test('between includes both ends and means ge and le', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer(), (value, one, two) => {
      const [low, high] = [Math.min(one, two), Math.max(one, two)]
      const both: Filter = {
        op: 'and',
        of: [
          { op: 'ge', field: 'int8', value: low },
          { op: 'le', field: 'int8', value: high },
        ],
      }
      const row = { int8: value }
      expect(evaluate({ op: 'between', field: 'int8', low, high }, row, fields)).toBe(evaluate(both, row, fields))
    }),
  )
})

test('text sorts by code points, as COLLATE "C" does over UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (left, right) => {
      const less = evaluate({ op: 'lt', field: 'text', value: right }, { text: left }, fields)
      expect(less).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0)
    }),
  )
})

test('a filter reads as a sentence, in which no value can pose as words', () => {
  const filter: Filter = {
    op: 'and',
    of: [
      eq('text', '存续” 或 “'),
      {
        op: 'or',
        of: [
          { op: 'between', field: 'date', low: '2020-01-01', high: '2020-12-31' },
          { op: 'null', field: 'date' },
        ],
      },
      { op: 'not', of: { op: 'in', field: 'int4', values: [1, 2] } },
      eq('bool', true),
    ],
  }
  expect(describeFilter(filter, fields, 'zh-CN')).toBe(
    '状态 等于 “存续＂ 或 ＂” 且 （成立日期 在 “2020-01-01” 至 “2020-12-31” 之间（含） 或 成立日期 为空） 且 非（户数 属于 1、2） 且 在业 等于 是',
  )
  expect(describeFilter(filter, fields, 'en')).toBe(
    '状态 is “存续＂ 或 ＂” and (成立日期 is between “2020-01-01” and “2020-12-31” (inclusive) or 成立日期 is empty) and not (户数 is one of 1, 2) and 在业 is yes',
  )
})

test('a filter is read only in its own words', () => {
  expect(Filter.safeParse({ op: 'sql', text: '1=1' }).success).toBe(false)
  expect(Filter.safeParse({ op: 'eq', field: 'a', value: 1, or: true }).success).toBe(false)
  expect(Filter.safeParse({ op: 'eq', field: 'a b', value: 1 }).success).toBe(false)
})
