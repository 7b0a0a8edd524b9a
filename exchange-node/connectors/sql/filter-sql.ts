/**
 * Row filters as SQL, with the same meaning as `evaluate` in wire/filter.ts. The walk over a filter is the same for every database; what a condition is, each says itself.
 * The shared core pushes a filter down only where the database compares as we do; the node holds every row against the filter all the same (rows.ts).
 */
import type { Filter, GrantField } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import type { Dialect, Fragment, SqlColumn } from './dialect.ts'
import { canonicalText, joined, plain } from './statement.ts'

export type Condition = Exclude<Filter, { of: unknown }>
export type FilterField = Pick<GrantField, 'name' | 'column' | 'type'>

const OPERATOR = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const
/** Values in one statement; SQL Server takes 2100. */
const MOST_VALUES = 1000

/**
 * The filter with its conditions joined. Refuses `bad_filter` where the filter names another field or does not fit the types, whoever has checked it before.
 * @param condition undefined where it cannot be said in SQL, and then nothing of the filter is
 */
export function filterWith<F extends FilterField>(
  filter: Filter,
  fields: readonly F[],
  condition: (node: Condition, field: F) => Fragment | undefined,
): Fragment | undefined {
  const problems = checkFilter(filter, fields)
  if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
  const byName = new Map(fields.map((field) => [field.name, field]))
  const visit = (node: Filter): Fragment | undefined => {
    if (!('of' in node)) return condition(node, byName.get(node.field)!)
    const parts = node.op === 'not' ? [visit(node.of)] : node.of.map(visit)
    if (!parts.every((part) => part !== undefined)) return undefined
    const { sql, values } = joined(parts, ` ${node.op} `)
    return { sql: node.op === 'not' ? `(not ${sql})` : `(${sql})`, values }
  }
  return visit(filter)
}

/** A boolean expression over the granted columns; undefined where this database would decide it otherwise than `evaluate`. */
export function filterSql(filter: Filter, fields: readonly FilterField[], columns: readonly SqlColumn[], dialect: Dialect): Fragment | undefined {
  const own = fields.map((field) => ({ ...field, own: columns.find(({ column }) => column === field.column)! }))
  const found = filterWith(filter, own, (node, field) => condition(node, field, dialect))
  return found && found.values.length <= MOST_VALUES ? found : undefined
}

function condition(node: Condition, { type, own }: FilterField & { own: SqlColumn }, dialect: Dialect): Fragment | undefined {
  if (type === 'text' && node.op !== 'null' && node.op !== 'notNull') return textCondition(node, own, dialect)
  const side = dialect.comparand(own, type)
  const constant = (value: string | number | boolean) => dialect.constant(type, canonicalText(type, value), own)
  const compared = (operator: string, value: string | number | boolean): Fragment | undefined => {
    const right = constant(value)
    return side === undefined || !right ? undefined : { sql: `(${side} ${operator} ${right.sql})`, values: right.values }
  }
  switch (node.op) {
    case 'null':
      return plain(`(${dialect.identifier(own.column)} is null)`)
    case 'notNull':
      return plain(`(${dialect.identifier(own.column)} is not null)`)
    case 'in':
      return any(node.values.map((value) => compared('=', value)))
    case 'between':
      return both(compared('>=', node.low), compared('<=', node.high))
    case 'startsWith':
      return undefined
    default:
      return compared(OPERATOR[node.op], node.value)
  }
}

/** What comes before what among texts is decided by code points, which no collation that is there everywhere does: that is left to the node. */
function textCondition(node: Condition, own: SqlColumn, dialect: Dialect): Fragment | undefined {
  switch (node.op) {
    case 'eq':
      return dialect.equals(own, String(node.value))
    case 'ne': {
      const equal = dialect.equals(own, String(node.value))
      return equal && { sql: `(not ${equal.sql})`, values: equal.values }
    }
    case 'in':
      return any(node.values.map((value) => dialect.equals(own, String(value))))
    case 'startsWith':
      return dialect.startsWith(own, node.value)
    default:
      return undefined
  }
}

function any(parts: readonly (Fragment | undefined)[]): Fragment | undefined {
  if (!parts.every((part) => part !== undefined)) return undefined
  const { sql, values } = joined(parts, ' or ')
  return { sql: `(${sql})`, values }
}

function both(left: Fragment | undefined, right: Fragment | undefined): Fragment | undefined {
  return left && right && { sql: `(${left.sql} and ${right.sql})`, values: [...left.values, ...right.values] }
}
