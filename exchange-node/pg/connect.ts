import pg from 'pg'
import { LendingSocket } from './socket.ts'

const CONNECT_TIMEOUT_MS = 10_000
/** Text forms and defaults that do not depend on how the server, the database or the role are set up. */
const SETTINGS = `
  set client_encoding = 'UTF8'; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set bytea_output = 'hex';
  set extra_float_digits = 1; set standard_conforming_strings = on; set search_path = pg_catalog; set lock_timeout = '30s'`

/** Where a database is: a connection string, or the driver's own settings. Holds a password; is never logged. */
export type Address = string | pg.ClientConfig

/** One connection, set up the same everywhere. The caller ends it. Rejects with the driver's error where the database cannot be reached. */
export async function connect(address: Address, purpose: string, more: pg.ClientConfig & { replication?: 'database' } = {}): Promise<pg.Client> {
  const config = typeof address === 'string' ? { connectionString: address } : address
  const client = new pg.Client({
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    stream: () => new LendingSocket(),
    ...config,
    ...more,
    application_name: `zhenghe ${purpose}`,
  })
  client.on('error', () => undefined) // a lost connection is told by the statement that needed it
  await client.connect()
  await client.query(SETTINGS)
  return client
}

/** Runs `work` with a connection of its own and ends it whatever happens. */
export async function withClient<T>(address: Address, purpose: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(address, purpose)
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** One transaction: committed when `work` resolves, rolled back when it rejects. */
export async function transaction<T>(client: pg.Client, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query(begin)
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/** The first row, typed by the caller's statement. Throws where there is none. */
export async function one<Row>(client: pg.Client, sql: string, values: unknown[] = []): Promise<Row> {
  const { rows } = await client.query(sql, values)
  if (rows.length === 0) throw new Error('the statement answered no row')
  return rows[0] as Row
}
