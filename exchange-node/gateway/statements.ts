/** The statements of an API grant's operations: closed questions, made from the grant and never from what a caller wrote. */
import { hash } from 'node:crypto'
import type { ApiGrant, ApiOperation } from '@zhenghe/wire/api-grant.ts'
import { Filter, type GrantField } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { filterSql } from '../pg/filter-sql.ts'
import { identifier, list, literal, typeName } from '../pg/sql.ts'
import { Refusal } from '../refusal.ts'
import { castField, tableOf } from '../source/select.ts'
import type { Statement } from './tuples.ts'

/** What the table's columns are, so that a comparison is made where the index is. */
export type Columns = {
  /** columns whose own type is the granted one: compared as they are */
  plain: ReadonlySet<string>
  /** columns that lead an index */
  indexed: ReadonlySet<string>
}
export type Question = { statement: Statement; fields: readonly GrantField[]; shown: ReadonlySet<string>; most: number }
type Of<K extends ApiOperation['kind']> = Extract<ApiOperation, { kind: K }>

const Value = z.union([z.string().max(1000), z.number(), z.boolean()]).transform(String)
const Values = z.record(z.string(), Value)
const Find = z.strictObject({ filter: Filter, after: z.array(z.string().max(1000)).max(20).optional(), limit: z.int().min(1).optional() })
const Batch = z.strictObject({ keys: z.array(Values).min(1) })

/** Refuses `bad_question` in words for the caller: a field missing, unknown, of another type; a filter without index. */
export function questionOf(grant: ApiGrant, operation: ApiOperation, input: unknown, columns: Columns): Question {
  switch (operation.kind) {
    case 'byKey':
      return byKey(grant, operation, input, columns)
    case 'batch':
      return batch(grant, operation, input, columns)
    case 'find':
      return find(grant, operation, input, columns)
    case 'verify':
      return verify(grant, operation, input, columns)
  }
}

export const badQuestion = (message: string): Refusal => new Refusal('bad_question', message, false)

function byKey(grant: ApiGrant, operation: Of<'byKey'>, input: unknown, columns: Columns): Question {
  const keys = keysOf(grant)
  const values = exactly(input, keys)
  const conditions = keys.map((field, at) => equals(field, at + 1, columns))
  return question(grant, operation.fields, conditions, values, 'limit 1', 1)
}

function batch(grant: ApiGrant, operation: Of<'batch'>, input: unknown, columns: Columns): Question {
  const keys = keysOf(grant)
  const asked = parsed(Batch, input).keys
  if (asked.length > operation.most) throw badQuestion(`at most ${operation.most} keys at once; ${asked.length} were sent`)
  const rows = asked.map((one) => exactly(one, keys))
  const types = keys.map(({ type }, at) => `$${at + 1}::pg_catalog.text[]::${typeName(type)}[]`)
  const named = keys.map((_, at) => `k${at}`)
  const condition = `(${list(keys.map((field) => compared(field, columns)))}) in (select ${list(named)} from pg_catalog.unnest(${list(types)}) as asked(${list(named)}))`
  const values = keys.map((_, at) => arrayText(rows.map((row) => row[at]!)))
  return question(grant, operation.fields, [condition], values, '', operation.most)
}

function find(grant: ApiGrant, operation: Of<'find'>, input: unknown, columns: Columns): Question {
  const { filter, after, limit } = parsed(Find, input)
  const by = grant.fields.filter(({ name }) => operation.by.includes(name))
  const sql = filterSql(filter, by)
  const served = servedByIndex(filter, new Map(by.map((field) => [field.name, field])), columns)
  if (served.length === 0) {
    const usable = by.filter(({ column }) => columns.indexed.has(column)).map(({ name }) => name)
    throw badQuestion(`the filter must narrow one of the indexed fields (${usable.join(', ') || 'none of this operation'}), alone or under «and»`)
  }
  const keys = keysOf(grant)
  const most = Math.min(limit ?? operation.most, operation.most)
  if (after && after.length !== keys.length) throw badQuestion(`«after» is the «next» of the page before, ${keys.length} values`)
  const onward = after ? [`(${list(keys.map((field) => compared(field, columns)))}) > (${list(keys.map(({ type }, at) => literal(after[at]!, type)))})`] : []
  const conditions = [sql, ...served.map((part) => part ?? 'true'), ...onward]
  return question(grant, operation.fields, conditions, [], `order by ${list(keys.map((field) => compared(field, columns)))} limit ${most + 1}`, most)
}

function verify(grant: ApiGrant, operation: Of<'verify'>, input: unknown, columns: Columns): Question {
  const keys = keysOf(grant)
  const fields = [...keys, ...grant.fields.filter(({ name, key }) => !key && operation.compare.includes(name))]
  const values = exactly(input, fields)
  const conditions = [...fields.map((field, at) => equals(field, at + 1, columns)), ...filterOf(grant)]
  const text = `select exists (select from ${tableOf(grant)} where ${conditions.join(' and ')}) as yes`
  const yes: GrantField = { name: 'yes', column: 'yes', type: 'bool', title: '', key: false, nullable: false, rules: [] }
  return { statement: { name: nameOf(text), text, values }, fields: [yes], shown: new Set(['yes']), most: 1 }
}

/** The asked fields, and the key by which pages go on, of the rows that the grant covers. */
function question(grant: ApiGrant, shown: readonly string[], conditions: readonly string[], values: string[], tail: string, most: number): Question {
  const fields = grant.fields.filter(({ name, key }) => key || shown.includes(name))
  const text = `select ${list(fields.map(castField))} from ${tableOf(grant)} where ${[...conditions, ...filterOf(grant)].join(' and ')} ${tail}`
  return { statement: { name: values.length > 0 ? nameOf(text) : '', text, values }, fields, shown: new Set(shown), most }
}

const filterOf = (grant: ApiGrant): string[] => (grant.filter ? [filterSql(grant.filter, grant.fields)] : [])
const nameOf = (text: string): string => `zh_${hash('sha256', text, 'hex').slice(0, 24)}`
const keysOf = (grant: ApiGrant): GrantField[] => grant.fields.filter(({ key }) => key)

function compared({ column, type }: GrantField, { plain }: Columns): string {
  return plain.has(column) ? identifier(column) : `${identifier(column)}::${typeName(type)}`
}

function equals(field: GrantField, parameter: number, columns: Columns): string {
  return `${compared(field, columns)} = $${parameter}::${typeName(field.type)}`
}

/** The conditions, each of which every row must meet, on columns that lead an index: said once more in the form an index serves. */
function servedByIndex(filter: Filter, fields: ReadonlyMap<string, GrantField>, columns: Columns): (string | undefined)[] {
  if ('of' in filter) return filter.op === 'and' ? filter.of.flatMap((part) => servedByIndex(part, fields, columns)) : []
  const field = fields.get(filter.field)
  if (!field || !columns.indexed.has(field.column)) return []
  const value = compared(field, columns)
  switch (filter.op) {
    case 'eq':
      return [`${value} = ${literal(filter.value, field.type)}`]
    case 'in':
      return [`${value} in (${list(filter.values.map((one) => literal(one, field.type)))})`]
    case 'between':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return field.type === 'text' ? [] : [undefined]
    default:
      return []
  }
}

/** The values of exactly these fields, in their order. */
function exactly(input: unknown, fields: readonly GrantField[]): string[] {
  const given = parsed(Values, input)
  const names = fields.map(({ name }) => name)
  const missing = names.filter((name) => given[name] === undefined)
  if (missing.length > 0) throw badQuestion(`missing: ${missing.join(', ')}`)
  const unknown = Object.keys(given).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw badQuestion(`not asked for here: ${unknown.join(', ')}; send ${names.join(', ')}`)
  return names.map((name) => given[name]!)
}

function parsed<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const { data, error } = schema.safeParse(input)
  if (error) throw badQuestion(error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; '))
  return data
}

/** A PostgreSQL array of texts; its elements are cast by the statement. */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`
}
