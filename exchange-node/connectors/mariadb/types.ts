/**
 * Which canonical type a column of MariaDB or MySQL is carried as, and which column holds a canonical type exactly. Where the column's own type does not say it, the end of
 * its comment does: a DATETIME whose comment ends with «[timestamptz]» is read as a moment in UTC. Tables loaded by the exchange are marked so; a department may mark its own.
 */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { type Dialect, exactly, identifier } from './sql.ts'

/** A column as information_schema tells it. */
export type MariaColumn = {
  table: string
  column: string
  /** `decimal(20,2) unsigned` */
  fullType: string
  /** `decimal` */
  baseType: string
  charset: string | null
  collation: string | null
  comment: string
  nullable: boolean
  hidden: boolean
}

/** Beside a table loaded by the exchange, unseen by `select *`: how many decimals of each numeric field are to be shown, one byte a field, so that 1.50 stays 1.50. */
export const SCALES = 'zhenghe_scales'
/** Digits before and after the point. */
export const [NUMERIC_WHOLE, NUMERIC_SCALE] = [35, 30]
/** Bytes of an InnoDB key, and of a character in it. */
const [KEY_BYTES, CHARACTER_BYTES] = [3072, 4]
const LONG = /^(blob|mediumblob|longblob|text|mediumtext|longtext|json)$/
const SPATIAL = /^(geometry|point|linestring|polygon|multi\w+|geom\w+)$/
const MARK = /\s*\[(timestamptz|uuid|jsonb|numeric (\d+))\]$/
const COMMENT_CHARACTERS = 1000

const BY_TYPE: Readonly<Record<string, CanonicalType>> = {
  tinyint: 'int2',
  smallint: 'int2',
  mediumint: 'int4',
  int: 'int4',
  bigint: 'int8',
  float: 'float4',
  double: 'float8',
  decimal: 'numeric',
  date: 'date',
  time: 'time',
  datetime: 'timestamp',
  timestamp: 'timestamptz',
  year: 'int2',
  json: 'jsonb',
  uuid: 'uuid',
  binary: 'bytea',
  varbinary: 'bytea',
  tinyblob: 'bytea',
  blob: 'bytea',
  mediumblob: 'bytea',
  longblob: 'bytea',
}
/** Unsigned numbers need the next type. */
const UNSIGNED: Readonly<Record<string, CanonicalType>> = { smallint: 'int4', int: 'int8', bigint: 'numeric' }

export function canonicalOf({ fullType, baseType, comment }: MariaColumn): CanonicalType {
  const mark = MARK.exec(comment)?.[1]
  if (mark) return mark.startsWith('numeric') ? 'numeric' : (mark as CanonicalType)
  if (/^tinyint\(1\)/.test(fullType)) return 'bool'
  if (baseType === 'bit') return bitsOf(fullType) === 1 ? 'bool' : bitsOf(fullType) < 64 ? 'int8' : 'numeric'
  return (fullType.includes('unsigned') ? UNSIGNED[baseType] : undefined) ?? BY_TYPE[baseType] ?? 'text'
}

/** The type as the catalogue binds it; a mark is part of it, so that a mark taken away is a change. */
export function shownType({ fullType, comment, charset }: MariaColumn): string {
  const mark = MARK.exec(comment)?.[1]
  return `${fullType}${charset && !/^utf8/.test(charset) ? ` ${charset}` : ''}${mark ? ` [${mark}]` : ''}`
}

export function plainComment(comment: string): string | null {
  return comment.replace(MARK, '') || null
}

function bitsOf(fullType: string): number {
  return Number(/\((\d+)\)/.exec(fullType)?.[1] ?? 1)
}

export function isLong({ baseType }: MariaColumn): boolean {
  return LONG.test(baseType) || SPATIAL.test(baseType)
}

/** The column as text of the granted type, as `frames.ts` encodes it. */
export function readSql(column: MariaColumn, type: CanonicalType, granted: { scales: boolean }): string {
  const name = identifier(column.column)
  const own = canonicalOf(column)
  if (type === 'bytea') return name
  if (own === 'bytea') return `concat('\\\\x', lower(hex(${name})))`
  if (column.baseType === 'bit') return `${name} + 0`
  if (SPATIAL.test(column.baseType)) return `st_astext(${name})`
  if (own === 'float4') return `cast(${name} as double)`
  if (type === 'text') return own === 'text' ? name : `cast(${name} as char)`
  if (type === 'timestamp' && own === 'date') return `cast(${name} as datetime)`
  const scale = MARK.exec(column.comment)?.[2]
  return own === 'numeric' && scale && granted.scales ? scaledSql(name, Number(scale)) : name
}

/** Cut to the decimals it came with, unless somebody has changed the number since. */
function scaledSql(name: string, position: number): string {
  const scale = `ord(substr(${SCALES}, ${position}, 1))`
  const shown = `cast(${name} as char)`
  return `if(${SCALES} is null or truncate(${name}, ${scale}) <> ${name}, ${name}, left(${shown}, char_length(${shown}) - ${NUMERIC_SCALE} + ${scale} - (${scale} = 0)))`
}

/** For comparing: numbers, days and moments as they are, text by code points. */
export function compareSql(column: MariaColumn, type: CanonicalType, dialect: Dialect): string {
  const name = identifier(column.column)
  if (type === 'text' || type === 'uuid') return exactly(`convert(${readSql(column, 'text', { scales: false })} using utf8mb4)`, dialect)
  if (column.baseType === 'bit' || type === 'bool') return `(${name} + 0)`
  if (type === 'timestamp' && column.baseType === 'date') return `cast(${name} as datetime)`
  return name
}

/** What a grant's field becomes in a table of the exchange's own. @param room characters of a text in the key */
function columnType({ type, key }: Pick<GrantField, 'type' | 'key'>, dialect: Dialect, room: number): string {
  switch (type) {
    case 'bool':
      return 'tinyint(1)'
    case 'int2':
      return 'smallint'
    case 'int4':
      return 'int'
    case 'int8':
      return 'bigint'
    case 'float4':
      return 'float'
    case 'float8':
      return 'double'
    case 'numeric':
      return `decimal(${NUMERIC_WHOLE + NUMERIC_SCALE},${NUMERIC_SCALE})`
    case 'text':
      return `${key ? `varchar(${room})` : 'longtext'} character set utf8mb4 collate ${dialect.binary}`
    case 'date':
      return 'date'
    case 'time':
      return 'time(6)'
    case 'timestamp':
    case 'timestamptz':
      return 'datetime(6)'
    case 'uuid':
      return 'char(36) character set ascii collate ascii_bin'
    case 'bytea':
      return key ? `varbinary(${room * CHARACTER_BYTES})` : 'longblob'
    case 'jsonb':
      return `longtext character set utf8mb4 collate ${dialect.binary}`
  }
}

type Field = Pick<GrantField, 'name' | 'type' | 'key' | 'nullable' | 'title'>

/** The columns of a load, as `create table` takes them, with titles and marks. @param comment makes a constant */
export function columnsSql(fields: readonly Field[], dialect: Dialect, invisible: boolean, comment: (text: string) => string): string[] {
  const room = keyRoom(fields)
  let numerics = 0
  const columns = fields.map((field) => {
    const mark = field.type === 'numeric' ? ` [numeric ${++numerics}]` : /^(timestamptz|uuid|jsonb)$/.test(field.type) ? ` [${field.type}]` : ''
    const name = identifier(field.name)
    const check = field.type === 'jsonb' ? ` check (json_valid(${name}))` : ''
    const title = [...field.title].slice(0, COMMENT_CHARACTERS).join('')
    return `${name} ${columnType(field, dialect, room)} ${field.nullable ? 'null' : 'not null'} comment ${comment(title + mark)}${check}`
  })
  if (numerics > 0) columns.push(`${SCALES} varbinary(${numerics}) null ${invisible ? 'invisible' : ''}`)
  return columns
}

/** How many characters each text of the key may have, so that the key fits. */
export function keyRoom(fields: readonly Pick<Field, 'type' | 'key'>[]): number {
  const keys = fields.filter(({ key }) => key)
  const open = keys.filter(({ type }) => type === 'text' || type === 'bytea').length
  return open === 0 ? 0 : Math.floor((KEY_BYTES - 36 * (keys.length - open)) / CHARACTER_BYTES / open)
}

export function numericFields(fields: readonly Pick<Field, 'type'>[]): number {
  return fields.filter(({ type }) => type === 'numeric').length
}
