/** Items as people copy them out of a spreadsheet. Pure. */
import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { ItemType } from '@zhenghe/server/support/standards/contract.ts'
import { itemTypes, itemWords, compileWords as words } from '../../../texts/catalog.ts'

const COLUMNS = ['name', 'column', 'type', 'length', 'key', 'nullable', 'sensitive', 'codeTable', 'description'] as const
type ColumnName = (typeof COLUMNS)[number]
export type PasteProblem = { row: number; text: Text; params: Record<string, unknown> }
export type Pasted = { items: Item[]; problems: PasteProblem[] }

const COLUMN = /^[a-z_][a-z0-9_]{0,62}$/
const YES = /^(是|y|yes|true|1|√|✓|pk)$/i
const NO = /^(否|n|no|false|0|×|✗)$/i

/** What can be read, and for every other row what is wrong with it. Rows count from 1 as in the sheet; a heading row is recognised by its words. */
export function readPasted(text: string): Pasted {
  const rows = text
    .split(/\r?\n/)
    .map((line, index) => ({ row: index + 1, cells: line.split('\t').map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some(Boolean))
  const heading = headingOf(rows[0]?.cells ?? [])
  const read = rows.slice(heading ? 1 : 0).map(({ row, cells }) => itemOf(row, cells, heading ?? [...COLUMNS]))
  return {
    items: read.flatMap((one) => ('item' in one ? [one.item] : [])),
    problems: read.flatMap((one) => ('problem' in one ? [one.problem] : [])),
  }
}

function headingOf(cells: readonly string[]): (ColumnName | undefined)[] | undefined {
  const names = cells.map((cell) => COLUMNS.find((name) => [itemWords[name].zh, itemWords[name].en, name, ...(ALSO[name] ?? [])].includes(cell)))
  return names.filter(Boolean).length >= 2 ? names : undefined
}

const ALSO: Partial<Record<ColumnName, readonly string[]>> = {
  name: ['名称', '中文名', '信息项', '字段名称'],
  column: ['字段名', '列名', '字段英文名'],
  type: ['类型'],
  length: ['数据长度'],
  key: ['是否主键'],
  nullable: ['可空', '是否可空'],
  sensitive: ['是否敏感'],
  description: ['备注', '描述'],
}

function itemOf(row: number, cells: readonly string[], order: readonly (ColumnName | undefined)[]): { item: Item } | { problem: PasteProblem } {
  const cell = (name: ColumnName): string => cells[order.indexOf(name)] ?? ''
  const name = cell('name')
  if (!name) return { problem: { row, text: words.badName, params: {} } }
  const column = cell('column').toLowerCase()
  if (!COLUMN.test(column)) return { problem: { row, text: words.badColumn, params: { column: cell('column') } } }
  const type = typeOf(cell('type'))
  if (!type) return { problem: { row, text: words.badType, params: { type: cell('type') } } }
  const length = Number.parseInt(cell('length'), 10)
  return {
    item: {
      ...{ name, column, type, element: null },
      length: Number.isNaN(length) ? null : length,
      key: YES.test(cell('key')),
      nullable: !NO.test(cell('nullable')) && !YES.test(cell('key')),
      sensitive: YES.test(cell('sensitive')),
      codeTable: cell('codeTable') || null,
      description: cell('description'),
    },
  }
}

/** `C`, `字符型`, `字符`, `Text`, and the names databases use; text where nothing is said. */
function typeOf(word: string): ItemType | undefined {
  if (word === '') return 'C'
  const code = ItemType.safeParse(word.toUpperCase())
  if (code.success) return code.data
  const known = ItemType.options.find((type) => [itemTypes[type].zh, itemTypes[type].zh.replace(/型$/, ''), itemTypes[type].en].includes(word))
  return known ?? DATABASE_TYPES.find(([pattern]) => pattern.test(word))?.[1]
}

const DATABASE_TYPES: readonly (readonly [RegExp, ItemType])[] = [
  [/^(var)?char|^n?varchar|^string|^uuid/i, 'C'],
  [/^text|^clob/i, 'M'],
  [/^timestamp|^datetime/i, 'T'],
  [/^date/i, 'D'],
  [/^(big|small|tiny)?int|^integer/i, 'I'],
  [/^numeric|^decimal|^number/i, 'N'],
  [/^double/i, 'B'],
  [/^float|^real/i, 'F'],
  [/^bool/i, 'L'],
]
