/** What a load gets from the table that it replaces: its indexes, under their names, and the rights that were given on it. */
import type { SqlSession } from '../sql/dialect.ts'
import { list } from '../sql/statement.ts'
import { identifier } from './types.ts'

/** Quoted, as `object_id` takes them. */
export async function inherit(session: SqlSession, from: string, to: string): Promise<string[]> {
  return [...(await indexes(session, from, to)), ...(await rights(session, from, to))]
}

/** Ordinary ones; the key's own is made with the load, others (columnstore, XML, spatial, full text) are not made again. */
async function indexes(session: SqlSession, from: string, to: string): Promise<string[]> {
  const rows = await session.query(
    `select i.name, convert(int, i.is_unique), i.filter_definition, c.name, convert(int, k.is_included_column), convert(int, k.is_descending_key)
     from sys.indexes i join sys.index_columns k on k.object_id = i.object_id and k.index_id = i.index_id
     join sys.columns c on c.object_id = k.object_id and c.column_id = k.column_id
     where i.object_id = object_id(?) and i.type = 2 and i.is_primary_key = 0 and i.is_unique_constraint = 0 and i.is_disabled = 0
     order by i.index_id, k.key_ordinal, k.index_column_id`,
    [from],
  )
  return [...Map.groupBy(rows, ([name]) => String(name))].map(([name, parts]) => {
    const [, unique, filter] = parts[0]!
    const columns = parts
      .filter(([, , , , included]) => Number(included) === 0)
      .map(([, , , column, , descending]) => `${identifier(String(column))}${Number(descending) === 1 ? ' desc' : ''}`)
    const included = parts.filter(([, , , , one]) => Number(one) === 1).map(([, , , column]) => identifier(String(column)))
    const more = `${included.length > 0 ? ` include (${list(included)})` : ''}${filter ? ` where ${String(filter)}` : ''}`
    return `create ${Number(unique) === 1 ? 'unique ' : ''}nonclustered index ${identifier(name)} on ${to} (${list(columns)})${more}`
  })
}

/** Also what was denied. */
async function rights(session: SqlSession, from: string, to: string): Promise<string[]> {
  const rows = await session.query(
    `select rtrim(p.state), p.permission_name, c.name, u.name from sys.database_permissions p join sys.database_principals u on u.principal_id = p.grantee_principal_id
     left join sys.columns c on p.minor_id > 0 and c.object_id = p.major_id and c.column_id = p.minor_id where p.class = 1 and p.major_id = object_id(?)`,
    [from],
  )
  return rows.map(([state, permission, column, user]) => {
    const on = `${String(permission).toLowerCase()} on object::${to}${column ? ` (${identifier(String(column))})` : ''} to ${identifier(String(user))}`
    return state === 'D' ? `deny ${on}` : `grant ${on}${state === 'W' ? ' with grant option' : ''}`
  })
}
