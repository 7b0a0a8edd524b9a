import { sql } from 'kysely'
import type { KernelTables } from '../database.ts'
import { keysOf } from '../keys.ts'
import { sealLedger } from '../ledger/seal.ts'
import { defineModule, every } from '../module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights } from './contract.ts'

/** The kernel's own endpoints and housekeeping. Its tables are made by the kernel's migrations. */
export const desk = defineModule({
  name: 'kernel',
  contract,
  refusals,
  rights,
  actions,
  migrations: new URL('../migrations/', import.meta.url),
  start: async (platform) => {
    await platform.asSystem<KernelTables, number>('start', (ctx) => sealLedger(ctx.kernel, ctx.local(keysOf).seal, ctx.now))
    return async () => undefined
  },
  jobs: {
    readers: [],
    schedules: [
      every<KernelTables>('* * * * *', 'seal ledger', async (ctx) => {
        await sealLedger(ctx.kernel, ctx.local(keysOf).seal, ctx.now)
      }),
      every<KernelTables>('10 1 * * *', 'make partitions', async (ctx) => {
        await sql`select kernel.ensure_partitions(${ctx.today})`.execute(ctx.kernel)
      }),
    ],
  },
})
