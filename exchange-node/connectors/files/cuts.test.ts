import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { partName, partNamed, partsFor } from './cuts.ts'
import { Folder } from './folder.ts'
import { formatOf } from './formats/formats.ts'
import type { FileRecord, SpoiltRecord } from './records.ts'
import { Slices } from './slices.ts'

const root = mkdtempSync(path.join(tmpdir(), 'cuts-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const folder = new Folder(root)

async function collected(records: AsyncIterable<FileRecord | SpoiltRecord>): Promise<unknown[]> {
  const found = []
  for await (const record of records) found.push('problem' in record ? [record.line, record.problem.message] : [record.line, record.values])
  return found
}

/** The rows of a file read whole, and by its parts one after another. */
async function bothWays(name: string, content: Buffer | string, parts: number): Promise<{ whole: unknown[]; cut: unknown[]; filled: number }> {
  writeFileSync(path.join(root, name), content)
  const file = (await folder.stat(name))!
  const slices = new Slices(folder, file)
  const each = await Promise.all(Array.from({ length: parts }, (_, n) => collected(slices.records(partName(n, parts)))))
  return { whole: await collected(formatOf(name)!.records(await folder.read(name))), cut: each.flat(), filled: each.filter(({ length }) => length > 0).length }
}

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '数', '𠮷', '"', '\n', '\r', '\r\n', ',', ';', '\t', ' ', '\ufeff'), maxLength: 12 }),
  fc.constantFrom(null, '', '"', '\n', '"\n"', '\r\n'),
)
const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 })
const quoted = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`)

const valuesOf = (found: unknown[]) => found.map((record) => (record as [number, unknown])[1])

test('a CSV file of any content and line end is the same rows in parts as it is whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('', '\ufeff'),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (all, end, mark, parts, last) => {
        const text = mark + [['id', '名称'], ...all].map((row) => row.map(quoted).join(',')).join(end) + (last ? end : '')
        const { whole, cut } = await bothWays('any.csv', text, parts)
        expect(valuesOf(cut)).toEqual(valuesOf(whole)) // lines within quotes are counted, by csv-parse in a way of its own
      },
    ),
    { numRuns: 300 },
  )
}, 60_000)

test('a file of JSON Lines of any content is the same rows in parts as it is whole', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 9 }), async (all, end, parts) => {
      const { whole, cut } = await bothWays('any.jsonl', all.map(([id, name]) => JSON.stringify({ id, 名称: name })).join(end), parts)
      expect(cut).toEqual(whole)
    }),
    { numRuns: 200 },
  )
}, 60_000)

test('GB18030 is cut at its rows as well, in all parts by what its beginning says', async () => {
  const line = Buffer.from([0xc6, 0xf3, 0xd2, 0xb5, 0x95, 0x32, 0x82, 0x36, 0x2c, 0x31, 0x0a]) // 企业𠀀,1
  const { whole, cut, filled } = await bothWays('gb.csv', Buffer.concat([Buffer.from('name,n\n'), ...Array.from({ length: 200 }, () => line)]), 8)
  expect(cut).toEqual(whole)
  expect([cut.length, cut[199], filled]).toEqual([200, [201, { name: '企业𠀀', n: '1' }], 8])
})

test('lines that are no rows keep their numbers; one row longer than a part leaves parts empty', async () => {
  const content = `id,name\n${'1,a\n'.repeat(50)}1,2,3\n${'2,b\n'.repeat(50)}3,"${'x\n'.repeat(2000)}"\n4,d\n`
  const { whole, cut, filled } = await bothWays('odd.csv', content, 16)
  expect(cut).toEqual(whole)
  expect(cut).toContainEqual([52, expect.stringContaining('line 52 has 3 values')])
  expect(filled).toBeLessThan(16)
})

test.each([
  ['UTF-16', Buffer.from('\ufeffid\n1\n2\n', 'utf16le')],
  ['lines that end by a return alone', Buffer.from('id\r1\r2\r')],
])('%s is read whole, as the first part', async (_, content) => {
  const { whole, cut } = await bothWays('whole.csv', content, 4)
  expect(cut).toEqual(whole)
})

test('parts are named so that they can be asked for again, and nothing else is a part', () => {
  expect(partNamed(partName(3, 64))).toEqual({ n: 3, of: 64 })
  for (const name of ['', '64/64', '-1/3', '1', 'a/b', '1/2/3']) expect(() => partNamed(name)).toThrow(expect.objectContaining({ code: 'plan_differs' }))
  expect([partsFor(0, undefined), partsFor(1 << 20, undefined), partsFor(1 << 30, undefined), partsFor(2 ** 40, undefined), partsFor(1 << 20, 8)]).toEqual([
    1, 1, 256, 512, 16,
  ])
})
