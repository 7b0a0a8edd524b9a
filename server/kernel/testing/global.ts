/** One PostgreSQL for the whole test run, with nothing worth keeping in it. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../embedded.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's way to the run's PostgreSQL; make databases of your own. */
    pg: { host: string; port: number; user: string; password: string }
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-test-'))
  fs.chmodSync(dir, 0o755)
  const server = await startPostgres({ dir, throwaway: true })
  const { host, port, user, password } = server
  const admin = new pg.Client({ host, port, user, password, database: 'postgres' })
  await admin.connect()
  await admin.end()
  project.provide('pg', { host, port, user, password })
  return async () => {
    await server.stop()
    fs.rmSync(dir, { recursive: true, force: true })
  }
}
