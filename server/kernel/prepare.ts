/** Brings a database to the state a platform needs: the queue's tables, every module's migrations, this month's partitions, the calendar. */
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { seedCalendar } from './calendar/seed.ts'
import { migrateJobs } from './jobs/jobs.ts'
import { type Migrations, migrate } from './migrate.ts'
import type { Module } from './module.ts'

const KERNEL: Migrations = { schema: 'kernel', folder: new URL('./migrations/', import.meta.url) }

/** Answers the migrations applied now. */
export async function prepareDatabase(pool: Pool, modules: readonly Module[], log: Logger, today: string): Promise<string[]> {
  await migrateJobs({ pool, log })
  const own = modules.filter(({ name }) => name !== 'kernel').map(({ name, migrations }) => ({ schema: name, folder: migrations }))
  const applied = await migrate(pool, [KERNEL, ...own], today)
  const { days } = seedCalendar()
  await pool.query(
    `insert into kernel.calendar_day (day, kind, note, source)
     select d.date, case d.kind when 'makeup' then 'workday' else 'holiday' end, coalesce(d.name, ''), 'chinese-days'
     from jsonb_to_recordset($1::jsonb) as d(date date, kind text, name text) on conflict do nothing`,
    [JSON.stringify(days)],
  )
  return applied
}
