import { Readable } from 'node:stream'
import ExcelJS from 'exceljs'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { columnsOf } from '../schema.ts'
import { formatOf } from './formats.ts'

const given = (content: string | Uint8Array) => Readable.from([Buffer.from(content as string)])
async function rows(file: string, content: string | Uint8Array | Readable) {
  const found = []
  for await (const record of formatOf(file)!.records(content instanceof Readable ? content : given(content)))
    found.push('problem' in record ? `${record.line} ${record.problem.rule}: ${record.problem.message}` : record.values)
  return found
}
/** «企业» and more in GB18030, with a character of four bytes. */
const GB18030 = Buffer.from([0xc3, 0xfb, 0xb3, 0xc6, 0x0a, 0xc6, 0xf3, 0xd2, 0xb5, 0x95, 0x32, 0x82, 0x36, 0x0a])

describe('CSV', () => {
  test('null is nothing, empty text two quotes; quotes, line ends and separators inside quotes stay', async () => {
    const text = '\ufeffcode,name\r\n1,\r\n2,""\r\n3,"a ""b"",\r\n;\t"\r\n'
    expect(await rows('a.csv', text)).toEqual([
      { code: '1', name: null },
      { code: '2', name: '' },
      { code: '3', name: 'a "b",\r\n;\t' },
    ])
  })

  test('GB18030 is read as itself, UTF-8 with and without a mark and UTF-16 as well', async () => {
    expect(await rows('a.csv', GB18030)).toEqual([{ 名称: '企业𠀀' }])
    expect(await rows('a.csv', Buffer.from('\ufeff名称\n甲\n', 'utf16le'))).toEqual([{ 名称: '甲' }])
  })

  test('a character cut by the border of two chunks is one character', async () => {
    const bytes = Buffer.from('名称\n企业\n')
    expect(await rows('a.csv', Readable.from([...bytes].map((byte) => Buffer.from([byte]))))).toEqual([{ 名称: '企业' }])
  })

  test.each([
    ['bytes that are neither UTF-8 nor GB18030', Buffer.from([0x61, 0x0a, 0xff, 0xff, 0x0a]), 'source_encoding', 'between bytes'],
    ['a column named twice', 'a,a\n1,2\n', 'source_value', 'twice'],
    ['a column without a name', 'a,,b\n1,2,3\n', 'source_value', 'no column 2'],
    ['a quote that is never closed', 'a\n"never\nclosed\n', 'source_value', 'line'],
  ])('%s is refused, and where it stands is told', async (_, content, code, words) => {
    await expect(rows('a.csv', content)).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
  })

  test('a line with too many or too few values is no row, and those behind it are', async () => {
    const said = (line: number, values: number) => expect.stringContaining(`${line} malformed: source: line ${line} has ${values} values`)
    expect(await rows('a.csv', 'a,b\n1,2\n1,2,3\n4\n5,6\n')).toEqual([{ a: '1', b: '2' }, said(3, 3), said(4, 1), { a: '5', b: '6' }])
  })
})

describe('JSON', () => {
  test('a number keeps every digit it was written with', async () => {
    const line = '{"amount": 123456789012345678.901234567890, "n": 1e3, "deep": {"x": 1.50}, "no": null}\n'
    const expected = [{ amount: '123456789012345678.901234567890', n: '1e3', deep: '{"x":1.50}', no: null }]
    expect(await rows('a.jsonl', `${line}\n`)).toEqual(expected)
    expect(await rows('a.json', `{"total": 1, "data": [${line}]}`)).toEqual(expected)
  })

  test.each([
    ['a file cut off', 'a.json', '[{"a":1}, {"a"', 'is no JSON'],
    ['a file that is neither array nor object', 'a.json', '"text"', 'neither an array'],
  ])('%s is refused, and where it stands is told', async (_, file, content, words) => {
    await expect(rows(file, content)).rejects.toMatchObject({ code: 'source_value', message: expect.stringContaining(words) })
  })
})

describe('JSON Lines', () => {
  test('a line that is no JSON, or no object, is no row, and those behind it are', async () => {
    const found = await rows('a.jsonl', '{"a":1}\n{"a":\n7\n{"a":2}\n')
    expect(found).toEqual([{ a: '1' }, expect.stringContaining('2 malformed: source: line 2 is no JSON'), expect.stringContaining('3 malformed'), { a: '2' }])
    expect(await rows('a.json', '[{"a":1}, 7, {"a":2}]')).toEqual([{ a: '1' }, expect.stringContaining('2 malformed: source: entry 2'), { a: '2' }])
  })
})

describe('Excel', () => {
  test('the first sheet’s rows by the names of its first row; a formula gives its result, formatted text its characters', async () => {
    const book = new ExcelJS.Workbook()
    const sheet = book.addWorksheet('企业')
    sheet.addRow(['编码', '名称', '成立日期', '合计'])
    sheet.addRow(['0012', { richText: [{ text: '甲' }, { text: '公司' }] }, new Date(Date.UTC(2026, 0, 31)), { formula: '1+1', result: 2 }])
    sheet.addRow([])
    sheet.addRow(['0013', null, null, 12.5])
    book.addWorksheet('另一张').addRow(['不读'])
    const content = Buffer.from(await book.xlsx.writeBuffer())
    expect(await rows('a.xlsx', content)).toEqual([
      { 编码: '0012', 名称: '甲公司', 成立日期: new Date(Date.UTC(2026, 0, 31)), 合计: 2 },
      { 编码: '0013', 名称: null, 成立日期: null, 合计: 12.5 },
    ])
  })

  test('what is no workbook is refused with what to do', async () => {
    await expect(rows('a.xlsx', 'PK no')).rejects.toMatchObject({ code: 'source_value', message: expect.stringContaining('save it again') })
  })
})

describe('XML', () => {
  test('rows are the elements below the outermost one; attributes, nested elements, CDATA and nil', async () => {
    const text = `<?xml version="1.0"?><all xmlns:xsi="x"><one id="7"><name>甲&amp;乙</name><at><city><![CDATA[<潍坊>]]></city></at><end xsi:nil="true"/></one><one id="8"/></all>`
    expect(await rows('a.xml', text)).toEqual([{ id: '7', name: '甲&乙', 'at/city': '<潍坊>', at: '', end: null }, { id: '8' }])
  })

  test('an entity that would read another file is refused', async () => {
    const evil = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b><c>&x;</c></b></a>'
    await expect(rows('a.xml', evil)).rejects.toMatchObject({ code: 'source_value', message: expect.stringContaining('line 1') })
  })

  test('a file that ends in the middle is refused', async () => {
    await expect(rows('a.xml', '<a><b>1</b><b>')).rejects.toMatchObject({ code: 'source_value' })
  })
})

describe('Parquet', () => {
  test('integers of 64 bits, microseconds and text arrive exact', async () => {
    const content = parquetWriteBuffer({
      columnData: [
        { name: 'id', data: [9223372036854775807n, -1n], type: 'INT64' },
        { name: 'name', data: ['企业', null], type: 'STRING' },
        { name: 'at', data: [new Date(Date.UTC(2026, 0, 31, 8, 30, 0, 123)), null], type: 'TIMESTAMP' },
        { name: 'rate', data: [0.1, 5e-324], type: 'DOUBLE' },
      ],
    })
    expect(await rows('a.parquet', new Uint8Array(content))).toEqual([
      { id: 9223372036854775807n, name: '企业', at: '2026-01-31T08:30:00.123Z', rate: 0.1 },
      { id: -1n, name: null, at: null, rate: 5e-324 },
    ])
  })
})

describe('what a file seems to hold', () => {
  test('types by its first rows; long numbers and those with leading zeros are codes; the first distinct column is the key', async () => {
    const text =
      '地区,编码,金额,日期,时间,启用,手机\n370700,01,1.50,2026-01-31,2026-01-31 08:30:00+08,true,13800001234567890\n370700,02,2,,2026-02-01T00:00:00Z,false,\n'
    const columns = await columnsOf(formatOf('a.csv')!.records(given(text)))
    expect(columns.map(({ column, type, key }) => [column, type, key])).toEqual([
      ['地区', 'int8', false],
      ['编码', 'text', true],
      ['金额', 'numeric', false],
      ['日期', 'date', false],
      ['时间', 'timestamptz', false],
      ['启用', 'bool', false],
      ['手机', 'text', false],
    ])
  })

  test('a file without rows tells its columns all the same; one that holds no rows has no format', async () => {
    expect(await formatOf('a.csv')!.names!(given('编码,名称\n'))).toEqual(['编码', '名称'])
    expect(formatOf('readme.pdf')).toBeUndefined()
  })
})
