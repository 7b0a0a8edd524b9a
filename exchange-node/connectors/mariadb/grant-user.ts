/**
 * The database user of a grant: may read the granted columns of one table and nothing else. Rows are read under it, so that what our own code should never ask for, the
 * database itself refuses. A login that may not make users reads under its own rights; docs/how-to/connectors.md says what that means.
 */
import { createHmac } from 'node:crypto'
import type { Grant } from '@zhenghe/wire/documents.ts'
import { errnoOf } from './errors.ts'
import { type Login, type MariaAddress, Session } from './session.ts'
import { identifier, list, qualified } from './sql.ts'

const NAME_DIGITS = 16
/** May not create users; may not pass on a right; sees no such table to pass rights on. */
const NOT_ALLOWED = new Set([1044, 1045, 1142, 1143, 1227, 1290, 1396, 1410, 1819])

/** `zhenghe_4f1c0d2e3a5b6c7d_v2`: MySQL's names have 32 characters. */
export function userOf({ id, version }: Pick<Grant, 'id' | 'version'>): string {
  return `zhenghe_${id.replaceAll('-', '').slice(-NAME_DIGITS)}_v${version}`
}

/** The same each time, known only to who knows the node's own password. */
function passwordOf(address: MariaAddress, user: string): string {
  return `${createHmac('sha256', address).update(`zhenghe grant ${user}`).digest('base64url')}-aA1`
}

/**
 * Makes the user where it is not there yet, drops that of the version before, and answers its login; undefined where the node's own login
 * may not do that. @param columns besides the granted: those of the key, by which ranges are cut
 */
export async function prepareUser(session: Session, address: MariaAddress, grant: Grant, columns: readonly string[]): Promise<Login | undefined> {
  const user = userOf(grant)
  const login = { user, password: passwordOf(address, user) }
  const name = `'${user}'@'%'`
  try {
    await session.query(`create user if not exists ${name} identified by '${login.password}'`)
    await session.query(`alter user ${name} identified by '${login.password}'`)
    await session.query(`grant select (${list([...new Set(columns)].map(identifier))}) on ${qualified(grant.source)} to ${name}`)
    if (grant.version > 1) await session.query(`drop user if exists '${userOf({ ...grant, version: grant.version - 1 })}'@'%'`)
    const other = await Session.open(address, 'source', login)
    await other.end()
    return login
  } catch (error) {
    if (NOT_ALLOWED.has(errnoOf(error) ?? 0)) return undefined
    throw error
  }
}
