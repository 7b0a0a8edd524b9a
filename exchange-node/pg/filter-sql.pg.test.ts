import type { CanonicalType, Filter } from '@zhenghe/wire/documents.ts'
import { evaluate } from '@zhenghe/wire/filter.ts'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { filterSql } from './filter-sql.ts'

const database = testDatabase()
const fields = (
  [
    ['code', 'text'],
    ['state', 'int2'],
    ['big', 'int8'],
    ['capital', 'numeric'],
    ['share', 'float8'],
    ['since', 'date'],
    ['at', 'timestamptz'],
    ['live', 'bool'],
    ['mark', 'uuid'],
  ] satisfies [string, CanonicalType][]
).map(([name, type]) => field(name, type, { column: `The "${name}"` }))

const values: Record<string, (string | number | boolean)[]> = {
  code: ['', 'a', 'A', 'ab', '政和', '\ue000', '𠮷', "o'clock", 'back\\slash', '%_'],
  state: [-1, 0, 1, 2, 32767],
  big: ['-9223372036854775808', 0, 7, '9007199254740993'],
  capital: [0, '0.00', '12.5', '12.50', '-3', '1234567890123456789.01'],
  share: [-0.5, 0, 0.1, 1e300],
  since: ['1999-12-31', '2000-01-01', '2026-02-28'],
  at: ['2026-01-01T00:00:00+08:00', '2025-12-31T16:00:00Z', '2026-01-01T00:00:00.000001+08:00'],
  live: [true, false],
  mark: ['0f8fad5b-d9cb-469f-a165-70867728950e', '00000000-0000-0000-0000-000000000000'],
}
const ROWS = 400

beforeAll(async () => {
  const columns = fields.map(({ name, type }) => `"The ""${name}""" ${type}`)
  await database.query(`create table public.register (n int primary key, ${columns.join(', ')})`)
  const random = fc.sample(fc.record(Object.fromEntries(fields.map(({ name }) => [name, fc.option(fc.constantFrom(...values[name]!))]))), {
    numRuns: ROWS,
    seed: 1,
  })
  for (const [n, row] of random.entries()) {
    await database.query(`insert into public.register values (${[n, ...fields.keys()].map((_, at) => `$${at + 1}`).join(', ')})`, [
      n,
      ...fields.map(({ name }) => row[name]),
    ])
  }
})

const comparable = fields.filter(({ type }) => type !== 'bool' && type !== 'uuid').map(({ name }) => name)
const anyName = fc.constantFrom(...fields.map(({ name }) => name))
const of = (name: string) => fc.constantFrom(...values[name]!)
const condition: fc.Arbitrary<Filter> = fc.oneof(
  anyName.chain((name) => fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), field: fc.constant(name), value: of(name) })),
  fc
    .constantFrom(...comparable)
    .chain((name) => fc.record({ op: fc.constantFrom('lt' as const, 'le' as const, 'gt' as const, 'ge' as const), field: fc.constant(name), value: of(name) })),
  anyName.chain((name) => fc.record({ op: fc.constant('in' as const), field: fc.constant(name), values: fc.array(of(name), { minLength: 1, maxLength: 3 }) })),
  fc.constantFrom('a', '政', "o'", '\\', '%').map((value): Filter => ({ op: 'startsWith', field: 'code', value })),
  fc.record({ op: fc.constantFrom('null' as const, 'notNull' as const), field: anyName }),
  fc
    .constantFrom('state', 'share')
    .chain((name) => fc.record({ op: fc.constant('between' as const), field: fc.constant(name), low: fc.constant(0), high: fc.constant(2) })),
)
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    condition,
    fc.record({ op: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ op: fc.constant('not' as const), of: tie('filter') }),
  ),
}))

test('PostgreSQL lets the same rows pass as the evaluation over objects, for any filter', async () => {
  const rows = await database.query<Record<string, string | null>>(
    `select n, ${fields.map(({ name }) => `"The ""${name}"""::text as ${name}`).join(', ')} from public.register order by n`.replace(
      '"The ""at"""::text',
      `to_char("The ""at""" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    ),
  )
  const objects = rows.map((row) => ({ n: row['n'], row: { ...row, live: row['live'] === null ? null : row['live'] === 'true' } }))
  await fc.assert(
    fc.asyncProperty(filter, async (one) => {
      const expected = objects.filter(({ row }) => evaluate(one, row as never, fields) === true).map(({ n }) => n)
      const passed = await database.query<{ n: number }>(`select n from public.register where ${filterSql(one, fields)} order by n`)
      expect(passed.map(({ n }) => n)).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

test('a filter on a field that is not granted is refused, whoever checked it before', () => {
  expect(() => filterSql({ op: 'eq', field: 'secret', value: 1 }, fields)).toThrow(/unknown_field/)
  expect(() => filterSql({ op: 'eq', field: 'state', value: "1'; drop table register; --" }, fields)).toThrow(/bad_value/)
})
