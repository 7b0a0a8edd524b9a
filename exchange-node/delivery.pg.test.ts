import { Manifest, Receipt } from '@zhenghe/wire/documents.ts'
import { beforeAll, expect, test } from 'vitest'
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
