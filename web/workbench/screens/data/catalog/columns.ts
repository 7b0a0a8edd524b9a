/** Between the items of an entry and the columns of a real table. Pure. */
import { fits, suggestedColumns } from '@zhenghe/server/data/catalog/binding.rules.ts'
import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import { nameKey } from '@zhenghe/server/data/catalog/rules.ts'
import type { ColumnInfo, TableInfo } from '@zhenghe/server/data/nodes/contract.ts'
import type { ItemType } from '@zhenghe/server/support/standards/contract.ts'
import type { z } from 'zod'

type Column = z.infer<typeof ColumnInfo>

const TYPES: Readonly<Record<string, ItemType>> = {
  bool: 'L',
  int2: 'I',
  int4: 'I',
  int8: 'I',
  float4: 'F',
  float8: 'B',
  numeric: 'N',
  date: 'D',
  timestamp: 'T',
  timestamptz: 'T',
  text: 'C',
  uuid: 'C',
}
const LONG_TEXT = 2000
const UUID_LENGTH = 36
const COLUMN = /^[a-z_][a-z0-9_]{0,62}$/

/** A column's comment up to its first punctuation: «企业名称，以营业执照为准» is «企业名称». The column's own name where there is none. */
export function titleOf({ name, comment }: Pick<Column, 'name' | 'comment'>): string {
  return (
    comment
      .split(/[，。；：（(,;:\n]/)[0]
      ?.trim()
      .slice(0, 100) || name
  )
}

/** An item for every column that can be exchanged and whose name the wire accepts. */
export function itemsOf(table: TableInfo): Item[] {
  return table.columns
    .filter(({ canonical, name }) => canonical !== null && COLUMN.test(name))
    .map((column) => {
      const type = typeOf(column)
      return {
        name: titleOf(column),
        column: column.name,
        type,
        length: type === 'C' ? (column.length ?? (column.canonical === 'uuid' ? UUID_LENGTH : null)) : null,
        key: column.key,
        nullable: column.nullable && !column.key,
        sensitive: false,
        element: null,
        codeTable: null,
        description: column.comment === titleOf(column) ? '' : column.comment,
      }
    })
}

function typeOf({ canonical, length }: Column): ItemType {
  const type = TYPES[canonical ?? ''] ?? 'G'
  return type === 'C' && canonical === 'text' && (length === null || length > LONG_TEXT) ? 'M' : type
}

/** A first choice of columns: of the same name, or of the same Chinese name in their comment, where the type fits too. */
export function matchedColumns(items: readonly Item[], table: TableInfo): Record<string, string> {
  const byName = suggestedColumns(items, table)
  const taken = new Set(Object.values(byName))
  const byTitle = new Map(table.columns.filter(({ name }) => !taken.has(name)).map((column) => [nameKey(titleOf(column)), column]))
  const found = items.flatMap((item) => {
    const column = byTitle.get(nameKey(item.name))
    return !byName[item.column] && column && fits(item.type, column.canonical) ? [[item.column, column.name] as const] : []
  })
  return { ...byName, ...Object.fromEntries(found) }
}
