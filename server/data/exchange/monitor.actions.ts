import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { unitsInSight } from './alarm.actions.ts'
import { alarmTotal } from './alarm.store.ts'
import { refusals } from './contract.ts'
import { SILENCE_SECONDS } from './delivery.rules.ts'
import type { DeliveryWithGrant } from './delivery.store.ts'
import { headOf } from './delivery.view.ts'
import { lastHour, lastThirtyDays } from './flow.store.ts'
import type { LiveDelivery, MonitoredNode, monitorEndpoints } from './monitor.contract.ts'
import { compareVersions, etaSeconds, lagSeconds, newestOf } from './monitor.rules.ts'
import * as store from './monitor.store.ts'
import { openOrders, orderLetters } from './node-order.store.ts'
import { type Context, sightOf } from './sight.ts'
import type { NodeOrderRow, Tables } from './tables.ts'

const refuse = refuser(refusals)

export const monitorActions: Actions<typeof monitorEndpoints, Tables> = {
  async monitor(ctx) {
    const units = await unitsInSight(ctx)
    const sight = sightOf(ctx)
    const everywhere = await store.activeNodes(ctx.db, undefined)
    const newestVersion = newestOf(everywhere.map(({ version }) => version))
    const nodes = everywhere.filter(({ unit }) => !units || units.includes(unit))
    return {
      at: ctx.now,
      newestVersion,
      nodes: await monitored(ctx, nodes, newestVersion),
      deliveries: (await store.underWay(ctx.db, sight)).map((row) => live(row, ctx.now)),
      openAlarms: await alarmTotal(ctx.db, { units, state: 'open' }),
      minutes: await lastHour(ctx.db, sight, ctx.now),
    }
  },

  flowDays: (ctx) => lastThirtyDays(ctx.db, sightOf(ctx), ctx.today),

  async replayLetters(ctx, { node, letters }) {
    const found = (await store.activeNodes(ctx.db, undefined)).find(({ id }) => id === node) ?? refuse('exchange.unknown')
    if (!ctx.may('nodes.operate', { unit: found.unit })) refuse('exchange.not_yours')
    const order = ctx.newId()
    await orderLetters(ctx.db, { id: order, node, letters, orderedAt: ctx.now, orderedBy: ctx.actor.id })
    ctx.about('nodes.node', node, { letters: letters.length })
    return { order }
  },
}

async function monitored(ctx: Context, nodes: readonly store.ActiveNode[], newest: string | null): Promise<MonitoredNode[]> {
  if (nodes.length === 0) return []
  const units = await ctx.ask(organizations.unitsById, { ids: [...new Set(nodes.map(({ unit }) => unit))] })
  const names = new Map(units.map(({ id, name }) => [id, name]))
  const orders = Map.groupBy(
    await openOrders(
      ctx.db,
      nodes.map(({ id }) => id),
    ),
    ({ node }) => node,
  )
  return nodes.map((node) => {
    const own = ctx.may('nodes.operate', { unit: node.unit })
    const { health, lastSeenAt, version } = node
    return {
      ...node,
      unitName: names.get(node.unit) ?? '',
      behind: version !== null && newest !== null && compareVersions(version, newest) < 0,
      silent: lastSeenAt === null || Date.parse(ctx.now) - Date.parse(lastSeenAt) > SILENCE_SECONDS * 1000,
      health: health && !own ? { ...health, refused: [] } : health,
      own,
      orders: (orders.get(node.id) ?? []).map(orderView),
    }
  })
}

function orderView({ id, kind, subject, orderedAt, attempts, retryAt, trouble }: NodeOrderRow): MonitoredNode['orders'][number] {
  return { id, kind, subject, orderedAt, attempts, retryAt, trouble }
}

function live(row: DeliveryWithGrant, now: string): LiveDelivery {
  const { id, number, entryName, providerName, consumerName, mode, replay, state, orderedAt, startedAt, progress, trouble } = headOf(row)
  return {
    ...{ id, number, entryName, providerName, consumerName, mode, replay, state, orderedAt, startedAt, progress, route: row.route },
    etaSeconds: state === 'running' ? etaSeconds(progress) : null,
    lagSeconds: state === 'running' ? lagSeconds([row.senderSeenAt, row.receiverSeenAt], now) : null,
    trouble: trouble && `${trouble.code}: ${trouble.detail}`,
  }
}
