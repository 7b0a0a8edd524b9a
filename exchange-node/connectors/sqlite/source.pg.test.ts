import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { afterAll, expect, test } from 'vitest'
import type { Plan } from '../../target/ledger.ts'
import { testDatabase } from '../../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant } from '../../testing/delivery.ts'
import { boundTo } from '../testing/rows.ts'
import { SqliteFile, sqliteAddress } from './file.ts'
import { SqliteSource } from './source.ts'
import { SqliteTarget } from './target.ts'
import type { LoadTask } from './testing/load-worker.ts'

const root = mkdtempSync(path.join(tmpdir(), 'sqlite-source-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const arrival = testDatabase()

/** A file of its own with some tables in it. */
function made(sql: string): string {
  const file = path.join(root, `${randomUUID().slice(0, 8)}.db`)
  change(file, `pragma journal_mode = wal; ${sql}`)
  return file
}

function change(file: string, sql: string): void {
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

async function endsOf(file: string, table: string, fields: GrantField[], more: Partial<Grant> = {}): Promise<Ends> {
  await arrival.query('create table if not exists any_table (id int8 primary key)')
  const draft = await draftGrant(arrival.address, { table: 'any_table', fields: [field('id', 'int8', { key: true })] })
  const source = new SqliteSource(file)
  const grant = signGrant({ ...draft, ...more, fields, source: await boundTo(source, { schema: 'main', table }, fields) })
  return { source, target: arrival.address, grant, table: `t_${randomUUID().slice(0, 8)}`, pagesPerRange: 1 }
}

const FIELDS = [field('id', 'int8', { key: true }), field('name', 'text'), field('amount', 'numeric'), field('day', 'date'), field('since', 'timestamp')]
const TABLE = `create table company (id integer primary key, name varchar(80), amount decimal(20,2), day date, since datetime, secret text);`

test('a table as departments make them arrives in its own types, whatever SQLite calls them', async () => {
  const file = made(`${TABLE}
    insert into company values (9007199254740993, '甲公司', 12.5, '2026-01-31', '2026-01-31 08:30:00', 'x'), (-5, null, '0.10', null, '2026-02-01T00:00:00.25', 'y')`)
  const ends = await endsOf(file, 'company', FIELDS)
  await deliver(ends)
  expect(await arrival.query(`select id::text, name, amount::text, day::text, since::text from ${ends.table} order by id`)).toEqual([
    { id: '-5', name: null, amount: '0.1', day: null, since: '2026-02-01 00:00:00.25' },
    { id: '9007199254740993', name: '甲公司', amount: '12.5', day: '2026-01-31', since: '2026-01-31 08:30:00' },
  ])
})

test('a filter passes the rows that its meaning passes, and the rows it holds back are counted', async () => {
  const file = made(`${TABLE}
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)
    insert into company select i, case when i % 7 = 0 then null else 'c' || i end, i * 1.25, date('2026-01-01', '+' || i || ' days'), null, '' from n`)
  const filter: Grant['filter'] = {
    op: 'or',
    of: [
      { op: 'null', field: 'name' },
      {
        op: 'and',
        of: [
          { op: 'between', field: 'day', low: '2026-03-01', high: '2026-03-31' },
          { op: 'gt', field: 'amount', value: '80.00' },
        ],
      },
    ],
  }
  const ends = await endsOf(file, 'company', FIELDS, { filter })
  await deliver(ends)
  const [row] = await arrival.query(`select count(*)::int as n, count(*) filter (where name is null)::int as nulls from ${ends.table}`)
  expect(row).toEqual({ n: 71 + 22, nulls: 71 })
  expect(await compare(ends, false)).toMatchObject({ missing: 0, extra: 0, changed: 0 })
})

test('an increment reads from below the checkpoint again, so that a row that was written late is not lost', async () => {
  const fields = [field('id', 'text', { key: true }), field('changed', 'timestamptz', { nullable: false })]
  const file = made(`create table log (id text primary key not null, changed timestamptz not null) without rowid;
    insert into log values ('a', '2026-01-01 00:10:00+00'), ('b', '2026-01-01 08:09:00+08:00')`)
  const ends = await endsOf(file, 'log', fields, { cursor: 'changed' })
  await deliver(ends)
  change(file, `insert into log values ('late', '2026-01-01 00:09:30Z'), ('new', '2026-01-01 00:11:00+00')`)
  await deliver({ ...ends, mode: 'incremental' })
  expect(await arrival.query(`select id from ${ends.table} order by id`)).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'late' }, { id: 'new' }])
})

test('a load sees one moment, whatever is written meanwhile', async () => {
  const file = made(`create table t (id integer primary key, name text); insert into t values (1, 'old'), (2, 'old')`)
  const fields = [field('id', 'int8', { key: true }), field('name', 'text')]
  const source = new SqliteSource(file)
  const grant = { ...(await draftOf(file, fields)), fields }
  const prepared = await source.prepare(grant, 'snapshot', { statementTimeoutMs: 1000, overlapSeconds: 0 })
  const snapshot = await prepared.snapshot()
  change(file, `update t set name = 'new'; insert into t values (3, 'new')`)
  const reader = await snapshot.reader()
  let text = ''
  for await (const { payload } of reader.rows({ by: 'range', range: { from: null, to: null } })) text += payload.toString('latin1')
  await snapshot.end()
  expect(text.match(/old/g)).toHaveLength(2)
  expect(text).not.toContain('new')
})

async function draftOf(file: string, fields: GrantField[]): Promise<Grant> {
  const { grant } = await endsOf(file, 't', fields)
  return JSON.parse(grant.text) as Grant
}

test('a column that is not granted cannot be read, by SQLite itself', () => {
  const file = made(`${TABLE} insert into company (id, secret) values (1, 'x'); create table other (id int); create view v as select id, name from company`)
  const db = new SqliteFile(file, 'source')
  db.holdTo('company', new Set(['id', 'ROWID']))
  expect(db.one('select id, rowid, count(*) from company')).toEqual([1n, 1n, 1n])
  for (const sql of ['select secret from company', 'select id from other', 'select * from sqlite_schema', `attach 'x' as y`, 'pragma table_list'])
    expect(() => db.one(sql)).toThrow(expect.objectContaining({ code: 'source_rights' }))
  db.end()
  const view = new SqliteFile(file, 'source')
  view.holdTo('v', new Set(['id']))
  expect(view.one('select id from v')).toEqual([1n])
  expect(() => view.one('select name from v')).toThrow(expect.objectContaining({ code: 'source_rights' }))
  view.end()
})

test('a vanished table, a changed type, and too many values of another kind and rows without their key are refused by name', async () => {
  const fields = [field('id', 'text', { key: true }), field('n', 'int8')]
  const file = made(`create table a (id text primary key, n int); create table b (id text primary key, n int); create table c (id text primary key, n int);
    create table d (id text primary key, n int); insert into c values ('九', 'many'); insert into d values (null, 1)`)
  const [a, b, c, d] = await Promise.all(['a', 'b', 'c', 'd'].map((table) => endsOf(file, table, fields)))
  change(file, 'drop table a; drop table b; create table b (id text primary key, n real)')
  await expect(deliver(a!)).rejects.toMatchObject({ code: 'source_missing' })
  await expect(deliver(b!)).rejects.toMatchObject({ code: 'source_changed' })
  await expect(deliver(c!)).rejects.toMatchObject({ code: 'reject_share' })
  await expect(deliver(d!)).rejects.toMatchObject({ code: 'reject_share' })
})

test('bytes that are no characters are held back, not replaced', async () => {
  const fields = [field('id', 'int8', { key: true }), field('name', 'text')]
  const file = made(`create table t (id integer primary key, name text); insert into t values (1, cast(x'c4e3bac3' as text))`)
  const { rejections } = await deliver(await endsOf(file, 't', fields, { limits: { rejectShare: 1, connections: 1 } }))
  expect([...rejections.values()].flat()).toEqual([{ key: { id: '1' }, field: 'name', rule: 'unreadable', value: '***' }])
})

test('a file that is gone, closed to this node or no database is refused in words', async () => {
  const [none, text] = [path.join(root, 'none.db'), path.join(root, 'text.db')]
  writeFileSync(text, 'this is no database, however long it goes on; '.repeat(100))
  await expect(new SqliteSource(none).look()).rejects.toMatchObject({ code: 'database_unreachable', resumable: true })
  await expect(new SqliteSource(text).look()).rejects.toMatchObject({ code: 'database_login' })
  await expect(new SqliteTarget(path.join(root, 'no', 'folder.db')).look()).rejects.toMatchObject({ code: 'database_unreachable' })
  expect(() => sqliteAddress('sqlite://srv/register.db')).toThrow(/three slashes/)
  chmodSync(text, 0o600)
})

test('two rows with one key, a view in the way and rows of somebody else leave the target as it was', async () => {
  await arrival.query(`create table twice (id int8, name text); insert into twice values (1, 'a'), (1, 'b')`)
  const fields = [field('id', 'int8', { key: true }), field('name', 'text')]
  await arrival.query('alter table twice alter id set not null')
  const grant = signGrant(await draftGrant(arrival.address, { table: 'twice', fields }))
  const file = made(`create table theirs (id int8, name text); insert into theirs values (5, 'old'); create view shown as select 1 as id`)
  const into = (table: string): Ends => ({ source: arrival.address, target: new SqliteTarget(file), grant, schema: 'main', table })
  await expect(deliver(into('received'))).rejects.toMatchObject({ code: 'duplicate_keys' })
  await expect(deliver(into('theirs'))).rejects.toMatchObject({ code: 'target_not_ours' })
  await expect(deliver(into('shown'))).rejects.toMatchObject({ code: 'target_incompatible' })
  await expect(deliver({ ...into('received'), schema: 'public' })).rejects.toMatchObject({ code: 'target_missing' })
  expect((await new SqliteTarget(file).tables()).map(({ table }) => table)).toEqual(['shown', 'theirs'])
})

test('indexes, triggers and views of the old table stand when a load has replaced it', async () => {
  await arrival.query(`create table plain (id int8 primary key, name text); insert into plain values (1, 'a'), (2, 'b')`)
  const grant = signGrant(await draftGrant(arrival.address, { table: 'plain', fields: [field('id', 'int8', { key: true }), field('name', 'text')] }))
  const file = made('create table log (id)')
  const ends: Ends = { source: arrival.address, target: new SqliteTarget(file), grant, schema: 'main', table: 'received' }
  await deliver(ends)
  change(
    file,
    `create index by_name on received (name); create view names as select name from received;
    create trigger told after delete on received begin insert into log values (old.id); end`,
  )
  await deliver(ends)
  const db = new DatabaseSync(file)
  expect(
    db
      .prepare(`select name from sqlite_schema where tbl_name in ('received', 'names') and name not like 'zhenghe%' order by name`)
      .all()
      .map((row) => row['name']),
  ).toEqual(['by_name', 'names', 'received', 'told'])
  expect(db.prepare('select name from names order by name').all()).toHaveLength(2)
  db.close()
})

const KILLS = 6
test(`killed ${KILLS} times on the way, the file holds exactly the rows of the ranges its ledger tells of`, { timeout: 60_000 }, async () => {
  const file = made('create table other (id)')
  const fields = [field('id', 'int8', { key: true }), field('name', 'text')]
  const name = { schema: 'main', table: 'received' }
  const grant = { ...(await draftOf(made('create table t (id integer primary key, name text)'), fields)), fields }
  const ranges = Array.from({ length: 40 }, (_, n) => ({ n, from: null, to: null }))
  const plan = { kind: 'plan', mode: 'snapshot', grant: { id: grant.id, version: 1 }, ranges, totalRows: 0, snapshot: 's' } as unknown as Plan
  const task: LoadTask = { file, plan, rowsPerRange: 4000, request: { delivery: randomUUID(), mode: 'snapshot', grant, name, memoryMiB: 16 } }
  const told = new Set<number>()
  for (let round = 0; round <= KILLS; round++) {
    const child = fork(new URL('./testing/load-worker.ts', import.meta.url), [JSON.stringify(task)], { stdio: 'inherit' })
    const gone = once(child, 'exit')
    let left = 3 + round
    child.on('message', (n: number) => {
      told.add(n)
      if (--left === 0 && round < KILLS) child.kill('SIGKILL')
    })
    await gone
    const target = await new SqliteTarget(file).open(task.request)
    const done = await target.done()
    expect(await target.count('load')).toBe(done.reduce((sum, { sent }) => sum + sent, 0))
    expect(done.map(({ n }) => n)).toEqual(expect.arrayContaining([...told]))
    await target.end()
  }
  expect(told.size).toBe(ranges.length)
})
