/** Row filters: whether one fits the granted fields, and which rows it lets pass. Safe in a browser. The SQL for it is made by the exchange node. */
import type { CanonicalType, Filter, GrantField } from './documents.ts'
import { compare, isValue, type Scalar } from './filter-values.ts'

export type FilterField = Pick<GrantField, 'name' | 'type'>
/** A row as PostgreSQL's text output or JavaScript's own types give it: `'2026-01-31'`, `'12.50'`, 7, 7n, true. */
export type FilterRow = Readonly<Record<string, Scalar | null>>

export type FilterProblemCode = 'unknown_field' | 'operator_not_for_type' | 'bad_value' | 'low_above_high' | 'too_deep' | 'too_large'
export interface FilterProblem {
  /** where in the filter: `['of', 1, 'value']` */
  readonly path: readonly (string | number)[]
  readonly code: FilterProblemCode
  readonly params: Readonly<Record<string, unknown>>
}

export const DEEPEST_FILTER = 8
/** Conditions in one filter, at most. */
export const LARGEST_FILTER = 500

type Condition = Exclude<Filter, { of: unknown }>
type Path = FilterProblem['path']

const UNORDERED: readonly CanonicalType[] = ['bool', 'uuid']
const INCOMPARABLE: readonly CanonicalType[] = ['bytea', 'jsonb']

/**
 * What is wrong with a filter over these fields; an empty list where nothing is. Values must be of the field's type and within its range;
 * bool and uuid have no order, bytea and jsonb may only be asked for null, and only text can start with something.
 */
export function checkFilter(filter: Filter, fields: readonly FilterField[]): FilterProblem[] {
  const types = new Map(fields.map(({ name, type }) => [name, type]))
  const problems: FilterProblem[] = []
  let conditions = 0
  const visit = (node: Filter, path: Path, depth: number): void => {
    if (depth > DEEPEST_FILTER) problems.push({ path, code: 'too_deep', params: { deepest: DEEPEST_FILTER } })
    else if (!('of' in node)) {
      conditions++
      problems.push(...checkCondition(node, types.get(node.field), path))
    } else if (node.op === 'not') visit(node.of, [...path, 'of'], depth + 1)
    else for (const [at, part] of node.of.entries()) visit(part, [...path, 'of', at], depth + 1)
  }
  visit(filter, [], 1)
  if (conditions > LARGEST_FILTER) problems.push({ path: [], code: 'too_large', params: { conditions, largest: LARGEST_FILTER } })
  return problems
}

/** Whether a row passes, in SQL's three-valued logic: null where a comparison with null decides, and then the row does not pass. The filter must have been checked. */
export function evaluate(filter: Filter, row: FilterRow, fields: readonly FilterField[]): boolean | null {
  const types = new Map(fields.map(({ name, type }) => [name, type]))
  const visit = (node: Filter): boolean | null => {
    if (!('of' in node)) return holds(node, row[node.field] ?? null, types.get(node.field)!)
    if (node.op === 'not') return negation(visit(node.of))
    const parts = node.of.map(visit)
    return node.op === 'and' ? conjunction(parts) : negation(conjunction(parts.map(negation)))
  }
  return visit(filter)
}

function checkCondition(node: Condition, type: CanonicalType | undefined, path: Path): FilterProblem[] {
  const { op, field } = node
  if (!type) return [{ path: [...path, 'field'], code: 'unknown_field', params: { field } }]
  if (op === 'null' || op === 'notNull') return []
  if (!operatorFits(op, type)) return [{ path: [...path, 'op'], code: 'operator_not_for_type', params: { field, op, type } }]
  const bad = valuesOf(node).filter(([, value]) => !isValue(type, value))
  if (bad.length > 0) return bad.map(([at, value]) => ({ path: [...path, ...at], code: 'bad_value', params: { field, type, value } }))
  if (op === 'between' && compare(type, node.low, node.high) > 0) {
    return [{ path: [...path, 'low'], code: 'low_above_high', params: { field, low: node.low, high: node.high } }]
  }
  return []
}

function operatorFits(op: Condition['op'], type: CanonicalType): boolean {
  if (INCOMPARABLE.includes(type)) return false
  if (op === 'startsWith') return type === 'text'
  return op === 'eq' || op === 'ne' || op === 'in' || !UNORDERED.includes(type)
}

function valuesOf(node: Condition): [Path, unknown][] {
  switch (node.op) {
    case 'null':
    case 'notNull':
      return []
    case 'in':
      return node.values.map((value, at) => [['values', at], value])
    case 'between':
      return [
        [['low'], node.low],
        [['high'], node.high],
      ]
    default:
      return [[['value'], node.value]]
  }
}

function holds(node: Condition, value: Scalar | null, type: CanonicalType): boolean | null {
  if (value === null) return node.op === 'null' || node.op === 'notNull' ? node.op === 'null' : null
  switch (node.op) {
    case 'null':
    case 'notNull':
      return node.op === 'notNull'
    case 'in':
      return node.values.some((one) => compare(type, value, one) === 0)
    case 'between':
      return compare(type, value, node.low) >= 0 && compare(type, value, node.high) <= 0
    case 'startsWith':
      return String(value).startsWith(node.value)
    default:
      return ORDER[node.op](compare(type, value, node.value))
  }
}

const ORDER = {
  eq: (order: number) => order === 0,
  ne: (order: number) => order !== 0,
  lt: (order: number) => order < 0,
  le: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  ge: (order: number) => order >= 0,
} as const

function conjunction(parts: readonly (boolean | null)[]): boolean | null {
  if (parts.includes(false)) return false
  return parts.includes(null) ? null : true
}

function negation(value: boolean | null): boolean | null {
  return value === null ? null : !value
}
