import { every, type Jobs, on } from '../../kernel/module.ts'
import { later } from '../../kernel/time.ts'
import { NodeRevoked } from '../nodes/contract.ts'
import { gatewayOf } from './endpoint/gateway.ts'
import type { Context } from './sight.ts'
import type { Tables } from './tables.ts'
import { headsSince } from './usage.store.ts'

const ANCHORED_MS = 11 * 60_000

export const jobs: Jobs = {
  readers: [
    on<typeof NodeRevoked.of, Tables>(NodeRevoked, 'close the tunnel of a revoked node', async (ctx, { node }) => {
      ctx.afterCommit(() => ctx.local(gatewayOf).tunnels.drop(node))
    }),
  ],
  schedules: [every<Tables>('*/10 * * * *', 'anchor the calls in the ledger', anchor)],
}

/** The heads of the chains that grew, told to the ledger, whose seal then covers all calls before them. */
export async function anchor(ctx: Context): Promise<void> {
  for (const { chain, seq, digest } of await headsSince(ctx.db, later(ctx.now, -ANCHORED_MS)))
    ctx.about('gateway.calls', chain, { [`head ${chain}`]: { seq, digest } })
}
