/** The SQL of the monitor. */
import { sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { Store } from '../nodes/contract.ts'
import type { NodeHealth } from '../nodes/health.contract.ts'
import { type DeliveryWithGrant, deliveryPage } from './delivery.store.ts'
import type { Db } from './tables.ts'

const MOST_DELIVERIES = 200

export type ActiveNode = {
  id: Id
  unit: Id
  name: string
  version: string | null
  lastSeenAt: Moment | null
  clockSkewSeconds: number | null
  stores: Store[]
  health: NodeHealth | null
}
/** @param units whose nodes; undefined for all */
export async function activeNodes(db: Db, units: readonly Id[] | undefined): Promise<ActiveNode[]> {
  const { rows } = await sql<ActiveNode>`
    select id, unit, name, version, last_seen_at, clock_skew_seconds, stores, health from nodes_pub.node
    where state = 'active' ${units ? sql`and unit = any(${units}::uuid[])` : sql``} order by name, id`.execute(db)
  return rows
}

/** What is under way, waits or has stopped, newest first. */
export function underWay(db: Db, sight: Reach): Promise<DeliveryWithGrant[]> {
  return deliveryPage(db, { sight, state: ['ordered', 'running', 'waiting', 'paused', 'stopped'] }, undefined, MOST_DELIVERIES)
}
