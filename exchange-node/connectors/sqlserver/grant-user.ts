/**
 * The database user of a grant: without a login, it may read the granted columns of one table and nothing else, and readers become it for good. A node's login that may not
 * make users reads under its own rights; docs/how-to/connectors.md says what that means.
 */
import type { TargetName } from '../../target/ledger.ts'
import type { SqlSession } from '../sql/dialect.ts'
import { list } from '../sql/statement.ts'
import { numberOf } from './errors.ts'
import { identifier } from './types.ts'

const NAME_DIGITS = 16
/** May not make users, may not pass on a right, may not become another user. */
const NOT_ALLOWED = new Set([229, 262, 4613, 4617, 15151, 15199, 15247, 15404, 15406, 15517])

function prefixOf(grant: string): string {
  return `zhenghe_${grant.replaceAll('-', '').slice(-NAME_DIGITS)}_v`
}

/** Makes the user where it is not there yet, and drops that of the version before; undefined where the node's own login may not do that. */
export async function prepareUser(
  session: SqlSession,
  { grant, version }: { grant: string; version: number },
  { schema, table }: TargetName,
  columns: readonly string[],
): Promise<string | undefined> {
  const user = `${prefixOf(grant)}${version}`
  const name = `${identifier(schema)}.${identifier(table)}`
  try {
    if (!(await isThere(session, user))) await session.run(`create user ${identifier(user)} without login`)
    await session.run(`grant select on object::${name} (${list(columns.map(identifier))}) to ${identifier(user)}`)
    const [row] = await session.query(`select has_perms_by_name(?, N'USER', N'IMPERSONATE')`, [identifier(user)])
    const before = `${prefixOf(grant)}${version - 1}`
    if (await isThere(session, before)) await session.run(`drop user ${identifier(before)}`)
    return Number(row?.[0]) === 1 ? user : undefined
  } catch (error) {
    if (NOT_ALLOWED.has(numberOf(error) ?? 0)) return undefined
    throw error
  }
}

async function isThere(session: SqlSession, user: string): Promise<boolean> {
  return (await session.query('select 1 from sys.database_principals where name = ?', [user])).length > 0
}

/** Those of every version. */
export async function dropUsers(session: SqlSession, grant: string): Promise<void> {
  const prefix = prefixOf(grant)
  const rows = await session.query('select name from sys.database_principals where left(name, ?) = ?', [prefix.length, prefix])
  for (const [user] of rows) await session.run(`drop user ${identifier(String(user))}`)
}
