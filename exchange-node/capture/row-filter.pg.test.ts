import type { CanonicalType, Filter } from '@zhenghe/wire/documents.ts'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { places, walk } from '../kernels/layout.ts'
import { connect } from '../pg/connect.ts'
import { copyOut } from '../pg/copy-out.ts'
import { filterSql } from '../pg/filter-sql.ts'
import { testDatabase } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { compileFilter } from './row-filter.ts'

const database = testDatabase()
const TYPES = {
  code: 'text',
  i2: 'int2',
  i4: 'int4',
  i8: 'int8',
  capital: 'numeric',
  f4: 'float4',
  f8: 'float8',
  since: 'date',
  at: 'timestamptz',
  local: 'timestamp',
  hour: 'time',
  live: 'bool',
  mark: 'uuid',
} satisfies Record<string, CanonicalType>
const fields = Object.entries(TYPES).map(([name, type]) => field(name, type as CanonicalType))
type Name = keyof typeof TYPES

/** Values of rows, in PostgreSQL's words; of filters, in the grant's. */
const values: Record<Name, (string | number | boolean)[]> = {
  code: ['', 'a', 'A', 'ab', '政和', '\ue000', '𠮷', "o'clock", 'back\\slash', '%_'],
  i2: [-32768, -1, 0, 1, 2, 32767],
  i4: [-2147483648, 0, 7, 2147483647],
  i8: ['-9223372036854775808', 0, 7, '9007199254740993', '9223372036854775807'],
  capital: [0, '0.00', '12.5', '12.50', '-3', '1234567890123456789.01'],
  f4: [-0.5, 0, 0.1, 16777216],
  f8: [-0.5, 0, 0.1, 1e300],
  since: ['0001-01-01', '1999-12-31', '2000-01-01', '2026-02-28', '9999-12-31'],
  at: ['2026-01-01T00:00:00+08:00', '2025-12-31T16:00:00Z', '2026-01-01T00:00:00.000001+08:00', '0001-01-01T00:00:00-05:30'],
  local: ['2026-01-01T00:00:00', '1999-12-31T23:59:59.999999', '2026-01-01T08:30'],
  hour: ['00:00', '08:30:00.000001', '23:59:59'],
  live: [true, false],
  mark: ['0f8fad5b-d9cb-469f-a165-70867728950e', '00000000-0000-0000-0000-000000000000'],
}
/** What a column may hold and no filter can say. */
const beyond: Partial<Record<Name, string[]>> = {
  capital: ['NaN', 'Infinity', '-Infinity'],
  f4: ['NaN', '-Infinity'],
  f8: ['NaN', 'Infinity', '-0'],
  since: ['infinity', '-infinity', '0044-03-15 BC', '12026-01-01'],
  at: ['infinity', '-infinity', '4713-01-01 BC'],
  local: ['infinity', '0044-03-15 BC'],
  hour: ['24:00'],
}
const ROWS = 400

beforeAll(async () => {
  await database.query(`create table public.register (n int4 primary key, ${fields.map(({ name, type }) => `${name} ${type}`).join(', ')})`)
  const cell = (name: Name) => fc.option(fc.constantFrom(...values[name], ...(beyond[name] ?? [])))
  const random = fc.sample(fc.record(Object.fromEntries(Object.keys(TYPES).map((name) => [name, cell(name as Name)]))), { numRuns: ROWS, seed: 3 })
  for (const [n, row] of random.entries()) {
    const cells = fields.map(({ name }) => row[name])
    await database.query(`insert into public.register values (${[n, ...cells].map((_, at) => `$${at + 1}`).join(', ')})`, [n, ...cells])
  }
})

const names = Object.keys(TYPES) as Name[]
const ordered = names.filter((name) => name !== 'live' && name !== 'mark')
const of = (name: Name) => fc.constantFrom(...values[name])
const condition: fc.Arbitrary<Filter> = fc.oneof(
  fc.constantFrom(...names).chain((name) => fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), field: fc.constant(name), value: of(name) })),
  fc
    .constantFrom(...ordered)
    .chain((name) => fc.record({ op: fc.constantFrom('lt' as const, 'le' as const, 'gt' as const, 'ge' as const), field: fc.constant(name), value: of(name) })),
  fc
    .constantFrom(...names)
    .chain((name) => fc.record({ op: fc.constant('in' as const), field: fc.constant(name), values: fc.array(of(name), { minLength: 1, maxLength: 3 }) })),
  fc.constantFrom('a', '政', "o'", '\\', '%').map((value): Filter => ({ op: 'startsWith', field: 'code', value })),
  fc.record({ op: fc.constantFrom('null' as const, 'notNull' as const), field: fc.constantFrom(...names) }),
  fc
    .constantFrom('i2', 'f8')
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

test('the filter over bytes lets the same rows pass as PostgreSQL does, for any filter', async () => {
  const client = await connect(database.address, 'test')
  const tuples: Buffer[] = []
  for await (const { payload } of copyOut(client, `copy (select ${names.join(', ')} from public.register order by n) to stdout (format binary)`))
    tuples.push(Buffer.from(payload))
  await client.end()
  const bytes = Buffer.concat(tuples)
  const at = places(fields.length)
  await fc.assert(
    fc.asyncProperty(filter, async (one) => {
      const passes = compileFilter(one, fields)
      const passed: number[] = []
      for (let [next, n] = [0, 0]; next < bytes.length; n++) {
        next = walk(bytes, next, at)
        if (passes(bytes, at)) passed.push(n)
      }
      const expected = await database.query<{ n: number }>(`select n from public.register where ${filterSql(one, fields)} order by n`)
      expect(passed).toEqual(expected.map(({ n }) => n))
    }),
    { numRuns: 300 },
  )
})
