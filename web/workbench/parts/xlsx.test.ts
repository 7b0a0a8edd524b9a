import { crc32, deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sheetText } from './xlsx.ts'

/** A workbook as Excel packs it, of these parts. */
function zipOf(parts: Readonly<Record<string, string>>): Blob {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [name, text] of Object.entries(parts)) {
    const [title, raw] = [Buffer.from(name), Buffer.from(text)]
    const packed = deflateRawSync(raw)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(8, 4)
    facts.writeUInt32LE(crc32(raw), 10)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(raw.length, 18)
    facts.writeUInt16LE(title.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), facts, title, packed])
    files.push(file)
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), facts, place, title)
    at += file.length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(Object.keys(parts).length, 4)
  end.writeUInt16LE(Object.keys(parts).length, 6)
  end.writeUInt32LE(entries.length, 8)
  end.writeUInt32LE(at, 12)
  return new Blob([Buffer.concat([...files, entries, Buffer.from('PK\x05\x06'), end])])
}

const BOOK = {
  'xl/workbook.xml': '<workbook><sheets><sheet name="渠道" sheetId="2" r:id="rId7"/><sheet name="说明" sheetId="1" r:id="rId1"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels':
    '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId7" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
  'xl/styles.xml':
    '<styleSheet><numFmts count="1"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="4"/></cellXfs></styleSheet>',
  'xl/sharedStrings.xml':
    '<sst><si><t>内容</t></si><si><r><t>甲 &amp; </t></r><r><rPr><b/></rPr><t xml:space="preserve">“乙”</t></r><rPh><t>yi</t></rPh></si></sst>',
  'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>',
  'xl/worksheets/sheet2.xml': `<worksheet><sheetData>
    <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>开始日期</t></is></c></row>
    <row r="2" spans="1:3"/>
    <row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="2"><v>1200.50</v></c><c r="C3" s="1"><v>43529</v></c><c r="D3" t="b"><v>1</v></c><c r="E3" s="0"/><c r="F3" t="str"><f>A1</f><v>两行
文字</v></c></row></sheetData></worksheet>`,
}

test('the first sheet comes as it is shown: strings of several looks, days, numbers, formulas; rows keep their numbers', async () => {
  expect(await sheetText(zipOf(BOOK))).toBe('内容\t\t开始日期\n\n甲 & “乙”\t1200.5\t2019-03-05\t是\t\t"两行\n文字"')
})

test('what is no workbook is told from one', async () => {
  expect(await sheetText(new Blob(['PK nothing of the kind, however long it may go on']))).toBeUndefined()
  expect(await sheetText(new Blob([]))).toBeUndefined()
  expect(await sheetText(zipOf({ 'word/document.xml': '<w:document/>' }))).toBeUndefined()
})

test('a workbook that would unpack beyond all measure is refused', async () => {
  expect(await sheetText(zipOf({ ...BOOK, 'xl/sharedStrings.xml': ' '.repeat(60 * 1024 * 1024) }))).toBeUndefined()
})
