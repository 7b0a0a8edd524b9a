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
      await target.client.query('drop subscription if exists bench')
      await target.client.query('drop table entity')
    }
  },
}

async function copied({ target }: Site): Promise<void> {
  for (;;) {
    const { rows } = await target.client.query<{ done: boolean }>(`select bool_and(srsubstate in ('s', 'r')) as done from pg_subscription_rel`)
    if (rows[0]?.done) return
    await pause(LOOK_MS)
  }
}
