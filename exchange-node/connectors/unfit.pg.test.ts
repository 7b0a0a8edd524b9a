import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Manifest } from '@zhenghe/wire/documents.ts'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, type Outcome, signGrant } from '../testing/delivery.ts'
import type { SourceConnector } from './connector.ts'
import { Folder } from './files/folder.ts'
import { FileSource } from './files/source.ts'
import { SqliteSource } from './sqlite/source.ts'
import { boundTo } from './testing/rows.ts'

const root = mkdtempSync(path.join(tmpdir(), 'unfit-'))
const arrival = testDatabase()
afterAll(() => rmSync(root, { recursive: true, force: true }))

const FIELDS = [field('id', 'int8', { key: true }), field('amount', 'numeric'), field('changed', 'timestamptz', { nullable: false })]
const moment = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
type Row = (string | null)[]
const rows = (count: number): Row[] => Array.from({ length: count }, (_, n) => [String(n + 1), `${n}.50`, moment(n)])

/** One store of text values: how its rows are written, and what reads them. */
type Kind = {
  name: string
  table: string
  schema: string
  write(rows: readonly Row[]): void
  source(): SourceConnector
  place(line: number): { place?: string }
}
const folder = () => new FileSource(() => new Folder(root))
const KINDS: Kind[] = [
  {
    ...{ name: 'CSV', table: 'register.csv', schema: '.', source: folder, place: (line) => ({ place: `register.csv:${line + 1}` }) },
    write: (all) =>
      writeFileSync(path.join(root, 'register.csv'), ['id,amount,changed', ...all.map((row) => row.map((text) => text ?? '').join(','))].join('\n')),
  },
  {
    ...{ name: 'JSON Lines', table: 'register.jsonl', schema: '.', source: folder, place: (line) => ({ place: `register.jsonl:${line}` }) },
    write: (all) =>
      writeFileSync(path.join(root, 'register.jsonl'), all.map(([id, amount, changed]) => `${JSON.stringify({ id, amount, changed })}\n`).join('')),
  },
  {
    ...{ name: 'SQLite', table: 'register', schema: 'main', source: () => new SqliteSource(path.join(root, 'register.db')), place: () => ({}) },
    write: (all) => {
      const db = new DatabaseSync(path.join(root, 'register.db'))
      db.exec('create table if not exists register (id int primary key, amount numeric_text, changed timestamptz); delete from register; begin')
      const insert = db.prepare('insert into register values (?, ?, ?)')
      for (const row of all) insert.run(...row)
      db.exec('commit')
      db.close()
    },
  },
]

async function endsOf({ source, schema, table }: Kind): Promise<Ends> {
  await arrival.query('create table if not exists any_table (id int8 primary key)')
  const draft = await draftGrant(arrival.address, { table: 'any_table', fields: [field('id', 'int8', { key: true })] })
  const limits = { rejectShare: 0.2, connections: 2 }
  const grant = signGrant({ ...draft, fields: FIELDS, limits, cursor: 'changed', source: await boundTo(source(), { schema, table }, FIELDS) })
  return { source: source(), target: arrival.address, grant, table: `t_${randomUUID().slice(0, 8)}` }
}
const manifestOf = ({ evidence }: Outcome) => JSON.parse(evidence.manifest.text) as Manifest
const held = ({ rejections }: Outcome) => [...rejections.values()].flat()
const keysIn = async (table: string | undefined) => (await arrival.query<{ id: string }>(`select id from ${table} order by id`)).map(({ id }) => Number(id))
const all = (from: number, to: number, without: readonly number[] = []) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n).filter((n) => !without.includes(n))

test.each(KINDS)('poison rows of $name are held back and told, the others arrive, and the balance holds', async (kind) => {
  const given = rows(40)
  given[6] = ['7', 'a lot of money', moment(6)]
  given[16] = ['seventeen', '17.50', moment(16)]
  given[26] = [null, '27.50', moment(26)]
  kind.write(given)
  const ends = await endsOf(kind)
  const outcome = await deliver(ends)
  expect(manifestOf(outcome)).toMatchObject({
    ...{ read: 40, filtered: 0, rejected: 3, sent: 37 },
    reasons: { 'amount:unreadable': 1, 'id:unreadable': 1, 'id:noKey': 1 },
  })
  expect(held(outcome)).toEqual([
    { key: { id: '7' }, field: 'amount', rule: 'unreadable', value: 'a **********ey', ...kind.place(7) },
    { key: {}, field: 'id', rule: 'unreadable', value: 'se*****en', ...{ place: 'id = seventeen', ...kind.place(17) } },
    { key: {}, field: 'id', rule: 'noKey', value: null, ...{ place: 'id = null', ...kind.place(27) } },
  ])
  expect(await keysIn(ends.table)).toEqual(all(1, 40, [7, 17, 27]))
  expect(await compare(ends, false)).toMatchObject({ rows: 37, missing: 0, extra: 0, changed: 0 })
})

test.each(KINDS)('a poison row of $name that was mended is sent by its key alone; one that was not is told again', async (kind) => {
  const given = rows(30)
  given[4] = ['5', 'x', moment(4)]
  given[5] = ['6', 'y', moment(5)]
  kind.write(given)
  const ends = await endsOf(kind)
  await deliver(ends)
  given[4] = ['5', '5.55', moment(4)]
  given[20] = ['broken', '1', moment(20)] // nobody asks for it
  kind.write(given)
  const replay = await deliver({ ...ends, mode: 'incremental', sending: { only: [[['5'], ['6']]] } })
  expect(manifestOf(replay)).toMatchObject({ read: 2, rejected: 1, sent: 1 })
  expect(held(replay)).toEqual([expect.objectContaining({ key: { id: '6' }, field: 'amount', rule: 'unreadable' })])
  expect(await keysIn(ends.table)).toEqual(all(1, 30, [6]))
})

test.each(KINDS)('an increment of $name holds back rows whose change time cannot be read, and brings the others', async (kind) => {
  const given = rows(20)
  kind.write(given)
  const ends = await endsOf(kind)
  await deliver(ends)
  kind.write([...given, ...rows(30).slice(20), ['99', '1', 'yesterday']])
  const outcome = await deliver({ ...ends, mode: 'incremental' })
  expect(manifestOf(outcome)).toMatchObject({ rejected: 1, reasons: { 'changed:unreadable': 1 } })
  expect(held(outcome)).toEqual([expect.objectContaining({ key: { id: '99' }, field: 'changed', value: 'ye*****ay' })])
  expect(await keysIn(ends.table)).toEqual(all(1, 30))
})

test.each(KINDS)('more poison rows of $name than are allowed stop the delivery by name, and the target keeps what it had', async (kind) => {
  kind.write(rows(10))
  const ends = await endsOf(kind)
  await deliver(ends)
  kind.write(rows(3000).map(([id, amount, changed], n) => [id!, n % 4 === 0 ? 'none' : amount!, changed!]))
  const told: number[] = []
  const watch = { progress: () => undefined, rejections: (_: number, listed: readonly unknown[], rejected: number) => told.push(listed.length, rejected) }
  await expect(deliver({ ...ends, sending: { watch } })).rejects.toMatchObject({ code: 'reject_share', resumable: false })
  expect(told).toEqual([100, 750])
  expect(await keysIn(ends.table)).toEqual(all(1, 10))
})

test('lines of a file that are no rows are held back by their place', async () => {
  const kind = KINDS[0]!
  kind.write([...rows(20), ['21', '1', moment(1), 'and', 'more']])
  const ends = await endsOf(kind)
  const outcome = await deliver(ends)
  expect(held(outcome)).toEqual([{ key: {}, field: '', rule: 'malformed', value: '21**************re', place: 'register.csv:22' }])
  expect(manifestOf(outcome)).toMatchObject({ read: 21, rejected: 1, sent: 20, reasons: { ':malformed': 1 } })
})
