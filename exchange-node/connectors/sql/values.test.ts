/** What goes into a table of the exchange's own and what comes out again, over the values of every type and those at its edges, for each of the three dialects. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { field } from '../../testing/delivery.ts'
import { DamengDialect } from '../dameng/dialect.ts'
import { OracleDialect } from '../oracle/dialect.ts'
import { SqlServerDialect } from '../sqlserver/dialect.ts'
import { encodeValue, type FieldValue, RowEncoder } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import type { Dialect } from './dialect.ts'
import { HeldRows, heldText } from './held.ts'
import { MARKS, markOf, unmarked, withoutMark } from './marks.ts'
import { quantiles } from './plan.ts'
import { canonicalText, numbered } from './statement.ts'

const sqlserver = new SqlServerDialect()
const oracle = new OracleDialect('AL32UTF8')
const dameng = new DamengDialect({ exact: true, emptyIsNull: false })

function frame(type: CanonicalType, value: FieldValue): Buffer {
  const out = new TupleFrames(1 << 12)
  new RowEncoder(out, [field('id', 'int8', { key: true }), field('v', type)]).write([1n, value])
  return out.take().payload
}

function held(dialect: Dialect, type: CanonicalType, value: FieldValue) {
  return new HeldRows([field('id', 'int8', { key: true }), field('v', type)], dialect).of(frame(type, value))[0]!
}

/** 27 values at the edges of their types (testing/every-type.ts), and which of the three databases refuses them by name; all others hold them. */
const EDGES: [what: string, type: CanonicalType, value: FieldValue, refusedBy: string][] = [
  ['the largest integer', 'int8', '9223372036854775807', ''],
  ['the smallest integer', 'int8', '-9223372036854775808', ''],
  ['a numeric of 120 digits', 'numeric', `${'9'.repeat(120)}.${'1'.repeat(20)}`, 'sod'],
  ['a numeric with trailing zeros', 'numeric', '1.5000', ''],
  ['a numeric that is no number', 'numeric', 'NaN', 'sod'],
  ['an infinite numeric', 'numeric', 'Infinity', 'sod'],
  ['a numeric of 38 digits without a point', 'numeric', '9'.repeat(38), 's'],
  ['a float that is no number', 'float8', Number.NaN, 'sd'],
  ['an infinite float', 'float8', -Infinity, 'sd'],
  ['the smallest float', 'float8', 5e-324, 'sd'],
  ['minus zero', 'float8', -0, 'sod'],
  ['the year 1', 'date', '0001-01-01', ''],
  ['a day before 1753', 'timestamp', '1752-12-31 23:59:59.999999', ''],
  ['the year 9999', 'timestamp', '9999-12-31 23:59:59.999999', ''],
  ['a year before Christ', 'date', '0044-03-15 BC', 'sod'],
  ['the year 12026', 'date', '12026-01-01', 'sod'],
  ['an infinite date', 'date', 'infinity', 'sod'],
  ['an infinite moment', 'timestamptz', '-infinity', 'sod'],
  ['midnight at the end of the day', 'time', '24:00:00', 's'],
  ['text of a megabyte', 'text', '数'.repeat(350_000), ''],
  ['text with line ends, quotes and a byte order mark', 'text', `\ufeff\r\n"',;\t\\`, ''],
  ['text that ends in blanks', 'text', '尾 部  ', ''],
  ['an emoji', 'text', '👨‍👩‍👧‍👦', ''],
  ['no text', 'text', '', ''],
  ['every byte', 'bytea', Buffer.from(Array.from({ length: 256 }, (_, n) => n)), ''],
  ['no bytes', 'bytea', Buffer.alloc(0), ''],
  ['a JSON number of 30 digits', 'jsonb', '{"n": 123456789012345678901234567890.5}', ''],
]

describe.each([
  ['SQL Server', 's', sqlserver],
  ['Oracle', 'o', oracle],
  ['达梦', 'd', dameng],
] as const)('%s', (_name, letter, dialect) => {
  test.each(EDGES.filter(([, , , by]) => !by.includes(letter)))('%s is held', (_what, type, value) => {
    const [, own, marks] = held(dialect as Dialect, type, value)
    const mark = marks instanceof Uint8Array ? marks[1]! : 0
    const stored = (own === '' || (own instanceof Uint8Array && own.length === 0)) && dialect.emptyIsNull ? null : own
    const back = unmarked(stored as FieldValue, { type }, mark)
    expect(frame(type, back).toString('hex')).toBe(frame(type, value).toString('hex'))
  })

  test.each(EDGES.filter(([, , , by]) => by.includes(letter)))('%s is refused by field and key', (_what, type, value) => {
    expect(() => held(dialect as Dialect, type, value)).toThrow(/v of the row with id = 1 is .* cannot hold/)
  })
})

test('a number keeps the decimals it came with, whatever the database shows of it, until somebody changes it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat(12), fc.nat(8), (digits, scale, zeros) => {
      const whole = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
      const text = `${digits < 0n ? '-' : ''}${whole.slice(0, whole.length - scale)}${scale + zeros > 0 ? '.' : ''}${whole.slice(whole.length - scale)}${'0'.repeat(zeros)}`
      const [, own, marks] = held(sqlserver, 'numeric', text)
      const fixed = Number(String(own).includes('.')) ? `${own}000` : `${own}.000` // as DECIMAL(38,12) shows it
      for (const shown of [String(own), fixed])
        expect(canonicalText('numeric', unmarked(shown, { type: 'numeric' }, (marks as Uint8Array)[1]!))).toBe(canonicalText('numeric', text))
    }),
  )
  expect(unmarked('1.25', { type: 'numeric' }, 2)).toBe('1.25') // one decimal was loaded, there are two now
  expect(unmarked('.5', { type: 'numeric' }, 3)).toBe('0.50') // as Oracle shows it
})

test('a key that the database would take for another is refused: blanks at its end, no length, more than it has room for', () => {
  const key = (dialect: Dialect, value: string) => {
    const fields = [field('k', 'text', { key: true })]
    const out = new TupleFrames(1 << 12)
    new RowEncoder(out, fields).write([value])
    return () => new HeldRows(fields, dialect).of(out.take().payload)
  }
  expect(key(sqlserver, 'a ')).toThrow(/ends in a blank/)
  expect(key(oracle, 'a ')).not.toThrow()
  expect(key(oracle, '')).toThrow(/of no length/)
  expect(key(sqlserver, 'x'.repeat(401))).toThrow(/longer than the 400 characters/)
})

test('moments go in with all six decimals, so that one format reads every one of them', () => {
  expect([heldText('time', '08:30:00'), heldText('timestamp', '2026-01-31 08:30:00.5'), heldText('timestamptz', '2026-01-31 08:30:00+00')]).toEqual([
    '08:30:00.000000',
    '2026-01-31 08:30:00.500000',
    '2026-01-31 08:30:00.000000 +00:00',
  ])
  expect([heldText('numeric', '100'), heldText('numeric', '1.500'), heldText('numeric', '1.000')]).toEqual(['100', '1.5', '1'])
})

test('a question mark in a name or a constant is none', () => {
  expect(numbered(`select "是否?", [a?]]?], 'x''?' from t where a = ? and b = ?`, (at) => `:${at}`)).toBe(
    `select "是否?", [a?]]?], 'x''?' from t where a = :1 and b = :2`,
  )
})

test('a mark at the end of a comment says what a column holds, and is no part of its title', () => {
  expect([markOf('出生日期 [date]'), markOf('[timestamptz]'), markOf('a [date] b'), markOf('[nonsense]'), markOf(null)]).toEqual([
    'date',
    'timestamptz',
    undefined,
    undefined,
    undefined,
  ])
  expect([withoutMark('出生日期 [date]'), withoutMark('[uuid]'), withoutMark('题')]).toEqual(['出生日期', null, '题'])
  expect(MARKS).toBe('zhenghe_marks')
})

test('ranges are cut at keys that are there, each once, and never ahead of the first', () => {
  expect(quantiles(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 4)).toEqual(['c', 'e', 'g'])
  expect(quantiles(['a', 'a', 'a', 'a', 'b'], 4)).toEqual([])
  expect(quantiles([], 4)).toEqual([])
})

test('a bound that is none of its type is refused: it comes from the other side', () => {
  expect(() => canonicalText('int8', '1 or 1 = 1')).toThrow(/no int8/)
  expect(encodeValue(new TupleFrames(), 'date', '2026-02-30')).toMatch(/no day/)
})
