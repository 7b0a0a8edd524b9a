/** What a SQLite file holds. */
import type { SourceColumn, SourceTable } from '../../source/schema.ts'
import { identifier, type SqliteFile } from './file.ts'
import { canonicalOf } from './types.ts'

/** A file has one schema, and SQLite calls it so. */
export const SCHEMA = 'main'
const LEAST_ROW_BYTES = 8
/** Tables that the exchange keeps for itself begin so. */
export const OWN = 'zhenghe_exchange_'

/** `rowid`: by which name the number of a row can be read; undefined where rows have none. `numbered`: the column that is the same number. */
export type SqliteTable = SourceTable & { rowid: string | undefined; numbered: string | undefined }

export function readTables(db: SqliteFile): SqliteTable[] {
  const names = db.all(
    `select name from pragma_table_list where schema = 'main' and type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' and substr(name, 1, ?) <> ? order by name`,
    OWN.length,
    OWN,
  )
  return names.flatMap(([name]) => readTable(db, String(name)) ?? [])
}

/** Undefined where there is none of that name. */
export function readTable(db: SqliteFile, table: string): SqliteTable | undefined {
  const found = db.one(`select type, wr from pragma_table_list where schema = 'main' and type in ('table', 'view') and name = ?`, table)
  if (!found) return undefined
  const kind = found[0] === 'view' ? 'view' : 'table'
  const { columns, numbered } = columnsOf(db, table, kind === 'table' && found[1] === 0n)
  const taken = new Set(columns.map(({ column }) => column.toLowerCase()))
  const rowid = kind === 'table' && found[1] === 0n ? ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) : undefined
  const estimatedRows = rowid ? estimate(db, `select coalesce(max(${rowid}) - min(${rowid}) + 1, 0) from ${identifier(table)}`) : 0
  return { schema: SCHEMA, table, kind, comment: null, estimatedRows, bytes: 0, columns, rowid, numbered }
}

/** As many as their numbers allow, and as the file has room for. */
function estimate(db: SqliteFile, numbers: string): number {
  const [span, pages, size] = [numbers, 'pragma page_count', 'pragma page_size'].map((sql) => Number(db.one(sql)?.[0] ?? 0)) as [number, number, number]
  return Math.min(span, Math.floor((pages * size) / LEAST_ROW_BYTES))
}

/** SQLite lets a primary key be null, for old times' sake; here it is a key, and a row without it is refused when it is met. */
function columnsOf(db: SqliteFile, table: string, rows: boolean): { columns: SourceColumn[]; numbered: string | undefined } {
  const found = db.all('select name, type, "notnull", pk, hidden from pragma_table_xinfo(?) where hidden <> 1 order by cid', table)
  const keys = found.filter(([, , , pk]) => pk !== 0n)
  const unique =
    keys.length > 0
      ? new Set(keys.map(([name]) => String(name)))
      : uniqueOf(db, table, new Set(found.filter(([, , no]) => no === 1n).map(([name]) => String(name))))
  const columns = found.map(([name, type, notNull]): SourceColumn => {
    const key = unique.has(String(name))
    return {
      column: String(name),
      dbType: String(type).toLowerCase() || 'any',
      type: canonicalOf(String(type)),
      nullable: notNull === 0n && !key,
      key,
      comment: null,
    }
  })
  const [only] = keys
  const numbered = rows && keys.length === 1 && /^integer$/i.test(String(only?.[1])) ? String(only?.[0]) : undefined
  return { columns, numbered }
}

/** The columns of the first unique index over columns that may not be null. */
function uniqueOf(db: SqliteFile, table: string, notNull: ReadonlySet<string>): ReadonlySet<string> {
  for (const [index] of db.all('select name from pragma_index_list(?) where "unique" = 1 and partial = 0 order by seq desc', table)) {
    const columns = db.all('select name from pragma_index_info(?)', index ?? null).map(([name]) => name)
    if (columns.every((name) => name !== null && notNull.has(String(name)))) return new Set(columns.map(String))
  }
  return new Set()
}
