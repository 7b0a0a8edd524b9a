/** 达梦's types and canonical ones. Numbers and moments are asked for as text that the server makes. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import type { Field, Fragment, InsertColumn, SqlColumn } from '../sql/dialect.ts'
import { heldText } from '../sql/held.ts'

const NAME_BYTES = 128
export const DIGITS = 38
const SECOND = 'YYYY-MM-DD HH24:MI:SS'

const BY_TYPE: Readonly<Record<string, CanonicalType>> = {
  bit: 'bool',
  byte: 'int2',
  tinyint: 'int2',
  smallint: 'int2',
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  real: 'float4',
  float: 'float8',
  double: 'float8',
  'double precision': 'float8',
  char: 'text',
  character: 'text',
  varchar: 'text',
  varchar2: 'text',
  text: 'text',
  longvarchar: 'text',
  clob: 'text',
  binary: 'bytea',
  varbinary: 'bytea',
  raw: 'bytea',
  blob: 'bytea',
  image: 'bytea',
  longvarbinary: 'bytea',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  datetime: 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'datetime with time zone': 'timestamptz',
  'timestamp with local time zone': 'timestamptz',
}
const NUMBER = /^(number|numeric|decimal|dec)$/

/** Undefined for what has no text of its own. Such columns are not shown. */
export function canonicalOf(base: string, precision: number | null, scale: number | null): CanonicalType | undefined {
  if (!NUMBER.test(base)) return BY_TYPE[base]
  if (scale !== 0 || !precision) return 'numeric'
  return precision <= 4 ? 'int2' : precision <= 9 ? 'int4' : precision <= 18 ? 'int8' : 'numeric'
}

export function identifier(name: string): string {
  if (name === '' || Buffer.byteLength(name) > NAME_BYTES || name.includes('\0')) throw new Error(`not a name 达梦 can hold: ${JSON.stringify(name)}`)
  return `"${name.replaceAll('"', '""')}"`
}

export function isLong(base: string): boolean {
  return /^(text|longvarchar|clob|blob|image|longvarbinary)$/.test(base)
}

export function readSql({ column, base, scale }: SqlColumn, type: CanonicalType): string {
  const name = identifier(column)
  if (NUMBER.test(base)) return `cast(${name} as varchar(64))`
  switch (base) {
    case 'bit':
    case 'byte':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'integer':
    case 'bigint':
      return `cast(${name} as varchar(32))`
    case 'date': // in some settings a day has hours: they are shown where there are any, and refused where a day is granted
      return type === 'timestamp' ? `to_char(${name}, '${SECOND}')` : `replace(to_char(${name}, '${SECOND}'), ' 00:00:00', '')`
    case 'time':
      return moment(name, 'HH24:MI:SS', scale)
    case 'timestamp':
    case 'datetime':
      return moment(name, SECOND, scale)
    case 'timestamp with time zone':
    case 'datetime with time zone':
    case 'timestamp with local time zone': {
      const utc = moment(`sys_extract_utc(${name})`, SECOND, scale)
      return `case when ${name} is not null then ${utc} || '+00' end`
    }
    case 'char':
    case 'character': // filled with blanks that nobody has entered
      return `rtrim(${name})`
    default:
      return name
  }
}

function moment(name: string, format: string, scale: number | null): string {
  return (scale ?? 6) <= 6 ? `to_char(${name}, '${format}.FF6')` : `rtrim(rtrim(to_char(${name}, '${format}.FF9'), '0'), '.')`
}

export function comparandSql({ column, base, type: own }: SqlColumn, type: CanonicalType): string | undefined {
  const name = identifier(column)
  if (NUMBER.test(base) || /^(bit|byte|tinyint|smallint|int|integer|bigint)$/.test(base)) return /^(bool|int|numeric)/.test(type) ? name : undefined
  return (base === 'timestamp' || base === 'datetime' || base === 'date' || / with (local )?time zone$/.test(base)) && type === own ? name : undefined
}

export function constantSql(type: CanonicalType, text: string): Fragment | undefined {
  const held = heldText(type, text)
  switch (type) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'int8':
      return { sql: fromSql(type, '?'), values: [held] }
    case 'numeric': {
      const digits = held.replace(/[-.]/g, '').replace(/^0+/, '')
      return /^-?\d+(\.\d+)?$/.test(held) && digits.length <= DIGITS ? { sql: fromSql(type, '?'), values: [held] } : undefined
    }
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return /^\d{4}-/.test(held) ? { sql: fromSql(type, '?'), values: [held] } : undefined
    default:
      return undefined
  }
}

/** A type of a table of the exchange's own, from the text that `heldText` makes of a value. */
export function fromSql(type: InsertColumn['type'], from: string): string {
  switch (type) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'int8':
      return `cast(${from} as bigint)`
    case 'numeric':
      return `to_number(${from})`
    case 'date':
      return `to_date(${from}, 'YYYY-MM-DD')`
    case 'timestamp':
      return `to_timestamp(${from}, '${SECOND}.FF6')`
    case 'timestamptz':
      return `to_timestamp_tz(${from}, '${SECOND}.FF6 TZH:TZM')`
    default:
      return from
  }
}

export function boundSql({ base, dbType, type }: SqlColumn, text: string): Fragment {
  const held = heldText(type, text)
  if (NUMBER.test(base)) return { sql: fromSql('numeric', '?'), values: [held] }
  switch (base) {
    case 'bit':
    case 'byte':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'integer':
    case 'bigint':
      return { sql: fromSql('int8', '?'), values: [held] }
    case 'real':
    case 'float':
    case 'double':
    case 'double precision':
      return { sql: '?', values: [Number(text)] }
    case 'date':
      return { sql: `to_date(?, 'YYYY-MM-DD')`, values: [held.slice(0, 10)] }
    case 'timestamp':
    case 'datetime':
      return { sql: fromSql('timestamp', '?'), values: [held] }
    case 'char':
    case 'character': // as long as the column: where blanks count, its own do too
      return { sql: `cast(? as ${dbType.replace(/ \[\w+\]$/, '')})`, values: [held] }
    case 'binary':
    case 'varbinary':
    case 'raw':
      return { sql: 'hextoraw(?)', values: [held.replace(/^\\x/, '')] }
    default:
      return { sql: / with (local )?time zone$/.test(base) ? fromSql('timestamptz', '?') : '?', values: [held] }
  }
}

/** How this database compares texts, which is set when it is made. */
export type Comparing = { exact: boolean; emptyIsNull: boolean }

function isText({ base, type }: SqlColumn): boolean {
  return type === 'text' && /^(char|character|varchar|varchar2)$/.test(base)
}

export function equalsSql(column: SqlColumn, text: string, { exact, emptyIsNull }: Comparing): Fragment | undefined {
  if (!isText(column) || !exact) return undefined
  const value = readSql(column, 'text')
  return text === '' && emptyIsNull ? { sql: `(${value} <> ${value})`, values: [] } : { sql: `(${value} = ?)`, values: [text] }
}

export function startsSql(column: SqlColumn, text: string, { exact }: Comparing): Fragment | undefined {
  return isText(column) && exact && text !== '' ? { sql: `(instr(${readSql(column, 'text')}, ?) = 1)`, values: [text] } : undefined
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
      return 'double'
    case 'numeric':
      return 'number'
    case 'text':
      return key ? `varchar(${room})` : 'clob'
    case 'jsonb':
      return 'clob'
    case 'date':
      return 'date'
    case 'time':
      return 'varchar(15)'
    case 'timestamp':
      return 'timestamp(6)'
    case 'timestamptz':
      return 'timestamp(6) with time zone'
    case 'uuid':
      return 'varchar(36)'
    case 'bytea':
      return key ? `varbinary(${room})` : 'blob'
  }
}
