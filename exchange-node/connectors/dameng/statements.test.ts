/** What 达梦 is asked, read by a person: no server of it runs here. Only what differs from Oracle. */
import type { Driver } from 'dmdb'
import { expect, test } from 'vitest'
import type { SqlColumn } from '../sql/dialect.ts'
import { DamengDialect } from './dialect.ts'
import { driverFrom } from './driver.ts'
import { explained } from './errors.ts'
import { Dameng } from './session.ts'
import { canonicalOf, columnType, readSql } from './types.ts'

const exact = new DamengDialect({ exact: true, emptyIsNull: false })

function column(name: string, base: string, more: Partial<SqlColumn> = {}): SqlColumn {
  const sizes = { precision: null, scale: null, nullable: true, comment: null, long: false }
  return { column: name, dbType: base, base, type: canonicalOf(base, null, null) ?? 'text', ...sizes, ...more }
}

test('how texts compare is set when a database of 达梦 is made, so it is asked; where letters or blanks do not count, the node compares', () => {
  const own = column('NAME', 'varchar')
  expect(exact.equals(own, 'a')).toEqual({ sql: '("NAME" = ?)', values: ['a'] })
  expect(new DamengDialect({ exact: false, emptyIsNull: false }).equals(own, 'a')).toBeUndefined()
})

test('a text of no length is one, unless the database was told to do as Oracle does', () => {
  const own = column('NAME', 'varchar')
  expect(exact.equals(own, '')).toEqual({ sql: '("NAME" = ?)', values: [''] })
  expect(new DamengDialect({ exact: true, emptyIsNull: true }).equals(own, '')).toEqual({ sql: '("NAME" <> "NAME")', values: [] })
  expect([exact.emptyIsNull, new DamengDialect({ exact: true, emptyIsNull: true }).emptyIsNull]).toEqual([false, true])
})

test('a day is a day here, and shown with its hours where a setting gives it some', () => {
  expect(canonicalOf('date', null, null)).toBe('date')
  expect(readSql(column('D', 'date'), 'date')).toBe(`replace(to_char("D", 'YYYY-MM-DD HH24:MI:SS'), ' 00:00:00', '')`)
})

test('numbers are read as their digits: the driver makes JavaScript numbers of them', () => {
  expect(readSql(column('N', 'bigint'), 'int8')).toBe('cast("N" as varchar(32))')
  expect(readSql(column('N', 'decimal'), 'numeric')).toBe('cast("N" as varchar(64))')
  expect([columnType({ type: 'numeric', key: false }, 0), columnType({ type: 'timestamptz', key: false }, 0)]).toEqual([
    'number',
    'timestamp(6) with time zone',
  ])
})

test('the ledger is made of its own types', () => {
  const { delivery, range } = exact.ledgerTables((name) => `"S"."zhenghe_exchange_${name}"`)
  expect(`${delivery} ${range}`).not.toMatch(/nvarchar2|nclob|number\(/)
  expect(range).toContain('n bigint not null')
})

test('a driver that is not there is refused with what to install; one that is, is set to give long values whole', async () => {
  const missing = () => driverFrom(() => Promise.reject(Object.assign(new Error(`Cannot find package 'dmdb'`), { code: 'ERR_MODULE_NOT_FOUND' })))
  await expect(new Dameng('dm://a:b@h/s', missing).open('source')).rejects.toMatchObject({
    code: 'database_unreachable',
    message: expect.stringContaining('npm install dmdb'),
  })
  const found = { CLOB: 1, BLOB: 2, fetchAsString: [], fetchAsBuffer: [] } as unknown as Driver
  await expect(driverFrom(() => Promise.resolve({ default: found }))).resolves.toMatchObject({ fetchAsString: [1], fetchAsBuffer: [2] })
})

test.each([
  [{ errCode: -2501, message: '用户名或密码错误' }, 'database_login'],
  [{ errCode: -2106, message: '第 1 行附近出现错误: 无效的表或视图名[T]' }, 'source_missing'],
  [{ errCode: -6602, message: '违反表[T]唯一性约束' }, 'duplicate_keys'],
  [{ errCode: -5504, message: '没有[T]对象的查询权限' }, 'source_rights'],
  [{ errCode: -523, message: '磁盘空间不足' }, 'target_room'],
  [{ errCode: 6001, message: '网络通信异常' }, 'database_gone'],
])('%j is %s', (error, code) => {
  expect(explained(Object.assign(new Error(error.message), error), 'source')).toMatchObject({ code })
})
