/** A table of 24 columns with every type of the wire, rows that every store must hold exactly, and values at the edges, which a store holds exactly or refuses by name. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { field } from '../../testing/delivery.ts'

/** The columns in their order; `id` is the key, `changed` a cursor. */
export const FIELDS: GrantField[] = [
  field('id', 'int8', { key: true }),
  field('code', 'text'),
  field('flag', 'bool'),
  field('small', 'int2'),
  field('middle', 'int4'),
  field('big', 'int8'),
  field('single', 'float4'),
  field('double', 'float8'),
  field('amount', 'numeric'),
  field('rate', 'numeric'),
  field('name', 'text'),
  field('address', 'text'),
  field('rare', 'text'),
  field('remark', 'text'),
  field('born', 'date'),
  field('opens', 'time'),
  field('local', 'timestamp'),
  field('moment', 'timestamptz'),
  field('uid', 'uuid'),
  field('photo', 'bytea'),
  field('facts', 'jsonb'),
  field('empty', 'text'),
  field('nothing', 'int4'),
  field('changed', 'timestamptz', { nullable: false }),
]

export const CREATE = (table: string) =>
  `create table ${table} (${FIELDS.map(({ name, type, key, nullable }) => `${name} ${type}${key ? ' primary key' : nullable ? '' : ' not null'}`).join(', ')})`

/** Fills the table with rows from `from` to `to`, each column of its own kind, some null. */
export const FILL = (table: string, from: number, to: number) => `
  insert into ${table}
  select n, '9137070' || lpad(n::text, 11, '0'), n % 2 = 0, (n % 60000 - 30000)::int2, n * 7919 - 1000000, n * 1000003::int8 * 1000 - 500,
    (n / 7.0)::float4, n / 3.0::float8, (n * 12345.67)::numeric(20, 2), n::numeric / 1024,
    '市场主体' || n, case when n % 5 = 0 then null else '山东省潍坊市奎文区东风东街' || n || '号 "甲",\\t;' end,
    '𠮷野㐂龘' || chr(0x20000 + n % 1000), repeat('长', n % 300), date '1949-10-01' + n, time '00:00' + n * interval '1.000001 s',
    timestamp '2000-02-29 23:59:59.999999' + n * interval '1 day', timestamptz '2026-11-25 08:00:00.000001+08' + n * interval '1 hour',
    md5(n::text)::uuid, decode(md5(n::text), 'hex'), jsonb_build_object('n', n, '列表', jsonb_build_array(1, 2.50, null, true, '"')),
    '', null, timestamptz '2026-01-01 00:00:00Z' + n * interval '1 s'
  from generate_series(${from}, ${to}) n`

/** One value at the edge of a type, in PostgreSQL's own words. */
export type Edge = { what: string; column: string; sql: string }
export const EDGES: Edge[] = [
  { what: 'the smallest and largest integers', column: 'big', sql: '9223372036854775807' },
  { what: 'the smallest integer', column: 'big', sql: '(-9223372036854775808)::int8' },
  { what: 'a numeric of 120 digits', column: 'amount', sql: `(repeat('9', 120) || '.' || repeat('1', 20))::numeric` },
  { what: 'a numeric with trailing zeros', column: 'rate', sql: '1.5000' },
  { what: 'a numeric that is no number', column: 'amount', sql: `'NaN'` },
  { what: 'an infinite numeric', column: 'amount', sql: `'Infinity'` },
  { what: 'a float that is no number', column: 'double', sql: `'NaN'` },
  { what: 'an infinite float', column: 'double', sql: `'-Infinity'` },
  { what: 'the smallest float', column: 'double', sql: '5e-324' },
  { what: 'minus zero', column: 'double', sql: `'-0'` },
  { what: 'the year 1', column: 'born', sql: `'0001-01-01'` },
  { what: 'the year 9999', column: 'local', sql: `'9999-12-31 23:59:59.999999'` },
  { what: 'a year before Christ', column: 'born', sql: `'0044-03-15 BC'` },
  { what: 'the year 12026', column: 'born', sql: `'12026-01-01'` },
  { what: 'an infinite date', column: 'born', sql: `'infinity'` },
  { what: 'an infinite moment', column: 'moment', sql: `'-infinity'` },
  { what: 'midnight at the end of the day', column: 'opens', sql: `'24:00:00'` },
  { what: 'text of a megabyte', column: 'remark', sql: `repeat('数', 350000)` },
  { what: 'text with line ends, quotes and a byte order mark', column: 'name', sql: `U&'\\FEFF\\000D\\000A"'',;\\0009' || chr(92)` },
  { what: 'text that ends in blanks', column: 'name', sql: `'尾 部  '` },
  { what: 'an emoji', column: 'name', sql: `'👨‍👩‍👧‍👦'` },
  { what: 'text that looks like a formula', column: 'name', sql: `'=1+1'` },
  { what: 'text that looks like a null', column: 'name', sql: `'\\N'` },
  { what: 'a byte string with every byte', column: 'photo', sql: `(select string_agg(set_byte('\\x00', 0, n), '' order by n) from generate_series(0, 255) n)` },
  { what: 'no bytes', column: 'photo', sql: `''::bytea` },
  { what: 'a JSON number of 30 digits', column: 'facts', sql: `'{"n": 123456789012345678901234567890.5}'` },
  { what: 'a JSON null', column: 'facts', sql: `'null'` },
]
