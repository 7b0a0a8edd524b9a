/** What a database of Oracle, or one that tells of itself as Oracle does, holds for the catalogue to bind to. */
import type { SourceColumn } from '../../source/schema.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { Row, SqlColumn, SqlSession, SqlTable } from '../sql/dialect.ts'
import { OWN } from '../sql/ledger.ts'
import { MARKS, markOf, withoutMark } from '../sql/marks.ts'

/** Schemas that come with the database. */
const SYSTEM = `('SYS','SYSTEM','XDB','MDSYS','CTXSYS','ORDSYS','ORDDATA','OLAPSYS','WMSYS','OUTLN','DBSNMP','APPQOSSYS','AUDSYS','GSMADMIN_INTERNAL','LBACSYS','DVSYS','OJVMSYS',
  'SYSMAN','EXFSYS','SYSAUDITOR','SYSSSO','SYSDBA_HIS','SYSJOB','GGSYS','DBSFWUSER','REMOTE_SCHEDULER_AGENT','GSMCATUSER','SYSRAC')`
const BLOCK_BYTES = 8192

/** Names are compared in the dictionary's own character set, so that its indexes serve. */
function named(owner: string, table: string): string {
  return `${owner} not in ${SYSTEM} and (to_char(?) is null or (${owner} = to_char(?) and ${table} = to_char(?)))`
}

const TABLES = `
  select t.owner, t.table_name, 'table', c.comments, t.num_rows, t.blocks from all_tables t
  left join all_tab_comments c on c.owner = t.owner and c.table_name = t.table_name where ${named('t.owner', 't.table_name')}
  union all
  select v.owner, v.view_name, 'view', c.comments, null, null from all_views v
  left join all_tab_comments c on c.owner = v.owner and c.table_name = v.view_name where ${named('v.owner', 'v.view_name')}
  order by 1, 2`
const KEYS = `
  select c.owner, c.table_name, c.constraint_name, k.column_name, case when c.constraint_type = 'P' then 1 else 2 end, k.position from all_constraints c
  join all_cons_columns k on k.owner = c.owner and k.constraint_name = c.constraint_name and k.table_name = c.table_name
  where c.constraint_type in ('P', 'U') and c.status = 'ENABLED' and ${named('c.owner', 'c.table_name')}
  union all
  select i.table_owner, i.table_name, i.index_name, k.column_name, 3, k.column_position from all_indexes i
  join all_ind_columns k on k.index_owner = i.owner and k.index_name = i.index_name and k.table_name = i.table_name
  where i.uniqueness = 'UNIQUE' and i.index_type = 'NORMAL' and ${named('i.table_owner', 'i.table_name')}
  order by 1, 2, 5, 3, 6`

/** What one database's dictionary and types are to another's. */
export type Catalogue = {
  /** `all_tab_cols` with hidden ones, or `all_tab_columns` */
  columns: string
  /** A column from its row of the dictionary; undefined for a type that has no text of its own. */
  column(row: { name: string; dataType: string; length: number; characters: boolean; precision: number | null; scale: number | null }): Typed | undefined
}
export type Typed = Pick<SqlColumn, 'base' | 'dbType' | 'precision' | 'scale' | 'long'> & { natural: SqlColumn['type'] }

const at = ([schema, table]: Row) => JSON.stringify([schema, table])

/** All tables and views the login may read, or one. */
export async function readTables(session: SqlSession, catalogue: Catalogue, only?: TargetName): Promise<SqlTable[]> {
  const values = only ? [only.table, only.schema, only.table] : [null, null, null]
  const tables = await session.query(TABLES, [...values, ...values])
  const columns = Map.groupBy(await session.query(columnsSql(catalogue), values), at)
  const keys = Map.groupBy(await session.query(KEYS, [...values, ...values]), at)
  const views = new Set(tables.filter(([, , kind]) => kind === 'view').map(at))
  return tables
    .filter((table) => !String(table[1]).startsWith(OWN) && !String(table[1]).startsWith('BIN$') && (table[2] === 'view' || !views.has(at(table))))
    .map((table) => tableOf(table, columns.get(at(table)) ?? [], keys.get(at(table)) ?? [], catalogue))
    .filter((table) => table.columns.length > 0)
}

function columnsSql({ columns }: Catalogue): string {
  const hidden = columns === 'all_tab_cols' ? `and (c.hidden_column = 'NO' or c.column_name = '${MARKS.toUpperCase()}')` : ''
  return `
  select c.owner, c.table_name, c.column_name, c.data_type, c.data_length, c.data_precision, c.data_scale, c.nullable, m.comments, c.char_used, c.char_length from ${columns} c
  left join all_col_comments m on m.owner = c.owner and m.table_name = c.table_name and m.column_name = c.column_name
  where ${named('c.owner', 'c.table_name')} ${hidden} order by c.owner, c.table_name, c.column_id nulls last`
}

function tableOf([schema, table, kind, comment, rows, blocks]: Row, columns: readonly Row[], keys: readonly Row[], catalogue: Catalogue): SqlTable {
  const own = columns.flatMap((column) => columnOf(column, catalogue) ?? []).filter(({ column }) => column !== MARKS.toUpperCase())
  const keyColumns = firstKey(keys, own)
  return {
    ...{ schema: String(schema), table: String(table), keyColumns, own },
    kind: kind === 'view' ? 'view' : 'table',
    comment: comment ? String(comment) : null,
    estimatedRows: Number(rows ?? 0),
    bytes: Number(blocks ?? 0) * BLOCK_BYTES,
    columns: own.map((column) => shown(column, keyColumns)),
    marked: columns.some(([, , name]) => name === MARKS.toUpperCase()),
  }
}

/** Of keys in the order of their worth, the first whose columns may not be null. */
function firstKey(keys: readonly Row[], own: readonly SqlColumn[]): string[] {
  for (const parts of Map.groupBy(keys, ([, , name, , worth]) => `${String(worth)} ${String(name)}`).values()) {
    const columns = parts.map(([, , , column]) => String(column))
    if (columns.every((name) => own.some(({ column, nullable }) => column === name && !nullable))) return columns
  }
  return []
}

function columnOf(row: Row, catalogue: Catalogue): SqlColumn | undefined {
  const [, , column, dataType, length, precision, scale, nullable, comment, used, characters] = row
  const number = (value: Row[number]) => (value === null || value === undefined ? null : Number(value))
  const typed = catalogue.column({
    name: String(column),
    dataType: String(dataType),
    length: used === 'C' ? Number(characters) : Number(length),
    characters: used === 'C',
    precision: number(precision),
    scale: number(scale),
  })
  if (!typed) return undefined
  const words = comment ? String(comment) : null
  const mark = markOf(words)
  const { natural, dbType, ...rest } = typed
  return {
    ...rest,
    column: String(column),
    dbType: `${dbType}${mark && mark !== natural ? ` [${mark}]` : ''}`,
    type: mark ?? natural,
    nullable: nullable !== 'N',
    comment: words,
  }
}

function shown({ column, dbType, type, nullable, comment }: SqlColumn, keyColumns: readonly string[]): SourceColumn {
  return { column, dbType, type, nullable, key: keyColumns.includes(column), comment: withoutMark(comment) }
}
