import { randomUUID } from 'node:crypto'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decode } from '../../../kernels/decode.ts'
import { type Places, places, walk } from '../../../kernels/layout.ts'
import { field } from '../../../testing/delivery.ts'
import { testMaria } from '../../../testing/mariadb.ts'
import { until } from '../../../testing/wait.ts'
import { type MariaTable, readTables } from '../schema.ts'
import { withSession } from '../session.ts'
import { MariaSource } from '../source.ts'
import { grantOn, purgeLog } from '../testing.ts'
import { MariaCapture } from './capture.ts'
import { type ChangeSink, MariaChanges } from './changes.ts'

const store = testMaria(['--binlog-row-metadata=FULL'])
const READING = { statementTimeoutMs: 60_000, overlapSeconds: 60 }
let servers = 1000

/** Every column type that is read from the log, with a value. */
const TYPES: [string, GrantField['type'], string][] = [
  ['tinyint(1)', 'bool', '1'],
  ['bit(1)', 'bool', `b'1'`],
  ['tinyint unsigned', 'int2', '255'],
  ['smallint', 'int2', '-32768'],
  ['mediumint', 'int4', '-8388608'],
  ['int unsigned', 'int8', '4294967295'],
  ['bigint', 'int8', '-9223372036854775808'],
  ['bigint unsigned', 'numeric', '18446744073709551615'],
  ['bit(20)', 'int8', '1048575'],
  ['decimal(65,30)', 'numeric', '-12345678901234567890123456789012345.123456789012345678901234567890'],
  ['decimal(12,4)', 'numeric', '0.0001'],
  ['decimal(9,0)', 'numeric', '-999999999'],
  ['float', 'float4', '0.1'],
  ['double', 'float8', '-1.7976931348623157e308'],
  ['year', 'int2', '2026'],
  ['date', 'date', `'0001-01-01'`],
  ['time', 'time', `'23:59:59'`],
  ['time(3)', 'time', `'08:30:00.125'`],
  ['datetime', 'timestamp', `'9999-12-31 23:59:59'`],
  ['datetime(6)', 'timestamp', `'2026-02-28 00:00:00.000001'`],
  ['timestamp(4) null', 'timestamptz', `'2026-11-25 08:00:00.1234'`],
  ['varchar(20) character set latin1', 'text', `'Größe'`],
  ['varchar(300) character set gbk', 'text', `'政和中国'`],
  ['char(5) character set utf8mb4', 'text', `'𠮷 a'`],
  ['mediumtext', 'text', `repeat('长', 70000)`],
  [`enum('甲','乙''丙')`, 'text', `'乙''丙'`],
  [`set('a','b','c')`, 'text', `'a,c'`],
  ['json', 'jsonb', `'{"b": 1.50, "a": [null]}'`],
  ['blob', 'bytea', `x'00ff5c0a'`],
  ['binary(4)', 'bytea', `x'01000000'`],
]
const fields = [field('id', 'int4', { key: true }), ...TYPES.map(([, type], at) => field(`c${at}`, type))]
const simple = [field('id', 'int4', { key: true }), field('t', 'text')]

/** What became of the keys, in the order of their last word. */
class Kept implements ChangeSink {
  bytes = Buffer.alloc(1 << 21)
  length = 0
  full = false
  changes = 0
  filtered = 0
  position = ''
  open = false
  readonly commits: string[] = []
  readonly rows = new Map<string, (string | null)[] | 'gone'>()
  readonly raw = new Map<string, string>()
  readonly #fields: readonly GrantField[]
  constructor(of: readonly GrantField[]) {
    this.#fields = of
  }
  reserve(): void {}
  upsert(at: Places, end: number): void {
    const values = this.#fields.map(({ type }, n) =>
      at.lengths[n]! < 0 ? null : decode(type, this.bytes.subarray(at.offsets[n]!, at.offsets[n]! + at.lengths[n]!)),
    )
    this.rows.set(values[0]!, values)
    this.raw.set(values[0]!, this.bytes.toString('hex', this.length, end))
  }
  remove(from: Buffer, at: Places): void {
    this.rows.set(decode('int4', from.subarray(at.offsets[0]!, at.offsets[0]! + 4)), 'gone')
  }
  empty(): void {
    this.rows.clear()
    this.rows.set('all', 'gone')
  }
  begin(): void {
    this.open = true
  }
  commit(position: string): void {
    this.open = false
    this.position = position
    this.commits.push(position)
  }
}

async function here(): Promise<string> {
  const [row] = await store.query<{ File: string; Position: number }>('show master status')
  return `${row!.File}:${row!.Position}`
}

async function follow(table: string, of: GrantField[], position: string, more = {}) {
  return MariaChanges.follow(store.url(), await grantOn(store.url(), store.database, table, of), position, {
    serverId: servers++,
    table: await tableNow(table),
    arrived: () => undefined,
    ...more,
  })
}

async function tableNow(table: string): Promise<MariaTable> {
  const [found] = await withSession(store.url(), 'source', (session) => readTables(session, { schema: store.database, table }))
  return found!
}

/** Takes until the sink has reached what the log holds now. */
async function takeAll(changes: Pick<MariaChanges, 'take'>, sink: Kept): Promise<void> {
  const end = Number((await here()).split(':')[1])
  await until(async () => {
    await changes.take(sink)
    return Number(/:(\d+)/.exec(sink.position)?.[1] ?? 0) >= end
  })
}

beforeAll(async () => {
  await store.query(`create table kinds (id int primary key, ${TYPES.map(([type], at) => `c${at} ${type}`).join(', ')})`)
})
beforeEach(() => store.query('create or replace table moving (id int primary key, t text)'))

test('a row that comes by the log is the same bytes as a row that is loaded, of every type', async () => {
  const from = await here()
  await store.query(`insert into kinds values (1, ${TYPES.map(([, , value]) => value).join(', ')})`)
  await store.query('insert into kinds (id) values (2)')
  const changes = await follow('kinds', fields, from)
  const sink = new Kept(fields)
  await takeAll(changes, sink)
  await changes.end()
  const snapshot = await (
    await new MariaSource(store.url()).prepare(await grantOn(store.url(), store.database, 'kinds', fields), 'snapshot', READING)
  ).snapshot()
  const reader = await snapshot.reader()
  const loaded: string[] = []
  const at = places(fields.length)
  for await (const { payload } of reader.rows({ by: 'range', range: { from: null, to: null } }))
    for (let next = 0; next < payload.length; ) {
      const start = next
      next = walk(payload, start, at)
      loaded.push(payload.toString('hex', start, next))
    }
  await snapshot.end()
  expect([...sink.raw.values()]).toEqual(loaded)
})

test('inserts, updates, a changed key, deletes and TRUNCATE arrive in the order of the log, positions at the ends of transactions', async () => {
  const from = await here()
  await store.query(`begin; insert into moving values (1, 'a'), (2, 'b'), (3, 'c'); update moving set t = 'x' where id = 1; commit`)
  await store.query('update moving set id = 20 where id = 2')
  await store.query('delete from moving where id = 3')
  const changes = await follow('moving', simple, from)
  const sink = new Kept(simple)
  await takeAll(changes, sink)
  expect([...sink.rows]).toEqual([
    ['1', ['1', 'x']],
    ['2', 'gone'],
    ['3', 'gone'],
    ['20', ['20', 'b']],
  ])
  expect(sink.commits.length).toBe(3)
  expect(sink.commits.every((position) => /^binlog\.\d+:\d+\/0-1-\d+$/.test(position))).toBe(true)
  await store.query('truncate table moving')
  await store.query(`insert into moving values (9, 'z')`)
  await takeAll(changes, sink)
  expect([...sink.rows]).toEqual([
    ['all', 'gone'],
    ['9', ['9', 'z']],
  ])
  await changes.end()
})

test('from any position that was told, the rest comes once and nothing is missing', async () => {
  const from = await here()
  for (let n = 1; n <= 10; n++) await store.query(`insert into moving values (${n}, 'a'), (${n + 100}, 'b')`)
  const changes = await follow('moving', simple, from)
  const all = new Kept(simple)
  await takeAll(changes, all)
  await changes.end()
  for (const [n, position] of all.commits.entries()) {
    const rest = new Kept(simple)
    if (n === 9) continue
    const again = await follow('moving', simple, position)
    await takeAll(again, rest)
    await again.end()
    expect(rest.rows.size).toBe(2 * (9 - n))
  }
})

test('a sink that is full is not filled further, in the middle of a statement either', async () => {
  const from = await here()
  await store.query(`insert into moving select seq, 'x' from seq_1_to_20000`)
  const changes = await follow('moving', simple, from)
  const sink = new Kept(simple)
  Object.defineProperty(sink, 'full', { get: () => sink.rows.size >= limit })
  let limit = 1500
  await until(async () => {
    await changes.take(sink)
    expect(sink.rows.size).toBeLessThanOrEqual(limit)
    if (sink.rows.size === limit) {
      expect(sink.open).toBe(true)
      limit += 1500
    }
    return sink.rows.size === 20_000
  })
  limit = 30_000
  await takeAll(changes, sink)
  expect(sink.open).toBe(false)
  await changes.end()
})

test('a load and the changes behind its moment are all there is, while others write', async () => {
  await store.query('create or replace table busy (id int primary key, t text)')
  let writing = true
  const write = async () => {
    for (let n = 1; writing; n++) await store.query(`replace into busy values (${n % 50}, '${n}'); delete from busy where id = ${(n * 7) % 50}`)
  }
  const writer = write()
  await until(async () => (await store.query('select 1 from busy')).length > 10)
  const grant = await grantOn(store.url(), store.database, 'busy', simple)
  const capture = await MariaCapture.prepare(store.url(), grant, { delivery: randomUUID(), accepted: '', statementTimeoutMs: 60_000 })
  const { binding, position, source } = await capture.begin()
  const snapshot = await source.snapshot()
  const reader = await snapshot.reader()
  const sink = new Kept(simple)
  const at = places(2)
  for await (const { payload } of reader.rows({ by: 'range', range: { from: null, to: null } }))
    for (let next = 0; next < payload.length; ) {
      next = walk(payload, next, at)
      const text = (n: number) => decode(simple[n]!.type, payload.subarray(at.offsets[n]!, at.offsets[n]! + at.lengths[n]!))
      sink.rows.set(text(0), [text(0), text(1)])
    }
  await snapshot.end()
  const log = await capture.follow(binding, position, undefined, () => undefined)
  writing = false
  await writer
  await takeAll(log, sink)
  log.confirm(sink.position)
  expect(await capture.look()).toEqual({ keptBytes: 0, lagBytes: 0 })
  await log.end()
  await expect(capture.follow('{"system":"elsewhere:3306/9"}', position, undefined, () => undefined)).rejects.toMatchObject({ code: 'slot_lost' })
  const stopping = await capture.follow(binding, position, sink.commits[3], () => undefined)
  const first = new Kept(simple)
  await until(async () => {
    await stopping.take(first)
    return stopping.atEnd
  })
  expect(first.commits).toEqual(sink.commits.slice(0, 4))
  await stopping.end()
  await capture.end()
  const rows = await store.query<{ id: number; t: string }>('select id, t from busy order by id')
  const kept = [...sink.rows].filter(([, row]) => row !== 'gone').sort(([a], [b]) => Number(a) - Number(b))
  expect(kept.map(([, row]) => row)).toEqual(rows.map(({ id, t }) => [String(id), t]))
})

test('rows outside of the filter are kept back, and taken away when they leave it', async () => {
  const from = await here()
  await store.query(`insert into moving values (1, 'in'), (2, 'out')`)
  await store.query(`update moving set t = if(id = 1, 'out', 'in')`)
  const passes = (tuple: Buffer, at: Places) => tuple.toString('utf8', at.offsets[1]!, at.offsets[1]! + at.lengths[1]!) === 'in'
  const changes = await follow('moving', simple, from, { passes })
  const sink = new Kept(simple)
  await takeAll(changes, sink)
  await changes.end()
  expect([...sink.rows]).toEqual([
    ['1', 'gone'],
    ['2', ['2', 'in']],
  ])
})

describe('what would lose a change is refused, never silent', () => {
  test('a granted column that changes freezes the capture at the transaction before', async () => {
    const from = await here()
    await store.query(`insert into moving values (1, 'a')`)
    await store.query('alter table moving add column more int')
    await store.query(`insert into moving values (2, 'b', 7)`)
    const changes = await follow('moving', simple, from)
    const both = new Kept(simple)
    await takeAll(changes, both) // the first row was written to other columns
    await changes.end()
    expect([...both.rows.values()]).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
    const later = await here()
    const open = await follow('moving', simple, later)
    const sink = new Kept(simple)
    await store.query(`insert into moving values (3, 'c', 8)`)
    await store.query('alter table moving add column other int')
    await store.query(`insert into moving values (4, 'd', 8, 9)`)
    await takeAll(open, sink)
    expect([...sink.rows.keys()]).toEqual(['3', '4'])
    await store.query('alter table moving modify t varchar(20)')
    await expect(takeAll(open, sink)).rejects.toThrow(/granted column t is varchar\(20\)/)
    await open.end()
  })

  test('a log that was removed, and a place beyond its end', async () => {
    const from = await here()
    await store.query('flush binary logs')
    const file = await purgeLog(store)
    await expect(follow('moving', simple, from)).rejects.toMatchObject({ code: 'slot_lost', resumable: false })
    await expect(follow('moving', simple, `${file}:99999999`)).rejects.toMatchObject({ code: 'slot_lost' })
    await expect(follow('moving', simple, '../etc/passwd')).rejects.toMatchObject({ code: 'protocol' })
  })

  test('rows that a session writes as statements, or not whole', async () => {
    const from = await here()
    await store.query(`set session binlog_format = statement; insert into moving values (1, 'a')`)
    const changes = await follow('moving', simple, from)
    await expect(takeAll(changes, new Kept(simple))).rejects.toMatchObject({ code: 'slot_lost' })
    await changes.end()
    const second = await here()
    await store.query(`set session binlog_row_image = minimal; update moving set t = 'b'`)
    const minimal = await follow('moving', simple, second)
    await expect(takeAll(minimal, new Kept(simple))).rejects.toMatchObject({ code: 'slot_lost' })
    await minimal.end()
  })

  test('settings, rights and types that do not fit, with the statement to run', async () => {
    await store.server.query('set global binlog_row_image = minimal')
    await expect(follow('moving', simple, await here())).rejects.toMatchObject({
      code: 'binlog_settings',
      message: expect.stringContaining('set global binlog_row_image = FULL'),
    })
    await store.server.query('set global binlog_row_image = full')
    await store.server.query(`create user blind identified by 'b'; grant select on ${store.database}.* to blind`)
    const grant = await grantOn(store.url(), store.database, 'moving', simple)
    const options = { serverId: servers++, table: await tableNow('moving'), arrived: () => undefined }
    await expect(MariaChanges.follow(store.url('blind', 'b'), grant, await here(), options)).rejects.toMatchObject({
      code: 'binlog_settings',
      message: expect.stringContaining('binlog monitor'),
    })
    await store.query('create table marked (id int primary key, t uuid)')
    await expect(follow('marked', [simple[0]!, field('t', 'uuid')], await here())).rejects.toMatchObject({ code: 'binlog_type' })
  })

  test('a server that is killed is told, and the capture goes on where it was', async () => {
    const from = await here()
    const changes = await follow('moving', simple, from)
    const sink = new Kept(simple)
    await store.query(`insert into moving values (1, 'a')`)
    await takeAll(changes, sink)
    await store.server.kill()
    await expect(until(() => changes.take(sink).then(() => false))).rejects.toMatchObject({ resumable: true })
    await changes.end()
    await store.server.start()
    await store.query(`insert into moving values (2, 'b')`)
    const again = await follow('moving', simple, sink.position)
    const end = (await here()).split(':')[0]!
    await until(async () => {
      await again.take(sink)
      return sink.rows.size === 2 && sink.position.startsWith(end)
    })
    await again.end()
    expect([...sink.rows.keys()]).toEqual(['1', '2'])
  })
})
