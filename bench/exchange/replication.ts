/** The initial copy of PostgreSQL's own logical replication, into a table with its key as a subscription needs it. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Case, measure, type Site } from './cases.ts'
import { DDL } from './register.ts'

const LOOK_MS = 20

/** The copy counts as done when the subscription calls the table synchronised or ready. */
export const initialCopy: Case = {
  name: 'logical replication, initial copy',
  run: async (site) => {
    const { source, target, rows } = site
    await forget(site)
    await target.client.query(`drop table if exists entity; ${DDL('entity', true)}`)
    await target.client.query('checkpoint')
    await source.client.query('drop publication if exists bench; create publication bench for table entity')
    const { host, port, user, password } = source.address
    try {
      const measured = await measure(site, rows, async () => {
        await target.client.query(
          `create subscription bench connection 'host=${host} port=${port} user=${user} password=${password} dbname=postgres' publication bench`,
        )
        await copied(site)
        return { client: 0, peakMiB: 0 }
      })
      const { rows: found } = await target.client.query<{ n: number }>('select count(*)::int as n from entity')
      if (found[0]?.n !== rows) throw new Error(`${found[0]?.n} of ${rows} rows were copied`)
      return measured
    } finally {
      await forget(site)
      await target.client.query('drop table entity')
    }
  },
}

/** Also what a run that was ended in the middle has left in both databases. */
async function forget({ source, target }: Site): Promise<void> {
  const { rowCount: left } = await target.client.query(`select from pg_subscription where subname = 'bench'`)
  if (left) {
    // asked to drop its slots itself, it waits for workers that may never come
    await target.client.query('alter subscription bench disable; alter subscription bench set (slot_name = none)')
    await target.client.query('drop subscription bench')
  }
  const idle = `select slot_name from pg_replication_slots where slot_name = 'bench' or slot_name like 'pg\\_%\\_sync\\_%'`
  for (const { slot_name: name } of (await source.client.query<{ slot_name: string }>(idle)).rows) {
    while ((await source.client.query(`select from pg_replication_slots where slot_name = $1 and active`, [name])).rowCount) await pause(LOOK_MS)
    await source.client.query('select pg_drop_replication_slot($1)', [name])
  }
}

async function copied({ target }: Site): Promise<void> {
  for (;;) {
    const { rows } = await target.client.query<{ done: boolean }>(`select bool_and(srsubstate in ('s', 'r')) as done from pg_subscription_rel`)
    if (rows[0]?.done) return
    await pause(LOOK_MS)
  }
}
