/** The real driver against the other end of its protocol (testing/tds-server.ts): how statements, values, rows, bulk loads and errors travel. */
import { afterEach, expect, test } from 'vitest'
import { until } from '../../testing/wait.ts'
import { HeldRows } from '../sql/held.ts'
import { insertColumns } from '../sql/table.ts'
import { FIELDS } from '../testing/every-type.ts'
import { RowEncoder } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import { SqlServer } from './session.ts'
import { type Answer, type Asked, TdsServer } from './testing/tds-server.ts'

let server: TdsServer
const started = async (answer: (asked: Asked) => Answer) => {
  server = new TdsServer((asked) => {
    if (asked.sql.includes('ProductVersion')) return { rows: [['16.0.4135.4', 'register']] }
    return answer(asked)
  })
  return new SqlServer(await server.listen())
}
afterEach(() => server.close())

test('a session says what it talks to, and is set up before anything is asked', async () => {
  const store = await started(() => ({}))
  const session = await store.open('source')
  expect([session.product, session.database]).toEqual(['SQL Server 16.0.4135.4', 'register'])
  expect(server.asked.find(({ sql }) => sql.includes('xact_abort on'))).toMatchObject({ how: 'batch' })
  await session.end()
  await until(async () => server.open === 0)
})

test('values stand beside a statement, texts as they are, and rows come back with bytes, floats and nulls', async () => {
  const bytes = Buffer.from([0, 1, 255])
  const store = await started(({ sql }) =>
    sql.includes('from t')
      ? {
          rows: [
            ['税务 ', bytes, 0.1],
            [null, bytes, -0.5],
          ],
        }
      : {},
  )
  const session = await store.open('source')
  const rows = await session.query(`select [a?] from t where a = ? and b = ? and c = ? and d = ?`, ["o'clock 𠮷", 7, null, bytes])
  expect(server.asked.at(-1)).toEqual({
    how: 'call',
    sql: 'select [a?] from t where a = @p1 and b = @p2 and c = @p3 and d = @p4',
    values: ["o'clock 𠮷", 7, null, bytes],
  })
  expect(rows).toEqual([
    ['税务 ', bytes, 0.1],
    [null, bytes, -0.5],
  ])
  await session.end()
})

test('rows are taken a thousand at a time, the next ones when they are asked for; who leaves early ends the session', async () => {
  const many = Array.from({ length: 2500 }, (_, n) => [`${n} ${'长'.repeat(100)}`])
  const store = await started(({ sql }) => (sql.includes('from t') ? { rows: many } : {}))
  const session = await store.open('source')
  const sizes: number[] = []
  for await (const batch of session.batches('select c from t')) sizes.push(batch.length)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(2500)
  expect(sizes.slice(0, 2)).toEqual([1000, 1000])
  for await (const batch of session.batches('select c from t')) {
    expect(batch[0]).toEqual(many[0])
    break
  }
  await expect(session.query('select 1')).rejects.toMatchObject({ code: 'database_gone' })
  await until(async () => server.open === 0)
})

test('the grant’s user and the isolation of its transactions are set for the session, not within a call that would take them back at its end', async () => {
  const store = await started(({ sql }) => {
    if (sql.includes('snapshot_isolation_state')) return { rows: [['1', 'SRV', 'register', '2026-11-25 08:00:00.0000000']] }
    return sql.includes('top (1)') ? { rows: [['1']] } : {}
  })
  const session = await store.open('source')
  await store.enter(session, "zhenghe_1'_v1")
  const begun = await session.dialect.beginReading([session], { schema: 'dbo', table: 't' })
  expect(begun).toEqual({ system: 'SRV/register', position: '2026-11-25 08:00:00.0000000', asOf: '', moments: 'shared' })
  const batches = server.asked.filter(({ how }) => how === 'batch').map(({ sql }) => sql)
  expect(batches).toContain(`execute as user = N'zhenghe_1''_v1' with no revert`)
  expect(batches).toContain('set transaction isolation level snapshot')
  await session.end()
})

test('without snapshots, and with several readers, nobody claims one moment', async () => {
  const store = await started(({ sql }) => (sql.includes('snapshot_isolation_state') ? { rows: [['0', 'SRV', 'register', 'now']] } : {}))
  const session = await store.open('source')
  expect(await session.dialect.beginReading([session, session], { schema: 'dbo', table: 't' })).toMatchObject({ moments: 'none' })
  await session.end()
})

test('rows of every type go in by a bulk load of their texts, to the byte, and the server makes its own types of them', async () => {
  const store = await started(({ sql }) => (sql.startsWith('insert into') ? { changed: 2 } : {}))
  const session = await store.open('target')
  const frames = new TupleFrames()
  const rows = new RowEncoder(frames, FIELDS)
  const long = '长'.repeat(300_000)
  rows.write([
    1n,
    'a',
    true,
    -1,
    2,
    3n,
    0.5,
    0.1,
    '12.50',
    '-0.0009765625000',
    '税务',
    null,
    '𠮷',
    long,
    '0001-01-01',
    '08:30:00.000001',
    '1752-01-01 00:00:00',
    '2026-01-01 00:00:00+08',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    Buffer.from([0, 255]),
    '{"a": 1}',
    '',
    null,
    '2026-01-01 00:00:00Z',
  ])
  rows.write(FIELDS.map(({ key, nullable }) => (key ? 2n : nullable ? null : '9999-12-31 23:59:59.999999Z')))
  await session.begin()
  const inserter = await session.dialect.inserter(session, { schema: 'dbo', table: 't' }, insertColumns(session.dialect, FIELDS))
  await inserter.write(new HeldRows(FIELDS, session.dialect).of(frames.take().payload))
  expect(await inserter.end()).toBe(2)
  await session.commit()
  const [first, second] = server.bulks[0]!.rows
  const marks = Buffer.alloc(24)
  marks[8] = 3 // two decimals
  marks[9] = 14 // thirteen
  expect(first).toEqual([
    '1',
    'a',
    '1',
    '-1',
    '2',
    '3',
    0.5,
    0.1,
    '12.5',
    '-0.0009765625',
    '税务',
    null,
    '𠮷',
    long,
    '0001-01-01',
    '08:30:00.000001',
    '1752-01-01 00:00:00.000000',
    '2025-12-31 16:00:00.000000 +00:00',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    Buffer.from([0, 255]),
    '{"a": 1}',
    '',
    null,
    '2026-01-01 00:00:00.000000 +00:00',
    marks,
  ])
  expect(second?.filter((value) => value !== null)).toEqual(['2', '9999-12-31 23:59:59.999999 +00:00', Buffer.alloc(24)])
  expect(server.asked.at(-1)!.sql).toMatch(
    /^insert into \[dbo\]\.\[t\] \(\[id\], .*\[zhenghe_marks\]\) select convert\(bigint, c0\), c1, convert\(bit, c2\), .* from #zhenghe_rows$/,
  )
  await session.end()
})

test.each([
  [1205, 'database_busy', true],
  [208, 'source_missing', false],
  [229, 'source_rights', false],
  [207, 'source_changed', false],
  [8115, 'source_value', false],
  [1105, 'target_room', true],
  [2627, 'duplicate_keys', false],
])('the error %i of a statement is told as %s', async (number, code, resumable) => {
  const store = await started(({ sql }) => (sql.includes('from t') ? { error: { number, message: 'the server says why' } } : {}))
  const session = await store.open('source')
  await expect(session.query('select a from t')).rejects.toMatchObject({ code, resumable, message: expect.stringContaining('the server says why') })
  await session.end()
})

test('a refused login, a cut connection and a statement that takes too long are told by name', async () => {
  const store = await started(({ sql }) => (sql.includes('cut') ? { cut: true } : sql.includes('slow') ? { hang: true } : {}))
  const session = await store.open('source')
  await expect(session.query('select cut')).rejects.toMatchObject({ code: 'database_gone', resumable: true })
  const impatient = await store.open('source', 100)
  await expect(impatient.query('select slow')).rejects.toMatchObject({ code: 'statement_timeout' })
  impatient.destroy()
  server.refuseLogin = { number: 18456, message: "Login failed for user 'node'." }
  const refused = store.open('source')
  await expect(refused).rejects.toMatchObject({ code: 'database_login' })
  await expect(refused).rejects.not.toThrow(/s3cret/)
})
