/** A whole platform: database, keys, migrations, jobs, HTTP. Started and stopped in order. */
import fs from 'node:fs'
import type { Server } from 'node:http'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { originOf } from './config.ts'
import { type Connection, openPool } from './database.ts'
import { factsOf } from './desk/actions.ts'
import { type Postgres, startPostgres } from './embedded.ts'
import { serve } from './http/server.ts'
import { startJobs } from './jobs/jobs.ts'
import { keysOf, loadKeys } from './keys.ts'
import type { Module } from './module.ts'
import { openMetrics } from './observe.ts'
import { RunningPlatform } from './platform.ts'
import { prepareDatabase } from './prepare.ts'
import { dayOf, systemNow } from './time.ts'

export type Started = { platform: RunningPlatform; address: string; server: Server; stop: () => Promise<void> }
export type StartOptions = {
  config: Config
  modules: readonly Module[]
  log: Logger
  /** The folder of the built front end. */
  web?: string
  /** What must have happened before anybody is served. */
  before?: (platform: RunningPlatform) => Promise<unknown>
}

const DATABASE = 'zhenghe'
const OWNER = 'zhenghe_platform'

/** Answers when the platform serves. Whatever was begun is ended again where a later step fails. */
export async function startPlatform({ config, modules, log, web, before }: StartOptions): Promise<Started> {
  const ends: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end().catch((error: unknown) => log.error({ err: error }, 'a part did not stop cleanly'))
  }
  try {
    fs.mkdirSync(config.dataDir, { recursive: true })
    const pool = openPool(await platformDatabase(config, ends, log))
    ends.push(() => pool.end())
    const applied = await prepareDatabase(pool, modules, log, dayOf(systemNow()))
    if (applied.length > 0) log.info({ migrations: applied.length }, 'database brought up to date')
    const keys = loadKeys(config.dataDir)
    const metrics = openMetrics(
      pool,
      modules.flatMap(({ measures = [] }) => measures),
    )
    const facts = modules.flatMap((module) => module.facts ?? [])
    const place = config.origin ? { origin: config.origin, host: new URL(config.origin).hostname } : undefined
    const locals = [
      [keysOf, keys],
      [factsOf, facts],
      [originOf, place],
    ] as const
    const platform = new RunningPlatform({ pool, modules, log, redact: keys.redact, locals, onAct: metrics.acted })
    for (const module of modules) if (module.start) ends.push(await module.start(platform))
    ends.push(await startJobs(platform))
    await before?.(platform)
    const app = await serve({ platform, metrics, ...(web ? { web } : {}), origin: config.origin, readiness: () => readiness(pool) })
    ends.push(() => app.close())
    const address = await app.listen({ host: config.host, port: config.port })
    log.info({ address }, 'ready')
    return { platform, address, server: app.server, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The way to the platform's database: the operator's, or the embedded one, started or taken over. What must be ended later goes into `ends`. */
export async function platformDatabase(config: Config, ends: (() => Promise<unknown>)[], log?: Logger): Promise<Connection> {
  return config.databaseUrl ? { connectionString: config.databaseUrl } : embeddedConnection(config, log, ends)
}

async function readiness(pool: pg.Pool): Promise<string | undefined> {
  try {
    await pool.query('select 1')
    return undefined
  } catch (error) {
    return `the database does not answer: ${(error as Error).message}`
  }
}

/** The embedded database, restarted should it end by itself; the platform connects as a role that is no superuser, so that row security binds it. */
async function embeddedConnection(config: Config, log: Logger | undefined, ends: (() => Promise<unknown>)[]): Promise<Connection> {
  const dir = path.join(config.dataDir, 'platform-db')
  let server: Postgres
  let ending = false
  const begin = async (): Promise<Postgres> => startPostgres({ dir, ...(server ? { port: server.port } : {}), onExit: (reason) => void revive(reason) })
  const revive = async (reason: string) => {
    for (let wait = 200; !ending; wait = Math.min(wait * 2, 10_000)) {
      log?.error({ reason }, 'the embedded database ended by itself; starting it again')
      try {
        server = await begin()
        return
      } catch (error) {
        log?.error({ err: error }, 'the embedded database did not start')
        await pause(wait)
      }
    }
  }
  server = await begin()
  ends.push(async () => {
    ending = true
    if (!server.adopted || log) await server.stop() // a command that found the platform's server running leaves it running
  })
  await ensureOwner(server)
  return { host: server.host, port: server.port, user: OWNER, password: server.password, database: DATABASE }
}

async function ensureOwner({ host, port, user, password }: Postgres): Promise<void> {
  const admin = new pg.Client({ host, port, user, password, database: 'postgres' })
  await admin.connect()
  try {
    const roles = await admin.query('select from pg_roles where rolname = $1', [OWNER])
    if (roles.rowCount === 0) await admin.query(`create role ${OWNER} login password ${admin.escapeLiteral(password)}`)
    const databases = await admin.query('select from pg_database where datname = $1', [DATABASE])
    if (databases.rowCount === 0) await admin.query(`create database ${DATABASE} owner ${OWNER}`)
  } finally {
    await admin.end()
  }
}
