import { expect, test } from 'vitest'
import { PostgresSource } from '../connectors/postgres/source.ts'
import { testDatabase } from '../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant } from '../testing/delivery.ts'

const source = testDatabase()
const target = testDatabase()
const FILL = `create table if not exists t (id int8 primary key, name text); insert into t select n, '企业' || n from generate_series(1, 20000) n on conflict do nothing`

async function ends(): Promise<Ends> {
  await source.query(FILL)
  await source.query('analyze t')
  const grant = signGrant(await draftGrant(source.address, { table: 't', fields: [field('id', 'int8', { key: true }), field('name', 'text')] }))
  return { source: source.address, target: target.address, grant, pagesPerRange: 8 }
}

/** While `work` runs, the database has none of these functions. */
async function without(functions: readonly string[], work: () => Promise<void>): Promise<void> {
  for (const [n, name] of functions.entries()) await source.query(`alter function pg_catalog.${name} rename to hidden_${n}`)
  try {
    await work()
  } finally {
    for (const [n, name] of functions.entries()) {
      const [own = '', parameters = ''] = name.split('(')
      await source.query(`alter function pg_catalog.hidden_${n}(${parameters} rename to ${own}`)
    }
  }
}

test.each([
  ['moments to share', ['pg_export_snapshot()']],
  ['a number of its own', ['pg_control_system()']],
  ['names for places in its log', ['pg_current_wal_lsn()', 'pg_last_wal_replay_lsn()']],
  ['partitions that it tells of', ['pg_partition_tree(regclass)']],
  ['a hash of a row', ['hash_record_extended(record, int8)']],
  [
    'any of these',
    ['pg_export_snapshot()', 'pg_control_system()', 'pg_current_wal_lsn()', 'pg_partition_tree(regclass)', 'hash_record_extended(record, int8)'],
  ],
])('a database that speaks the protocol and has not %s is read all the same, and compared', async (_what, functions) => {
  const here = await ends()
  await without(functions, async () => {
    const { evidence } = await deliver(here)
    expect(evidence.receipt).toBeDefined()
    expect(await target.query('select count(*)::int as n, sum(id)::int as s from received')).toEqual([{ n: 20000, s: 200010000 }])
    await source.query(`update t set name = 'changed' where id = 7`)
    expect(await compare(here, true)).toMatchObject({ changed: 1, mended: 1 })
    expect((await new PostgresSource(source.address).tables()).map(({ table }) => table)).toContain('t')
    await source.query(`update t set name = '企业7' where id = 7`)
  })
})

test('readers that cannot share a moment name their own; what changed between them is mended before anybody sees it', async () => {
  const here = await ends()
  await without(['pg_export_snapshot()'], async () => {
    const moments = new Set<string>()
    const store = new PostgresSource(source.address)
    const grant = await draftGrant(source.address, { table: 't', fields: [field('id', 'int8', { key: true }), field('name', 'text')] })
    const snapshot = await (await store.prepare(grant, 'snapshot', { statementTimeoutMs: 60_000, overlapSeconds: 60 })).snapshot()
    for (let n = 0; n < 2; n++) {
      const reader = await snapshot.reader()
      moments.add(reader.moment ?? '')
      await reader.end()
    }
    await snapshot.end()
    expect([...moments].map((name) => name.replace(/^.*\//, ''))).toEqual(['0', '1'])
    await deliver(here)
  })
})

test('what the database itself must do to hold a grant, nothing stands in for: it is refused by its name and the function’s', async () => {
  const here = await ends()
  await without(['hashtextextended(text, int8)'], async () => {
    const missing = { code: 'database_too_old', message: expect.stringMatching(/«PostgreSQL .*» and has no hashtextextended, so/) }
    await expect(deliver(here)).rejects.toMatchObject(missing)
    await expect(new PostgresSource(source.address).tables()).rejects.toMatchObject(missing)
  })
  await deliver(here)
})
