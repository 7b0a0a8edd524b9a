/** What a database of SQL Server holds, for the catalogue to bind to, as its system views tell it. */
import type { SourceColumn } from '../../source/schema.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { SqlColumn, SqlSession, SqlTable } from '../sql/dialect.ts'
import { OWN } from '../sql/ledger.ts'
import { MARKS, markOf, withoutMark } from '../sql/marks.ts'
import { canonicalOf, isLong } from './types.ts'

/** The same three conditions in each statement: a user's tables and views, of one name where one is given. */
const NAMED = `o.type in ('U', 'V') and o.is_ms_shipped = 0 and (? is null or (s.name = ? and o.name = ?))`
const TABLES = `
  select s.name, o.name, rtrim(o.type), convert(nvarchar(4000), e.value),
         convert(varchar(20), (select sum(p.rows) from sys.partitions p where p.object_id = o.object_id and p.index_id in (0, 1))),
         convert(varchar(20), (select sum(a.total_pages) * 8192 from sys.partitions p join sys.allocation_units a
                               on a.container_id = case when a.type = 2 then p.partition_id else p.hobt_id end where p.object_id = o.object_id))
  from sys.objects o join sys.schemas s on s.schema_id = o.schema_id
  left join sys.extended_properties e on e.class = 1 and e.major_id = o.object_id and e.minor_id = 0 and e.name = N'MS_Description'
  where ${NAMED} order by s.name, o.name`
const COLUMNS = `
  select s.name, o.name, c.name, case when u.is_assembly_type = 1 then u.name else b.name end, c.max_length, c.precision, c.scale, c.is_nullable, convert(nvarchar(4000), e.value)
  from sys.columns c join sys.objects o on o.object_id = c.object_id join sys.schemas s on s.schema_id = o.schema_id
  join sys.types u on u.user_type_id = c.user_type_id left join sys.types b on b.user_type_id = c.system_type_id
  left join sys.extended_properties e on e.class = 1 and e.major_id = o.object_id and e.minor_id = c.column_id and e.name = N'MS_Description'
  where ${NAMED} and has_perms_by_name(quotename(s.name) + N'.' + quotename(o.name), N'OBJECT', N'SELECT', quotename(c.name), N'COLUMN') = 1
  order by s.name, o.name, c.column_id`
/** Unique indexes over columns that may not be null, the primary key first. */
const KEYS = `
  select s.name, o.name, i.name, c.name
  from sys.indexes i join sys.index_columns k on k.object_id = i.object_id and k.index_id = i.index_id and k.key_ordinal > 0
  join sys.columns c on c.object_id = k.object_id and c.column_id = k.column_id
  join sys.objects o on o.object_id = i.object_id join sys.schemas s on s.schema_id = o.schema_id
  where ${NAMED} and i.is_unique = 1 and i.has_filter = 0 and i.is_disabled = 0
    and not exists (select 1 from sys.index_columns n join sys.columns m on m.object_id = n.object_id and m.column_id = n.column_id
                    where n.object_id = i.object_id and n.index_id = i.index_id and n.key_ordinal > 0 and m.is_nullable = 1)
  order by s.name, o.name, i.is_primary_key desc, i.index_id, k.key_ordinal`

type Raw = readonly unknown[]
const at = ([schema, table]: Raw) => JSON.stringify([schema, table])

/** All tables and views the login may read a column of, or one. */
export async function readTables(session: SqlSession, only?: TargetName): Promise<SqlTable[]> {
  const values = only ? [only.table, only.schema, only.table] : [null, null, null]
  const tables = await session.query(TABLES, values)
  const columns = Map.groupBy(await session.query(COLUMNS, values), at)
  const keys = Map.groupBy(await session.query(KEYS, values), at)
  return tables
    .filter(([, name]) => !String(name).startsWith(OWN))
    .map((table) => tableOf(table, columns.get(at(table)) ?? [], keys.get(at(table)) ?? []))
    .filter((table) => table.columns.length > 0)
}

function tableOf([schema, table, kind, comment, rows, bytes]: Raw, columns: readonly Raw[], keys: readonly Raw[]): SqlTable {
  const keyColumns = keys.filter(([, , index]) => index === keys[0]![2]).map(([, , , column]) => String(column))
  const own = columns.flatMap((column) => columnOf(column) ?? []).filter(({ column }) => column !== MARKS)
  return {
    ...{ schema: String(schema), table: String(table), keyColumns, own },
    kind: kind === 'V' ? 'view' : 'table',
    comment: comment ? String(comment) : null,
    estimatedRows: Number(rows ?? 0),
    bytes: Number(bytes ?? 0),
    columns: own.map((column) => shown(column, keyColumns)),
    marked: columns.some(([, , name]) => name === MARKS),
  }
}

/** Undefined for a column of a type that has no text of its own. */
function columnOf([, , column, base, maxLength, precision, scale, nullable, comment]: Raw): SqlColumn | undefined {
  const words = comment ? String(comment) : null
  const name = String(base)
  const natural = canonicalOf(name)
  const mark = markOf(words)
  if (!natural) return undefined
  const length = Number(maxLength)
  return {
    column: String(column),
    dbType: `${typeName(name, length, Number(precision), Number(scale))}${mark && mark !== natural ? ` [${mark}]` : ''}`,
    base: name,
    precision: Number(precision),
    scale: Number(scale),
    type: mark ?? natural,
    nullable: nullable === true || Number(nullable) === 1,
    comment: words,
    long: isLong(name, length),
  }
}

/** `nvarchar(40)`, `decimal(20,2)`, `datetime2(7)`. */
function typeName(base: string, maxLength: number, precision: number, scale: number): string {
  if (/^(n?varchar|n?char|varbinary|binary)$/.test(base)) return `${base}(${maxLength < 0 ? 'max' : base.startsWith('n') ? maxLength / 2 : maxLength})`
  if (base === 'decimal' || base === 'numeric') return `${base}(${precision},${scale})`
  return /^(time|datetime2|datetimeoffset)$/.test(base) ? `${base}(${scale})` : base
}

function shown({ column, dbType, type, nullable, comment }: SqlColumn, keyColumns: readonly string[]): SourceColumn {
  return { column, dbType, type, nullable, key: keyColumns.includes(column), comment: withoutMark(comment) }
}
