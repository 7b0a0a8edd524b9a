/** The statements of a grant at a source: which rows and columns leave it. */
import type { CanonicalType, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { Key, Part } from '../connector.ts'
import { MAX_ROW_BYTES } from '../tuples/frames.ts'
import { filterSql } from './filter-sql.ts'
import type { MariaTable } from './schema.ts'
import { canonicalText, type Dialect, identifier, list, literal, qualified, text } from './sql.ts'
import { canonicalOf, isLong, type MariaColumn, readSql, SCALES } from './types.ts'

/** What statements are made of. */
export type Granted = { grant: Grant; table: MariaTable; dialect: Dialect; overlapSeconds: number }

export function columnOf(table: MariaTable, column: string): MariaColumn {
  return table.own.find((one) => one.column === column)!
}

function hasScales(table: MariaTable): boolean {
  return table.own.some(({ column }) => column === SCALES)
}

/** The fields as `frames.ts` takes them. With `guarded` the bytes of the long values stand ahead, and a value too long for a row is left out. */
export function fieldsSql(table: MariaTable, fields: readonly Pick<GrantField, 'column' | 'type'>[]): { sql: string; guarded: boolean } {
  const scales = hasScales(table)
  const long = fields.map(({ column }) => columnOf(table, column)).filter(isLong)
  const shown = fields.map(({ column, type }) => {
    const own = columnOf(table, column)
    const value = readSql(own, type, { scales })
    return isLong(own) ? `if(octet_length(${identifier(column)}) > ${MAX_ROW_BYTES}, null, ${value})` : value
  })
  const bytes = long.map(({ column }) => `coalesce(octet_length(${identifier(column)}), 0)`).join(' + ')
  return { sql: list(long.length > 0 ? [bytes, ...shown] : shown), guarded: long.length > 0 }
}

/** The rows of one part that the filter lets pass. */
export function selectRows(granted: Granted, part: Part): { sql: string; guarded: boolean } {
  const { grant, table } = granted
  const { sql, guarded } = fieldsSql(table, grant.fields)
  return { sql: `select ${sql} from ${qualified(grant.source)} ${where([partSql(granted, part), filterOf(granted)])}`, guarded }
}

/** How many rows of one part there are, passing the filter or not. */
export function countRows(granted: Granted, part: Part): string {
  return `select count(*) as \`rows\` from ${qualified(granted.grant.source)} ${where([partSql(granted, part)])}`
}

export function highWater({ grant, table }: Granted, field: GrantField): string {
  const own = columnOf(table, field.column)
  return `select cast(max(${comparedAs(own, field.type)}) as char) as high from ${qualified(grant.source)}`
}

/** The text the database prints of a cursor, as its canonical type prints it. */
export function cursorText(type: CanonicalType, shown: string): string {
  return canonicalText(type, type === 'timestamptz' ? `${shown}+00` : shown)
}

function comparedAs(column: MariaColumn, type: CanonicalType): string {
  return type === 'timestamp' && column.baseType === 'date' ? `cast(${identifier(column.column)} as datetime)` : identifier(column.column)
}

function filterOf({ grant, table, dialect }: Granted): string | undefined {
  return grant.filter && filterSql(grant.filter, grant.fields, table.own, dialect)
}

function where(conditions: readonly (string | undefined)[]): string {
  const given = conditions.filter((condition) => condition !== undefined)
  return given.length > 0 ? `where ${given.join(' and ')}` : ''
}

function partSql(granted: Granted, part: Part): string | undefined {
  switch (part.by) {
    case 'range':
      return rangeSql(granted.table, part.range)
    case 'cursor':
      return cursorSql(granted, part)
    case 'keys':
      return keysSql(granted.grant, granted.table, part.keys)
  }
}

/** Bounds are values of the first column of the key, compared as that column compares: its index serves. */
export function rangeSql(table: MariaTable, { from, to }: { from: string | null; to: string | null }): string | undefined {
  const [first] = table.keyColumns
  const column = first === undefined ? undefined : columnOf(table, first)
  if (from === null && to === null) return undefined
  if (!column) throw refusal('plan_differs', `${table.schema}.${table.table} has no key any more by which this load was begun: order a new delivery`)
  const bound = (value: string) => boundSql(column, value)
  const conditions = [
    from === null ? [] : [`${identifier(column.column)} >= ${bound(from)}`],
    to === null ? [] : [`${identifier(column.column)} < ${bound(to)}`],
  ]
  return conditions.flat().join(' and ')
}

/** A bound: a number for columns of numbers, else text as the column holds and compares it. */
export function boundSql(column: MariaColumn, value: string): string {
  return isNumber(column) ? literal('numeric', value) : textFor(column, value)
}

function textFor(column: MariaColumn, value: string): string {
  return boundOf(column)(text(value))
}

/** An expression in the column's own character set and collation, so that its index serves; a character it has not becomes a question mark. */
export function boundOf({ charset, collation }: MariaColumn): (expression: string) => string {
  if (!charset || !collation || !/^\w+$/.test(charset + collation)) return (expression) => expression
  return (expression) => `convert(${expression} using ${charset}) collate ${collation}`
}

export function isNumber(column: MariaColumn): boolean {
  return ['int2', 'int4', 'int8', 'numeric'].includes(canonicalOf(column)) && column.baseType !== 'bit'
}

function cursorSql({ grant, table, overlapSeconds }: Granted, { from, to }: Extract<Part, { by: 'cursor' }>): string {
  const { column, type } = grant.fields.find(({ name }) => name === grant.cursor)!
  const value = comparedAs(columnOf(table, column), type)
  const lower = from === undefined ? '' : `${value} >= ${lowerBound(type, from, overlapSeconds)} and `
  return `${lower}${value} <= ${literal(type, to)}`
}

function lowerBound(type: CanonicalType, from: string, seconds: number): string {
  const bound = literal(type, from)
  if (type === 'timestamp' || type === 'timestamptz') return `${bound} - interval ${Math.trunc(seconds)} second`
  if (type === 'date') return `${bound} - interval ${Math.ceil(seconds / 86_400)} day`
  return bound
}

/** One key column by a list, several by alternatives: both are found by the index. */
export function keysSql({ fields }: Pick<Grant, 'fields'>, table: MariaTable, keys: readonly Key[]): string {
  if (keys.length === 0) return 'false'
  const parts = fields.filter(({ key }) => key)
  const sides = parts.map(({ column }) => identifier(column))
  const constant = (key: Key, at: number) => keyConstant(columnOf(table, parts[at]!.column), parts[at]!.type, key[at] ?? '')
  if (parts.length === 1) return `${sides[0]} in (${list(keys.map((key) => constant(key, 0)))})`
  return `(${keys.map((key) => `(${sides.map((side, at) => `${side} = ${constant(key, at)}`).join(' and ')})`).join(' or ')})`
}

function keyConstant(column: MariaColumn, type: CanonicalType, value: string): string {
  return type === 'text' ? textFor(column, value) : literal(type, value)
}
