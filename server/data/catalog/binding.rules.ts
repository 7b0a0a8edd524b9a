/** Pure: whether the columns of a real table can stand behind the items of an entry. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import type { ItemType } from '../../support/standards/contract.ts'
import type { TableInfo } from '../nodes/contract.ts'
import type { Item } from './contract.ts'

const WHOLE = ['int2', 'int4', 'int8'] as const
const TEXT = ['text'] as const
/** The wire types that carry values of an item type without loss. */
const CARRIERS: Record<ItemType, readonly CanonicalType[]> = {
  C: [...TEXT, 'uuid'],
  M: [...TEXT, 'jsonb'],
  N: [...WHOLE, 'numeric', 'float4', 'float8'],
  Y: [...WHOLE, 'numeric'],
  B: ['float8', 'float4', 'numeric', ...WHOLE],
  F: ['float4', 'float8', 'numeric'],
  I: WHOLE,
  D: ['date'],
  T: ['timestamp', 'timestamptz'],
  L: ['bool'],
  G: [...TEXT, 'jsonb', 'bytea', 'uuid', 'time', 'bool', ...WHOLE, 'numeric', 'float4', 'float8', 'date', 'timestamp', 'timestamptz'],
}

export function fits(type: ItemType, canonical: string | null): canonical is CanonicalType {
  return CARRIERS[type].some((one) => one === canonical)
}

type ColumnInfo = TableInfo['columns'][number]
export type Fitted = { columns: Record<string, string>; types: Record<string, CanonicalType>; keys: string[] }
export type Unfit =
  | { code: 'catalog.columns_missing'; params: { items: string[] } }
  | { code: 'catalog.column_unfit'; params: { item: string; column: string; type: string } }
  | { code: 'catalog.no_key'; params: { columns: string[] } }
  | { code: 'catalog.key_differs'; params: { items: string[]; keys: string[] } }

/**
 * The items on their columns with the wire types, or the first thing that keeps them from standing there. Choices for columns that are no
 * items are dropped. The key of the table must be among the items and marked as key there: refreshing and reconciling go by it.
 */
export function fitted(items: readonly Item[], table: TableInfo, chosen: Readonly<Record<string, string>>): Fitted | Unfit {
  const missing = items.filter(({ column }) => !chosen[column])
  if (missing.length > 0) return { code: 'catalog.columns_missing', params: { items: missing.map(({ name }) => name) } }
  const known = new Map(table.columns.map((column) => [column.name, column]))
  const pairs = items.map((item) => ({ item, at: chosen[item.column]!, column: known.get(chosen[item.column]!) }))
  const types: Record<string, CanonicalType> = {}
  for (const { item, at, column } of pairs) {
    const canonical = column?.canonical ?? null
    if (!fits(item.type, canonical)) return { code: 'catalog.column_unfit', params: { item: item.name, column: at, type: column?.type ?? '?' } }
    types[item.column] = canonical
  }
  const keys = pairs.filter(({ column }) => column?.key).map(({ item }) => item)
  const wanted = table.columns.filter(({ key }) => key)
  if (keys.length === 0 || !wanted.every((column) => stands(pairs, column))) {
    return { code: 'catalog.no_key', params: { columns: wanted.map(({ name }) => name) } }
  }
  const marked = items.filter(({ key }) => key)
  if (marked.length !== keys.length || !marked.every((item) => keys.includes(item)))
    return { code: 'catalog.key_differs', params: { items: marked.map(({ name }) => name), keys: keys.map(({ name }) => name) } }
  return { columns: Object.fromEntries(pairs.map(({ item, at }) => [item.column, at])), types, keys: keys.map(({ column }) => column) }
}

/** A first choice of columns: those of the same name. */
export function suggestedColumns(items: readonly Item[], table: TableInfo): Record<string, string> {
  const names = new Set(table.columns.map(({ name }) => name))
  return Object.fromEntries(items.filter(({ column }) => names.has(column)).map(({ column }) => [column, column]))
}

function stands(pairs: readonly { column: ColumnInfo | undefined }[], wanted: ColumnInfo): boolean {
  return pairs.some(({ column }) => column?.name === wanted.name)
}
