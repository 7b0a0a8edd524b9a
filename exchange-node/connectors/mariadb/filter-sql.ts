/** A row filter as MariaDB's or MySQL's SQL, with the same meaning as `evaluate` in wire/filter.ts: three-valued logic, text compared by code points. */
import type { Filter } from '@zhenghe/wire/documents.ts'
import { type Condition, type FilterField, filterWith } from '../sql/filter-sql.ts'
import { plain } from '../sql/statement.ts'
import { type Dialect, identifier, list, literal, text } from './sql.ts'
import { compareSql, type MariaColumn } from './types.ts'

const OPERATOR = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const

/**
 * A boolean expression over the columns of the granted fields. Refuses `bad_filter` where the filter names another field or does not fit the types, whoever has checked it
 * before.
 */
export function filterSql(filter: Filter, fields: readonly FilterField[], columns: readonly MariaColumn[], dialect: Dialect): string {
  const own = fields.map((field) => ({ ...field, own: columns.find(({ column }) => column === field.column)! }))
  return filterWith(filter, own, (node, field) => plain(condition(node, field, dialect)))!.sql
}

function condition(node: Condition, { column, type, own }: FilterField & { own: MariaColumn }, dialect: Dialect): string {
  const name = identifier(column)
  const value = compareSql(own, type, dialect)
  const constant = (given: string | number | boolean) => literal(type, type === 'text' ? String(given) : given)
  switch (node.op) {
    case 'null':
      return `(${name} is null)`
    case 'notNull':
      return `(${name} is not null)`
    case 'in':
      return `(${value} in (${list(node.values.map(constant))}))`
    case 'between':
      return `(${value} between ${constant(node.low)} and ${constant(node.high)})`
    case 'startsWith':
      return `(left(${value}, ${[...node.value].length}) = ${text(node.value)})`
    default:
      return `(${value} ${OPERATOR[node.op]} ${constant(node.value)})`
  }
}
