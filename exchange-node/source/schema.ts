/** What a database holds, for the catalogue to bind to; and the digest by which a node notices that a table is no longer what was bound. */
import { hash } from 'node:crypto'
import { canonical } from '@zhenghe/wire/canonical.ts'
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { one } from '../pg/connect.ts'
import { type Abilities, systemSql, WHOLE } from './relatives.ts'
import { canonicalType } from './types.ts'

export type SourceColumn = {
  column: string
  /** as PostgreSQL prints it: `character varying(18)` */
  dbType: string
  /** as it is carried unless the grant says otherwise */
  type: CanonicalType
  nullable: boolean
  /** part of the primary key, or else of the first unique index over columns that may not be null */
  key: boolean
  comment: string | null
}
export type SourceTable = {
  schema: string
  table: string
  kind: 'table' | 'view'
  comment: string | null
  /** the planner's estimate; 0 where the table was never analysed */
  estimatedRows: number
  bytes: number
  columns: SourceColumn[]
}
export type SourceSchema = {
  /** the cluster's own number, the same for its replicas */
  system: string
  /** 180000 is 18 */
  version: number
  encoding: string
  tables: SourceTable[]
}
/** `now`: the database's clock, milliseconds since 1970. */
export type Database = Omit<SourceSchema, 'tables'> & { now: number }

type ColumnRow = Omit<SourceColumn, 'type'> & { base: string }

export function readDatabase(client: pg.Client, abilities: Pick<Abilities, 'identity'> = WHOLE): Promise<Database> {
  return one<Database>(
    client,
    `select ${systemSql(abilities)} as system, current_setting('server_version_num')::int as version,
            getdatabaseencoding() as encoding, (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
  )
}

/** All tables and views the login may read a column of, without the database's own schemas and this platform's. */
export async function readSchema(client: pg.Client, abilities: Abilities = WHOLE): Promise<SourceSchema> {
  const { system, version, encoding } = await readDatabase(client, abilities)
  const { rows } = await client.query<{ schema: string; table: string }>(`
    select n.nspname as schema, c.relname as table
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and has_any_column_privilege(c.oid, 'select')
      and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'zhenghe_exchange')
    order by 1, 2`)
  const tables: SourceTable[] = []
  for (const { schema, table } of rows) {
    const found = await readTable(client, schema, table, abilities)
    if (found) tables.push(found)
  }
  return { system, version, encoding, tables }
}

/** One table or view, or undefined where there is none of that name. */
export async function readTable(
  client: pg.Client,
  schema: string,
  table: string,
  { partitions }: Pick<Abilities, 'partitions'> = WHOLE,
): Promise<SourceTable | undefined> {
  const parts = partitions ? ' or p.oid in (select relid from pg_partition_tree(c.oid))' : ''
  const { rows: tables } = await client.query<Omit<SourceTable, 'columns'> & { oid: number }>(
    `select c.oid, n.nspname as schema, c.relname as table, case when c.relkind in ('r', 'p', 'm') then 'table' else 'view' end as kind,
            obj_description(c.oid, 'pg_class') as comment,
            greatest((select sum(greatest(p.reltuples, 0)) from pg_class p where p.oid = c.oid${parts}), 0)::float8
              as "estimatedRows",
            coalesce((select sum(pg_relation_size(p.oid)) from pg_class p
                      where p.relkind in ('r', 'm') and (p.oid = c.oid${parts})), 0)::float8 as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    [schema, table],
  )
  const [found] = tables
  if (!found) return undefined
  const { oid, ...facts } = found
  return { ...facts, columns: await readColumns(client, oid) }
}

async function readColumns(client: pg.Client, table: number): Promise<SourceColumn[]> {
  const { rows } = await client.query<ColumnRow>(
    `with recursive base(oid, type) as (
       select t.oid, t.oid from pg_type t where t.typtype <> 'd'
       union all select d.oid, b.type from pg_type d join base b on b.oid = d.typbasetype where d.typtype = 'd'),
     unique_key as (
       select i.indkey::int2[] as columns from pg_index i
       where i.indrelid = $1 and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
         and not exists (select from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey) and not a.attnotnull)
       order by i.indisprimary desc, i.indexrelid limit 1)
     select a.attname as column, format_type(a.atttypid, a.atttypmod) as "dbType", t.typname as base, not a.attnotnull as nullable,
            coalesce(a.attnum = any ((select columns from unique_key)::int2[]), false) as key, col_description(a.attrelid, a.attnum) as comment
     from pg_attribute a join base b on b.oid = a.atttypid join pg_type t on t.oid = b.type
     where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and has_column_privilege(a.attrelid, a.attnum, 'select')
     order by a.attnum`,
    [table],
  )
  return rows.map(({ base, ...column }) => ({ ...column, type: canonicalType(base) }))
}

/** How many hex digits of a column's SHA-256 stand in a shape: enough to notice a change; nobody gains by forging one. */
const MARK_DIGITS = 16

/**
 * What a grant carries as `source.shape`: a mark for each column of the table as it was bound, sorted, joined by blanks. A mark is the
 * beginning of the SHA-256 of the canonical JSON `["uscc","character(18)"]`. So a node can tell whether the granted columns are still what
 * they were, whatever happens to the others.
 */
export function shapeOf(columns: readonly Pick<SourceColumn, 'column' | 'dbType'>[]): string {
  return columns.map(markOf).sort().join(' ')
}

/** Whether the table of a shape had this very column. */
export function shapeHas(shape: string, column: Pick<SourceColumn, 'column' | 'dbType'>): boolean {
  return shape.split(' ').includes(markOf(column))
}

function markOf({ column, dbType }: Pick<SourceColumn, 'column' | 'dbType'>): string {
  return hash('sha256', canonical([column, dbType]), 'hex').slice(0, MARK_DIGITS)
}
