/** The SQL of orders to nodes that are no deliveries: tried again until the node says that they are done. */
import { sql, type Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Polling } from './node.store.ts'
import type { Db, NodeOrderRow, Tables } from './tables.ts'

const MOST = 50

/** What is due for the node; the oldest first. */
export function dueFor(db: Db, { node, now }: Polling): Promise<NodeOrderRow[]> {
  return db
    .selectFrom('exchange.nodeOrder')
    .selectAll()
    .where('node', '=', node)
    .where('doneAt', 'is', null)
    .where((where) => where.or([where('retryAt', 'is', null), where('retryAt', '<=', now)]))
    .orderBy('id')
    .limit(MOST)
    .execute()
}

export function lock(db: Db, id: Id): Promise<NodeOrderRow | undefined> {
  return db.selectFrom('exchange.nodeOrder').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function change(db: Db, id: Id, change: Updateable<Tables['exchange.nodeOrder']>): Promise<void> {
  await db.updateTable('exchange.nodeOrder').set(change).where('id', '=', id).execute()
}

/** The constraint `node_order_open_once` refuses a second one of a kind about the same while one is open. */
export async function orderLetters(db: Db, order: { id: Id; node: Id; letters: readonly number[]; orderedAt: Moment; orderedBy: Id }): Promise<void> {
  const { letters, node, ...rest } = order
  await db
    .insertInto('exchange.nodeOrder')
    .values({ ...rest, node, kind: 'replay_letters', subject: node, body: JSON.stringify({ letters }) })
    .execute()
}

/** The keys of a capture's quarantine that its sender reads again; one such order of a capture at a time. */
export async function orderCaptureReplay(
  db: Db,
  order: { id: Id; node: Id; delivery: Id; keys: readonly string[][]; orderedAt: Moment; orderedBy: Id },
): Promise<void> {
  const { delivery, keys, ...rest } = order
  await db
    .insertInto('exchange.nodeOrder')
    .values({ ...rest, kind: 'replay_capture', subject: delivery, body: JSON.stringify({ delivery, keys }) })
    .execute()
}

export async function captureReplayOpen(db: Db, delivery: Id): Promise<boolean> {
  const found = await db
    .selectFrom('exchange.nodeOrder')
    .select('id')
    .where('kind', '=', 'replay_capture')
    .where('subject', '=', delivery)
    .where('doneAt', 'is', null)
    .execute()
  return found.length > 0
}

/**
 * Orders the database roles of grants that are over to be taken away at their sources, once for each grant under which anything was ever ordered. A
 * node that is revoked is asked nothing.
 */
export async function orderRoleDrops(db: Db, now: Moment, by: Id): Promise<void> {
  await sql`insert into exchange.node_order (id, node, kind, subject, body, ordered_at, ordered_by)
    select gen_random_uuid(), g.provider_node, 'drop_role', g.id, jsonb_build_object('grant', g.id, 'store', g.text::jsonb -> 'source' ->> 'id'), ${now}, ${by}
    from exchange."grant" g join nodes_pub.node p on p.id = g.provider_node and p.state = 'active'
    where g.granted_at is not null and (g.revoked_at is not null or g.not_after <= ${now})
      and exists (select from exchange.subscription s where s.grant_id = g.id and s.grant_version = g.version)
      and not exists (select from exchange.node_order o where o.kind = 'drop_role' and o.subject = g.id::text)
    on conflict do nothing`.execute(db)
}

/** Open orders of these nodes, for whoever watches. */
export function openOrders(db: Db, nodes: readonly Id[]): Promise<NodeOrderRow[]> {
  return db
    .selectFrom('exchange.nodeOrder')
    .selectAll()
    .where('doneAt', 'is', null)
    .where('node', 'in', [...nodes])
    .orderBy('id')
    .execute()
}
