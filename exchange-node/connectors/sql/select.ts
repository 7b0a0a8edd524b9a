/** The statements of a grant at a source: which rows and columns leave it. What they find may be more than was asked for; rows.ts passes on what was. */
import type { CanonicalType, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { Key, Part } from '../connector.ts'
import { below } from '../passing.ts'
import { MAX_ROW_BYTES } from '../tuples/frames.ts'
import type { Dialect, Fragment, SqlColumn, SqlTable } from './dialect.ts'
import { filterSql } from './filter-sql.ts'
import { MARKS } from './marks.ts'
import { canonicalText, joined, list, plain, qualified } from './statement.ts'

/** What statements are made of. `asOf` stands behind the table's name. */
export type Granted = { grant: Grant; table: SqlTable; dialect: Dialect; overlapSeconds: number; asOf: string }
/** `guarded`: the bytes of the long values stand ahead; `marked`: the marks stand behind. */
export type Selection = { sql: string; guarded: boolean; marked: boolean }

export function columnOf(table: SqlTable, column: string): SqlColumn {
  return table.own.find((one) => one.column === column)!
}

/** The fields as the encoder takes them. A value too long for a row is left out, its length told ahead. */
export function fieldsSql(dialect: Dialect, table: SqlTable, fields: readonly Pick<GrantField, 'column' | 'type'>[]): Selection {
  const columns = fields.map(({ column }) => columnOf(table, column))
  const long = columns.filter((column) => column.long)
  const shown = columns.map((column, at) => {
    const value = dialect.read(column, fields[at]!.type)
    return column.long ? `case when ${dialect.bytes(column)} > ${MAX_ROW_BYTES} then null else ${value} end` : value
  })
  const guard = long.length > 0 ? [long.map((column) => `coalesce(${dialect.bytes(column)}, 0)`).join(' + ')] : []
  const marks = table.marked ? [dialect.identifier(dialect.columnOf(MARKS))] : []
  return { sql: list([...guard, ...shown, ...marks]), guarded: long.length > 0, marked: table.marked }
}

/** The rows of one part, and of those the filter lets pass as far as the database can tell. */
export function selectRows(granted: Granted, part: Part): Selection & { values: Fragment['values'] } {
  const { grant, table, dialect } = granted
  const fields = fieldsSql(dialect, table, grant.fields)
  const where = whereSql([partSql(granted, part), pushedFilter(granted)])
  return { ...fields, sql: `select ${fields.sql} ${from(granted)}${where.sql}`, values: where.values }
}

/** How many rows of one part there are, passing the filter or not; undefined where all of them are read anyway. */
export function countRows(granted: Granted, part: Part): Fragment | undefined {
  if (!pushedFilter(granted)) return undefined
  const where = whereSql([partSql(granted, part)])
  return { sql: `select count(*) ${from(granted)}${where.sql}`, values: where.values }
}

export function highWater(granted: Granted, field: GrantField): string {
  const { table, dialect } = granted
  const own = columnOf(table, field.column)
  const name = dialect.identifier(own.column)
  return `select ${dialect.read(own, own.type)} from (select max(${name}) as ${name} ${from(granted)}) h`
}

export function from({ table, dialect, asOf }: Pick<Granted, 'table' | 'dialect' | 'asOf'>): string {
  return `from ${qualified(dialect, table)}${asOf}`
}

function pushedFilter({ grant, table, dialect }: Granted): Fragment | undefined {
  return grant.filter && filterSql(grant.filter, grant.fields, table.own, dialect)
}

function whereSql(conditions: readonly (Fragment | undefined)[]): Fragment {
  const given = conditions.filter((condition) => condition !== undefined)
  const all = joined(given, ' and ')
  return given.length > 0 ? { ...all, sql: ` where ${all.sql}` } : plain('')
}

function partSql(granted: Granted, part: Part): Fragment | undefined {
  switch (part.by) {
    case 'range':
      return rangeSql(granted, part.range)
    case 'cursor':
      return cursorSql(granted, part)
    case 'keys':
      return keysSql(granted, part.keys)
  }
}

/** Bounds are values of the first column of the key, compared as that column compares: its index serves. */
export function rangeSql({ table, dialect }: Pick<Granted, 'table' | 'dialect'>, { from: low, to }: { from: string | null; to: string | null }) {
  if (low === null && to === null) return undefined
  const [first] = table.keyColumns
  const column = first === undefined ? undefined : columnOf(table, first)
  if (!column) throw refusal('plan_differs', `${table.schema}.${table.table} has no key any more by which this load was begun: order a new delivery`)
  const side = (operator: string, text: string): Fragment => {
    const bound = dialect.bound(column, canonicalText(column.type, text))
    return { sql: `${dialect.identifier(column.column)} ${operator} ${bound.sql}`, values: bound.values }
  }
  return joined([...(low === null ? [] : [side('>=', low)]), ...(to === null ? [] : [side('<', to)])], ' and ')
}

function cursorSql({ grant, table, dialect, overlapSeconds }: Granted, { from: low, to }: Extract<Part, { by: 'cursor' }>): Fragment {
  const { column, type } = grant.fields.find(({ name }) => name === grant.cursor)!
  const own = columnOf(table, column)
  const side = (operator: string, text: string): Fragment => {
    const bound = dialect.bound(own, text)
    return { sql: `${dialect.identifier(column)} ${operator} ${bound.sql}`, values: bound.values }
  }
  const upper = shifted(canonicalText(own.type, inOwn(type, own.type, to)), own, 1)
  const lowest = low === undefined ? undefined : shifted(lowered(canonicalText(own.type, inOwn(type, own.type, low)), own.type, overlapSeconds), own, -1)
  return joined([...(lowest === undefined ? [] : [side('>=', lowest)]), ...(upper === undefined ? [] : [side('<=', upper)])], ' and ')
}

/** A bound of the granted type as the column's own: a day that was granted as a moment is a day again. */
function inOwn(granted: CanonicalType, own: CanonicalType, value: string): string {
  return granted === 'timestamp' && own === 'date' ? value.slice(0, 10) : value
}

/** So many seconds earlier, as far as the calendar goes. */
function lowered(text: string, type: CanonicalType, seconds: number): string {
  if (type !== 'date' && type !== 'timestamp' && type !== 'timestamptz') return text
  const earlier = type === 'date' ? below(`${text} 00:00:00`, 'timestamp', 86_400 * Math.ceil(seconds / 86_400)).slice(0, 10) : below(text, type, seconds)
  return canonicalText(type, /^(-|0000)/.test(earlier) ? FIRST[type] : earlier)
}
const FIRST = { date: '0001-01-01', timestamp: '0001-01-01 00:00:00', timestamptz: '0001-01-01 00:00:00+00' } as const

/** SQL Server's DATETIME has three hundredths of a second, rounded when they are shown: a little more is asked for. */
const DATETIME_STEP_SECONDS = 0.004
const FIRST_DATETIME = '1753-01-01'
function shifted(text: string, { base, type }: SqlColumn, direction: 1 | -1): string | undefined {
  if (base !== 'datetime' || type !== 'timestamp') return text
  const moved = below(text, 'timestamp', -direction * DATETIME_STEP_SECONDS)
  if (/^(-|0000)/.test(moved) || moved < FIRST_DATETIME) return direction < 0 ? undefined : `${FIRST_DATETIME} 00:00:00`
  return canonicalText('timestamp', moved)
}

/** By alternatives, which are found by the index. */
function keysSql({ grant, table, dialect }: Granted, keys: readonly Key[]): Fragment {
  if (keys.length === 0) return plain('1 = 0')
  const parts = grant.fields.filter(({ key }) => key).map(({ column, type }) => ({ own: columnOf(table, column), type }))
  const one = (key: Key): Fragment => {
    const sides = parts.map(({ own, type }, at): Fragment => {
      const bound = dialect.bound(own, canonicalText(own.type, inOwn(type, own.type, key[at] ?? '')))
      return { sql: `${dialect.identifier(own.column)} = ${bound.sql}`, values: bound.values }
    })
    const all = joined(sides, ' and ')
    return { ...all, sql: `(${all.sql})` }
  }
  const all = joined(keys.map(one), ' or ')
  return { ...all, sql: `(${all.sql})` }
}
