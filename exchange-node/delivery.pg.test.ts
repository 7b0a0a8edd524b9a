import { Manifest, Receipt } from '@zhenghe/wire/documents.ts'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from './testing/databases.ts'
import { compare, deliver, draftGrant, field, signGrant } from './testing/delivery.ts'

const source = testDatabase()
const target = testDatabase()
const ends = { source: source.address, target: target.address }

const TYPES = `
  create table public.every_type (k int8 primary key, b bool, i2 int2, i4 int4, f4 float4, f8 float8, n numeric, t text, v varchar(20), c char(5), d date,
    ti time, ts timestamp, tz timestamptz, u uuid, y bytea, j jsonb, js json, a int[]);
  insert into public.every_type
  select g, g % 2 = 0, g % 30000, -g, g / 7.0, g / 3.0::float8, (g::numeric ^ 3) / 13, repeat('政𠮷a', g % 40), 'v' || g, 'c', date '2000-01-01' + g % 9000,
         time '00:00' + g * interval '1 microsecond', timestamp '1999-12-31 23:59:59.999999' + g * interval '1 minute', timestamptz '2026-01-01 00:00+08' + g * interval '1 second',
         gen_random_uuid(), decode(md5(g::text), 'hex'), jsonb_build_object('g', g, '字', array[g]), '{"a": 1}', array[g, null]
  from generate_series(1, 5000) g;
  insert into public.every_type (k) values (0);
  insert into public.every_type (k, f4, f8, n, d, ts, tz, t) values
    (-1, 'NaN', '-Infinity', 'NaN', 'infinity', '-infinity', 'infinity', ''), (-2, 'Infinity', -0.0, '-Infinity', '0044-03-15 BC', '4713-01-01 BC', '294276-12-31+00', E'\\\\''"\\t\\n');`

beforeAll(() => source.query(TYPES))

test('every type arrives exact, and both sides sign the same sums', async () => {
  const types = {
    k: 'int8',
    b: 'bool',
    i2: 'int2',
    i4: 'int4',
    f4: 'float4',
    f8: 'float8',
    n: 'numeric',
    t: 'text',
    v: 'text',
    c: 'text',
    d: 'date',
    ti: 'time',
  } as const
  const more = { ts: 'timestamp', tz: 'timestamptz', u: 'uuid', y: 'bytea', j: 'jsonb', js: 'jsonb', a: 'text' } as const
  const fields = Object.entries({ ...types, ...more }).map(([name, type]) => field(name, type, { key: name === 'k' }))
  const grant = await draftGrant(ends.source, { table: 'every_type', fields })
  const { evidence } = await deliver({ ...ends, grant: signGrant(grant), pagesPerRange: 4 })
  const [manifest, receipt] = [Manifest.parse(JSON.parse(evidence.manifest.text)), Receipt.parse(JSON.parse(evidence.receipt.text))]
  expect(manifest).toMatchObject({ read: 5003, filtered: 0, rejected: 0, sent: 5003 })
  expect(receipt).toMatchObject({ received: 5003, loaded: 5003, digest: manifest.digest, target: { schema: 'public', table: 'received', rows: 5003 } })
  expect(manifest.ranges).toBeGreaterThan(10)
  const columns = fields.map(({ name, type }) => `${name}::${type}::text`).join(', ')
  const [here, there] = await Promise.all([
    source.query(`select ${columns} from public.every_type order by k`),
    target.query(`select ${columns} from public.received order by k`),
  ])
  expect(there).toEqual(here)
  expect(await compare({ ...ends, grant: signGrant(grant) }, false)).toEqual({
    sourceRows: 5003,
    rows: 5003,
    missing: 0,
    extra: 0,
    changed: 0,
    mended: 0,
    sample: [],
  })
})

const register = {
  table: 'register',
  columns: 'uscc text primary key, name text, rep text, id_number text, region text, since date, state int2, changed_at timestamptz not null, secret text',
}
const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const uscc = (serial: number) => {
  const first = `91110105MA${[...String(serial).padStart(7, '0')].join('')}`
  const sum = [...first].reduce((total, character, at) => total + USCC.indexOf(character) * (3 ** at % 31), 0)
  return first + USCC[(31 - (sum % 31)) % 31]
}

/** 4,000 rows; every 100th with a wrong check character, every 50th of state 2. */
async function fillRegister(): Promise<void> {
  await source.query(`drop table if exists public.register; create table public.register (${register.columns})`)
  await source.query(
    `insert into public.register select u, '企业' || n, '张三丰', '11010519491231002X', '110105', date '2001-02-03' + n::int, case when n % 50 = 0 then 2 else 1 end,
            timestamptz '2026-01-01' + n * interval '1 second', 'never granted' from unnest($1::text[]) with ordinality as r(u, n)`,
    [Array.from({ length: 4000 }, (_, serial) => (serial % 100 === 7 ? uscc(serial).replace(/.$/, (last) => (last === '0' ? '1' : '0')) : uscc(serial)))],
  )
}

const granted = [
  field('uscc', 'text', { key: true, rules: [{ kind: 'uscc' }] }),
  field('name', 'text'),
  field('legal_rep', 'text', { column: 'rep', mask: { kind: 'name' } }),
  field('rep_id', 'text', { column: 'id_number', mask: { kind: 'middle', head: 6, tail: 4 }, rules: [{ kind: 'residentId' }] }),
  field('since', 'date', { mask: { kind: 'year' } }),
  field('state', 'int2'),
  field('changed_at', 'timestamptz', { nullable: false }),
]
const draft = (more: object = {}) =>
  draftGrant(ends.source, { table: 'register', fields: granted, filter: { op: 'eq', field: 'state', value: 1 }, cursor: 'changed_at', ...more })
const refused = (code: string) => expect.objectContaining({ code })

describe('a granted register', () => {
  beforeEach(async () => {
    await fillRegister()
    await target.query('drop table if exists public.received')
  })

  test('is filtered, masked, checked, counted and reconciled; the rejected rows reach the provider alone', async () => {
    const grant = signGrant(await draft())
    const { evidence, rejections } = await deliver({ ...ends, grant, pagesPerRange: 8 })
    const manifest = Manifest.parse(JSON.parse(evidence.manifest.text))
    expect(manifest).toMatchObject({ read: 4000, filtered: 80, rejected: 40, sent: 3880, reasons: { 'uscc:uscc': 40 } })
    expect(manifest.masked).toEqual({ legal_rep: 3880, rep_id: 3880, since: 3880 })
    expect([...rejections.values()].flat()).toHaveLength(40)
    const [row] = await target.query('select *, since::text from public.received where name = $1', ['企业1'])
    expect(row).toMatchObject({ legal_rep: '张**', rep_id: '110105********002X', since: '2001-01-01', state: 1 })
    expect(Object.keys(row!)).not.toContain('secret')
    expect(await compare({ ...ends, grant }, false)).toMatchObject({ sourceRows: 3880, rows: 3880, missing: 0, extra: 0, changed: 0 })
  })

  test('reconciliation finds what was changed, removed and added behind its back, and mends it on order', async () => {
    const grant = signGrant(await draft())
    await deliver({ ...ends, grant })
    await target.query(`update public.received set legal_rep = '李**' where name in ('企业1', '企业2', '企业3'); delete from public.received where name in ('企业5', '企业6');
      insert into public.received select 'x' || uscc, name, legal_rep, rep_id, since, state, changed_at from public.received limit 4`)
    const found = await compare({ ...ends, grant }, false)
    expect(found).toMatchObject({ missing: 2, extra: 4, changed: 3, mended: 0 })
    expect(found.sample).toHaveLength(9)
    expect(await compare({ ...ends, grant }, true)).toMatchObject({ missing: 2, extra: 4, changed: 3, mended: 9, rows: 3880 })
    expect(await compare({ ...ends, grant }, false)).toMatchObject({ missing: 0, extra: 0, changed: 0, rows: 3880 })
  })

  test('increments bring new and changed rows once, whatever is sent twice', async () => {
    const grant = signGrant(await draft())
    await deliver({ ...ends, grant })
    await source.query(`update public.register set name = name || '（更名）', changed_at = '2026-02-01' where state = 1 and name in ('企业1', '企业2');
      insert into public.register select '${uscc(9_999_999)}', '新企业', '王五', null, '110105', '2026-01-31', 1, '2026-02-02'`)
    const first = await deliver({ ...ends, grant, mode: 'incremental' })
    expect(Manifest.parse(JSON.parse(first.evidence.manifest.text))).toMatchObject({ mode: 'incremental', cursor: { to: '2026-02-02 00:00:00+00' } })
    expect(await target.query(`select count(*)::int as n from public.received where name like '%更名%' or name = '新企业'`)).toEqual([{ n: 3 }])
    const again = await deliver({ ...ends, grant, mode: 'incremental' })
    expect(Receipt.parse(JSON.parse(again.evidence.receipt.text))).toMatchObject({ received: 1, loaded: 1, target: { rows: 3881 } })
    expect(await compare({ ...ends, grant }, false)).toMatchObject({ missing: 0, extra: 0, changed: 0, rows: 3881 })
  })

  test('a second whole load replaces the first and keeps grants, comments and indexes', async () => {
    const grant = signGrant(await draft())
    await deliver({ ...ends, grant })
    await target.query(
      `create index received_name on public.received (name); grant select on public.received to public; grant update (name) on public.received to pg_read_all_data`,
    )
    await source.query(`delete from public.register where name = '企业1'`)
    await deliver({ ...ends, grant })
    expect(
      await target.query(`select has_table_privilege('pg_read_all_data', 'public.received', 'select') as reads, has_column_privilege('pg_read_all_data', 'public.received', 'name', 'update') as renames,
      obj_description('public.received'::regclass) as title, (select count(*)::int from pg_indexes where tablename = 'received') as indexes, (select count(*)::int from public.received) as rows`),
    ).toEqual([{ reads: true, renames: true, title: '企业登记基本信息', indexes: 2, rows: 3879 }])
    expect(await target.query(`select relname from pg_class where relname like '%\\_\\_load\\_%'`)).toEqual([])
  })

  test('too many bad rows stop the delivery, and the target keeps what it had', async () => {
    await deliver({ ...ends, grant: signGrant(await draft()) })
    await source.query(`update public.register set uscc = uscc || 'x' where name like '企业1%'`)
    await expect(deliver({ ...ends, grant: signGrant(await draft()) })).rejects.toEqual(refused('reject_share'))
    expect(await target.query('select count(*)::int as n from public.received')).toEqual([{ n: 3880 }])
    expect(await target.query(`select relname from pg_class where relname like '%\\_\\_load\\_%'`)).toEqual([])
    expect(await target.query('select id from zhenghe_exchange.delivery where receipt is null')).toEqual([])
  })
})
