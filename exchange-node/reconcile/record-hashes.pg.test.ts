import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { beforeAll, expect, test } from 'vitest'
import { list } from '../pg/sql.ts'
import { hashesSql } from '../source/select.ts'
import { testDatabase } from '../testing/databases.ts'

const database = testDatabase()
const COLUMNS: [string, CanonicalType][] = [
  ...(
    ['bool', 'int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'text', 'bytea', 'date', 'time', 'timestamp', 'timestamptz', 'uuid', 'jsonb'] as const
  ).map((type): [string, CanonicalType] => [`a_${type}`, type]),
  ['b_text', 'text'],
  ['b_int8', 'int8'],
]
const VALUES: Record<string, string> = {
  ...{ a_bool: 'true', a_int2: '1', a_int4: '1', a_int8: '1', a_numeric: '1.5', a_float4: '1.5', a_float8: '1.5', a_text: '甲', a_bytea: '\\x01' },
  ...{ a_date: 'infinity', a_time: '12:00', a_timestamp: '0001-01-01 BC', a_timestamptz: '2026-01-01Z' },
  ...{ a_uuid: '00000000-0000-4000-8000-000000000001', a_jsonb: '{"a":1}', b_text: '乙', b_int8: '2' },
}

/** The hash of a row of the given texts; of the others' own values where none is given. */
async function hashOf(changed: Record<string, string | null> = {}): Promise<string> {
  const values = { ...VALUES, ...changed }
  const row = COLUMNS.map(([name, type]) => ({ value: `(r.${name}::${type})`, type }))
  const [, hash] = hashesSql([], row)
  const texts = COLUMNS.map(([name], at) => `$${at + 1}::text as ${name}`)
  const [found] = await database.query<{ hash: string }>(
    `select (${hash})::text as hash from (select ${list(texts)}) r`,
    COLUMNS.map(([name]) => values[name] ?? null),
  )
  return found!.hash
}
let plain: string
beforeAll(async () => {
  plain = await hashOf()
})

test('any column that changes, or has no value, changes the hash of the row', async () => {
  const other: Record<string, string> = { a_bool: 'false', a_text: '', a_bytea: '\\x', a_date: '-infinity', a_time: '12:01', a_timestamp: 'infinity' }
  const more: Record<string, string> = { a_timestamptz: '-infinity', a_uuid: '00000000-0000-4000-8000-000000000002', a_jsonb: '{"a":2}', b_text: '丙' }
  for (const [name] of COLUMNS) {
    expect(await hashOf({ [name]: null }), `${name} null`).not.toBe(plain)
    expect(await hashOf({ [name]: other[name] ?? more[name] ?? '7' }), name).not.toBe(plain)
  }
})

test('no value is not an empty one, and values that change places are another row', async () => {
  expect(await hashOf({ a_text: null })).not.toBe(await hashOf({ a_text: '' }))
  expect(await hashOf({ a_text: '乙', b_text: '甲' })).not.toBe(plain)
  expect(await hashOf({ a_int8: '2', b_int8: '1' })).not.toBe(plain)
  expect(await hashOf({ a_text: '乙' })).not.toBe(await hashOf({ b_text: '甲' })) // equal ones do not cancel
})

test('what is equal hashes alike: 1.5 and 1.50, minus zero and zero, two spellings of a document', async () => {
  expect(await hashOf({ a_numeric: '1.50', a_jsonb: '{"a": 1.0}' })).toBe(plain)
  expect(await hashOf({ a_float8: '-0' })).toBe(await hashOf({ a_float8: '0' }))
})
