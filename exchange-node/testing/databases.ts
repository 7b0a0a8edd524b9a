/** Databases of their own for a test file, and what a test needs to fill them. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { withClient } from '../pg/connect.ts'

export type TestDatabase = {
  /** for the node */
  address: pg.ClientConfig
  query<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>
}

/** Makes an empty database before the tests of this file and drops it after them. */
export function testDatabase(encoding = 'UTF8'): TestDatabase {
  const name = `t_${randomBytes(6).toString('hex')}`
  const server = inject('pg')
  const address = { ...server, database: name }
  let pool: pg.Pool | undefined
  const admin = (sql: string) => withClient({ ...server, database: 'postgres' }, 'test', (client) => client.query(sql))
  beforeAll(async () => {
    await admin(`create database ${name} template template0 encoding '${encoding}' locale_provider libc locale 'C'`)
    pool = new pg.Pool({ ...address, max: 4 })
    pool.on('error', () => undefined)
  })
  afterAll(async () => {
    await pool?.end()
    await admin(`drop database ${name} with (force)`)
  })
  return {
    address,
    query: async <Row>(sql: string, values: unknown[] = []) => (await pool!.query(sql, values)).rows as Row[],
  }
}
