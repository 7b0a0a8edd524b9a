/** A row filter as SQL, with the same meaning as `evaluate` in wire/filter.ts: three-valued logic, text compared by code points. */
import type { CanonicalType, Filter, GrantField } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import { identifier, list, literal, text, typeName } from './sql.ts'

type Condition = Exclude<Filter, { of: unknown }>
type Field = Pick<GrantField, 'name' | 'column' | 'type'>

const OPERATOR = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const

/**
 * A boolean expression over the columns of the granted fields. Refuses `bad_filter` where the filter names another field or does not fit
 * the types, whoever has checked it before.
 */
export function filterSql(filter: Filter, fields: readonly Field[]): string {
  const problems = checkFilter(filter, fields)
  if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
  const byName = new Map(fields.map((field) => [field.name, field]))
  const visit = (node: Filter): string => {
    if (!('of' in node)) return condition(node, byName.get(node.field)!)
    if (node.op === 'not') return `(not ${visit(node.of)})`
    return `(${node.of.map(visit).join(` ${node.op} `)})`
  }
  return visit(filter)
}

function condition(node: Condition, { column, type }: Field): string {
  const value = comparable(identifier(column), type)
  const constant = (given: string | number | boolean) => literal(given, type)
  switch (node.op) {
    case 'null':
      return `(${identifier(column)} is null)`
    case 'notNull':
      return `(${identifier(column)} is not null)`
    case 'in':
      return `(${value} in (${list(node.values.map(constant))}))`
    case 'between':
      return `(${value} between ${constant(node.low)} and ${constant(node.high)})`
    case 'startsWith':
      return `pg_catalog.starts_with(${value}, ${text(node.value)})`
    default:
      return `(${value} ${OPERATOR[node.op]} ${constant(node.value)})`
  }
}

function comparable(column: string, type: CanonicalType): string {
  const cast = `${column}::${typeName(type)}`
  return type === 'text' ? `(${cast} collate pg_catalog."C")` : cast
}
