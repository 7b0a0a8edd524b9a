import { type Duplex, duplexPair, Transform } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { PostgresSource } from './connectors/postgres/source.ts'
import { withClient } from './pg/connect.ts'
import { testDatabase } from './testing/databases.ts'
import { deliver, draftGrant, type Ends, field, signGrant } from './testing/delivery.ts'

const source = testDatabase()
const target = testDatabase()
const MIB = 1 << 20

async function endsOf(table: string, type: 'text' | 'bytea'): Promise<Ends> {
  const fields = [field('id', 'int8', { key: true }), field('body', type)]
  const grant = signGrant(await draftGrant(source.address, { table, fields, limits: { rejectShare: 0, connections: 2 } }))
  return { source: source.address, target: target.address, grant, table }
}

test.each(['text', 'bytea'] as const)('a field of 100 MB (%s) is refused by its length, without being read into memory', async (type) => {
  const table = `heavy_${type}`
  const body = type === 'text' ? `repeat('数', ${(100 * MIB) / 4})` : `convert_to(repeat('x', ${100 * MIB}), 'UTF8')`
  await source.query(`create table ${table} (id int8 primary key, body ${type}); insert into ${table} values (1, 'x'), (2, ${body})`)
  const before = process.memoryUsage().rss
  await expect(deliver(await endsOf(table, type))).rejects.toMatchObject({ code: 'row_too_long', resumable: false })
  expect(process.memoryUsage().rss - before).toBeLessThan(80 * MIB)
  await source.query(`delete from ${table} where id = 2`)
  await deliver(await endsOf(table, type))
  expect(await target.query(`select id from ${table}`)).toEqual([{ id: '1' }])
})

/** A line over which a chunk passes only now and then. */
function slowLine(passed: { bytes: number }): () => [Duplex, Duplex] {
  return () => {
    const [left, middleLeft] = duplexPair()
    const [middleRight, right] = duplexPair()
    const slow = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        passed.bytes += chunk.length
        void pause(2).then(() => done(null, chunk))
      },
    })
    for (const stream of [left, right, middleLeft, middleRight, slow]) stream.on('error', () => undefined)
    middleLeft.pipe(slow).pipe(middleRight)
    middleRight.pipe(middleLeft)
    return [left, right]
  }
}

test('a slow consumer holds the source back: what is read and has not gone yet stays within a few frames', async () => {
  await source.query(`create table much (id int8 primary key, body text);
    insert into much select n, string_agg(md5(n::text || m::text), '') from generate_series(1, 40000) n, generate_series(1, 20) m group by n; analyze much`)
  const passed = { bytes: 0 }
  let ahead = 0
  let counters: { readonly bytes: number } | undefined
  const look = setInterval(() => {
    ahead = Math.max(ahead, (counters?.bytes ?? 0) - passed.bytes)
  }, 2)
  const watch = {
    progress: (live: { readonly bytes: number }) => {
      counters = live
    },
    rejections: () => undefined,
  }
  await deliver({ ...(await endsOf('much', 'text')), line: slowLine(passed), sending: { watch }, pagesPerRange: 64 })
  clearInterval(look)
  expect(passed.bytes).toBeGreaterThan(24 * MIB)
  expect(ahead).toBeLessThan(12 * MIB)
  expect(await target.query('select count(*)::int as n from much')).toEqual([{ n: 40_000 }])
})

test('a wrong password and a database that is not there are refused as logins, and a host that does not answer may come back', async () => {
  const look = (more: object) => withClient({ ...source.address, ...more }, 'test', () => Promise.resolve())
  const prepare = (more: object) => {
    const connector = new PostgresSource({ ...source.address, ...more })
    return endsOf('login', 'text').then((ends) => deliver({ ...ends, source: connector }))
  }
  await source.query(`create table login (id int8 primary key, body text)`)
  await expect(look({ database: 'nothing_here' })).rejects.toThrow()
  await expect(prepare({ database: 'nothing_here' })).rejects.toMatchObject({ code: 'database_login', resumable: false })
  await expect(prepare({ user: 'nobody_here', password: 'wrong' })).rejects.toMatchObject({ code: 'database_login', resumable: false })
  await expect(prepare({ host: '127.0.0.1', port: 1 })).rejects.toMatchObject({ code: 'database_unreachable', resumable: true })
})
