/** pgloader from one PostgreSQL to the other: the table is made, its rows copied, its key added. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Case, childrenSeconds, measure } from './cases.ts'
import type { Cluster } from './clusters.ts'

export const pgloader: Case = {
  name: 'pgloader',
  run: async (site) => {
    await site.target.client.query('drop table if exists entity; checkpoint')
    const file = path.join(os.tmpdir(), 'zhenghe-bench', 'register.load')
    fs.writeFileSync(
      file,
      `load database from ${addressOf(site.source)} into ${addressOf(site.target)}
       with include drop, create tables, create indexes, no foreign keys, reset no sequences, workers = 2, concurrency = 1
       including only table names matching 'entity' in schema 'public';`,
      { mode: 0o600 },
    )
    try {
      const measured = await measure(site, site.rows, async () => {
        const child = spawn('pgloader', ['--quiet', file], { stdio: ['ignore', 'ignore', 'inherit'] })
        const [code] = await once(child, 'exit')
        if (code !== 0) throw new Error(`pgloader ended with ${code}`)
        return { client: childrenSeconds() }
      })
      const { rows } = await site.target.client.query<{ n: number }>('select count(*)::int as n from entity')
      if (rows[0]?.n !== site.rows) throw new Error(`${rows[0]?.n} of ${site.rows} rows were loaded`)
      return measured
    } finally {
      fs.rmSync(file)
      await site.target.client.query('drop table if exists entity')
    }
  },
}

function addressOf({ address: { user, password, port, database } }: Cluster): string {
  return `postgresql://${user}:${encodeURIComponent(String(password))}@127.0.0.1:${port}/${database}`
}
