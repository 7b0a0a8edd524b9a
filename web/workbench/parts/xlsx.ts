/**
 * The first sheet of an Excel workbook as tab-separated text, read in the browser: the file does not leave the machine before its rows have been looked at. Cells come as they are
 * shown: days as 2026-11-22, formulas by their last result. Macros, pictures and further sheets are not looked at.
 */

/** More than any list that people keep; a workbook that unpacks to more is refused. */
const MOST_BYTES = 40 * 1024 * 1024

/** Undefined where the file is no workbook that can be read: an old .xls, one with a password, or something else by that name. */
export async function sheetText(file: Blob): Promise<string | undefined> {
  try {
    const parts = await unzip(new DataView(await file.arrayBuffer()))
    const first = await firstSheet(parts)
    if (!first) return undefined
    const [strings, dates] = [sharedStrings(await parts('xl/sharedStrings.xml')), dateStyles(await parts('xl/styles.xml'))]
    return linesOf(first, strings, dates)
  } catch {
    return undefined
  }
}

type Parts = (name: string) => Promise<string>

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const DEFLATED = 8

/** Reads the parts of a zip by name; '' for one that is not there. Throws where it is no zip. */
async function unzip(view: DataView<ArrayBuffer>): Promise<Parts> {
  const found = new Map<string, { at: number; packed: number; size: number; method: number }>()
  let end = view.byteLength - 22
  while (view.getUint32(end, true) !== END_OF_DIRECTORY) end-- // before it may stand a comment; past the beginning it throws
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new Error('no directory entry')
    const [name, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)]
    const title = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, name)).replaceAll('\\', '/')
    found.set(title, {
      at: view.getUint32(at + 42, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      method: view.getUint16(at + 10, true),
    })
    at += 46 + name + extra + comment
  }
  return async (wanted) => {
    const part = found.get(wanted)
    if (!part) return ''
    const start = part.at + 30 + view.getUint16(part.at + 26, true) + view.getUint16(part.at + 28, true)
    const bytes = new Uint8Array(view.buffer, start, part.packed)
    return new TextDecoder().decode(part.method === DEFLATED ? await inflated(bytes) : bytes)
  }
}

/** Stops a file that would unpack beyond all measure, whatever size it claims. */
async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > MOST_BYTES) throw new Error('too large')
    chunks.push(chunk)
  }
  const whole = new Uint8Array(size)
  chunks.reduce((offset, chunk) => {
    whole.set(chunk, offset)
    return offset + chunk.length
  }, 0)
  return whole
}

const attributeOf = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]

/** The sheet that stands first in the workbook, which need not be the first file. */
async function firstSheet(parts: Parts): Promise<string> {
  const sheet = /<(?:\w+:)?sheet\s[^>]*>/.exec(await parts('xl/workbook.xml'))?.[0] ?? ''
  const id = attributeOf(sheet, 'r:id') ?? ''
  const links = (await parts('xl/_rels/workbook.xml.rels')).match(/<(?:\w+:)?Relationship\s[^>]*>/g) ?? []
  const target = attributeOf(links.find((link) => attributeOf(link, 'Id') === id) ?? '', 'Target')
  return parts(target ? (target.startsWith('/') ? target.slice(1) : `xl/${target}`) : 'xl/worksheets/sheet1.xml')
}

/** Text of a cell or a string, with the pieces of different looks put together and readings (phonetics) left out. */
function textOf(xml: string): string {
  const pieces = xml.replace(/<(?:\w+:)?rPh[\s>][\s\S]*?<\/(?:\w+:)?rPh>/g, '').matchAll(/<(?:\w+:)?t(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?t>/g)
  return [...pieces].map(([, piece = '']) => unescaped(piece)).join('')
}
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
    decimal || hex ? String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)) : (NAMED[name] ?? whole),
  )

const sharedStrings = (xml: string): string[] => [...xml.matchAll(/<(?:\w+:)?si(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?si>/g)].map(([, si = '']) => textOf(si))

/** Formats that Excel has built in for days; 27–36 and 50–58 are the Chinese ones. */
const isDayFormat = (id: number): boolean => (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)

/** Whether the style of that number shows a day. */
function dateStyles(xml: string): readonly boolean[] {
  const formats = new Map(
    [...xml.matchAll(/<(?:\w+:)?numFmt\s[^>]*>/g)].map(([tag]) => [Number(attributeOf(tag, 'numFmtId')), unescaped(attributeOf(tag, 'formatCode') ?? '')]),
  )
  const styles = /<(?:\w+:)?cellXfs[\s>][\s\S]*?<\/(?:\w+:)?cellXfs>/.exec(xml)?.[0] ?? ''
  return [...styles.matchAll(/<(?:\w+:)?xf\s[^>]*>/g)].map(([tag]) => {
    const id = Number(attributeOf(tag, 'numFmtId'))
    const code = formats.get(id)?.replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')
    return code === undefined ? isDayFormat(id) : /[yd]/i.test(code)
  })
}

/** Rows keep their numbers, so that what is wrong can be found in the workbook; a cell never breaks its line. */
function linesOf(xml: string, strings: readonly string[], dates: readonly boolean[]): string {
  const lines: string[] = []
  for (const [, tag = '', content = ''] of xml.matchAll(/<(?:\w+:)?row(\s[^>]*[^/])?>([\s\S]*?)<\/(?:\w+:)?row>/g)) {
    const at = Number(attributeOf(tag, 'r') ?? lines.length + 1)
    if (at > MOST_LINES) break
    const cells: string[] = []
    for (const [, cell = '', inside = ''] of content.matchAll(/<(?:\w+:)?c(\s[^>]*?)?(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>)/g))
      cells[columnOf(attributeOf(cell, 'r')) ?? cells.length] = cellText(cell, inside, strings, dates)
    lines[at - 1] = Array.from(cells, (text) => quoted(text ?? '')).join('\t')
  }
  return Array.from(lines, (line) => line ?? '').join('\n')
}
const MOST_LINES = 20_000
const MOST_COLUMNS = 200

/** `C7` → 2. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]+/.exec(reference ?? '')?.[0]
  if (!letters) return undefined
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
  return column < MOST_COLUMNS ? column : undefined
}

function cellText(cell: string, inside: string, strings: readonly string[], dates: readonly boolean[]): string {
  const type = attributeOf(cell, 't')
  if (type === 'inlineStr') return textOf(inside)
  const value = unescaped(/<(?:\w+:)?v(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?v>/.exec(inside)?.[1] ?? '')
  if (type === 's') return strings[Number(value)] ?? ''
  if (type === 'b') return value === '1' ? '是' : '否'
  if (type || value === '') return value
  return dates[Number(attributeOf(cell, 's') ?? -1)] ? dayOfSerial(Number(value)) : String(Number(value))
}

const DAY_MS = 86_400_000
/** Day 0 of Excel, by which 1 March 1900 is day 61. */
const EPOCH_MS = Date.UTC(1899, 11, 30)
const dayOfSerial = (serial: number): string => new Date(EPOCH_MS + Math.floor(serial) * DAY_MS).toISOString().slice(0, 10)

const quoted = (text: string): string => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text.trim())
