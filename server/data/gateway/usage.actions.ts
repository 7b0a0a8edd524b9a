import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { later } from '../../kernel/time.ts'
import { findAccess, unusedGrants } from './access.store.ts'
import { viewsOf } from './access.view.ts'
import { refusals } from './contract.ts'
import { percentile } from './rules.ts'
import { sees, sightOf } from './sight.ts'
import type { Tables } from './tables.ts'
import { CallLine, type usageEndpoints } from './usage.contract.ts'
import * as store from './usage.store.ts'
import { verifyCalls } from './usage.verify.ts'

const refuse = refuser(refusals)
const DAY_MS = 86_400_000
const CALLS_SHOWN = 50
const BATCHES_READ = 500

export const usageActions: Actions<typeof usageEndpoints, Tables> = {
  async usage(ctx, { api, days }) {
    const sums = await store.usageSince(ctx.db, sightOf(ctx), later(ctx.now, -days * DAY_MS), api)
    return sums.map(({ durations, ...sum }) => {
      const steps = durations.map(Number)
      return { ...sum, p50: percentile(steps, 0.5), p95: percentile(steps, 0.95) }
    })
  },

  async unused(ctx, { days }) {
    return viewsOf(ctx, await unusedGrants(ctx.db, sightOf(ctx), later(ctx.now, -days * DAY_MS), ctx.now, ctx.today))
  },

  async calls(ctx, { id }) {
    const row = await findAccess(ctx.db, id, ctx.today)
    if (!row || !sees(sightOf(ctx), row)) return refuse('gateway.unknown')
    const batches = await store.linesWith(ctx.db, id, later(ctx.now, -7 * DAY_MS), BATCHES_READ)
    const lines = batches.flatMap((batch) =>
      batch
        .split('\n')
        .reverse()
        .filter((line) => line.includes(id)),
    )
    return lines.slice(0, CALLS_SHOWN).map((line) => {
      const { at, ...call } = JSON.parse(line) as { at: number }
      return CallLine.parse({ ...call, at: new Date(at).toISOString() })
    })
  },

  async verifyCalls(ctx) {
    return verifyCalls(ctx.db)
  },

  async tunnelPass({ actor }) {
    return { node: actor.id }
  },
}
