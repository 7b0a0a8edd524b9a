/** What a load gets from the table that it replaces: its indexes and the rights that were given on it; and what keeps it from being replaced. */
import type { TargetName } from '../../target/ledger.ts'
import type { Dialect, SqlSession } from '../sql/dialect.ts'
import { list, qualified } from '../sql/statement.ts'

const NAME_CHARACTERS = 90

type Inheritance = { from: TargetName; to: TargetName; mark: string }

export async function inherit(session: SqlSession, dialect: Dialect, inheritance: Inheritance): Promise<string[]> {
  return [...(await indexes(session, dialect, inheritance)), ...(await rights(session, dialect, inheritance))]
}

/** Ordinary ones that belong to no constraint; the indexes of a schema share their names, so each gets a new mark at its end. */
async function indexes(session: SqlSession, dialect: Dialect, { from, to, mark }: Inheritance): Promise<string[]> {
  const rows = await session.query(
    `select i.index_name, i.uniqueness, c.column_name from all_indexes i
     join all_ind_columns c on c.index_owner = i.owner and c.index_name = i.index_name
     where i.table_owner = to_char(?) and i.table_name = to_char(?) and i.index_type = 'NORMAL'
       and not exists (select 1 from all_constraints k where k.owner = i.table_owner and k.table_name = i.table_name and k.index_name = i.index_name)
     order by i.index_name, c.column_position`,
    [from.schema, from.table],
  )
  return [...Map.groupBy(rows, ([name]) => String(name))].map(([name, parts]) => {
    const renewed = `${name.replace(/_[0-9a-f]{6}$/, '').slice(0, NAME_CHARACTERS)}_${mark}`
    const unique = parts[0]![1] === 'UNIQUE' ? 'unique ' : ''
    const columns = parts.map(([, , column]) => dialect.identifier(String(column)))
    return `create ${unique}index ${dialect.indexName(to, renewed)} on ${qualified(dialect, to)} (${list(columns)})`
  })
}

async function rights(session: SqlSession, dialect: Dialect, { from, to }: Inheritance): Promise<string[]> {
  const rows = await session.query(
    'select p.grantee, p.privilege, p.grantable from all_tab_privs p where p.table_schema = to_char(?) and p.table_name = to_char(?)',
    [from.schema, from.table],
  )
  return rows.map(([grantee, privilege, grantable]) => {
    const receiver = grantee === 'PUBLIC' ? 'public' : dialect.identifier(String(grantee))
    return `grant ${String(privilege).toLowerCase()} on ${qualified(dialect, to)} to ${receiver}${grantable === 'YES' ? ' with grant option' : ''}`
  })
}

/** Views go by name and are compiled again by themselves. */
export async function dependents(session: SqlSession, { schema, table }: TargetName): Promise<string[]> {
  const rows = await session.query(
    `select 'the foreign key ' || r.constraint_name from all_constraints r where r.constraint_type = 'R' and r.owner = to_char(?) and r.table_name = to_char(?)
     union select 'the foreign key ' || r.constraint_name || ' of ' || r.owner || '.' || r.table_name from all_constraints r
       join all_constraints k on k.owner = r.r_owner and k.constraint_name = r.r_constraint_name
       where r.constraint_type = 'R' and k.owner = to_char(?) and k.table_name = to_char(?)
     union select 'the trigger ' || t.trigger_name from all_triggers t where t.table_owner = to_char(?) and t.table_name = to_char(?)`,
    [schema, table, schema, table, schema, table],
  )
  return rows.map(([what]) => String(what))
}
