/** Oracle's types and canonical ones. Numbers and moments are asked for as text that the server makes without loss and without any setting of the session's. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import type { Field, Fragment, InsertColumn, SqlColumn } from '../sql/dialect.ts'
import { heldText } from '../sql/held.ts'

const NAME_BYTES = 128
export const DIGITS = 38
const NUMBERS = `'nls_numeric_characters=''.,'''`
const DAY = 'YYYY-MM-DD'
const SECOND = 'YYYY-MM-DD HH24:MI:SS'
/** Behind a day before the common era; the format shows its year without a sign. */
const ERA = (name: string) => `case when ${name} < date '0001-01-01' then ' BC' end`

const BY_TYPE: Readonly<Record<string, CanonicalType>> = {
  varchar2: 'text',
  nvarchar2: 'text',
  char: 'text',
  nchar: 'text',
  clob: 'text',
  nclob: 'text',
  float: 'numeric',
  binary_float: 'float4',
  binary_double: 'float8',
  date: 'timestamp', // it has hours, minutes and seconds
  timestamp: 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'timestamp with local time zone': 'timestamptz',
  'interval year to month': 'text',
  'interval day to second': 'text',
  raw: 'bytea',
  blob: 'bytea',
  rowid: 'text',
  xmltype: 'text',
  json: 'jsonb',
  boolean: 'bool',
}

/** `timestamp(6) with time zone` is `timestamp with time zone`. */
export function baseOf(dataType: string): string {
  return dataType.toLowerCase().replace(/\(\d+\)/g, '')
}

/** Undefined for what has no text of its own, or cannot be asked for its length: LONG, BFILE, objects, vectors. Such columns are not shown. */
export function canonicalOf(base: string, precision: number | null, scale: number | null): CanonicalType | undefined {
  if (base !== 'number') return BY_TYPE[base]
  if (scale !== 0 || precision === null) return 'numeric'
  return precision <= 4 ? 'int2' : precision <= 9 ? 'int4' : precision <= 18 ? 'int8' : 'numeric'
}

export function identifier(name: string): string {
  if (name === '' || Buffer.byteLength(name) > NAME_BYTES || /["\0]/.test(name)) throw new Error(`not a name Oracle can hold: ${JSON.stringify(name)}`)
  return `"${name}"`
}

export function isLong(base: string): boolean {
  return /^(clob|nclob|blob|xmltype|json)$/.test(base)
}

/** @param ascii the database calls itself US7ASCII: what else its texts hold nobody has converted, so they are read as bytes and refused where they are no UTF-8 */
export function readSql({ column, base, scale, type: own }: SqlColumn, type: CanonicalType, ascii: boolean): string {
  const name = identifier(column)
  switch (base) {
    case 'number':
    case 'float':
      return `to_char(${name}, 'TM9', ${NUMBERS})`
    case 'date': {
      const text = `to_char(${name}, '${SECOND}')`
      return own === 'date' && type !== 'timestamp' ? `replace(${text}, ' 00:00:00') || ${ERA(name)}` : `${text} || ${ERA(name)}`
    }
    case 'timestamp':
      return `${moment(name, scale)} || ${ERA(name)}`
    case 'timestamp with time zone':
    case 'timestamp with local time zone':
      return `${moment(`sys_extract_utc(${name})`, scale)} || nvl2(${name}, '+00', null) || ${ERA(`sys_extract_utc(${name})`)}`
    case 'interval year to month':
    case 'interval day to second':
      return `to_char(${name})`
    case 'varchar2':
      return ascii ? `utl_raw.cast_to_raw(${name})` : name
    case 'char': // filled with blanks that nobody has entered
      return ascii ? `utl_raw.cast_to_raw(rtrim(${name}))` : `rtrim(${name})`
    case 'nchar':
      return `rtrim(${name})`
    case 'rowid':
      return `rowidtochar(${name})`
    case 'xmltype':
      return `xmlserialize(content ${name} as clob)`
    case 'json':
      return `json_serialize(${name} returning clob)`
    case 'boolean':
      return `case when ${name} then '1' when not ${name} then '0' end`
    default:
      return name
  }
}

/** With as many decimals as the type has; more than six are shown without zeros at their end, and refused by row where there are more still. */
function moment(name: string, scale: number | null): string {
  const decimals = scale ?? 6
  return decimals <= 6 ? `to_char(${name}, '${SECOND}.FF6')` : `rtrim(rtrim(to_char(${name}, '${SECOND}.FF9'), '0'), '.')`
}

export function bytesSql({ column, base }: SqlColumn): string {
  const name = identifier(column)
  if (base === 'xmltype') return `dbms_lob.getlength(xmlserialize(content ${name} as clob))`
  return base === 'json' ? `dbms_lob.getlength(json_serialize(${name} returning clob))` : `dbms_lob.getlength(${name})`
}

/** A column as it may be compared in order with the meaning of `evaluate`. */
export function comparandSql({ column, base, type: own }: SqlColumn, type: CanonicalType): string | undefined {
  const name = identifier(column)
  switch (base) {
    case 'number':
    case 'float':
      return /^(bool|int|numeric)/.test(type) ? name : undefined
    case 'date':
      return type === 'timestamp' || (type === 'date' && own === 'date') ? name : undefined
    case 'timestamp':
      return type === 'timestamp' ? name : undefined
    case 'timestamp with time zone':
    case 'timestamp with local time zone':
      return type === 'timestamptz' ? name : undefined
    default:
      return undefined
  }
}

/** A constant of a type; undefined for numbers that NUMBER would round and for days before the year 1. */
export function constantSql(type: CanonicalType, text: string): Fragment | undefined {
  const held = heldText(type, text)
  switch (type) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'int8':
      return { sql: 'to_number(?)', values: [held] }
    case 'numeric': {
      const digits = held.replace(/[-.]/g, '').replace(/^0+/, '')
      return /^-?\d+(\.\d+)?$/.test(held) && digits.length <= DIGITS ? { sql: 'to_number(?)', values: [held] } : undefined
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
    case 'numeric':
      return `to_number(${from})`
    case 'date':
      return `to_date(${from}, '${DAY}')`
    case 'timestamp':
      return `to_timestamp(${from}, '${SECOND}.FF6')`
    case 'timestamptz':
      return `to_timestamp_tz(${from}, '${SECOND}.FF6 TZH:TZM')`
    default:
      return from
  }
}

/** A value as the column's own type has it; texts are bound as national ones, which can hold any, and come into the column's character set here. */
export function boundSql({ base, dbType, type }: SqlColumn, text: string): Fragment {
  const held = heldText(type, text)
  switch (base) {
    case 'number':
    case 'float':
      return { sql: 'to_number(?)', values: [held] }
    case 'binary_float':
    case 'binary_double':
      return { sql: `to_${base}(?)`, values: [text] }
    case 'date':
      return { sql: `to_date(?, '${SECOND}')`, values: [`${held} 00:00:00`.slice(0, 19)] }
    case 'timestamp':
    case 'timestamp with time zone':
    case 'timestamp with local time zone':
      return { sql: fromSql(type, '?'), values: [held] }
    case 'char': // as long as the column: its blanks count when it is compared
    case 'nchar':
      return { sql: `cast(? as ${dbType.replace(/ \[\w+\]$/, '')})`, values: [held] }
    case 'raw':
      return { sql: 'hextoraw(?)', values: [held.replace(/^\\x/, '')] }
    case 'varchar2':
      return { sql: 'to_char(?)', values: [held] }
    case 'rowid':
      return { sql: 'chartorowid(to_char(?))', values: [held] }
    default:
      return { sql: '?', values: [held] }
  }
}

function isText({ base, type }: SqlColumn): boolean {
  return type === 'text' && /^n?(varchar2|char)$/.test(base)
}

/** A text of no length is null here, and nothing equals null: for a row with a text the answer is no, for one without it is unknown, as everywhere. */
export function equalsSql(column: SqlColumn, text: string, ascii: boolean): Fragment | undefined {
  if (!isText(column) || ascii) return undefined
  const value = readSql(column, 'text', false)
  return text === '' ? { sql: `(${value} <> ${value})`, values: [] } : { sql: `(${value} = ?)`, values: [text] }
}

export function startsSql(column: SqlColumn, text: string, ascii: boolean): Fragment | undefined {
  return isText(column) && !ascii && text !== '' ? { sql: `(instr(${readSql(column, 'text', false)}, ?) = 1)`, values: [text] } : undefined
}

/** What a grant's field becomes in a table of the exchange's own. @param national where the database's own character set is not all of Unicode */
export function columnType({ type, key }: Pick<Field, 'type' | 'key'>, room: number, national: boolean): string {
  switch (type) {
    case 'bool':
      return 'number(1)'
    case 'int2':
      return 'number(5)'
    case 'int4':
      return 'number(10)'
    case 'int8':
      return 'number(19)'
    case 'float4':
      return 'binary_float'
    case 'float8':
      return 'binary_double'
    case 'numeric':
      return 'number'
    case 'text':
      return key ? (national ? `nvarchar2(${room})` : `varchar2(${room} char)`) : national ? 'nclob' : 'clob'
    case 'jsonb':
      return national ? 'nclob' : 'clob'
    case 'date':
      return 'date'
    case 'time':
      return 'varchar2(15)'
    case 'timestamp':
      return 'timestamp(6)'
    case 'timestamptz':
      return 'timestamp(6) with time zone'
    case 'uuid':
      return 'varchar2(36)'
    case 'bytea':
      return key ? `raw(${room})` : 'blob'
  }
}
