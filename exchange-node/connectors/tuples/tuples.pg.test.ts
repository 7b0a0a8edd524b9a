import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { places, walk } from '../../kernels/layout.ts'
import { withClient } from '../../pg/connect.ts'
import { copyIn } from '../../pg/copy-in.ts'
import { copyOut } from '../../pg/copy-out.ts'
import { testDatabase } from '../../testing/databases.ts'
import { type FieldValue, RowEncoder } from './encode.ts'
import { TupleFrames } from './frames.ts'
import { jsonbText } from './jsonb.ts'
import { textOf } from './text.ts'
import { tupleValue } from './values.ts'

const database = testDatabase()

const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`))
const numeric = fc.oneof(
  fc.constantFrom('NaN', 'Infinity', '-Infinity', '0', '0.000', '-0.0001', '1e20', '1.50e-7', '123e-2', '10000', '99999999.9999', '.5', '5.'),
  fc.tuple(fc.constantFrom('', '-'), digits(40), digits(30)).map(([sign, whole, fraction]) => `${sign}${whole}.${fraction}`),
  fc.tuple(fc.constantFrom('', '-', '+'), digits(40)).map(([sign, whole]) => `${sign}${whole}`),
  fc.tuple(digits(9), digits(5), fc.integer({ min: -30, max: 30 })).map(([whole, fraction, exponent]) => `${whole}.${fraction}e${exponent}`),
)
const two = (min: number, max: number) => fc.integer({ min, max }).map((value) => String(value).padStart(2, '0'))
const date = fc.oneof(
  fc.constantFrom('0001-01-01', '9999-12-31', '2000-02-29', '1999-12-31', 'infinity', '-infinity', '0044-03-15 BC', '12026-07-01'),
  fc.tuple(fc.integer({ min: 1, max: 9999 }), two(1, 12), two(1, 28)).map(([year, month, day]) => `${String(year).padStart(4, '0')}-${month}-${day}`),
)
const time = fc.oneof(
  fc.constantFrom('00:00', '24:00:00', '23:59:59.999999'),
  fc
    .tuple(two(0, 23), two(0, 59), two(0, 59), fc.option(digits(6)))
    .map(([hours, minutes, seconds, part]) => `${hours}:${minutes}:${seconds}${part === null ? '' : `.${part}`}`),
)
const common = date.filter((text) => /^\d{4}-..-..$/.test(text))
const timestamp = fc.oneof(
  fc.constantFrom('infinity', '-infinity', '294276-12-31 23:59:59.999999', '4713-01-01 00:00:00 BC', '20000-01-01 01:02:03.000004'),
  fc
    .tuple(
      common,
      fc.constantFrom(' ', 'T'),
      time.filter((text) => text !== '24:00:00'),
    )
    .map((parts) => parts.join('')),
)
const zone = fc.constantFrom('Z', '+00', '+08:00', '-0530', '+14', '-12:45')
const timestamptz = fc.oneof(
  fc.constantFrom('infinity', '-infinity'),
  fc
    .tuple(
      timestamp.filter((text) => /^\d{4}-..-..[ T][\d:.]+$/.test(text)),
      zone,
    )
    .map(([text, offset]) => text + offset),
)
const json = fc.json().filter((text) => !text.includes('\\u'))
const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => value.isWellFormed() && !value.includes('\0'))

const values: Record<CanonicalType, fc.Arbitrary<FieldValue>> = {
  bool: fc.oneof(fc.boolean(), fc.constantFrom('t', 'f', '1', '0', 'true', 'FALSE')),
  int2: fc.oneof(fc.integer({ min: -32768, max: 32767 }), fc.constantFrom('-32768', '32767', '0')),
  int4: fc.oneof(
    fc.maxSafeInteger().map((value) => Math.trunc(value) | 0),
    fc.constantFrom('-2147483648', '2147483647'),
  ),
  int8: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.maxSafeInteger(),
    fc.constantFrom('-9223372036854775808', '9223372036854775807', '-1'),
  ),
  float4: fc.oneof(fc.float(), fc.float({ noNaN: true }).map(String)),
  float8: fc.oneof(fc.double(), fc.double({ noNaN: true }).map(String)),
  numeric,
  text,
  date,
  time,
  timestamp,
  timestamptz,
  uuid: fc.uuid(),
  bytea: fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`),
  ),
  jsonb: json,
}
const types = Object.keys(values) as CanonicalType[]
const fields = types.map((type) => ({ name: `the_${type}`, type, key: false }))
const rowOf = fc.tuple(...types.map((type) => fc.option(values[type], { freq: 9 })))

beforeAll(async () => {
  const columns = types.map((type) => `the_${type} ${type}`)
  await database.query(`create table public.ours (n serial primary key, ${columns.join(', ')})`)
  await database.query(`create table public.theirs (n serial primary key, ${types.map((type) => `the_${type} text`).join(', ')})`)
})

/** What PostgreSQL would be told of the same value. */
function literalOf(value: FieldValue): string | null {
  if (value === null || value === undefined) return null
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : Object.is(value, -0) ? '-0' : String(value)
}

function floatOf(type: 'float4' | 'float8', shown: string | null): number | null {
  if (shown === null) return null
  return type === 'float4' ? Math.fround(Number(shown)) : Number(shown)
}

test('PostgreSQL holds the very values that were encoded, of every type, and they are decoded to its own text', async () => {
  const rows = fc.sample(rowOf, { numRuns: 3000, seed: 7 }) as FieldValue[][]
  const names = fields.map(({ name }) => name).join(', ')
  await withClient(database.address, 'test', async (client) => {
    const out = new TupleFrames()
    const encoder = new RowEncoder(out, fields)
    const copy = await copyIn(client, `copy public.ours (${names}) from stdin (format binary)`)
    for (const row of rows) {
      encoder.write(row)
      if (out.rows === 100) await copy.write(Buffer.from(out.take().payload))
    }
    await copy.end()
    for (const row of rows)
      await client.query(`insert into public.theirs (${names}) values (${types.map((_, at) => `$${at + 1}`).join(', ')})`, row.map(literalOf))
    const differing = await client.query(
      `select n, ${types.map((type) => `o.the_${type}::text as ours_${type}, t.the_${type} as theirs_${type}`).join(', ')} from public.ours o join public.theirs t using (n)
       where ${types.map((type) => `o.the_${type}::text is distinct from t.the_${type}::${type}::text`).join(' or ')} limit 3`,
    )
    expect(differing.rows).toEqual([])
    expect((await client.query('select count(*)::int as n from public.ours')).rows).toEqual([{ n: 3000 }])

    const expected = (
      await client.query({ text: `select ${types.map((type) => `the_${type}::text`).join(', ')} from public.ours order by n`, rowMode: 'array' })
    ).rows as (string | null)[][]
    const at = places(types.length)
    let n = 0
    for await (const { payload } of copyOut(client, `copy (select ${names} from public.ours order by n) to stdout (format binary)`)) {
      for (let next = 0; next < payload.length; n++) {
        next = walk(payload, next, at)
        for (const [index, type] of types.entries()) {
          const [offset, length] = [at.offsets[index]!, at.lengths[index]!]
          const theirs = expected[n]![index]!
          const shown = length < 0 ? null : textOf(type, payload, offset, length)
          if (type === 'float8' || type === 'float4') expect(floatOf(type, shown)).toEqual(floatOf(type, theirs))
          else if (/BC$|^\d{5}|^-?infinity/.test(theirs ?? '')) continue
          else expect(shown).toBe(type === 'bool' ? (theirs?.[0] ?? null) : theirs)
          expect(tupleValue(type, payload, offset, length) === null).toBe(theirs === null)
        }
      }
    }
    expect(n).toBe(3000)
  })
}, 60_000)

test('JSON of any shape becomes the text that PostgreSQL makes of it', async () => {
  const value = fc.jsonValue({ maxDepth: 4 }).map((one) => JSON.stringify(one, null, 1))
  const given = [
    ...fc
      .sample(value, { numRuns: 1500, seed: 3 })
      .filter((text) => !text.includes('\\u0000') && JSON.stringify(JSON.parse(text)).isWellFormed() && !/\\ud[89a-f]/i.test(text)),
    '{"b":1,"a":2,"aa":3,"a":4}',
    '[1.50, -0, -0.0, 1E+2, 1e-7, 12345678901234567890.123, 0.1e1]',
    '"\\u653f\\ud842\\udfb7\\/\\b\\u001f\u007f\u2028"',
    ' { "键" : [ ] , "" : { } } ',
  ]
  const rows = await database.query<{ shown: string }>('select v::jsonb::text as shown from unnest($1::text[]) with ordinality t(v, n) order by n', [given])
  expect(given.map(jsonbText)).toEqual(rows.map(({ shown }) => shown))
})

test('what PostgreSQL encodes is encoded to the same bytes from its text', async () => {
  const names = fields.map(({ name }) => name).join(', ')
  await withClient(database.address, 'test', async (client) => {
    const texts = (await client.query({ text: `select ${types.map((type) => `the_${type}::text`).join(', ')} from public.ours order by n`, rowMode: 'array' }))
      .rows as (string | null)[][]
    const out = new TupleFrames()
    const encoder = new RowEncoder(out, fields)
    for (const row of texts) encoder.write(row)
    const ours = Buffer.from(out.take().payload)
    const theirs: Buffer[] = []
    for await (const { payload } of copyOut(client, `copy (select ${names} from public.ours order by n) to stdout (format binary)`))
      theirs.push(Buffer.from(payload))
    const [all, each] = [Buffer.concat(theirs), places(types.length)]
    for (let next = 0; next < all.length; ) {
      const start = next
      next = walk(all, start, each)
      expect(ours.subarray(start, next).toString('hex')).toBe(all.subarray(start, next).toString('hex'))
    }
    expect(all.length).toBe(ours.length)
  })
})
