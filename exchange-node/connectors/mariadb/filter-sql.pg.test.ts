import type { CanonicalType, Filter } from '@zhenghe/wire/documents.ts'
import { evaluate } from '@zhenghe/wire/filter.ts'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { field } from '../../testing/delivery.ts'
import { testMaria } from '../../testing/mariadb.ts'
import { filterSql } from './filter-sql.ts'
import { dialectOf, readTables } from './schema.ts'
import { withSession } from './session.ts'

const store = testMaria()
const columns: [string, CanonicalType, string][] = [
  ['code', 'text', 'varchar(40) character set utf8mb4 collate utf8mb4_general_ci'],
  ['gbk', 'text', 'varchar(40) character set gbk'],
  ['state', 'int2', 'smallint'],
  ['big', 'int8', 'bigint'],
  ['wide', 'numeric', 'bigint unsigned'],
  ['capital', 'numeric', 'decimal(30,4)'],
  ['share', 'float8', 'double'],
  ['single', 'float4', 'float'],
  ['since', 'date', 'date'],
  ['day', 'timestamp', 'date'],
  ['opens', 'time', 'time(6)'],
  ['at', 'timestamptz', 'timestamp(6) null'],
  ['local', 'timestamp', 'datetime(6)'],
  ['live', 'bool', 'tinyint(1)'],
  ['bit', 'bool', 'bit(1)'],
  ['mark', 'uuid', 'uuid'],
]
const fields = columns.map(([name, type]) => field(name, type, { column: `The \`${name}\`` }))

const texts = ['', 'a', 'A', 'ab', 'a ', '政和', "o'clock", 'back\\slash', '%_']
const numbers = [0, 1, 2, 12.5, 0.1, -0.5, 1e300]
const moments = ['2026-01-01T00:00:00', '2025-12-31T16:00:00.000001', '1999-12-31T00:00:00']
const values: Record<string, (string | number | boolean)[]> = {
  code: [...texts, '\ue000', '𠮷'],
  gbk: texts,
  state: [-1, 0, 1, 2, 32767],
  big: ['-9223372036854775808', 0, 7, '9007199254740993'],
  wide: [0, '18446744073709551615', '9223372036854775808'],
  capital: [0, '0.00', '12.5', '12.50', '-3', '12345678901234567890.0001', 1e21],
  share: numbers,
  single: [0, 1, 2, 0.1, -0.5, 16777217],
  since: ['1999-12-31', '2000-01-01', '2026-02-28', '0001-01-01'],
  day: ['1999-12-31T00:00:00', '2026-01-01T00:00:00', '2026-01-01T00:00:01'],
  opens: ['08:30', '23:59:59.999999', '00:00'],
  at: ['2026-01-01T00:00:00+08:00', '2025-12-31T16:00:00Z', '2026-01-01T00:00:00.000001+08:00'],
  local: moments,
  live: [true, false],
  bit: [true, false],
  mark: ['0f8fad5b-d9cb-469f-a165-70867728950e', '00000000-0000-0000-0000-000000000000'],
}
const ROWS = 400

/** As the column takes it. */
function stored(name: string, value: string | number | boolean | null): string | number | null {
  if (value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (name === 'at')
    return new Date(Date.parse(String(value).replace('.000001', ''))).toISOString().slice(0, 19) + (String(value).includes('.000001') ? '.000001' : '')
  return value
}

/** A day holds no time; a filter may ask for one. */
const heldBy = (name: string) => values[name]!.filter((value) => name !== 'day' || String(value).endsWith('00:00:00'))
const random = fc.sample(fc.record(Object.fromEntries(fields.map(({ name }) => [name, fc.option(fc.constantFrom(...heldBy(name)))]))), {
  numRuns: ROWS,
  seed: 1,
})

beforeAll(async () => {
  await store.query(`create table register (n int primary key, ${columns.map(([name, , type]) => `\`The \`\`${name}\`\`\` ${type}`).join(', ')})`)
  await store.server.query(`set global sql_mode = 'STRICT_ALL_TABLES'; set global time_zone = '+00:00'`)
  const rows = random.map((row, n) => [n, ...fields.map(({ name }) => stored(name, row[name] ?? null))])
  const bits = (name: string) => (name === 'bit' ? '? + 0' : '?')
  for (const row of rows) await store.query(`insert into register values (?, ${fields.map(({ name }) => bits(name)).join(', ')})`, row)
}, 60_000)

const comparable = fields.filter(({ type }) => type !== 'bool' && type !== 'uuid').map(({ name }) => name)
const anyName = fc.constantFrom(...fields.map(({ name }) => name))
const of = (name: string) => fc.constantFrom(...values[name]!)
const condition: fc.Arbitrary<Filter> = fc.oneof(
  anyName.chain((name) => fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), field: fc.constant(name), value: of(name) })),
  fc
    .constantFrom(...comparable)
    .chain((name) => fc.record({ op: fc.constantFrom('lt' as const, 'le' as const, 'gt' as const, 'ge' as const), field: fc.constant(name), value: of(name) })),
  anyName.chain((name) => fc.record({ op: fc.constant('in' as const), field: fc.constant(name), values: fc.array(of(name), { minLength: 1, maxLength: 3 }) })),
  fc
    .tuple(fc.constantFrom('a', 'A', '政', "o'", '\\', '%', 'a '), fc.constantFrom('code', 'gbk'))
    .map(([value, name]): Filter => ({ op: 'startsWith', field: name, value })),
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

test('MariaDB lets the same rows pass as the evaluation over objects, for any filter, whatever the collation of its columns', async () => {
  await withSession(store.url(), 'source', async (session) => {
    const [table] = await readTables(session, { schema: store.database, table: 'register' })
    await fc.assert(
      fc.asyncProperty(filter, async (one) => {
        const expected = [...random.keys()].filter((n) => evaluate(one, random[n] as never, fields) === true)
        const sql = filterSql(one, fields, table!.own, dialectOf(session.product))
        const passed = await session.query<{ n: number }>(`select n from ${store.database}.register where ${sql} order by n`)
        expect(passed.map(({ n }) => n)).toEqual(expected)
      }),
      { numRuns: 400 },
    )
  })
}, 60_000)

test('a filter on a field that is not granted is refused, whoever checked it before', () => {
  const dialect = { binary: 'utf8mb4_nopad_bin' } as const
  expect(() => filterSql({ op: 'eq', field: 'secret', value: 1 }, fields, [], dialect)).toThrow(/unknown_field/)
  expect(() => filterSql({ op: 'eq', field: 'state', value: "1'; drop table register; --" }, fields, [], dialect)).toThrow(/bad_value/)
})
