/** The statements of a grant: which rows and columns leave the source. The only SQL that ever runs under the grant's role. */
import type { CanonicalType, Grant, GrantField, Mask } from '@zhenghe/wire/documents.ts'
import type { Key, Part } from '../connectors/connector.ts'
import { filterSql } from '../pg/filter-sql.ts'
import { identifier, list, literal, pageStart, qualified, text, typeName } from '../pg/sql.ts'

type Field = Pick<GrantField, 'name' | 'column' | 'type'>

/** The column under the field's type and name, so that binary COPY can only carry what the contract says. */
export function castField({ name, column, type }: Field): string {
  return `${cast(column, type)} as ${identifier(name)}`
}

/** The rows of one part that the filter lets pass. @param overlapSeconds how far below the checkpoint an increment reads again: rows written earlier and committed later */
export function selectRows(grant: Grant, part: Part, overlapSeconds: number): string {
  return `select ${list(grant.fields.map(castField))} from ${tableOf(grant)} ${where([partSql(grant, part, overlapSeconds), filterOf(grant)])}`
}

/** How many rows of one part there are, passing the filter or not. */
export function countRows(grant: Grant, part: Part, overlapSeconds: number): string {
  return `select count(*)::float8 as read from ${tableOf(grant)} ${where([partSql(grant, part, overlapSeconds)])}`
}

/** The highest value of the cursor, as text; null in an empty table. */
export function highWater(grant: Grant, cursor: Field): string {
  return `select pg_catalog.max(${cast(cursor.column, cursor.type)})::pg_catalog.text as cursor from ${tableOf(grant)}`
}

/**
 * For comparing with the target: bucket and hash of each granted row as it would arrive there, then `extras`. Rows that break a rule are
 * among them: whoever reads this must run the rules over fields put among the extras.
 */
export function selectHashes(grant: Grant, columns: readonly string[], extras: readonly string[], condition: string | undefined): string {
  const masked = new Map(grant.fields.map((field) => [field.name, maskSql(cast(field.column, field.type), field)]))
  const keys = grant.fields.filter(({ key }) => key).map(({ name }) => ({ value: masked.get(name)!, type: typeOf(grant, name) }))
  const row = columns.map((name) => ({ value: masked.get(name)!, type: typeOf(grant, name) }))
  const hashes = hashesSql(keys, row)
  return `select ${list([...hashes, ...extras])} from ${tableOf(grant)} ${where([filterOf(grant), condition && `${hashes[0]} ${condition}`])}`
}

type Hashed = { value: string; type: CanonicalType }
/**
 * Bucket (int4) and hash (int8) of a row; both sides must call it with the same types. Text hashes by its bytes, whatever its collation. One function for each column costs
 * two thirds of one record of all; hashes of columns are put together by XOR, each seeded by its place, so that values that change places do not cancel.
 */
export function hashesSql(keys: readonly Hashed[], row: readonly Hashed[]): [string, string] {
  return [`(${mixed(keys, BUCKET_SEED)} & 4095)::pg_catalog.int4`, mixed(row, 0)]
}

const BUCKET_SEED = 1000
/** PostgreSQL's own hash functions, those that every version since 14 has; what is equal has the same hash. */
const HASHES: Partial<Record<CanonicalType, (value: string, seed: number) => string>> = {
  text: (value, seed) => `pg_catalog.hashtextextended((${value}) collate pg_catalog."C", ${seed})`,
  int2: (value, seed) => `pg_catalog.hashint2extended(${value}, ${seed})`,
  int4: (value, seed) => `pg_catalog.hashint4extended(${value}, ${seed})`,
  int8: (value, seed) => `pg_catalog.hashint8extended(${value}, ${seed})`,
  numeric: (value, seed) => `pg_catalog.hash_numeric_extended(${value}, ${seed})`,
  float4: (value, seed) => `pg_catalog.hashfloat4extended(${value}, ${seed})`,
  float8: (value, seed) => `pg_catalog.hashfloat8extended(${value}, ${seed})`,
  timestamp: (value, seed) => `pg_catalog.timestamp_hash_extended(${value}, ${seed})`,
  uuid: (value, seed) => `pg_catalog.uuid_hash_extended(${value}, ${seed})`,
}

function mixed(values: readonly Hashed[], seed: number): string {
  const others = values.filter(({ type }) => !HASHES[type])
  const hashes = values.flatMap(({ value, type }, at) => {
    const hash = HASHES[type]?.(value, seed + at + 1)
    return hash ? [`coalesce(${hash}, ${seed + at + 1})`] : []
  })
  if (others.length > 0) hashes.push(`pg_catalog.hash_record_extended(row(${list(others.map(({ value }) => value))}), ${seed})`)
  return hashes.length > 0 ? `(${hashes.join(' # ')})` : '0::pg_catalog.int8'
}

/** What the byte kernel of a mask does, said in SQL: only for comparing, never for sending. */
export function maskSql(value: string, { type, mask }: { type: CanonicalType; mask?: Mask | undefined }): string {
  switch (mask?.kind) {
    case undefined:
      return value
    case 'name':
      return `(pg_catalog.left(${value}, 1) || '**')`
    case 'middle': {
      const kept = mask.head + mask.tail
      const length = `pg_catalog.char_length(${value})`
      const shown = `pg_catalog.left(${value}, ${mask.head}) || pg_catalog.repeat('*', ${length} - ${kept}) || pg_catalog.right(${value}, ${mask.tail})`
      return `(case when ${length} > ${kept} then ${shown} else pg_catalog.repeat('*', ${length}) end)`
    }
    case 'fixed':
      return `(case when ${value} is not null then ${text(mask.text)} end)`
    case 'null':
      return `null::${typeName(type)}`
    case 'year':
      return `(case when pg_catalog.isfinite(${value}) then pg_catalog.make_date(extract(year from ${value})::pg_catalog.int4, 1, 1) else ${value} end)`
  }
}

export function copyOutSql(select: string): string {
  return `copy (${select}) to stdout (format binary)`
}

export function tableOf({ source }: Pick<Grant, 'source'>): string {
  return qualified(source.schema, source.table)
}

function typeOf(grant: Grant, name: string): CanonicalType {
  return grant.fields.find((field) => field.name === name)!.type
}

function cast(column: string, type: CanonicalType): string {
  return `${identifier(column)}::${typeName(type)}`
}

function filterOf(grant: Grant): string | undefined {
  return grant.filter && filterSql(grant.filter, grant.fields)
}

function where(conditions: readonly (string | undefined)[]): string {
  const given = conditions.filter((condition) => condition !== undefined)
  return given.length > 0 ? `where ${given.join(' and ')}` : ''
}

function partSql(grant: Grant, part: Part, overlapSeconds: number): string | undefined {
  switch (part.by) {
    case 'range':
      return pagesSql(part.range)
    case 'cursor': {
      const { column, type } = grant.fields.find(({ name }) => name === grant.cursor)!
      const value = cast(column, type)
      const lower = part.from === undefined ? '' : `${value} >= ${lowerBound(part.from, type, overlapSeconds)} and `
      return `${lower}${value} <= ${literal(part.to, type)}`
    }
    case 'keys':
      return keysSql(grant, part.keys)
  }
}

/** A range's bounds are numbers of pages; without bounds it is the whole table, or a view, which has no pages. */
function pagesSql({ from, to }: Extract<Part, { by: 'range' }>['range']): string | undefined {
  if (from === null) return undefined
  return `ctid >= ${pageStart(Number(from))}${to === null ? '' : ` and ctid < ${pageStart(Number(to))}`}`
}

function keysSql(grant: Grant, keys: readonly Key[]): string {
  if (keys.length === 0) return 'false'
  const fields = grant.fields.filter(({ key }) => key)
  const tuples = keys.map((key) => `(${list(fields.map(({ type }, at) => literal(key[at] ?? '', type)))})`)
  return `(${list(fields.map(({ column, type }) => cast(column, type)))}) in (${list(tuples)})`
}

function lowerBound(from: string, type: CanonicalType, seconds: number): string {
  const bound = literal(from, type)
  if (type === 'timestamp' || type === 'timestamptz') return `${bound} - '${seconds} seconds'::pg_catalog.interval`
  if (type === 'date') return `${bound} - ${Math.ceil(seconds / 86_400)}`
  return bound
}
