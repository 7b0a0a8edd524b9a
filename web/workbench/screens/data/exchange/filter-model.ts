/** A row filter as one builds it on a screen: groups of conditions. Pure; the filter itself is the wire's closed language. */
import type { CanonicalType, Filter } from '@zhenghe/wire/documents.ts'
import { checkFilter, type FilterProblemCode } from '@zhenghe/wire/filter.ts'

type Condition = Exclude<Filter, { of: unknown }>
export type Op = Condition['op']
export type Join = 'and' | 'or'
/** `values` holds what was typed: one text, two for `between`, any number for `in`, none for the tests of emptiness. */
export type ConditionRow = { id: number; field: string; op: Op; values: readonly string[] }
export type ConditionGroup = { id: number; join: Join; rows: readonly ConditionRow[] }
export type FilterModel = { join: Join; groups: readonly ConditionGroup[] }
export type FilterField = { name: string; title: string; type: CanonicalType }

export const NO_FILTER: FilterModel = { join: 'and', groups: [] }

const ORDERED: readonly Op[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'between', 'in', 'null', 'notNull']
const OPERATORS: Partial<Record<CanonicalType, readonly Op[]>> = {
  text: ['eq', 'ne', 'in', 'startsWith', 'null', 'notNull'],
  bool: ['eq', 'null', 'notNull'],
  uuid: ['eq', 'ne', 'in', 'null', 'notNull'],
  bytea: ['null', 'notNull'],
  jsonb: ['null', 'notNull'],
}

/** The comparisons offered for a type; never one the wire would refuse. */
export function operatorsFor(type: CanonicalType): readonly Op[] {
  return OPERATORS[type] ?? ORDERED
}

/** The filter of the model, or undefined where it has no conditions. Single groups and conditions stand without a wrapper. */
export function toFilter({ join, groups }: FilterModel, fields: readonly FilterField[]): Filter | undefined {
  const parts = groups.flatMap(
    (group) =>
      joined(
        group.join,
        group.rows.map((row) => conditionOf(row, fields)),
      ) ?? [],
  )
  return joined(join, parts)
}

function joined(op: Join, of: Filter[]): Filter | undefined {
  return of.length > 1 ? { op, of } : of[0]
}

export function conditionOf({ field, op, values }: ConditionRow, fields: readonly FilterField[]): Condition {
  const type = fields.find(({ name }) => name === field)?.type ?? 'text'
  const [first = '', second = ''] = values
  switch (op) {
    case 'null':
    case 'notNull':
      return { op, field }
    case 'in':
      return { op, field, values: values.map((value) => valueTyped(type, value)) }
    case 'between':
      return { op, field, low: valueTyped(type, first), high: valueTyped(type, second) }
    case 'startsWith':
      return { op, field, value: first }
    default:
      return { op, field, value: valueTyped(type, first) }
  }
}

/** What is wrong with one condition, the first of it. */
export function conditionProblem(row: ConditionRow, fields: readonly FilterField[]): FilterProblemCode | 'no_value' | undefined {
  if (!isComplete(row)) return 'no_value'
  return checkFilter(conditionOf(row, fields), fields)[0]?.code
}

/** Whether every value a comparison needs has been given. */
function isComplete({ op, values }: ConditionRow): boolean {
  const needed = op === 'null' || op === 'notNull' ? 0 : op === 'between' ? 2 : 1
  return values.filter((value) => value.trim() !== '').length >= needed
}

/** The conditions that can be said already: those still being written are left out. */
export function complete(model: FilterModel): FilterModel {
  return { ...model, groups: model.groups.map((group) => ({ ...group, rows: group.rows.filter(isComplete) })) }
}

/** Typed text as the wire wants it for the type; what cannot be read stays text, which the wire then finds wrong. */
function valueTyped(type: CanonicalType, typed: string): string | number | boolean {
  const text = typed.trim()
  switch (type) {
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'int2':
    case 'int4':
    case 'float4':
    case 'float8':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
    case 'timestamptz':
      return /[zZ]|[+-]\d\d:?\d\d$/.test(text) || text === '' ? text : `${text}+08:00`
    case 'text':
      return typed
    default:
      return text
  }
}
