/** SQL Server's types and canonical ones. Everything is asked for as text that the server makes without loss; the driver's own numbers and dates would round. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { Field, Fragment, InsertColumn, SqlColumn } from '../sql/dialect.ts'
import { heldText } from '../sql/held.ts'

const NAME_CHARACTERS = 128
/** Text compared by its units of 16 bits, letters as they are. Blanks at the end still do not count. */
export const BINARY = 'Latin1_General_100_BIN2'
const DECIMAL_DIGITS = 38
export const [NUMERIC_WHOLE, NUMERIC_SCALE] = [26, 12]

const BY_TYPE: Readonly<Record<string, CanonicalType>> = {
  bit: 'bool',
  tinyint: 'int2',
  smallint: 'int2',
  int: 'int4',
  bigint: 'int8',
  real: 'float4',
  float: 'float8',
  decimal: 'numeric',
  numeric: 'numeric',
  money: 'numeric',
  smallmoney: 'numeric',
  date: 'date',
  time: 'time',
  datetime: 'timestamp',
  datetime2: 'timestamp',
  smalldatetime: 'timestamp',
  datetimeoffset: 'timestamptz',
  uniqueidentifier: 'uuid',
  binary: 'bytea',
  varbinary: 'bytea',
  image: 'bytea',
  timestamp: 'bytea', // a version of the row, no time
  json: 'jsonb',
  char: 'text',
  varchar: 'text',
  nchar: 'text',
  nvarchar: 'text',
  text: 'text',
  ntext: 'text',
  xml: 'text',
  hierarchyid: 'text',
  geometry: 'text',
  geography: 'text',
}

/** Undefined for what has no text of its own: sql_variant and types that somebody has made in .NET. Such columns are not shown. */
export function canonicalOf(base: string): CanonicalType | undefined {
  return BY_TYPE[base]
}

export function identifier(name: string): string {
  if (name === '' || name.length > NAME_CHARACTERS || name.includes('\0')) throw new Error(`not a name SQL Server can hold: ${JSON.stringify(name)}`)
  return `[${name.replaceAll(']', ']]')}]`
}

export function isLong(base: string, maxLength: number): boolean {
  return maxLength < 0 || /^(text|ntext|image|xml|json|geometry|geography)$/.test(base)
}

/** A column as the encoder takes it. */
export function readSql({ column, base, scale }: SqlColumn, type: CanonicalType): string {
  const name = identifier(column)
  switch (base) {
    case 'bigint':
      return `convert(varchar(20), ${name})`
    case 'decimal':
    case 'numeric':
      return `convert(varchar(41), ${name})`
    case 'money':
    case 'smallmoney': // style 2: all four decimals, no commas
      return `convert(varchar(30), ${name}, 2)`
    case 'date':
      return type === 'timestamp' ? `convert(char(10), ${name}, 23) + ' 00:00:00'` : `convert(char(10), ${name}, 23)`
    case 'time':
      return microseconds(`convert(varchar(16), ${name}, 121)`, scale)
    case 'datetime2':
      return microseconds(`convert(varchar(27), ${name}, 121)`, scale)
    case 'datetime':
      return `convert(varchar(23), ${name}, 121)`
    case 'smalldatetime':
      return `convert(varchar(19), ${name}, 120)`
    case 'datetimeoffset':
      return `${microseconds(`convert(varchar(27), convert(datetime2(${scale ?? 7}), switchoffset(${name}, '+00:00')), 121)`, scale)} + '+00'`
    case 'uniqueidentifier':
      return `lower(convert(char(36), ${name}))`
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'timestamp':
      return `convert(varbinary(max), ${name})`
    default:
      return textSql({ column, base })
  }
}

function textSql({ column, base }: Pick<SqlColumn, 'column' | 'base'>): string {
  const name = identifier(column)
  switch (base) {
    case 'nvarchar':
      return name
    case 'char':
    case 'nchar': // filled with blanks that nobody has entered
      return `rtrim(convert(nvarchar(max), ${name}))`
    case 'hierarchyid':
      return `${name}.ToString()`
    case 'geometry':
    case 'geography':
      return `${name}.AsTextZM()`
    case 'varchar':
    case 'text':
    case 'ntext':
    case 'xml':
    case 'json':
      return `convert(nvarchar(max), ${name})`
    default:
      return name
  }
}

/** A tenth of a microsecond is cut off where it is nought; where it is not it stays, and the value is refused by its row. */
function microseconds(text: string, scale: number | null): string {
  return (scale ?? 7) < 7 ? text : `case when right(${text}, 1) = '0' then left(${text}, len(${text}) - 1) else ${text} end`
}

/** A column as it may be compared in order with the meaning of `evaluate`. Floats are not: the server reads their digits in its own way. */
export function comparandSql({ column, base }: SqlColumn, type: CanonicalType): string | undefined {
  const name = identifier(column)
  switch (base) {
    case 'bit':
      return type === 'bool' ? name : undefined
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'decimal':
    case 'numeric':
      return /^(int|numeric)/.test(type) ? name : undefined
    case 'money':
    case 'smallmoney':
      return type === 'numeric' ? `convert(decimal(19,4), ${name})` : undefined
    case 'date':
      return type === 'date' ? name : type === 'timestamp' ? `convert(datetime2(0), ${name})` : undefined
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
    case 'uniqueidentifier':
      return type === canonicalOf(base) ? name : undefined
    case 'datetime': // 1/300 s, which is shown, and carried, rounded to 1/1000
      return type === 'timestamp' ? `convert(datetime2(3), ${name})` : undefined
    case 'smalldatetime':
      return type === 'timestamp' ? `convert(datetime2(0), ${name})` : undefined
    default:
      return undefined
  }
}

/** A constant of a type. Undefined where a decimal would be rounded when it is compared with the column. */
export function constantSql(type: CanonicalType, text: string, column: SqlColumn): Fragment | undefined {
  const held = heldText(type, text)
  if (type !== 'numeric') return fromSql(type, held)
  const [whole = '', decimals = ''] = held.replace('-', '').split('.')
  if (!/^-?\d+(\.\d+)?$/.test(held)) return undefined
  const [precision, scale] = digitsOf(column)
  const left = Math.max(whole.replace(/^0+/, '').length, precision - scale, 1)
  const right = Math.max(decimals.length, scale)
  return left + right > DECIMAL_DIGITS ? undefined : { sql: `convert(decimal(${left + right},${right}), ?)`, values: [held] }
}

function digitsOf({ base, precision, scale }: SqlColumn): [number, number] {
  if (/money/.test(base)) return [19, 4]
  return /int$/.test(base) ? [19, 0] : [precision ?? DECIMAL_DIGITS, scale ?? 0]
}

function fromSql(type: CanonicalType, held: string): Fragment | undefined {
  const sql = conversion(type, '?')
  return sql === undefined || type === 'float4' || type === 'float8' ? undefined : { sql, values: [held] }
}

/** A type of a table of the exchange's own, from the text that `heldText` makes of a value; also a constant of it. */
function conversion(type: CanonicalType, from: string): string | undefined {
  switch (type) {
    case 'bool':
      return `convert(bit, ${from})`
    case 'int2':
    case 'int4':
    case 'int8':
      return `convert(bigint, ${from})`
    case 'numeric':
      return `convert(decimal(${NUMERIC_WHOLE + NUMERIC_SCALE},${NUMERIC_SCALE}), ${from})`
    case 'date':
      return `convert(date, ${from}, 23)`
    case 'time':
      return `convert(time(6), ${from}, 121)`
    case 'timestamp':
      return `convert(datetime2(6), ${from}, 121)`
    case 'timestamptz':
      return `convert(datetimeoffset(6), ${from}, 121)`
    case 'uuid':
      return `convert(uniqueidentifier, ${from})`
    default:
      return from
  }
}

export function insertedSql(type: InsertColumn['type'], from: string): string {
  return type === 'marks' ? from : (conversion(type, from) ?? from)
}

/** A value as the column's own type has it. */
export function boundSql({ base, dbType, type }: SqlColumn, text: string): Fragment {
  const held = heldText(type, text)
  switch (base) {
    case 'tinyint':
      return { sql: `convert(smallint, ?)`, values: [held] }
    case 'real':
    case 'float':
      return { sql: `convert(${base}, ?)`, values: [Number(text)] }
    case 'date':
      return { sql: `convert(date, ?, 23)`, values: [held] }
    case 'datetime': // three decimals, not one more
      return { sql: `convert(datetime, ?, 121)`, values: [held.slice(0, 23)] }
    case 'smalldatetime':
    case 'datetime2':
      return { sql: `convert(datetime2(7), ?, 121)`, values: [held] }
    case 'datetimeoffset':
      return { sql: `convert(datetimeoffset(7), ?, 121)`, values: [held] }
    case 'binary':
    case 'varbinary':
      return { sql: `convert(varbinary(max), ?, 2)`, values: [held.replace(/^\\x/, '')] }
    default:
      return { sql: `convert(${dbType.replace(/ \[\w+\]$/, '')}, ?)`, values: [held] }
  }
}

/** Whether a text column is exactly this: the server takes neither blanks at the end nor, by its collations, capitals for a difference. */
export function equalsSql(column: SqlColumn, text: string): Fragment | undefined {
  if (!isText(column)) return undefined
  const value = readSql(column, 'text')
  return { sql: `(${value} collate ${BINARY} = ? and datalength(${value}) = ?)`, values: [text, 2 * text.length] }
}

export function startsSql(column: SqlColumn, text: string): Fragment | undefined {
  if (!isText(column)) return undefined
  const value = `left(${readSql(column, 'text')} collate ${BINARY}, ${text.length})`
  return { sql: `(${value} = ? and datalength(${value}) = ?)`, values: [text, 2 * text.length] }
}

function isText({ base, type }: SqlColumn): boolean {
  return type === 'text' && /^(n?varchar|n?char|n?text)$/.test(base)
}

/** What a grant's field becomes in a table of the exchange's own. */
export function columnType({ type, key }: Pick<Field, 'type' | 'key'>, room: number): string {
  switch (type) {
    case 'bool':
      return 'bit'
    case 'int2':
      return 'smallint'
    case 'int4':
      return 'int'
    case 'int8':
      return 'bigint'
    case 'float4':
      return 'real'
    case 'float8':
      return 'float'
    case 'numeric':
      return `decimal(${NUMERIC_WHOLE + NUMERIC_SCALE},${NUMERIC_SCALE})`
    case 'text':
      return key ? `nvarchar(${room}) collate ${BINARY}` : 'nvarchar(max)'
    case 'date':
      return 'date'
    case 'time':
      return 'time(6)'
    case 'timestamp':
      return 'datetime2(6)'
    case 'timestamptz':
      return 'datetimeoffset(6)'
    case 'uuid':
      return 'uniqueidentifier'
    case 'bytea':
      return `varbinary(${key ? room : 'max'})`
    case 'jsonb':
      return 'nvarchar(max)'
    default:
      throw refusal('target_incompatible', `SQL Server has no type for ${String(type)}`)
  }
}
