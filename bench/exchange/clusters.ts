/** Two PostgreSQL clusters for the run, as far apart as one machine allows, and the CPU that they use. */
import fs from 'node:fs'
import path from 'node:path'
import { type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import pg from 'pg'

const SETTINGS = {
  shared_buffers: '1536MB',
  max_wal_size: '12GB',
  wal_level: 'logical',
  autovacuum: 'off',
  checkpoint_timeout: '1h',
  track_commit_timestamp: 'on',
}

export type Cluster = { server: Postgres; address: pg.ClientConfig; client: pg.Client }

const running = new Set<Cluster>()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void Promise.allSettled([...running].map(stopCluster)).finally(() => process.exit(1)))

/** A bench that is ended in the middle takes its clusters with it. */
export async function startCluster(dir: string): Promise<Cluster> {
  fs.mkdirSync(path.dirname(dir), { recursive: true })
  const server = await startPostgres({ dir, settings: SETTINGS })
  const { host, port, user, password } = server
  const address = { host, port, user, password, database: 'postgres' }
  const client = new pg.Client(address)
  await client.connect()
  const cluster = { server, address, client }
  running.add(cluster)
  return cluster
}

export async function stopCluster(cluster: Cluster): Promise<void> {
  const { server, client } = cluster
  running.delete(cluster)
  await client.end()
  await server.stop()
}

/** What psql needs to find the cluster. */
export function psqlEnvironment({ address: { host, port, user, password, database } }: Cluster): NodeJS.ProcessEnv {
  return { ...process.env, PGHOST: String(host), PGPORT: String(port), PGUSER: String(user), PGPASSWORD: String(password), PGDATABASE: String(database) }
}

const TICKS_A_SECOND = 100

/** CPU-seconds a process and its children, ended or alive, have used so far. Linux only; 0 elsewhere. */
export function cpuSeconds(pid: number): number {
  if (process.platform !== 'linux') return 0
  let ticks = 0
  for (const entry of fs.readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : undefined
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (!fields) continue
    const own = Number(entry) === pid
    if (own || Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12])
    if (own) ticks += Number(fields[13]) + Number(fields[14])
  }
  return ticks / TICKS_A_SECOND
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
