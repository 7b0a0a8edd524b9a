import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant } from '../../testing/delivery.ts'
import { Folder } from './folder.ts'
import { FileTarget } from './target.ts'

const root = mkdtempSync(path.join(tmpdir(), 'merge-'))
const source = testDatabase()
afterAll(() => rmSync(root, { recursive: true, force: true }))

const FIELDS = [field('id', 'int8', { key: true }), field('name', 'text'), field('changed', 'timestamptz', { nullable: false })]

/** A folder that ends its process, as far as the table is concerned, before a file is put in its place. */
class Killed extends Folder {
  killed = false
  override async move(from: string, to: string): Promise<void> {
    if (this.killed && from.endsWith('/whole')) throw new Error('killed')
    return super.move(from, to)
  }
}

async function endsOf(place = new Folder(root)): Promise<Ends> {
  const table = `t_${randomUUID().slice(0, 8)}`
  await source.query(`create table ${table} (id int8 primary key, name text, changed timestamptz not null);
    insert into ${table} select n, '行' || n, timestamptz '2026-01-01 00:00Z' + n * interval '1 minute' from generate_series(1, 100) n; analyze ${table}`)
  const grant = signGrant(await draftGrant(source.address, { table, fields: FIELDS, cursor: 'changed' }))
  return { source: source.address, target: new FileTarget(() => place), grant, schema: 'shared', table }
}
const fileOf = ({ table }: Ends) => path.join(root, 'shared', `${table}.csv`)
const linesOf = (ends: Ends) => readFileSync(fileOf(ends), 'utf8').slice(1).trim().split('\r\n')
const change = ({ table }: Ends, id: number, name: string, minute: number) =>
  source.query(
    `insert into ${table} values (${id}, '${name}', timestamptz '2026-01-02 00:00Z' + ${minute} * interval '1 minute') on conflict (id) do update set name = excluded.name, changed = excluded.changed`,
  )

test('an increment keeps the order of the file: changed rows in their place, new ones behind; what is newer there stays', async () => {
  const ends = await endsOf()
  await deliver(ends)
  await change(ends, 7, '改名', 1)
  await change(ends, 101, '新增', 2)
  writeFileSync(fileOf(ends), readFileSync(fileOf(ends), 'utf8').replace('8,行8,2026-01-01 00:08:00+00', '8,更新,2027-01-01 00:00:00+00'))
  await change(ends, 8, '较旧', 3)
  await deliver({ ...ends, mode: 'incremental' })
  const lines = linesOf(ends)
  expect([lines.length, lines[0], lines[7], lines[8], lines.at(-1)]).toEqual([
    102,
    'id,name,changed',
    '7,改名,2026-01-02 00:01:00+00',
    '8,更新,2027-01-01 00:00:00+00',
    '101,新增,2026-01-02 00:02:00+00',
  ])
})

test('an increment that ended and was not put in its place, because the node was killed, is in place before the next', async () => {
  const place = new Killed(root)
  const ends = await endsOf(place)
  await deliver(ends)
  await change(ends, 101, '不能丢', 1)
  place.killed = true
  const delivery = randomUUID()
  await expect(deliver({ ...ends, mode: 'incremental', delivery })).rejects.toThrow()
  place.killed = false
  expect(await new FileTarget(() => place).receiptHeld(delivery)).toMatchObject({ checkpoint: '2026-01-02 00:01:00+00' }) // told as done
  expect(linesOf(ends)).toHaveLength(101)
  await change(ends, 102, '下一次', 600)
  await deliver({ ...ends, mode: 'incremental' })
  expect(linesOf(ends).slice(-2)).toEqual(['101,不能丢,2026-01-02 00:01:00+00', '102,下一次,2026-01-02 10:00:00+00'])
  expect(await compare(ends, false)).toMatchObject({ rows: 102, missing: 0, extra: 0, changed: 0 })
})

test('an increment into a file whose columns are not the granted ones is refused by name, and the file stays', async () => {
  const ends = await endsOf()
  await deliver(ends)
  const other = readFileSync(fileOf(ends), 'utf8').replace('name', '名称')
  writeFileSync(`${fileOf(ends)}.new`, other)
  renameSync(`${fileOf(ends)}.new`, fileOf(ends))
  await change(ends, 1, '改名', 1)
  await expect(deliver({ ...ends, mode: 'incremental' })).rejects.toMatchObject({ code: 'target_incompatible', resumable: false })
  expect(readFileSync(fileOf(ends), 'utf8')).toBe(other)
})

test('more changed rows than are held at once are merged lot by lot, to the same file', async () => {
  const ends = await endsOf()
  await deliver(ends)
  await source.query(`update ${ends.table} set name = '全部' || id, changed = timestamptz '2026-01-02 00:00Z' + id * interval '1 second'`)
  await source.query(
    `insert into ${ends.table} select n, '新' || n, timestamptz '2026-01-03 00:00Z' + n * interval '1 second' from generate_series(101, 210000) n`,
  )
  await deliver({ ...ends, mode: 'incremental' })
  const lines = linesOf(ends)
  expect([lines.length, lines[1]!.slice(0, 6), lines.at(-1)!.slice(0, 15)]).toEqual([210_001, '1,全部1,', '210000,新210000,'])
  expect(await compare(ends, false)).toMatchObject({ rows: 210_000, missing: 0, extra: 0, changed: 0 })
})
