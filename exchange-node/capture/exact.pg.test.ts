import { Manifest, Receipt } from '@zhenghe/wire/documents.ts'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { captureRig } from './testing/rig.ts'

const source = testDatabase()
const target = testDatabase()
const rig = captureRig(source, target)

beforeAll(async () => {
  await source.query(`create type public.mood as enum ('好', '差'); create domain public.code as varchar(20) check (value <> ''); create domain public.codes as public.code;
    create table public.every_type (k numeric primary key, b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, t text, v varchar(20), c char(5), d date,
      ti time, ts timestamp, tz timestamptz, u uuid, y bytea, j jsonb, js json, e public.mood, dm public.codes, o oid, a int[], secret text);
    create table public.part (id int8 primary key, area text, n int4, name text, rep text)`)
})
beforeEach(() => source.query('truncate public.every_type, public.part'))

const FIELDS = {
  k: 'numeric',
  b: 'bool',
  i2: 'int2',
  i4: 'int4',
  i8: 'int8',
  f4: 'float4',
  f8: 'float8',
  n: 'numeric',
  t: 'text',
  v: 'text',
  c: 'text',
  d: 'date',
  ti: 'time',
  ts: 'timestamp',
  tz: 'timestamptz',
  u: 'uuid',
  y: 'bytea',
  j: 'jsonb',
  js: 'jsonb',
  e: 'text',
  dm: 'text',
  o: 'int8',
} as const
const WIDER = {
  k: 'numeric',
  b: 'text',
  i2: 'numeric',
  i4: 'float8',
  i8: 'numeric',
  f4: 'float8',
  f8: 'float8',
  n: 'numeric',
  t: 'text',
  v: 'text',
  c: 'text',
  d: 'timestamp',
  ti: 'time',
  ts: 'timestamp',
  tz: 'timestamptz',
  u: 'text',
  y: 'bytea',
  j: 'text',
  js: 'text',
  e: 'text',
  dm: 'text',
  o: 'int8',
} as const
const ROWS = (from: number) => `insert into public.every_type
  select g, g % 2 = 0, g % 30000 * (1 - g % 2 * 2), -g * 7, g::int8 * 1000003 - 5000000000, g / 7.0, g / 3.0::float8, (g::numeric ^ 3) / 13 - 5000, repeat('政𠮷a', g % 40), 'v' || g, 'c', date '2000-01-01' + g % 9000,
         time '00:00' + g * interval '1 microsecond', timestamp '1999-12-31 23:59:59.999999' + g * interval '1 minute', timestamptz '2026-01-01 00:00+08' + g * interval '1 second',
         gen_random_uuid(), decode(md5(g::text), 'hex'), jsonb_build_object('g', g, '字', array[g]), '{"a": 1, "a" : 2}', '差', 'x' || g, g, array[g], 'never' from generate_series(${from}, ${from + 499}) g;
  insert into public.every_type (k) values (-${from});
  insert into public.every_type (k, f4, f8, n, d, ts, tz, t, i8) values (-${from}.5, 'NaN', '-Infinity', 'NaN', 'infinity', '-infinity', 'infinity', '', -9223372036854775808),
    (-${from}.70, 'Infinity', -0.0, '-Infinity', '0044-03-15 BC', '4713-01-01 BC', '294276-12-31+00', E'\\\\''"\\t\\n', 9223372036854775807)`

test.each([
  ['as it is', FIELDS],
  ['as a wider type or text', WIDER],
])('every type arrives exact by the log, %s', async (_, types) => {
  await source.query(ROWS(1))
  const grant = await rig.grant({ table: 'every_type', fields: Object.entries(types).map(([name, type]) => field(name, type, { key: name === 'k' })) })
  const capture = await rig.begin(grant)
  await until(() => capture.sender())
  await source.query(
    `${ROWS(5000)}; update public.every_type set t = t || '!', n = n + 1 where k % 3 = 0; update public.every_type set k = k + 100000 where k between 10 and 20`,
  )
  await rig.caughtUp(capture)
  const columns = Object.entries(types)
    .map(([name, type]) => `(${name}::${type})::text as ${name}`)
    .join(', ')
  const rows = (table: string) => `select ${columns} from public.${table} order by k::numeric`
  expect(await target.query(rows('received'))).toEqual(await source.query(rows('every_type')))
})

test('columns whose bytes cannot be passed on exactly are refused by name before anything is made', async () => {
  const fields = [field('k', 'numeric', { key: true }), field('a', 'text')]
  await expect(rig.begin(await rig.grant({ table: 'every_type', fields }))).rejects.toMatchObject({
    code: 'capture_type',
    message: expect.stringMatching(/a integer\[\] \(granted as text\)/),
  })
})

test('of equal keys of different bytes there is one row', async () => {
  await source.query(`insert into public.every_type (k, t) values (1.0, 'a')`)
  const grant = await rig.grant({ table: 'every_type', fields: [field('k', 'numeric', { key: true }), field('t', 'text')] })
  const capture = await rig.begin(grant)
  await until(() => capture.sender())
  await source.query(`begin; update public.every_type set t = 'b'; update public.every_type set k = 1.000; update public.every_type set t = 'c'; commit`)
  await rig.caughtUp(capture)
  expect(await target.query('select k::text, t from public.received')).toEqual([{ k: '1.000', t: 'c' }])
})

const partFields = [
  field('id', 'int8', { key: true }),
  field('area', 'text'),
  field('n', 'int4', { rules: [{ kind: 'notNull' }] }),
  field('name', 'text', { mask: { kind: 'name' } }),
  field('rep', 'text', { mask: { kind: 'middle', head: 1, tail: 1 } }),
]

test('a row that leaves the filter is taken away, one that enters comes, and what was never granted is not named', async () => {
  await source.query(
    `alter table public.part replica identity full; insert into public.part select g, case when g % 2 = 0 then '东' else '西' end, g, '张三丰', '李四光明' from generate_series(1, 100) g`,
  )
  const grant = await rig.grant({ table: 'part', fields: partFields, filter: { op: 'eq', field: 'area', value: '东' } })
  const capture = await rig.begin(grant, { sending: { periodChanges: 1 } })
  await until(() => capture.sender())
  await source.query(`update public.part set area = '东' where id = 1; update public.part set area = '西' where id = 2; update public.part set name = '欧阳修' where id in (3, 4);
    delete from public.part where id in (5, 6); update public.part set id = 1000 where id = 8; update public.part set id = 1001 where id = 7; update public.part set n = null where id = 10;
    insert into public.part values (2001, '西', 1, 'x', 'y'), (2002, '东', null, 'x', 'y')`)
  await rig.caughtUp(capture)
  const rows = (table: string, name: string, rep: string, where: string) =>
    `select id::text, area, n, ${name} as name, ${rep} as rep from public.${table} where ${where} order by id`
  expect(await target.query(rows('received', 'name', 'rep', 'true'))).toEqual(
    await source.query(
      rows('part', `left(name, 1) || '**'`, `left(rep, 1) || repeat('*', char_length(rep) - 2) || right(rep, 1)`, `area = '东' and n is not null`),
    ),
  )
  await until(() => capture.periods.sent.size > 1)
  const signed = [...capture.periods.sent]
    .filter(([n]) => n > 0)
    .map(([, { manifest, receipt }]) => [Manifest.parse(JSON.parse(manifest.text)), Receipt.parse(JSON.parse(receipt.text))] as const)
  for (const [manifest, receipt] of signed) {
    expect(manifest.read).toBe(manifest.filtered + manifest.rejected + manifest.sent)
    expect(receipt).toMatchObject({ received: manifest.sent, loaded: manifest.sent, digest: manifest.digest, period: manifest.period })
  }
  const total = (key: 'changes' | 'filtered' | 'rejected' | 'sent') => signed.reduce((sum, [manifest]) => sum + (manifest[key] ?? 0), 0)
  expect({ changes: total('changes'), filtered: total('filtered'), rejected: total('rejected') }).toEqual({ changes: 11, filtered: 4, rejected: 2 })
  expect([...capture.rejections.values()].flat().map(({ key, rule }) => ({ key, rule }))).toContainEqual({ key: { id: '2002' }, rule: 'notNull' })
})

test('a filter that the log cannot judge a deleted row by is refused with the statement that helps', async () => {
  await source.query('alter table public.part replica identity default')
  const grant = await rig.grant({ table: 'part', fields: partFields, filter: { op: 'eq', field: 'area', value: '东' } })
  await expect(rig.begin(grant)).rejects.toMatchObject({
    code: 'capture_identity',
    message: expect.stringContaining('alter table "public"."part" replica identity full'),
  })
})

test('both sides keep the same signed periods, through a cut in the middle of one', async () => {
  await source.query(`insert into public.part select g, '东', g, 'a', 'b' from generate_series(1, 100) g`)
  const grant = await rig.grant({ table: 'part', fields: partFields })
  const first = await rig.begin(grant)
  await until(() => first.sender())
  await source.query('update public.part set n = n + 1')
  await rig.caughtUp(first)
  await first.cut()
  const again = await rig.begin(grant, { delivery: first.delivery, sending: { periodChanges: 150 } })
  await until(() => again.sender())
  await source.query('delete from public.part where id > 50')
  await until(() => again.periods.received.get(1))
  await until(() => again.periods.sent.get(1))
  expect(again.periods.sent.get(1)).toEqual(again.periods.received.get(1))
  expect(JSON.parse(again.periods.sent.get(1)!.manifest.text)).toMatchObject({ mode: 'capture', period: 1, changes: 150, read: 150, sent: 150 })
  expect(JSON.parse(again.periods.sent.get(1)!.receipt.text)).toMatchObject({ target: { rows: 50 } })
})
