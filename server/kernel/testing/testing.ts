/** A platform of some modules on a real, empty database: one for each test file, cloned from a migrated template in milliseconds. */
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runOnce } from 'graphile-worker'
import { sql } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, inject } from 'vitest'
import type { z } from 'zod'
import type { Contract, Id } from '../contract.ts'
import { openPool } from '../database.ts'
import { eventTask, quiet } from '../jobs/jobs.ts'
import { keysOf, temporaryKeys } from '../keys.ts'
import type { Actor, Caller, Local, Module } from '../module.ts'
import { RunningPlatform } from '../platform.ts'
import { prepareDatabase } from '../prepare.ts'
import type { Holding } from '../rights.ts'
import { dayOf } from '../time.ts'

type Calls<C extends Contract> = { [K in keyof C]: (input: z.input<C[K]['in']>) => Promise<z.output<C[K]['out']>> }
/** Who calls: rights that hold everywhere (or in `unit`, where one is given), or exact holdings. */
export type As = { rights?: readonly string[]; holdings?: readonly Holding[]; unit?: Id; person?: Id; name?: string; kind?: Actor['kind']; session?: Id }
export type TestPlatform = Awaited<ReturnType<typeof testPlatform>>

const OWNER = 'zhenghe_platform'
const log = pino({ level: 'silent' })

/** `now` is the moment every call happens at, until `setNow`. */
export async function testPlatform(modules: readonly Module[], options: { now?: string; locals?: readonly (readonly [Local<unknown>, unknown])[] } = {}) {
  let now = new Date(options.now ?? '2026-11-23T02:00:00Z')
  const pool = await cloneDatabase(modules, dayOf(now))
  const keys = temporaryKeys()
  const locals = [[keysOf, keys] as const, ...(options.locals ?? [])]
  const platform = new RunningPlatform({ pool, modules, log, redact: keys.redact, locals, now: () => now })
  const stops: (() => Promise<void>)[] = []
  for (const module of modules) if (module.start) stops.push(await module.start(platform))
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop()
    await pool.end()
  })
  const caller = (as: As): Caller => ({ actor: actorOf(as), now, from: { address: '127.0.0.1', agent: 'test', origin: null } })
  return {
    platform,
    pool,
    keys,
    run: platform.run,
    caller,
    /** A typed caller of a contract. */
    as:
      (as: As) =>
      <C extends Contract>(contract: C): Calls<C> =>
        Object.fromEntries(
          Object.entries(contract).map(([name, endpoint]) => [name, (input: unknown) => platform.run(endpoint, caller(as), input)]),
        ) as unknown as Calls<C>,
    setNow: (moment: string) => {
      now = new Date(moment)
    },
    ledger: async () =>
      (
        await sql<{
          endpoint: string
          outcome: string
          subjects: string[]
          body: string
        }>`select endpoint, outcome, subjects, body from kernel.ledger order by at, chain, seq`.execute(platform.db)
      ).rows,
    outbox: async () =>
      (await sql<{ name: string; payload: Record<string, unknown> }>`select name, payload from kernel.outbox order by at, id`.execute(platform.db)).rows,
    /** What waits, in order of making. */
    todos: async () => platform.db.selectFrom('kernel.todo').selectAll().where('doneAt', 'is', null).orderBy('createdAt').orderBy('id').execute(),
    /** Works off every event that waits, until none is left. */
    work: () => runOnce({ pgPool: pool, noHandleSignals: true, logger: quiet(platform), taskList: { event: eventTask(platform) } }),
  }
}

function actorOf({ rights = [], holdings, unit, person, name, kind = 'staff', session }: As): Actor {
  return {
    kind,
    id: person ?? '00000000-0000-4000-8000-000000000001',
    name: name ?? 'tester',
    unit: unit ?? null,
    holdings: holdings ?? rights.map((right) => (unit ? { right, unit } : { right })),
    ...(session ? { session } : {}),
  }
}

async function cloneDatabase(modules: readonly Module[], today: string): Promise<pg.Pool> {
  const server = inject('pg')
  const admin = new pg.Client({ ...server, database: 'postgres' })
  await admin.connect()
  const template = `tmpl_${fingerprintOf(modules)}`
  try {
    await admin.query(`select pg_advisory_lock(hashtext('test-template'))`)
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [template])
    if (!rowCount) await makeTemplate(admin, server, template, modules, today)
    const name = `t_${randomUUID().replaceAll('-', '')}`
    await admin.query(`create database ${name} template ${template} strategy file_copy owner ${OWNER}`)
    return openPool({ ...server, user: OWNER, database: name }, 12)
  } finally {
    await admin.end()
  }
}

async function makeTemplate(
  admin: pg.Client,
  server: { host: string; port: number; user: string; password: string },
  template: string,
  modules: readonly Module[],
  today: string,
): Promise<void> {
  await admin.query(
    `do $$ begin if not exists (select from pg_roles where rolname = '${OWNER}') then create role ${OWNER} login password '${server.password}'; end if; end $$`,
  )
  await admin.query(`create database ${template}_new owner ${OWNER}`)
  const pool = openPool({ ...server, user: OWNER, database: `${template}_new` }, 2)
  await prepareDatabase(pool, modules, log, today)
  await pool.end()
  await admin.query(`alter database ${template}_new rename to ${template}`)
}

/** Names the template by what is in it, so that a changed migration makes a new one. */
function fingerprintOf(modules: readonly Module[]): string {
  const hash = createHash('sha256')
  const folders = [new URL('../migrations/', import.meta.url), ...modules.map(({ migrations }) => migrations)]
  for (const folder of folders) for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(fileURLToPath(new URL(file, folder))))
  return hash.digest('hex').slice(0, 16)
}
