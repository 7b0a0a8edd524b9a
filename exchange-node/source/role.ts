/**
 * The database role of a grant: may read the granted columns of one table and nothing else. Every statement on the source's rows runs under
 * it, so that what our own code should never ask for, the database itself refuses.
 */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { transaction } from '../pg/connect.ts'
import { identifier, list, text } from '../pg/sql.ts'
import { refusal } from '../refusal.ts'
import { tableOf } from './select.ts'

const NO_RIGHTS = '42501'
const GRANT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What a role is made from; grants of whole tables and of APIs have it alike. */
type Granted = Pick<Grant, 'id' | 'version' | 'source' | 'fields'>

/** `zhenghe_grant_4f1c…_v2`: one role a version of a grant. */
export function roleOf({ id, version }: Pick<Grant, 'id' | 'version'>): string {
  return `zhenghe_grant_${id.replaceAll('-', '')}_v${version}`
}

/** What the department's administrator runs once for the node's login where it may not make roles or pass on its rights. */
export function setupAdvice(login: string, { source }: Pick<Grant, 'source'>): string {
  const [user, schema] = [identifier(login), identifier(source.schema)]
  return `alter role ${user} createrole; grant usage on schema ${schema} to ${user} with grant option; grant select on ${identifier(source.schema)}.${identifier(source.table)} to ${user} with grant option;`
}

/**
 * Makes the role, or brings its rights back to exactly what the grant says, drops those of earlier versions, and answers its name. Idempotent, safe at the same time from
 * several sessions. `withPages`: it may read ctid as well, by which a table is read in parts. Refuses `source_rights` with the statements an administrator must run.
 */
export async function prepareRole(client: pg.Client, grant: Granted, withPages: boolean): Promise<string> {
  const role = roleOf(grant)
  const [name, table] = [identifier(role), tableOf(grant)]
  const columns = [...new Set(grant.fields.map(({ column }) => identifier(column))), ...(withPages ? ['ctid'] : [])]
  try {
    await transaction(client, 'begin', async () => {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`zhenghe roles of ${table}`]) // two sessions that grant on one table at once fail
      const { rows } = await client.query('select from pg_roles where rolname = $1', [role])
      if (rows.length === 0) await client.query(`create role ${name} nologin noinherit`)
      await client.query(`
        do $$ begin if not pg_has_role(${text(role)}, case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end) then execute 'grant ' || quote_ident(${text(role)}) || ' to current_user'; end if; end $$;
        grant usage on schema ${identifier(grant.source.schema)} to ${name};
        revoke all on ${table} from ${name};
        grant select (${list(columns)}) on ${table} to ${name}`)
      await mayRead(client, role, table, columns)
      await dropEarlier(client, grant)
    })
  } catch (error) {
    if ((error as { code?: string }).code !== NO_RIGHTS) throw error
    const advice = setupAdvice(client.user ?? 'the_login', grant)
    throw refusal(
      'source_rights',
      `source: this node's login may not prepare the role of the grant (${(error as Error).message}). The department's database administrator runs once: ${advice}`,
      error,
    )
  }
  return role
}

/** A grantor without grant option makes PostgreSQL warn and grant nothing, so ask whether it has arrived. */
async function mayRead(client: pg.Client, role: string, table: string, columns: readonly string[]): Promise<void> {
  await client.query(`set local role ${identifier(role)}`)
  await client.query(`select ${list(columns)} from ${table} limit 0`)
  await client.query('reset role')
}

/**
 * Takes away the roles of every version of a grant that is over, and answers how many there were. The id is checked to be one: no other name can
 * be made of it.
 */
export async function dropRoles(client: pg.Client, grant: string): Promise<number> {
  if (!GRANT_ID.test(grant)) throw new Error(`not the id of a grant: ${grant}`)
  return transaction(client, 'begin', async () => {
    await client.query(`set local lock_timeout = '5s'`) // a reader that is being cancelled still holds its table
    const prefix = roleOf({ id: grant, version: 0 }).replace(/\d+$/, '')
    const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles where starts_with(rolname, $1) order by rolname', [prefix])
    for (const { rolname } of rows) await client.query(`drop owned by ${identifier(rolname)}; drop role ${identifier(rolname)}`)
    return rows.length
  })
}

/** A new version of a grant takes the place of those before it, and their roles go. */
async function dropEarlier(client: pg.Client, grant: Granted): Promise<void> {
  const versions = roleOf(grant).replace(/\d+$/, '')
  const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles where starts_with(rolname, $1) and rolname <> $2', [
    versions,
    roleOf(grant),
  ])
  for (const { rolname } of rows) await client.query(`drop owned by ${identifier(rolname)}; drop role ${identifier(rolname)}`)
}
