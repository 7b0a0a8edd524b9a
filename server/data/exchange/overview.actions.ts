import type { Actions } from '../../kernel/module.ts'
import { NodeState, contract as nodes } from '../nodes/contract.ts'
import { rejectedShare } from './delivery.rules.ts'
import type { overviewEndpoints } from './overview.contract.ts'
import * as store from './overview.store.ts'
import { sightOf } from './sight.ts'
import type { Tables } from './tables.ts'

export const overviewActions: Actions<typeof overviewEndpoints, Tables> = {
  async quality({ db, now }, { entry }) {
    const { rejected, ...shown } = await store.shownOf(db, entry)
    const share = rejectedShare({ rejected, loaded: shown.rows })
    return { ...shown, rejectedShare: share, reasons: await store.reasonsShown(db, entry), ...(await store.useOf(db, entry, now)) }
  },

  async overview(ctx) {
    const sight = sightOf(ctx)
    const { running = 0, ordered = 0, waiting = 0, stopped = 0 } = await store.deliveriesByState(ctx.db, sight)
    const known = await ctx.ask(nodes.nodes, {})
    const count = (state: NodeState) => known.filter((node) => node.state === state).length
    return {
      nodes: Object.fromEntries(NodeState.options.map((state) => [state, count(state)])) as Record<NodeState, number>,
      ...{ running: running + ordered, waiting, stopped },
      days: await store.lastDays(ctx.db, sight, ctx.today),
    }
  },
}
