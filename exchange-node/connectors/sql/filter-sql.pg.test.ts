/** Which rows pass, whoever decides it: the database where it compares as we do, the node where it does not. On a database that runs here. */
import type { CanonicalType, Filter } from '@zhenghe/wire/documents.ts'
import { evaluate } from '@zhenghe/wire/filter.ts'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../testing/databases.ts'
import { field } from '../../testing/delivery.ts'
import type { SqlSession } from './dialect.ts'
import { filterSql } from './filter-sql.ts'
import { PlainPostgres } from './testing/plain-postgres.ts'

const store = testDatabase()
const columns: [string, CanonicalType][] = [
  ['code', 'text'],
  ['state', 'int2'],
  ['big', 'int8'],
  ['capital', 'numeric'],
  ['since', 'date'],
  ['at', 'timestamptz'],
  ['live', 'bool'],
]
const fields = columns.map(([name, type]) => field(name, type))
const values: Record<string, (string | number | boolean)[]> = {
  code: ['', 'a', 'A', 'ab', 'a ', '政和', "o'clock", '%_', '?'],
  state: [-1, 0, 1, 2, 32767],
  big: ['-9223372036854775808', 0, 7],
  capital: [0, '12.5', '12.50', '-3', '12345678901234567890.0001'],
  since: ['1999-12-31', '2026-02-28', '0001-01-01'],
  at: ['2026-01-01T00:00:00+08:00', '2025-12-31T16:00:00.000001Z'],
  live: [true, false],
}
const rows = fc.sample(fc.record(Object.fromEntries(fields.map(({ name }) => [name, fc.option(fc.constantFrom(...values[name]!))]))), { numRuns: 200, seed: 1 })

let session: SqlSession
beforeAll(async () => {
  await store.query(`create table public.register (n int primary key, ${columns.map(([name, type]) => `${name} ${type}`).join(', ')})`)
  for (const [n, row] of rows.entries())
    await store.query(`insert into public.register values ($1, ${fields.map((_, at) => `$${at + 2}`).join(', ')})`, [n, ...fields.map(({ name }) => row[name])])
  session = await new PlainPostgres(store.address).open('source')
  return () => session.end()
})

const ordered = fields.filter(({ type }) => type !== 'bool').map(({ name }) => name)
const anyName = fc.constantFrom(...fields.map(({ name }) => name))
const of = (name: string) => fc.constantFrom(...values[name]!)
const condition: fc.Arbitrary<Filter> = fc.oneof(
  anyName.chain((name) => fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), field: fc.constant(name), value: of(name) })),
  fc.constantFrom(...ordered).chain((name) => fc.record({ op: fc.constantFrom('lt' as const, 'ge' as const), field: fc.constant(name), value: of(name) })),
  anyName.chain((name) => fc.record({ op: fc.constant('in' as const), field: fc.constant(name), values: fc.array(of(name), { minLength: 1, maxLength: 3 }) })),
  fc.constantFrom('a', '政', '%').map((value): Filter => ({ op: 'startsWith', field: 'code', value })),
  fc.record({ op: fc.constantFrom('null' as const, 'notNull' as const), field: anyName }),
  fc.record({ op: fc.constant('between' as const), field: fc.constant('state'), low: fc.constant(0), high: fc.constant(2) }),
)
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    condition,
    fc.record({ op: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ op: fc.constant('not' as const), of: tie('filter') }),
  ),
}))

test('what is pushed down of a filter means what the evaluation over objects means, for any filter; text is put into an order by nobody but the node', async () => {
  const [table] = await session.dialect.readTables(session, { schema: 'public', table: 'register' })
  let pushed = 0
  await fc.assert(
    fc.asyncProperty(filter, async (one) => {
      const found = filterSql(one, fields, table!.own, session.dialect)
      if (/"op":"(lt|ge)","field":"code"/.test(JSON.stringify(one))) {
        expect(found).toBeUndefined()
        return
      }
      const expected = [...rows.keys()].filter((n) => evaluate(one, rows[n] as never, fields) === true)
      const passed = await session.query(`select n from public.register where ${found!.sql} order by n`, found!.values)
      expect(passed.map(([n]) => Number(n))).toEqual(expected)
      pushed++
    }),
    { numRuns: 300 },
  )
  expect(pushed).toBeGreaterThan(100)
}, 60_000)

test('a filter on a field that is not granted is refused, whoever checked it before; one with too many values for a statement is left to the node', () => {
  const { dialect } = session
  const own = columns.map(([column, type]) => ({
    column,
    type,
    base: type,
    dbType: type,
    precision: null,
    scale: null,
    nullable: true,
    comment: null,
    long: false,
  }))
  expect(() => filterSql({ op: 'eq', field: 'secret', value: 1 }, fields, own, dialect)).toThrow(/unknown_field/)
  const many = Array.from({ length: 1001 }, (_, n) => n)
  expect(filterSql({ op: 'in', field: 'big', values: many }, fields, own, dialect)).toBeUndefined()
})
