/** The monitor's figures for a monitoring system: the same levels, the same words. Nodes are named by id and name, never a person. */
import type { Pool } from 'pg'
import type { Measure } from '../../kernel/observe.ts'

type Value = Awaited<ReturnType<Measure['read']>>[number]
const NODE = ['node', 'name'] as const
const ACTIVE = `from nodes_pub.node n where n.state = 'active'`

/** One figure of each active node that tells it. */
function ofNodes(name: string, help: string, sql: string): Measure {
  const read = async (pool: Pool): Promise<Value[]> => {
    const { rows } = await pool.query<{ node: string; name: string; value: number | null }>(`select n.id as node, n.name, (${sql})::float8 as value ${ACTIVE}`)
    return rows.flatMap(({ node, name: called, value }) => (value === null ? [] : [{ labels: { node, name: called }, value }]))
  }
  return { name, help, labels: NODE, read }
}

/** One figure for each value of one label. */
function byLabel(name: string, help: string, label: string, sql: string): Measure {
  const read = async (pool: Pool): Promise<Value[]> => {
    const { rows } = await pool.query<{ label: string; value: number }>(sql)
    return rows.map((row) => ({ labels: { [label]: row.label }, value: row.value }))
  }
  return { name, help, labels: [label], read }
}

const gauges: Measure = {
  name: 'zhenghe_exchange_budget_ratio',
  help: 'Level of a budget of a node’s store, of its limit',
  labels: [...NODE, 'store', 'gauge'],
  read: async (pool) => {
    const { rows } = await pool.query<{ node: string; name: string; store: string; gauge: string; value: number }>(
      `select n.id as node, n.name, s.value ->> 'id' as store, g.value ->> 'name' as gauge, (g.value ->> 'value')::float8 / (g.value ->> 'limit')::float8 as value
       from nodes_pub.node n, jsonb_array_elements(n.stores) s, jsonb_array_elements(coalesce(s.value -> 'gauges', '[]')) g where n.state = 'active'`,
    )
    return rows.map(({ value, ...labels }) => ({ labels, value }))
  },
}

export const measures: readonly Measure[] = [
  ofNodes('zhenghe_exchange_node_silence_seconds', 'Since a node was last heard of', 'extract(epoch from now() - n.last_seen_at)'),
  ofNodes('zhenghe_exchange_node_clock_skew_seconds', 'How far a node’s clock is ahead of the platform’s', 'n.clock_skew_seconds'),
  ofNodes('zhenghe_exchange_node_letters_waiting', 'Letters in a node’s outbox', `n.health -> 'outbox' ->> 'waiting'`),
  ofNodes('zhenghe_exchange_node_letters_refused', 'Letters of a node that were refused for good', `n.health -> 'outbox' ->> 'refused'`),
  ofNodes('zhenghe_exchange_node_disk_free_bytes', 'Room on the file system of a node’s home', `n.health -> 'disk' ->> 'freeBytes'`),
  ofNodes('zhenghe_exchange_node_memory_bytes', 'Resident set of a node', `n.health ->> 'memoryBytes'`),
  ofNodes('zhenghe_exchange_node_loop_delay_seconds', '99th percentile of the delay of a node’s event loop', `(n.health ->> 'loopLagMs')::float8 / 1000`),
  ofNodes(
    'zhenghe_exchange_node_stores_unreachable',
    'Databases of a node that do not answer',
    `select count(*) from jsonb_array_elements(n.stores) s where not (s.value ->> 'reachable')::boolean`,
  ),
  gauges,
  byLabel(
    'zhenghe_exchange_deliveries',
    'Deliveries that are not over, by state',
    'state',
    `select case when stopped_at is not null then 'stopped' when paused_at is not null then 'paused' when waiting_since is not null then 'waiting' when running_since is not null then 'running' else 'ordered' end as label,
       count(*)::float8 as value from exchange.delivery where done_at is null and cancelled_at is null group by 1`,
  ),
  byLabel(
    'zhenghe_exchange_alarms_open',
    'Open alarms, by kind',
    'kind',
    `select kind as label, count(*)::float8 as value from exchange.alarm where closed_at is null group by 1`,
  ),
  byLabel(
    'zhenghe_exchange_orders_open',
    'Open orders to nodes that are no deliveries, by kind',
    'kind',
    `select kind as label, count(*)::float8 as value from exchange.node_order where done_at is null group by 1`,
  ),
]
