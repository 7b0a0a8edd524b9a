import { randomUUID } from 'node:crypto'
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { describe, expect, test } from 'vitest'
import type { Store } from '../../config.ts'
import { lookAt } from '../../stores.ts'
import { testDatabase } from '../../testing/databases.ts'
import { deliver, field, signGrant } from '../../testing/delivery.ts'
import { testMaria } from '../../testing/mariadb.ts'
import { until } from '../../testing/wait.ts'
import { openTarget } from '../open.ts'
import { userOf } from './grant-user.ts'
import { MariaSource } from './source.ts'
import { MariaTarget } from './target.ts'
import { grantOn } from './testing.ts'

const store = testMaria(['--max-allowed-packet=256M', '--sql-mode='])
const arrival = testDatabase()
/** So that what is held back can be looked at. */
const ALL_MAY_FAIL = { limits: { rejectShare: 1, connections: 3 } }
const READING = { statementTimeoutMs: 60_000, overlapSeconds: 60, pagesPerRange: 4 }

const granted = (table: string, fields: GrantField[], more = {}) => grantOn(store.url(), store.database, table, fields, more)
const key = field('id', 'int4', { key: true })

async function toPostgres(table: string, fields: GrantField[], more = {}, into = table) {
  const grant = await granted(table, fields, more)
  return deliver({ source: new MariaSource(store.url()), target: arrival.address, grant: signGrant(grant), table: into })
}

/** Column, MariaDB's type, the canonical type it is shown as, a value in MariaDB's words, the text PostgreSQL has then. */
const TYPES: [string, CanonicalType, string, string][] = [
  ['tinyint(1)', 'bool', 'true', 'true'],
  ['bit(1)', 'bool', `b'1'`, 'true'],
  ['tinyint unsigned', 'int2', '255', '255'],
  ['smallint', 'int2', '-32768', '-32768'],
  ['smallint unsigned', 'int4', '65535', '65535'],
  ['mediumint unsigned', 'int4', '16777215', '16777215'],
  ['int', 'int4', '-2147483648', '-2147483648'],
  ['int unsigned', 'int8', '4294967295', '4294967295'],
  ['bigint', 'int8', '-9223372036854775808', '-9223372036854775808'],
  ['bigint unsigned', 'numeric', '18446744073709551615', '18446744073709551615'],
  ['bit(20)', 'int8', '1048575', '1048575'],
  ['bit(64)', 'numeric', '18446744073709551615', '18446744073709551615'],
  [
    'decimal(65,30)',
    'numeric',
    '-12345678901234567890123456789012345.123456789012345678901234567890',
    '-12345678901234567890123456789012345.123456789012345678901234567890',
  ],
  ['decimal(10,2)', 'numeric', '1.5', '1.50'],
  ['float', 'float4', '3.4028235e38', '3.4028235e+38'],
  ['float', 'float4', '0.1', '0.1'],
  ['double', 'float8', '1.7976931348623157e308', '1.7976931348623157e+308'],
  ['double', 'float8', '5e-324', '5e-324'],
  ['year', 'int2', '2026', '2026'],
  ['date', 'date', `'0001-01-01'`, '0001-01-01'],
  ['date', 'date', `'9999-12-31'`, '9999-12-31'],
  ['time(6)', 'time', `'23:59:59.999999'`, '23:59:59.999999'],
  ['datetime(6)', 'timestamp', `'9999-12-31 23:59:59.999999'`, '9999-12-31 23:59:59.999999'],
  ['datetime', 'timestamp', `'0001-01-01 00:00:00'`, '0001-01-01 00:00:00'],
  ['timestamp(6) null', 'timestamptz', `convert_tz('2026-11-25 08:00:00.000001', '+08:00', @@session.time_zone)`, '2026-11-25 00:00:00.000001+00'],
  ['varchar(20) character set latin1', 'text', `'Größe'`, 'Größe'],
  ['varchar(20) character set gbk', 'text', `_gbk x'd5fec6cbbbd8'`, '政扑回'],
  ['char(5) character set gb2312', 'text', `_gb2312 x'd6d0b9fa'`, '中国'],
  ['text character set utf8mb4', 'text', `'𠮷👨‍👩‍👧‍👦  '`, '𠮷👨‍👩‍👧‍👦  '],
  [`enum('甲','乙')`, 'text', `'乙'`, '乙'],
  [`set('a','b','c')`, 'text', `'a,c'`, 'a,c'],
  ['json', 'jsonb', `'{"b": 1.50, "a": [12345678901234567890.5, null]}'`, '{"a": [12345678901234567890.5, null], "b": 1.50}'],
  ['blob', 'bytea', `x'00ff5c0a'`, '\\x00ff5c0a'],
  ['varbinary(8)', 'bytea', `x''`, '\\x'],
  ['uuid', 'uuid', `'0F8FAD5B-D9CB-469F-A165-70867728950E'`, '0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['inet6', 'text', `'2001:db8::1'`, '2001:db8::1'],
  ['point', 'text', `st_geomfromtext('POINT(1 2)')`, 'POINT(1 2)'],
  [`datetime(6) comment '变更时间 [timestamptz]'`, 'timestamptz', `'2026-11-25 00:00:00.5'`, '2026-11-25 00:00:00.5+00'],
]

test('the node tells what it is, and shows no table of the system or of the exchange itself', async () => {
  const configured = { id: 'register', role: 'target', url: store.url() } as Store
  expect(await lookAt(configured)).toMatchObject({ reachable: true, database: store.database, product: expect.stringMatching(/^MariaDB \d+\.\d+\.\d+$/) })
  await (
    await openTarget(configured).open({
      delivery: randomUUID(),
      mode: 'snapshot',
      grant: {} as never,
      name: { schema: store.database, table: 'none' },
      memoryMiB: 16,
    })
  ).end()
  expect(await openTarget(configured).tables()).toEqual([])
  expect(await lookAt({ ...configured, url: 'mysql://u:p@127.0.0.1:1/d' })).toMatchObject({
    reachable: false,
    product: 'MariaDB',
    trouble: expect.stringContaining('nothing listens'),
  })
})

test('every type of MariaDB arrives in PostgreSQL as it is', async () => {
  const columns = TYPES.map(([type], at) => `c${at} ${type}`)
  await store.query(`create table kinds (id int primary key, ${columns.join(', ')}) comment '各种类型'`)
  await store.query(`insert into kinds values (1, ${TYPES.map(([, , value]) => value).join(', ')})`)
  await store.query('insert into kinds (id) values (2)')
  const shown = (await new MariaSource(store.url()).tables()).find(({ table }) => table === 'kinds')!
  expect(shown).toMatchObject({ schema: store.database, kind: 'table', comment: '各种类型' })
  expect(shown.columns.map(({ type }) => type)).toEqual(['int4', ...TYPES.map(([, type]) => type)])
  expect(shown.columns[0]).toMatchObject({ column: 'id', dbType: 'int(11)', key: true, nullable: false })
  await toPostgres('kinds', [key, ...TYPES.map(([, type], at) => field(`c${at}`, type))])
  const [full, empty] = await arrival.query<Record<string, string>>(`select ${TYPES.map((_, at) => `c${at}::text`).join(', ')} from kinds order by id`)
  expect(Object.values(full!)).toEqual(TYPES.map(([, , , text]) => text))
  expect(new Set(Object.values(empty!))).toEqual(new Set([null]))
})

test('every type of MariaDB may be granted as text', async () => {
  const texts = TYPES.map((_, at) => field(`c${at}`, 'text'))
  await toPostgres('kinds', [key, ...texts], {}, 'texts')
  const [full] = await arrival.query<Record<string, string>>(`select c0, c2, c9, c13, c23, c32, c34 from texts where id = 1`)
  expect(full).toEqual({
    c0: '1',
    c2: '255',
    c9: '18446744073709551615',
    c13: '1.50',
    c23: '0001-01-01 00:00:00',
    c32: '\\x00ff5c0a',
    c34: '0f8fad5b-d9cb-469f-a165-70867728950e',
  })
})

test('from MariaDB into MariaDB nothing changes, not the scale of a number', async () => {
  const fields = [
    key,
    field('c8', 'int8'),
    field('c13', 'numeric'),
    field('c14', 'float4'),
    field('c24', 'timestamptz'),
    field('c28', 'text'),
    field('c32', 'bytea'),
  ]
  const grant = await granted('kinds', fields)
  await deliver({
    source: new MariaSource(store.url()),
    target: new MariaTarget(store.url()),
    grant: signGrant(grant),
    schema: store.database,
    table: 'copied',
  })
  await deliver({
    source: new MariaSource(store.url()),
    target: arrival.address,
    grant: signGrant(await granted('copied', fields)),
    table: 'copied',
  })
  expect(await arrival.query('select id, c8::text, c13::text, c14::text, c24::text, c28, c32::text from copied order by id limit 1')).toEqual([
    { id: 1, c8: '-9223372036854775808', c13: '1.50', c14: '3.4028235e+38', c24: '2026-11-25 00:00:00.000001+00', c28: '𠮷👨‍👩‍👧‍👦  ', c32: '\\x00ff5c0a' },
  ])
})

describe('bad input', () => {
  test.each([
    ['date', '0000-00-00'],
    ['datetime', '2026-00-10 00:00:00'],
    ['timestamp null', '0000-00-00 00:00:00'],
  ])('a %s of %s is held back by field and row', async (type, value) => {
    const table = `zero_${type.slice(0, 5).trim()}`
    await store.query(`create table ${table} (id int primary key, born ${type})`)
    await store.query(`insert into ${table} values (1, '2026-01-01'), (7, '${value}')`)
    const born = field('born', type === 'date' ? 'date' : type === 'datetime' ? 'timestamp' : 'timestamptz')
    await expect(toPostgres(table, [key, born])).rejects.toMatchObject({ code: 'reject_share' })
    const { evidence, rejections } = await toPostgres(table, [key, born], ALL_MAY_FAIL)
    expect(JSON.parse(evidence.manifest.text)).toMatchObject({ read: 2, sent: 1, rejected: 1, reasons: { 'born:unreadable': 1 } })
    expect([...rejections.values()].flat()).toEqual([
      { key: { id: '7' }, field: 'born', rule: 'unreadable', value: expect.stringMatching(/^[02][02]\*+[0][0]$/) },
    ])
  })

  test('a time beyond a day, a NUL in text, a tinyint(1) that is no truth value and a key that cannot be read are held back by name', async () => {
    await store.query(`create table odd (id int primary key, t time, s text, b tinyint(1))`)
    await store.query(`insert into odd values (1, '100:00:00', 'a\\0b', 5)`)
    for (const [name, type, value] of [
      ['t', 'time', '10*****00'],
      ['s', 'text', '***'],
      ['b', 'bool', '*'],
    ] as const) {
      const { rejections } = await toPostgres('odd', [key, field(name, type)], ALL_MAY_FAIL, `odd_${name}`)
      expect([...rejections.values()].flat()).toEqual([{ key: { id: '1' }, field: name, rule: 'unreadable', value }])
    }
    await toPostgres('odd', [key, field('t', 'text'), field('b', 'text')])
    expect(await arrival.query('select t, b from odd')).toEqual([{ t: '100:00:00', b: '5' }])
    await store.query(`create table unkeyed (born date primary key, n int)`)
    await store.query(`insert into unkeyed values ('0000-00-00', 1), ('2026-01-01', 2)`)
    const { rejections } = await toPostgres('unkeyed', [field('born', 'date', { key: true }), field('n', 'int4')], ALL_MAY_FAIL)
    expect([...rejections.values()].flat()).toEqual([{ key: {}, field: 'born', rule: 'unreadable', value: '00******00', place: 'born = 0000-00-00' }])
  })

  test('a field of 100 MB is held back as a row too long, without being read', async () => {
    await store.query(`create table heavy (id int primary key, photo longblob)`)
    await store.query(`insert into heavy values (1, 'x'), (2, repeat('x', 100 << 20))`)
    const before = process.memoryUsage().rss
    const { rejections } = await toPostgres('heavy', [key, field('photo', 'bytea')], ALL_MAY_FAIL)
    expect([...rejections.values()].flat()).toEqual([{ key: { id: '2' }, field: '', rule: 'tooLong', value: null }])
    expect(process.memoryUsage().rss - before).toBeLessThan(80 << 20)
  })

  test('a wrong password, a database that is not there and a port where nothing listens are told apart', async () => {
    await store.server.query(`create user weak identified by 'right'`)
    await expect(new MariaSource(store.url('weak', 'wrong')).tables()).rejects.toMatchObject({ code: 'database_login' })
    await expect(new MariaSource(store.server.url('nothing')).tables()).rejects.toMatchObject({ code: 'database_login' })
    await expect(new MariaSource('mysql://u:p@127.0.0.1:1/d').look()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('a vanished table, a changed type and a column that may no longer be read are refused before anybody is called', async () => {
    await store.query('create table fickle (id int primary key, t varchar(10))')
    const grant = await granted('fickle', [key, field('t', 'text')])
    const prepare = () => new MariaSource(store.url()).prepare(grant, 'snapshot', READING)
    await store.query('alter table fickle modify t varchar(12)')
    await expect(prepare()).rejects.toMatchObject({ code: 'source_changed', message: expect.stringContaining('varchar(12)') })
    await store.query('drop table fickle')
    await expect(prepare()).rejects.toMatchObject({ code: 'source_missing' })
  })

  test('a key that holds two rows is refused at the end, and nothing is swapped in', async () => {
    await store.query('create table loose (id int not null, t text)')
    await store.query(`insert into loose values (1, 'a'), (1, 'b')`)
    const grant = await granted('loose', [key, field('t', 'text')])
    const ends = { source: new MariaSource(store.url()), target: new MariaTarget(store.url()), grant: signGrant(grant), schema: store.database, table: 'tight' }
    await expect(deliver(ends)).rejects.toMatchObject({ code: 'duplicate_keys' })
    const tables = await store.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = database() and table_name like 'tight%'`,
    )
    expect(tables).toEqual([])
  })
})

describe('a grant', () => {
  test('is read under a database user of its own, which may read the granted columns and nothing else', async () => {
    await store.query('create table secret (id int primary key, open text, hidden text)')
    await store.query(`insert into secret values (1, 'a', 'b')`)
    const grant = await granted('secret', [key, field('open', 'text')])
    const source = await new MariaSource(store.url()).prepare(grant, 'snapshot', READING)
    const snapshot = await source.snapshot()
    const [user] = await store.query<{ user: string }>(`select distinct user from information_schema.processlist where user like 'zhenghe%'`)
    expect(user).toEqual({ user: userOf(grant) })
    const rights = await store.query<Record<string, string>>(`show grants for '${userOf(grant)}'@'%'`)
    expect(rights.map((row) => Object.values(row)[0]!.replace('`open`, `id`', '`id`, `open`')).slice(1)).toEqual([
      `GRANT SELECT (\`id\`, \`open\`) ON \`${store.database}\`.\`secret\` TO \`${userOf(grant)}\`@\`%\``,
    ])
    await snapshot.end()
    await new MariaSource(store.url()).prepare({ ...grant, version: 2 }, 'snapshot', READING)
    expect(await store.query(`select user from mysql.user where user = '${userOf(grant)}'`)).toEqual([])
  })

  test('is read under the own login where that may only read', async () => {
    await store.server.query(`create user reader identified by 'r'; grant select on ${store.database}.secret to reader`)
    const grant = await grantOn(store.url('reader', 'r'), store.database, 'secret', [key, field('open', 'text')])
    await deliver({ source: new MariaSource(store.url('reader', 'r')), target: arrival.address, grant: signGrant(grant), table: 'secret' })
    expect(await arrival.query('select * from secret')).toEqual([{ id: 1, open: 'a' }])
  })

  test('with a filter tells how many rows it kept back', async () => {
    await store.query('create table split (id int primary key, t text)')
    await store.query(`insert into split select seq, if(seq % 3 = 0, 'x', 'y') from seq_1_to_3000`)
    const { evidence } = await toPostgres('split', [key, field('t', 'text')], { filter: { op: 'eq', field: 't', value: 'x' } })
    expect(JSON.parse(evidence.manifest.text)).toMatchObject({ read: 3000, filtered: 2000, sent: 1000 })
  })
})

describe('a load', () => {
  test.each([
    ['numbers with a gap', 'bigint', `if(seq < 15000, seq, seq * 1000003)`],
    ['negative decimals', 'decimal(12,3)', `seq / 7 - 2000`],
    ['credit codes', 'varchar(18)', `concat('9137', lpad(seq, 14, '0'))`],
    ['Chinese names', 'varchar(40) character set gbk', `concat(char(0xd0a1 + seq % 40 using gbk), seq)`],
    ['texts without regard to case', 'varchar(40) collate utf8mb4_general_ci', `concat(if(seq % 2 = 0, 'a', 'B'), lpad(seq, 6, '0'))`],
  ])('of %s is cut into ranges by the index, and they hold every row once', async (name, type, value) => {
    const table = `cut_${name.replace(/\W/g, '_')}`
    await store.query(`create table ${table} (id ${type} primary key, filler char(100))`)
    await store.query(`insert into ${table} select ${value}, 'x' from seq_1_to_20000`)
    await store.query(`analyze table ${table}`)
    const [shown] = (await new MariaSource(store.url()).tables()).filter((one) => one.table === table)
    const grant = await granted(table, [field('id', shown!.columns[0]!.type, { key: true })])
    const source = await new MariaSource(store.url()).prepare(grant, 'snapshot', { ...READING, pagesPerRange: 16 })
    const snapshot = await source.snapshot()
    const readBefore = await rowsRead()
    const ranges = await snapshot.plan()
    expect((await rowsRead()) - readBefore).toBeLessThan(2000)
    expect(ranges.length).toBeGreaterThan(8)
    const reader = await snapshot.reader()
    let [total, largest] = [0, 0]
    for (const range of ranges) {
      let rows = 0
      for await (const frame of reader.rows({ by: 'range', range })) rows += frame.rows
      total += rows
      largest = Math.max(largest, rows)
    }
    expect(total).toBe(20_000)
    expect(largest).toBeLessThan((20_000 / ranges.length) * 8)
    await reader.end()
    await snapshot.end()
  })

  test('sees one moment by all its readers, while others write', async () => {
    await store.query('create table accounts (id int primary key, amount int not null, filler char(200))')
    await store.query(`insert into accounts select seq, 100, '' from seq_1_to_6000`)
    await store.query('analyze table accounts')
    let writing = true
    const write = async () => {
      for (let n = 1; writing; n++) {
        const [from, to] = [(n * 7919) % 6000, (n * 104_729) % 6000]
        await store.query(
          `begin; update accounts set amount = amount - 1 where id = ${from + 1}; update accounts set amount = amount + 1 where id = ${to + 1}; commit`,
        )
      }
    }
    const writer = write()
    const grant = await granted('accounts', [key, field('amount', 'int4')])
    const source = new MariaSource(store.url())
    const { evidence } = await deliver({ source, target: arrival.address, grant: signGrant(grant), table: 'accounts', pagesPerRange: 8 })
    writing = false
    await writer
    expect(JSON.parse(evidence.receipt.text)).toMatchObject({ received: 6000 })
    expect(await arrival.query('select sum(amount)::int as total from accounts')).toEqual([{ total: 600_000 }])
  })

  test('that is left in the middle leaves no statement at work in the database', async () => {
    const grant = await granted('accounts', [key, field('filler', 'text')])
    const snapshot = await (await new MariaSource(store.url()).prepare(grant, 'snapshot', READING)).snapshot()
    const reader = await snapshot.reader()
    for await (const _ of reader.rows({ by: 'range', range: { from: null, to: null } })) break
    await reader.end()
    await snapshot.end()
    await until(async () => (await store.query(`select 1 from information_schema.processlist where user = '${userOf(grant)}'`)).length === 0)
  })

  test('stops a statement that takes too long', async () => {
    await store.query('create view slow as select id, sleep(0.5) as t from accounts')
    const grant = await granted('slow', [key, field('t', 'int4')])
    const source = await new MariaSource(store.url()).prepare(grant, 'snapshot', { ...READING, statementTimeoutMs: 300 })
    const snapshot = await source.snapshot()
    const reader = await snapshot.reader()
    await expect(reader.rows({ by: 'range', range: { from: null, to: null } }).next()).rejects.toMatchObject({ code: 'statement_timeout' })
    await snapshot.end()
  })
})

test('an increment reads from the checkpoint on, and what was written late before it', async () => {
  await store.query('create table moving (id int primary key, t text, changed datetime(6) not null)')
  await store.query(`insert into moving select seq, 'a', '2026-01-01 00:00:00' + interval seq second from seq_1_to_1000`)
  const fields = [key, field('t', 'text'), field('changed', 'timestamp', { nullable: false })]
  const grant = signGrant(await granted('moving', fields, { cursor: 'changed' }))
  const ends = { source: new MariaSource(store.url()), target: new MariaTarget(store.url()), grant, schema: store.database, table: 'moved' } as const
  await deliver(ends)
  await store.query(`update moving set t = 'b', changed = '2026-01-01 01:00:00.000001' where id <= 10`)
  await store.query(`insert into moving values (2000, 'late', '2026-01-01 00:16:00')`)
  const { evidence } = await deliver({ ...ends, mode: 'incremental' })
  expect(JSON.parse(evidence.manifest.text).sent).toBeLessThan(100)
  const differing = await store.query(`select m.id from moving m left join moved d on d.id = m.id and d.t = m.t and d.changed = m.changed where d.id is null`)
  expect(differing).toEqual([])
})

async function rowsRead(): Promise<number> {
  const [row] = await store.query<{ Value: string }>(`show global status like 'Rows_read'`)
  return Number(row!.Value)
}
