/** What a database holds, for the catalogue to bind to, as information_schema tells it. */
import type { SourceColumn, SourceTable } from '../../source/schema.ts'
import type { Product, Session } from './session.ts'
import type { Dialect } from './sql.ts'
import { canonicalOf, type MariaColumn, plainComment, SCALES, shownType } from './types.ts'

const SYSTEM = `('information_schema', 'performance_schema', 'mysql', 'sys')`
/** The exchange's own tables in a target. */
export const OWN = 'zhenghe_exchange_'
export const OLDEST = { mariadb: 100_600, mysql: 80_017 } as const
const HIDDEN_COLUMNS = { mariadb: 100_600, mysql: 80_023 } as const

export type MariaTable = SourceTable & {
  /** all columns the login may read, in their order */
  own: readonly MariaColumn[]
  /** of the primary key, or else of the first unique index without nulls, in the order of the index */
  keyColumns: readonly string[]
  keyName: string | undefined
}

type TableRow = { schema: string; table: string; kind: string; comment: string; rows: number | string | null; bytes: number | string | null }
type KeyRow = { schema: string; table: string; key: string; column: string }
type ColumnRow = Omit<MariaColumn, 'nullable' | 'hidden'> & { schema: string; nullable: string; extra: string }

export function dialectOf({ mariadb }: Product): Dialect {
  return { binary: mariadb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin' }
}

/** Whether `select *` can be kept from seeing a column. */
export function hides({ mariadb, version }: Product): boolean {
  return version >= (mariadb ? HIDDEN_COLUMNS.mariadb : HIDDEN_COLUMNS.mysql)
}

/** All tables and views the login may read a column of; of one database, or one table of it, where they are named. */
export async function readTables(session: Session, only?: { schema: string; table: string }): Promise<MariaTable[]> {
  if (!session.product.mariadb) await session.query('set session information_schema_stats_expiry = 0')
  const where = (alias: string) =>
    only
      ? `${alias}.table_schema = ? and ${alias}.table_name = ?`
      : `${alias}.table_schema not in ${SYSTEM} and ${alias}.table_name not like 'zhenghe\\_exchange\\_%'`
  const values = only ? [only.schema, only.table] : []
  const tables = await session.query<TableRow>(
    `select t.table_schema as \`schema\`, t.table_name as \`table\`, t.table_type as kind, t.table_comment as comment, t.table_rows as \`rows\`,
            t.data_length + t.index_length as bytes from information_schema.tables t where ${where('t')} order by 1, 2`,
    values,
  )
  const columns = await session.query<ColumnRow>(
    `select c.table_schema as \`schema\`, c.table_name as \`table\`, c.column_name as \`column\`, c.column_type as fullType, c.data_type as baseType,
            c.character_set_name as charset, c.collation_name as collation, c.column_comment as comment, c.is_nullable as nullable, c.extra
     from information_schema.columns c where ${where('c')} order by c.table_schema, c.table_name, c.ordinal_position`,
    values,
  )
  const keys = await session.query<KeyRow>(
    `select s.table_schema as \`schema\`, s.table_name as \`table\`, s.index_name as \`key\`, s.column_name as \`column\` from information_schema.statistics s
     where s.non_unique = 0 and ${where('s')}
       and not exists (select 1 from information_schema.statistics n where n.table_schema = s.table_schema and n.table_name = s.table_name
                       and n.index_name = s.index_name and (n.nullable = 'YES' or n.sub_part is not null or n.column_name is null))
     order by s.table_schema, s.table_name, s.index_name <> 'PRIMARY', s.index_name, s.seq_in_index`,
    values,
  )
  const json = session.product.mariadb ? await jsonColumns(session) : new Set<string>()
  const at = ({ schema, table }: { schema: string; table: string }) => JSON.stringify([schema, table])
  for (const column of columns)
    if (json.has(JSON.stringify([column.schema, column.table, column.column]))) Object.assign(column, { baseType: 'json', fullType: 'json' })
  const columnsOf = Map.groupBy(columns, at)
  const keysOf = Map.groupBy(keys, at)
  return tables.map((table) => tableOf(table, columnsOf.get(at(table)) ?? [], keysOf.get(at(table)) ?? [])).filter(({ columns: shown }) => shown.length > 0)
}

/** MariaDB keeps JSON as text under a constraint of the column's name. */
async function jsonColumns(session: Session): Promise<Set<string>> {
  const rows = await session.query<{ schema: string; table: string; clause: string }>(
    `select constraint_schema as \`schema\`, table_name as \`table\`, check_clause as clause from information_schema.check_constraints where check_clause like 'json_valid(%'`,
  )
  return new Set(
    rows.flatMap(({ schema, table, clause }) => {
      const [, column] = /^json_valid\(`(.+)`\)$/.exec(clause) ?? []
      return column === undefined ? [] : [JSON.stringify([schema, table, column.replaceAll('``', '`')])]
    }),
  )
}

function tableOf({ schema, table, kind, comment, rows, bytes }: TableRow, columns: readonly ColumnRow[], keys: readonly KeyRow[]): MariaTable {
  const keyColumns = keys.filter(({ key }) => key === keys[0]!.key).map(({ column }) => column)
  const own = columns.map(({ nullable, extra, ...column }) => ({ ...column, nullable: nullable === 'YES', hidden: /invisible/i.test(extra) }))
  const view = kind.includes('VIEW')
  return {
    ...{ schema, table, keyColumns, own, keyName: keys[0]?.key },
    kind: view ? 'view' : 'table',
    comment: view ? null : comment || null,
    estimatedRows: Number(rows ?? 0),
    bytes: Number(bytes ?? 0),
    columns: own.filter(({ column }) => column !== SCALES).map((column) => shown(column, keyColumns)),
  }
}

function shown(column: MariaColumn, keyColumns: readonly string[]): SourceColumn {
  return {
    column: column.column,
    dbType: shownType(column),
    type: canonicalOf(column),
    nullable: column.nullable,
    key: keyColumns.includes(column.column),
    comment: plainComment(column.comment),
  }
}
