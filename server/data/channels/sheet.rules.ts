/** Pure: channels as people copy them out of a spreadsheet, or save them as CSV. The preview in the browser and the server read by the same rule. */
import type { LocalDate } from '../../kernel/contract.ts'
import { Often, Way } from './channel.contract.ts'
import type { SheetFault, SheetField, SheetProblem } from './sheet.contract.ts'
import { oftens, sheetFields, ways } from './texts.ts'

/** A row whose own cells are right; whether its provider exists is for the server to say. */
export type SheetRow = {
  row: number
  consumer: string
  provider: string
  content: string
  way: Way
  sinceOn: LocalDate
  often: Often
  rowsMonth: number | null
  mbMonth: number | null
  personal: boolean
  basis: string
  contact: string
  phone: string
  system: string
  note: string
}
export type Sheet = { rows: SheetRow[]; problems: SheetProblem[] }

export const MOST_ROWS = 500
const NEEDED = ['provider', 'content', 'way', 'sinceOn', 'often', 'personal', 'basis', 'contact'] as const satisfies readonly SheetField[]
const LONGEST: Partial<Record<SheetField, number>> = { provider: 120, content: 200, basis: 500, contact: 60, phone: 30, system: 100, note: 500 }
const SHORTEST: Partial<Record<SheetField, number>> = { basis: 2, contact: 2 }
const YES = /^(是|有|含|y|yes|true|1|√|✓)$/i
const NO = /^(否|无|不含|n|no|false|0|×|✗)$/i
const ALSO: Partial<Record<SheetField, readonly string[]>> = {
  provider: ['提供方', '来源单位', '提供部门'],
  content: ['内容', '数据名称', '数据'],
  way: ['归集方式', '传输方式', '提供方式'],
  sinceOn: ['起始日期', '开始时间', '启用日期'],
  often: ['更新频率', '更新周期', '周期'],
  rowsMonth: ['月均行数', '月均条数', '每月条数'],
  mbMonth: ['月均MB', '月均容量MB', '每月容量'],
  personal: ['个人信息', '含个人信息'],
  basis: ['法律依据', '政策依据'],
  phone: ['电话', '联系方式'],
  system: ['系统', '信息系统'],
  consumer: ['使用方', '使用部门'],
  note: ['说明'],
}

/** What can be read, and for every other row all that is wrong with it; undefined where there is no heading or there are too many rows. */
export function readSheet(text: string, today: LocalDate): Sheet | undefined {
  const lines = cellsOf(text)
  const order = headingOf(lines[0]?.cells ?? [])
  if (!order || lines.length - 1 > MOST_ROWS) return undefined
  const sheet: Sheet = { rows: [], problems: [] }
  const seen = new Set<string>()
  for (const { row, cells } of lines.slice(1)) {
    const cell = (field: SheetField): string => cells[order.indexOf(field)] ?? ''
    const problems = problemsOf(row, cell, today)
    const same = [cell('provider'), cell('content'), cell('way')].join('\t')
    if (problems.length === 0 && seen.has(same)) problems.push({ row, field: 'content', fault: 'twice_in_sheet', value: cell('content') })
    if (problems.length > 0) sheet.problems.push(...problems)
    else sheet.rows.push(rowOf(row, cell))
    if (problems.length === 0) seen.add(same)
  }
  return sheet
}

type Cell = (field: SheetField) => string

function problemsOf(row: number, cell: Cell, today: LocalDate): SheetProblem[] {
  const problems: SheetProblem[] = []
  const object = (field: SheetField, fault: SheetFault) => problems.push({ row, field, fault, value: cell(field).slice(0, 60) })
  for (const field of NEEDED) if (cell(field).length < (SHORTEST[field] ?? 1)) object(field, 'missing')
  for (const [field, most] of Object.entries(LONGEST) as [SheetField, number][]) if (cell(field).length > most) object(field, 'too_long')
  if (cell('way') && !wayOf(cell('way'))) object('way', 'bad_way')
  if (cell('often') && !oftenOf(cell('often'))) object('often', 'bad_often')
  if (cell('personal') && !YES.test(cell('personal')) && !NO.test(cell('personal'))) object('personal', 'bad_yes_no')
  const since = dateOf(cell('sinceOn'))
  if (cell('sinceOn') && !since) object('sinceOn', 'bad_date')
  if (since && since > today) object('sinceOn', 'future_date')
  for (const field of ['rowsMonth', 'mbMonth'] as const) if (cell(field) && numberOf(cell(field)) === undefined) object(field, 'bad_number')
  return problems
}

function rowOf(row: number, cell: Cell): SheetRow {
  return {
    ...{ row, consumer: cell('consumer'), provider: cell('provider'), content: cell('content'), basis: cell('basis'), contact: cell('contact') },
    ...{ phone: cell('phone'), system: cell('system'), note: cell('note'), personal: YES.test(cell('personal')) },
    way: wayOf(cell('way')) ?? 'manual',
    often: oftenOf(cell('often')) ?? 'irregular',
    sinceOn: dateOf(cell('sinceOn')) ?? '',
    rowsMonth: numberOf(cell('rowsMonth')) ?? null,
    mbMonth: numberOf(cell('mbMonth')) ?? null,
  }
}

function headingOf(cells: readonly string[]): (SheetField | undefined)[] | undefined {
  const fields = Object.keys(sheetFields) as SheetField[]
  const order = cells.map((cell) => {
    const word = cell.replace(/[*＊\s]/g, '')
    return fields.find((field) => [sheetFields[field].zh, sheetFields[field].en, field, ...(ALSO[field] ?? [])].includes(word))
  })
  return NEEDED.every((field) => order.includes(field)) ? order : undefined
}

/** `2024-03-05`, `2024/3/5`, `2024.3.5`, `2024年3月5日`; undefined for a day that is in no calendar. */
export function dateOf(word: string): LocalDate | undefined {
  const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(word)
  if (!parts) return undefined
  const day = `${parts[1]}-${parts[2]!.padStart(2, '0')}-${parts[3]!.padStart(2, '0')}`
  const read = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day) && day >= '1949-10-01' ? day : undefined
}

/** `1,200`, `1.2万`; a fraction of a row or a MB counts as a whole one. */
function numberOf(word: string): number | undefined {
  const parts = /^(\d[\d,，]*(?:\.\d+)?)\s*(万)?$/.exec(word)
  if (!parts) return undefined
  const value = Math.ceil(Number(parts[1]!.replace(/[,，]/g, '')) * (parts[2] ? TEN_THOUSAND : 1))
  return value <= MOST ? value : undefined
}
const TEN_THOUSAND = 10_000
const MOST = 1_000_000_000_000

const wayOf = (word: string): Way | undefined => Way.options.find((way) => matches(word, way, ways[way]))
const oftenOf = (word: string): Often | undefined => Often.options.find((often) => matches(word, often, oftens[often]))
function matches(word: string, code: string, { zh, en }: { zh: string; en: string }): boolean {
  const said = word.toLowerCase()
  return said === code || said === en.toLowerCase() || word === zh || zh.split(/[、/（）]/).some((part) => part !== '' && part === word)
}

/** Lines of cells, tab-separated as a spreadsheet copies them or comma-separated with quotes; empty lines are left out but counted. */
export function cellsOf(text: string): { row: number; cells: string[] }[] {
  const plain = text.replace(/^\uFEFF/, '')
  const separator = (plain.split('\n')[0] ?? '').includes('\t') ? '\t' : ','
  const lines: string[][] = [['']]
  let quoted = false
  for (let at = 0; at < plain.length; at++) {
    const letter = plain[at]!
    const line = lines.at(-1)!
    if (quoted && letter === '"' && plain[at + 1] === '"') {
      line[line.length - 1] += '"'
      at++
    } else if (letter === '"' && (quoted || line.at(-1) === '')) quoted = !quoted
    else if (!quoted && letter === separator) line.push('')
    else if (!quoted && letter === '\n') lines.push([''])
    else line[line.length - 1] += letter
  }
  return lines.map((cells, at) => ({ row: at + 1, cells: cells.map((cell) => cell.trim()) })).filter(({ cells }) => cells.some(Boolean))
}
