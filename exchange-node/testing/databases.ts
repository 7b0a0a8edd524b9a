/** Databases of their own for a test file, and what a test needs to fill them. */
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
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

/** The same on a server of its own: for tests of what waits for the open transactions of a whole server, other tests' too. */
export function testServer(): TestDatabase {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-server-'))
  const started: { server?: Postgres; pool?: pg.Pool } = {}
  beforeAll(async () => {
    fs.chmodSync(dir, 0o755)
    started.server = await startPostgres({ dir, throwaway: true, settings: { shared_buffers: '64MB' } })
    started.pool = new pg.Pool({ ...addressOf(started.server), max: 4 })
    started.pool.on('error', () => undefined)
  })
  afterAll(async () => {
    await started.pool?.end()
    await started.server?.stop()
    fs.rmSync(dir, { recursive: true, force: true })
  })
  return {
    get address() {
      return addressOf(started.server!)
    },
    query: async <Row>(sql: string, values: unknown[] = []) => (await started.pool!.query(sql, values)).rows as Row[],
  }
}

function addressOf({ host, port, user, password }: Postgres): pg.ClientConfig {
  return { host, port, user, password, database: 'postgres' }
}
