import { expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { connect, withClient } from './connect.ts'
import { copyIn } from './copy-in.ts'
import { copyOut, FRAME_BYTES, RowTooLong } from './copy-out.ts'

const database = testDatabase()
const out = (select: string) => `copy (${select}) to stdout (format binary)`

test('rows of every size pass through frames unchanged, and frames end on row borders', async () => {
  const select = `select g::int4 as n, repeat('政', (g * 7919) % 3000) as t, case when g % 1000 = 0 then repeat('x', 2000000) end as long from generate_series(1, 5000) g`
  await database.query('create table public.copied (n int4 primary key, t text, long text)')
  const [from, to] = await Promise.all([connect(database.address, 'test'), connect(database.address, 'test')])
  const copy = await copyIn(to, 'copy public.copied from stdin (format binary)')
  let frames = 0
  for await (const { payload, rows } of copyOut(from, out(select))) {
    expect(payload.readInt16BE(0)).toBe(3)
    expect(rows).toBeGreaterThan(0)
    expect(payload.length).toBeLessThan(FRAME_BYTES + 6_100_000)
    frames++
    await copy.write(payload)
  }
  expect(frames).toBeGreaterThan(10)
  expect(await copy.end()).toBe(5000)
  const differing = await database.query(`(${select}) except all select * from public.copied`)
  expect(differing).toEqual([])
  await Promise.all([from.end(), to.end()])
})

test('no rows, then an error in the middle, then more: the connection serves on', async () => {
  await withClient(database.address, 'test', async (client) => {
    expect(await copyOut(client, out('select 1 where false')).next()).toEqual({ value: 0, done: true })
    const failing = async () => {
      for await (const _ of copyOut(client, out(`select 1 / (90000 - g), repeat('x', 100) from generate_series(1, 100000) g`)));
    }
    await expect(failing()).rejects.toThrow('division by zero')
    await expect(copyOut(client, 'copy nothing to stdout (format binary)').next()).rejects.toThrow('does not exist')
    expect((await client.query('select 7 as still')).rows).toEqual([{ still: 7 }])
  })
})

test('a row longer than a frame may be is refused by its length', async () => {
  const client = await connect(database.address, 'test')
  await expect(copyOut(client, out(`select repeat('x', 9000000)`)).next()).rejects.toThrow(RowTooLong)
  await client.end()
})

test('leaving the loop early ends the connection, and nothing hangs', async () => {
  const client = await connect(database.address, 'test')
  for await (const _ of copyOut(client, out(`select repeat('x', 1000) from generate_series(1, 100000)`))) break
  await expect(client.query('select 1')).rejects.toThrow()
  await client.end()
})

test('a database that goes away in the middle is told to whoever reads or writes', async () => {
  const [reader, writer] = await Promise.all([connect(database.address, 'reader'), connect(database.address, 'writer')])
  await database.query('create table public.gone (t text)')
  const copy = await copyIn(writer, 'copy public.gone from stdin (format binary)')
  const reading = async () => {
    for await (const { payload } of copyOut(reader, out(`select repeat('x', 1000) from generate_series(1, 1000000)`))) {
      await copy.write(payload)
      await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'zhenghe reader' and datname = current_database()`)
    }
  }
  await expect(reading()).rejects.toThrow()
  await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'zhenghe writer' and datname = current_database()`)
  await expect(copy.end()).rejects.toThrow()
  await Promise.all([reader.end(), writer.end()].map((end) => end.catch(() => undefined)))
})

test('a refused row and a refused statement leave the connection of use', async () => {
  await database.query('create table public.strict (n int4 not null)')
  await withClient(database.address, 'test', async (client) => {
    const bad = await copyIn(client, 'copy public.strict from stdin (format binary)')
    const refused = async () => {
      await bad.write(Buffer.from([0, 1, 255, 255, 255, 255]))
      await bad.end()
    }
    await expect(refused()).rejects.toThrow('null value')
    expect((await client.query('select count(*)::int as n from public.strict')).rows).toEqual([{ n: 0 }])
    await expect(copyIn(client, 'copy public.nothing from stdin (format binary)')).rejects.toThrow('does not exist')
  })
})
