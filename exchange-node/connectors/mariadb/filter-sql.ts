/** A row filter as MariaDB's or MySQL's SQL, with the same meaning as `evaluate` in wire/filter.ts: three-valued logic, text compared by code points. */
import type { Filter, GrantField } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import { type Dialect, identifier, list, literal, text } from './sql.ts'
import { compareSql, type MariaColumn } from './types.ts'

type Condition = Exclude<Filter, { of: unknown }>
type Field = Pick<GrantField, 'name' | 'column' | 'type'>

const OPERATOR = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const

/**
 * A boolean expression over the columns of the granted fields. Refuses `bad_filter` where the filter names another field or does not fit the types, whoever has checked it
 * before.
 */
export function filterSql(filter: Filter, fields: readonly Field[], columns: readonly MariaColumn[], dialect: Dialect): string {
  const problems = checkFilter(filter, fields)
  if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
  const byName = new Map(fields.map((field) => [field.name, { ...field, own: columns.find(({ column }) => column === field.column)! }]))
  const visit = (node: Filter): string => {
    if (!('of' in node)) return condition(node, byName.get(node.field)!, dialect)
    if (node.op === 'not') return `(not ${visit(node.of)})`
    return `(${node.of.map(visit).join(` ${node.op} `)})`
  }
  return visit(filter)
}

function condition(node: Condition, { column, type, own }: Field & { own: MariaColumn }, dialect: Dialect): string {
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
