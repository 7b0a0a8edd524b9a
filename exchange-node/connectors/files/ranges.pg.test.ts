import { randomUUID } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { duplexPair } from 'node:stream'
import type { Manifest } from '@zhenghe/wire/documents.ts'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant, whenLanded } from '../../testing/delivery.ts'
import { boundTo } from '../testing/rows.ts'
import { Folder } from './folder.ts'
import { FileSource } from './source.ts'

const root = mkdtempSync(path.join(tmpdir(), 'ranges-'))
const arrival = testDatabase()
afterAll(() => rmSync(root, { recursive: true, force: true }))

const FIELDS = [field('id', 'int8', { key: true }), field('name', 'text'), field('remark', 'text')]
const ROWS = 20_000
type Row = [number, string, string]
const rows = (name: string, from = 1): Row[] => Array.from({ length: ROWS }, (_, n) => [n + from, `${name}${n}`, `第一行\n"第二行",${n}`])
const FORMATS = {
  csv: (all: Row[]) => `id,name,remark\r\n${all.map(([id, name, remark]) => `${id},${name},"${remark.replaceAll('"', '""')}"\r\n`).join('')}`,
  jsonl: (all: Row[]) => all.map(([id, name, remark]) => `${JSON.stringify({ id, name, remark })}\n`).join(''),
}
type Format = keyof typeof FORMATS

/** As people replace a file: at once. */
function put(format: Format, all: Row[]): void {
  writeFileSync(path.join(root, '.new'), FORMATS[format](all))
  renameSync(path.join(root, '.new'), path.join(root, `register.${format}`))
}

async function endsOf(format: Format): Promise<Ends> {
  await arrival.query('create table if not exists any_table (id int8 primary key)')
  const draft = await draftGrant(arrival.address, { table: 'any_table', fields: [field('id', 'int8', { key: true })] })
  const source = new FileSource(() => new Folder(root))
  const grant = signGrant({ ...draft, fields: FIELDS, source: await boundTo(source, { schema: '.', table: `register.${format}` }, FIELDS) })
  return { source, target: arrival.address, grant, delivery: randomUUID(), table: `t_${randomUUID().slice(0, 8)}`, pagesPerRange: 8 }
}

async function brokenOff(ends: Ends): Promise<number> {
  const line = duplexPair()
  const cut = () => {
    for (const end of line) end.destroy()
  }
  await expect(deliver({ ...ends, line: () => line, ...whenLanded(2, cut) })).rejects.toMatchObject({ resumable: true })
  const [landed] = await arrival.query<{ n: number }>('select count(*)::int as n from zhenghe_exchange.range_ledger where delivery = $1', [ends.delivery])
  return landed!.n
}
const found = async ({ table }: Ends) =>
  (await arrival.query<{ n: number; name: string; remark: string }>(`select count(*)::int as n, min(name) as name, min(remark) as remark from ${table}`))[0]

test.each(['csv', 'jsonl'] as const)(
  'a %s file is read in ranges by several readers, and a load that was broken off goes on with those that are missing',
  async (format) => {
    put(format, rows('甲'))
    const ends = await endsOf(format)
    const landed = await brokenOff(ends)
    const { evidence } = await deliver(ends)
    const manifest = JSON.parse(evidence.manifest.text) as Manifest
    expect(landed).toBeGreaterThanOrEqual(2)
    expect(manifest.ranges).toBeGreaterThan(10)
    expect(manifest).toMatchObject({ read: ROWS, sent: ROWS })
    expect(await found(ends)).toEqual({ n: ROWS, name: '甲0', remark: '第一行\n"第二行",0' })
  },
)

test.each(['csv', 'jsonl'] as const)('a %s file that was replaced while its load was interrupted arrives as it is now, and whole', async (format) => {
  put(format, rows('甲'))
  const ends = await endsOf(format)
  await brokenOff(ends)
  put(format, rows('乙', 500))
  await deliver(ends)
  expect(await found(ends)).toMatchObject({ n: ROWS, name: '乙0' })
  expect(await compare(ends, false)).toMatchObject({ missing: 0, extra: 0, changed: 0 })
})
