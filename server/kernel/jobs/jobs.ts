/** Outbox readers and work by the clock, on graphile-worker: at least once, each reader's writes exactly once, dead letters kept. */

import { Logger, type ParsedCronItem, parseCronItems, runMigrations, run as startWorker, type Task, type TaskList } from 'graphile-worker'
import { sql } from 'kysely'
import type { KernelTables } from '../database.ts'
import type { Ctx, Reader, Schedule } from '../module.ts'
import type { RunningPlatform } from '../platform.ts'
import { OFFSET_HOURS } from '../time.ts'

const CONCURRENCY = 4
type EventJob = { event: string; at: string; reader: string }

/** Prepares the queue's own tables; must run before anything is told. */
export async function migrateJobs(platform: Pick<RunningPlatform, 'pool' | 'log'>): Promise<void> {
  await runMigrations({ pgPool: platform.pool, logger: quiet(platform) })
}

/** Works until stopped; stopping lets running jobs end. */
export async function startJobs(platform: RunningPlatform): Promise<() => Promise<void>> {
  const schedules = platform.modules.flatMap(({ name, jobs }) => (jobs?.schedules ?? []).map((schedule) => ({ name: `${name}.${schedule.name}`, schedule })))
  const taskList: TaskList = { event: eventTask(platform) }
  for (const { name, schedule } of schedules)
    taskList[name] = () => platform.asSystem(`job ${name}`, (ctx) => schedule.handle(ctx as never)).then(() => undefined)
  const worker = await startWorker({
    pgPool: platform.pool,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    pollInterval: 2000,
    taskList,
    parsedCronItems: cronItems(schedules),
    logger: quiet(platform),
  })
  return () => worker.stop()
}

/** The queue's one task for events: finds the reader a job names and lets it read. */
export function eventTask(platform: RunningPlatform): Task {
  const readers = new Map(platform.modules.flatMap(({ name, jobs }) => (jobs?.readers ?? []).map((reader) => [`${name}.${reader.name}`, reader] as const)))
  return (payload) => deliver(platform, readers, payload as EventJob)
}

/** One reader of one event: its writes and the note that it has read are one transaction. */
async function deliver(platform: RunningPlatform, readers: ReadonlyMap<string, Reader>, { event, at, reader }: EventJob): Promise<void> {
  const known = readers.get(reader)
  if (!known) throw new Error(`no reader ${reader}: it was renamed or removed while events waited for it`)
  await platform.asSystem(`event ${known.event} to ${reader}`, async (ctx: Ctx<KernelTables>) => {
    const first = await sql`insert into kernel.event_done (event, reader) values (${event}, ${reader}) on conflict do nothing returning event`.execute(
      ctx.kernel,
    )
    if (first.rows.length === 0) return
    const told = await ctx.kernel.selectFrom('kernel.outbox').select('payload').where('id', '=', event).where('at', '=', at).executeTakeFirstOrThrow()
    await known.handle(ctx as never, told.payload as never)
  })
}

/** The queue's cron speaks UTC; schedules are written in the city's time. */
function cronItems(schedules: readonly { name: string; schedule: Schedule }[]): ParsedCronItem[] {
  return parseCronItems(schedules.map(({ name, schedule }) => ({ task: name, match: toUtc(schedule.cron), identifier: name, options: { backfillPeriod: 0 } })))
}

/** Shifts the hour field of a cron line; a fixed hour moves by the offset, `*` stays. */
export function toUtc(cron: string): string {
  const [minute, hour, ...rest] = cron.trim().split(/\s+/)
  if (!hour || hour.startsWith('*')) return cron
  if (!/^\d+$/.test(hour) || rest.some((field) => field !== '*')) throw new Error(`«${cron}»: only «minute hour * * *» and «minute * * * *» are supported`)
  return `${minute} ${(Number(hour) - OFFSET_HOURS + 24) % 24} * * *`
}

/** Our log, a level lower: the queue tells more than an operator wants to read. */
export function quiet({ log }: Pick<RunningPlatform, 'log'>): Logger {
  const child = log.child({ part: 'jobs' })
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const
  return new Logger(() => (level, message, meta) => child[levels[level]](meta ?? {}, message))
}
