/** What SQL Server is asked, read by a person: no server of it runs here. Each statement says which trap it goes round. */
import type { CanonicalType, Filter, Grant } from '@zhenghe/wire/documents.ts'
import { expect, test } from 'vitest'
import { field } from '../../testing/delivery.ts'
import type { SqlColumn, SqlTable } from '../sql/dialect.ts'
import { filterSql } from '../sql/filter-sql.ts'
import { mergeSql } from '../sql/merge.ts'
import { selectRows } from '../sql/select.ts'
import { FIELDS } from '../testing/every-type.ts'
import { SqlServerDialect } from './dialect.ts'
import { canonicalOf, columnType, insertedSql, readSql } from './types.ts'

const dialect = new SqlServerDialect()

function column(name: string, base: string, more: Partial<SqlColumn> = {}): SqlColumn {
  const sizes = { precision: null, scale: null, nullable: true, comment: null, long: false }
  return { column: name, dbType: base, base, type: canonicalOf(base) ?? 'text', ...sizes, ...more }
}

const filtered = (filter: Filter, type: CanonicalType, own: SqlColumn) => filterSql(filter, [field('f', type, { column: own.column })], [own], dialect)

test('text is exactly equal: not by the collation of the column, not by the blanks at its end that even a binary collation passes over', () => {
  const own = column('name', 'varchar', { dbType: 'varchar(40)' })
  expect(filtered({ op: 'eq', field: 'f', value: '税务 ' }, 'text', own)).toEqual({
    sql: '(convert(nvarchar(max), [name]) collate Latin1_General_100_BIN2 = ? and datalength(convert(nvarchar(max), [name])) = ?)',
    values: ['税务 ', 6],
  })
  expect(filtered({ op: 'not', of: { op: 'in', field: 'f', values: ['a', '𠮷'] } }, 'text', column('name', 'nvarchar'))).toEqual({
    sql: '(not (([name] collate Latin1_General_100_BIN2 = ? and datalength([name]) = ?) or ([name] collate Latin1_General_100_BIN2 = ? and datalength([name]) = ?)))',
    values: ['a', 2, '𠮷', 4],
  })
})

test('what a text begins with is cut by units of 16 bits, as the text that is compared with it, and signs of patterns mean nothing', () => {
  const { sql, values } = filtered({ op: 'startsWith', field: 'f', value: '%_𠮷' }, 'text', column('name', 'nvarchar'))!
  expect(sql).toBe('(left([name] collate Latin1_General_100_BIN2, 4) = ? and datalength(left([name] collate Latin1_General_100_BIN2, 4)) = ?)')
  expect(values).toEqual(['%_𠮷', 8])
})

test('which text comes before which, and what a float is, the server decides otherwise than we do: the node decides, and nothing of the filter is pushed down', () => {
  expect(filtered({ op: 'lt', field: 'f', value: 'a' }, 'text', column('name', 'nvarchar'))).toBeUndefined()
  expect(filtered({ op: 'eq', field: 'f', value: 0.1 }, 'float8', column('share', 'float'))).toBeUndefined()
  const other: Filter = { op: 'eq', field: 'f', value: 'a' }
  expect(filtered({ op: 'and', of: [other, { op: 'gt', field: 'f', value: 'a' }] }, 'text', column('name', 'nvarchar'))).toBeUndefined()
  expect(filtered(other, 'text', column('shape', 'geometry'))).toBeUndefined()
})

test('a decimal is compared with all its digits, or here where 38 of them do not hold both sides', () => {
  const own = column('amount', 'decimal', { precision: 20, scale: 4 })
  expect(filtered({ op: 'gt', field: 'f', value: '12.50000001' }, 'numeric', own)).toEqual({
    sql: '([amount] > convert(decimal(24,8), ?))',
    values: ['12.50000001'],
  })
  expect(filtered({ op: 'eq', field: 'f', value: `0.${'1'.repeat(30)}` }, 'numeric', own)).toBeUndefined()
  expect(filtered({ op: 'eq', field: 'f', value: '1.5' }, 'numeric', column('fee', 'money'))?.sql).toBe(
    '(convert(decimal(19,4), [fee]) = convert(decimal(19,4), ?))',
  )
})

test('a DATETIME of three hundredths of a second is compared as it is carried, to the millisecond', () => {
  const { sql, values } = filtered({ op: 'le', field: 'f', value: '2026-01-01T00:00:00.003' }, 'timestamp', column('at', 'datetime'))!
  expect(sql).toBe('(convert(datetime2(3), [at]) <= convert(datetime2(6), ?, 121))')
  expect(values).toEqual(['2026-01-01 00:00:00.003000'])
})

test.each([
  ['money', {}, 'convert(varchar(30), [c], 2)'], // style 2: four decimals; without it two
  ['decimal', { precision: 38, scale: 10 }, 'convert(varchar(41), [c])'], // the driver makes a JavaScript number of it
  ['bigint', {}, 'convert(varchar(20), [c])'],
  ['char', {}, 'rtrim(convert(nvarchar(max), [c]))'],
  ['uniqueidentifier', {}, 'lower(convert(char(36), [c]))'],
  ['hierarchyid', {}, '[c].ToString()'],
  ['geometry', {}, '[c].AsTextZM()'], // with the third and fourth coordinate
  ['timestamp', {}, 'convert(varbinary(max), [c])'], // a version of the row, no time
  ['datetime2', { scale: 3 }, 'convert(varchar(27), [c], 121)'],
  ['datetimeoffset', { scale: 6 }, `convert(varchar(27), convert(datetime2(6), switchoffset([c], '+00:00')), 121) + '+00'`],
  ['date', {}, 'convert(char(10), [c], 23)'],
] as const)('%s is read as a text that has lost nothing', (base, more, sql) => {
  const own = column('c', base, more)
  expect(readSql(own, own.type)).toBe(sql)
})

test('a tenth of a microsecond is not cut off in silence: where it is not nought it stays, and no type takes it', () => {
  const text = 'convert(varchar(27), [c], 121)'
  expect(readSql(column('c', 'datetime2', { scale: 7 }), 'timestamp')).toBe(
    `case when right(${text}, 1) = '0' then left(${text}, len(${text}) - 1) else ${text} end`,
  )
})

const table: SqlTable = {
  ...{ schema: 'dbo', table: 'people]', kind: 'table', comment: null, estimatedRows: 10, bytes: 0, columns: [], marked: true },
  own: [column('id', 'char', { dbType: 'char(18)' }), column('photo', 'varbinary', { long: true }), column('changed', 'datetime')],
  keyColumns: ['id'],
}
const grant = {
  fields: [field('id', 'text', { key: true }), field('photo', 'bytea'), field('changed', 'timestamp')],
  source: { schema: 'dbo', table: 'people]' },
  cursor: 'changed',
} as unknown as Grant
const granted = { grant, table, dialect, overlapSeconds: 60, asOf: '' }

test('a range is asked for in the type of the column, so that its index serves; values stand beside the statement; a value too long is told by its length', () => {
  const { sql, values } = selectRows(granted, { by: 'range', range: { from: "3701'; drop", to: null } })
  expect(sql).toBe(
    'select coalesce(datalength([photo]), 0), rtrim(convert(nvarchar(max), [id])), case when datalength([photo]) > 7340032 then null else convert(varbinary(max), [photo]) end, ' +
      'convert(varchar(23), [changed], 121), [zhenghe_marks] from [dbo].[people]]] where [id] >= convert(char(18), ?)',
  )
  expect(values).toEqual(["3701'; drop"])
})

test('an increment by a DATETIME asks for a little more, and never for days before 1753; the node cuts it exactly', () => {
  const { sql, values } = selectRows(granted, { by: 'cursor', from: '2026-01-01 00:00:00.007', to: '2026-01-02 00:00:00.003' })
  expect(sql).toContain('where [changed] >= convert(datetime, ?, 121) and [changed] <= convert(datetime, ?, 121)')
  expect(values).toEqual(['2025-12-31 23:59:00.003', '2026-01-02 00:00:00.007'])
  expect(selectRows(granted, { by: 'cursor', from: '0001-01-01 00:00:00', to: '2026-01-02 00:00:00' }).values).toEqual(['2026-01-02 00:00:00.004'])
})

test('what is newer by the cursor wins, and a row is merged once: under a lock of its key', () => {
  const sql = mergeSql(
    dialect,
    { schema: 'dbo', table: 't' },
    { schema: 'dbo', table: 's' },
    FIELDS.filter(({ name }) => /^(id|name|changed)$/.test(name)),
    'changed',
  )
  expect(sql.replace(/\s+/g, ' ')).toBe(
    'merge into [dbo].[t] with (holdlock) t using [dbo].[s] s on (t.[id] = s.[id]) when matched and s.[changed] >= t.[changed] then update set [name] = s.[name], [changed] = s.[changed] ' +
      'when not matched then insert ([id], [name], [changed]) values (s.[id], s.[name], s.[changed]);',
  )
})

test('each of the fifteen types has a column that holds it exactly, and is made from text by the server', () => {
  const types = [...new Map(FIELDS.map((one) => [one.type, one])).values()]
  expect(types.map(({ type }) => `${type}: ${columnType({ type, key: false }, 0)}, ${insertedSql(type, 'c')}`)).toEqual([
    'int8: bigint, convert(bigint, c)',
    'text: nvarchar(max), c',
    'bool: bit, convert(bit, c)',
    'int2: smallint, convert(bigint, c)',
    'int4: int, convert(bigint, c)',
    'float4: real, c',
    'float8: float, c',
    'numeric: decimal(38,12), convert(decimal(38,12), c)',
    'date: date, convert(date, c, 23)', // DATE begins with the year 1, DATETIME would with 1753
    'time: time(6), convert(time(6), c, 121)',
    'timestamp: datetime2(6), convert(datetime2(6), c, 121)',
    'timestamptz: datetimeoffset(6), convert(datetimeoffset(6), c, 121)',
    'uuid: uniqueidentifier, convert(uniqueidentifier, c)',
    'bytea: varbinary(max), c',
    'jsonb: nvarchar(max), c',
  ])
  expect(columnType({ type: 'text', key: true }, 400)).toBe('nvarchar(400) collate Latin1_General_100_BIN2')
})
