/** What Oracle is asked, read by a person: no server of it runs here. Each statement says which trap it goes round. */
import type { CanonicalType, Filter, Grant } from '@zhenghe/wire/documents.ts'
import { expect, test } from 'vitest'
import { field } from '../../testing/delivery.ts'
import type { SqlColumn, SqlTable } from '../sql/dialect.ts'
import { filterSql } from '../sql/filter-sql.ts'
import { mergeSql } from '../sql/merge.ts'
import { selectRows } from '../sql/select.ts'
import { FIELDS } from '../testing/every-type.ts'
import { insertSql } from './arrays.ts'
import { OracleDialect, shownType } from './dialect.ts'
import { canonicalOf, columnType, readSql } from './types.ts'

const dialect = new OracleDialect('AL32UTF8')

function column(name: string, base: string, more: Partial<SqlColumn> = {}): SqlColumn {
  const sizes = { precision: null, scale: null, nullable: true, comment: null, long: false }
  return { column: name, dbType: base, base, type: canonicalOf(base, null, null) ?? 'text', ...sizes, ...more }
}

const filtered = (filter: Filter, type: CanonicalType, own: SqlColumn) => filterSql(filter, [field('f', type, { column: own.column })], [own], dialect)

test('a text of no length is null here: nothing equals it, nothing but null is unequal to nothing', () => {
  const own = column('NAME', 'varchar2')
  expect(filtered({ op: 'eq', field: 'f', value: '' }, 'text', own)).toEqual({ sql: '("NAME" <> "NAME")', values: [] })
  expect(filtered({ op: 'ne', field: 'f', value: '' }, 'text', own)).toEqual({ sql: '(not ("NAME" <> "NAME"))', values: [] })
  expect(filtered({ op: 'eq', field: 'f', value: 'a ' }, 'text', own)).toEqual({ sql: '("NAME" = ?)', values: ['a '] })
})

test('CHAR is compared without the blanks that fill it, patterns mean nothing, order among texts is decided by the node', () => {
  expect(filtered({ op: 'in', field: 'f', values: ['a', 'b'] }, 'text', column('ID', 'char'))).toEqual({
    sql: '((rtrim("ID") = ?) or (rtrim("ID") = ?))',
    values: ['a', 'b'],
  })
  expect(filtered({ op: 'startsWith', field: 'f', value: '37%' }, 'text', column('ID', 'varchar2'))).toEqual({ sql: '(instr("ID", ?) = 1)', values: ['37%'] })
  expect(filtered({ op: 'ge', field: 'f', value: 'a' }, 'text', column('ID', 'varchar2'))).toBeUndefined()
  expect(filtered({ op: 'eq', field: 'f', value: 'a' }, 'text', column('NOTE', 'clob', { long: true }))).toBeUndefined()
})

test('in a database that calls itself US7ASCII texts are read as the bytes they are, and compared here', () => {
  const ascii = new OracleDialect('US7ASCII')
  const own = column('NAME', 'varchar2')
  expect(ascii.read(own, 'text')).toBe('utl_raw.cast_to_raw("NAME")')
  expect(ascii.equals(own, '税务')).toBeUndefined()
})

test('numbers are compared with all their digits, or here where NUMBER would round the constant; days before the year 1 here', () => {
  const own = column('AMOUNT', 'number', { type: 'numeric' })
  expect(filtered({ op: 'lt', field: 'f', value: '12345678901234567890.0001' }, 'numeric', own)).toEqual({
    sql: '("AMOUNT" < to_number(?))',
    values: ['12345678901234567890.0001'],
  })
  expect(filtered({ op: 'lt', field: 'f', value: '1'.repeat(39) }, 'numeric', own)).toBeUndefined()
  expect(filtered({ op: 'eq', field: 'f', value: 0.1 }, 'float8', column('SHARE', 'binary_double'))).toBeUndefined()
})

test.each([
  ['number', {}, 'numeric', `to_char("C", 'TM9', 'nls_numeric_characters=''.,''')`], // all digits, whatever the session's decimal sign
  ['date', {}, 'timestamp', `to_char("C", 'YYYY-MM-DD HH24:MI:SS') || case when "C" < date '0001-01-01' then ' BC' end`], // it has hours
  ['timestamp', { scale: 3 }, 'timestamp', `to_char("C", 'YYYY-MM-DD HH24:MI:SS.FF6') || case when "C" < date '0001-01-01' then ' BC' end`],
  ['raw', {}, 'bytea', '"C"'],
  ['xmltype', {}, 'text', 'xmlserialize(content "C" as clob)'],
  ['boolean', {}, 'bool', `case when "C" then '1' when not "C" then '0' end`],
] as const)('%s is read as a text that has lost nothing', (base, more, type, sql) => {
  expect(readSql(column('C', base, more), type, false)).toBe(sql)
})

test('moments of any zone are read in UTC; nine decimals are shown without noughts, and refused by row where there are more than six', () => {
  const sql = readSql(column('C', 'timestamp with local time zone', { scale: 9 }), 'timestamptz', false)
  expect(sql).toContain(`rtrim(rtrim(to_char(sys_extract_utc("C"), 'YYYY-MM-DD HH24:MI:SS.FF9'), '0'), '.') || nvl2("C", '+00', null)`)
})

test('a day that was loaded as one and has got hours since is shown with them, and refused', () => {
  expect(readSql(column('C', 'date', { type: 'date' }), 'date', false)).toMatch(/^replace\(to_char\("C", 'YYYY-MM-DD HH24:MI:SS'\), ' 00:00:00'\)/)
})

test('NUMBER is carried by what it can hold', () => {
  const of = (precision: number | null, scale: number | null) => canonicalOf('number', precision, scale)
  expect([of(4, 0), of(9, 0), of(18, 0), of(19, 0), of(null, 0), of(10, 2), of(null, null), of(5, -2)]).toEqual([
    'int2',
    'int4',
    'int8',
    'numeric',
    'numeric',
    'numeric',
    'numeric',
    'numeric',
  ])
  const sizes = { length: 40, characters: true, precision: 20, scale: 2 }
  expect([shownType('varchar2', 'VARCHAR2', sizes), shownType('number', 'NUMBER', sizes), shownType('timestamp', 'TIMESTAMP(6)', sizes)]).toEqual([
    'varchar2(40 char)',
    'number(20,2)',
    'timestamp(6)',
  ])
})

const table: SqlTable = {
  ...{ schema: 'GOV', table: 'PEOPLE', kind: 'table', comment: null, estimatedRows: 10, bytes: 0, columns: [], marked: false },
  own: [column('ID', 'char', { dbType: 'char(18 byte)' }), column('CHANGED', 'date')],
  keyColumns: ['ID'],
}
const grant = {
  fields: [field('id', 'text', { key: true, column: 'ID' }), field('changed', 'timestamp', { column: 'CHANGED' })],
  source: { schema: 'GOV', table: 'PEOPLE' },
  cursor: 'changed',
} as unknown as Grant
const granted = { grant, table, dialect, overlapSeconds: 60, asOf: ' as of scn 4711' }

test('all readers ask as of one number; a key of CHAR is looked for as long as the column is, so that its index finds it', () => {
  const { sql, values } = selectRows(granted, { by: 'keys', keys: [['370102199001011234']] })
  expect(sql).toContain('from "GOV"."PEOPLE" as of scn 4711 where (("ID" = cast(? as char(18 byte))))')
  expect(values).toEqual(['370102199001011234'])
})

test('an increment is asked for in the type of the column', () => {
  const { sql, values } = selectRows(granted, { by: 'cursor', from: '2026-01-01 00:01:00', to: '2026-01-02 00:00:00' })
  expect(sql).toContain(`where "CHANGED" >= to_date(?, 'YYYY-MM-DD HH24:MI:SS') and "CHANGED" <= to_date(?, 'YYYY-MM-DD HH24:MI:SS')`)
  expect(values).toEqual(['2026-01-01 00:00:00', '2026-01-02 00:00:00'])
})

test('what is newer by the cursor wins; a column that decides about a match is never set', () => {
  const fields = FIELDS.filter(({ name }) => /^(id|flag|changed)$/.test(name))
  expect(mergeSql(dialect, { schema: 'GOV', table: 't' }, { schema: 'GOV', table: 's' }, fields, 'changed').replace(/\s+/g, ' ')).toBe(
    'merge into "GOV"."t" t using "GOV"."s" s on (t."ID" = s."ID") when matched then update set t."FLAG" = s."FLAG", t."CHANGED" = s."CHANGED" where s."CHANGED" >= t."CHANGED" ' +
      'when not matched then insert ("ID", "FLAG", "CHANGED") values (s."ID", s."FLAG", s."CHANGED")',
  )
})

test('rows go in as texts of which the server makes its own types, by formats that no setting of the session changes', () => {
  const columns = FIELDS.filter(({ name }) => /^(id|double|born|opens|moment|photo)$/.test(name)).map(({ name, type }) => ({
    column: name.toUpperCase(),
    type,
  }))
  expect(insertSql('insert into "GOV"."T"', [...columns, { column: 'ZHENGHE_MARKS', type: 'marks' }])).toBe(
    'insert into "GOV"."T" ("ID", "DOUBLE", "BORN", "OPENS", "MOMENT", "PHOTO", "ZHENGHE_MARKS") ' +
      `values (to_number(:1), :2, to_date(:3, 'YYYY-MM-DD'), :4, to_timestamp_tz(:5, 'YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM'), :6, :7)`,
  )
})

test('in a database whose character set is not all of Unicode texts become national ones', () => {
  const type = (national: boolean, key: boolean) => columnType({ type: 'text', key }, 1000, national)
  expect([type(false, false), type(true, false), type(false, true), type(true, true)]).toEqual(['clob', 'nclob', 'varchar2(1000 char)', 'nvarchar2(1000)'])
})

test('words of people in a comment cannot end it', () => {
  const [title] = dialect.describe({ schema: 'GOV', table: 'T' }, `企业' is null; --?`, [])
  expect(title).toEqual({ sql: `comment on table "GOV"."T" is '企业'' is null; --?'`, values: [] })
})
