/** The SQL by which nodes learn what to do. Each statement is answered from the partial indexes over what is under way. */
import type { DeliveryMode } from '@zhenghe/wire/documents.ts'
import { sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { NatsPlace } from '../nodes/contract.ts'
import type { ReconciliationScope } from './reconciliation.contract.ts'
import type { Db } from './tables.ts'

/** One piece of work with the signed grant it stands on and the node at the other end. */
export type Work = {
  id: Id
  sending: boolean
  text: string
  key: string
  signature: string
  store: string
  targetSchema: string
  targetTable: string
  cursor: string | null
  peerId: Id
  peerName: string
  peerListen: string | null
  peerNats: NatsPlace | null
}
export type DeliveryWork = Work & { mode: DeliveryMode; replay: boolean; acceptedShape: string }
export type ReconciliationWork = Work & { mend: boolean; scope: ReconciliationScope; capture: Id | null }
export type Polling = { node: Id; running: readonly Id[]; now: Moment }

const MOST_ORDERS = 50
const COLUMNS = sql`g.text, g.key, g.signature, s.store, s.target_schema, s.target_table, s.cursor, p.id as peer_id, p.name as peer_name, p.listen as peer_listen,
  (select jsonb_build_object('subject', n.subject, 'domain', n.domain) from nodes_pub.nats n where n.node = p.id) as peer_nats`
/** What stands on a grant in force, is not done by the node already, and whose time to be tried has come. */
const standing = ({ node, running, now }: Polling, joined = sql``) => sql`
  join exchange.subscription s on s.id = w.subscription
  join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
  join nodes_pub.node p on p.id = case when w.sender = ${node} then w.receiver else w.sender end
  ${joined}
  where (w.sender = ${node} or w.receiver = ${node}) and w.id <> all(${running}::uuid[]) and (w.retry_at is null or w.retry_at <= ${now})
    and g.revoked_at is null and g.not_after > ${now}`

/** The capture that goes on behind the table that is compared. */
const CAPTURE = sql`left join exchange.delivery c on c.subscription = w.subscription and c.mode = 'capture' and c.done_at is null and c.stopped_at is null and c.cancelled_at is null`

export async function deliveriesFor(db: Db, polling: Polling): Promise<DeliveryWork[]> {
  const { rows } = await sql<DeliveryWork>`
    select w.id, w.sender = ${polling.node} as sending, w.mode, w.replay, w.accepted_shape, ${COLUMNS} from exchange.delivery w ${standing(polling)}
    and w.done_at is null and w.stopped_at is null and w.cancelled_at is null and w.paused_at is null order by w.id limit ${MOST_ORDERS}`.execute(db)
  return rows
}

export async function reconciliationsFor(db: Db, polling: Polling): Promise<ReconciliationWork[]> {
  const { rows } = await sql<ReconciliationWork>`
    select w.id, w.sender = ${polling.node} as sending, w.mend, w.scope, ${COLUMNS}, c.id as capture from exchange.reconciliation w ${standing(polling, CAPTURE)}
    and w.ended_at is null and (not w.mend or w.approved_at is not null) and c.paused_at is null order by w.id limit ${MOST_ORDERS}`.execute(db)
  return rows
}

/** Of what the node says it is doing, the captures that are to stand still. */
export async function pausedAmong(db: Db, { node, running }: Polling): Promise<{ id: Id }[]> {
  const { rows } = await sql<{ id: Id }>`
    select d.id from exchange.delivery d where d.id = any(${running}::uuid[]) and (d.sender = ${node} or d.receiver = ${node})
    and d.paused_at is not null and d.cancelled_at is null and d.stopped_at is null`.execute(db)
  return rows
}

/** Of what the node says it is doing, that which has been ended without it, and why. */
export async function endedAmong(db: Db, { node, running }: Polling): Promise<{ id: Id; reason: string }[]> {
  const { rows } = await sql<{ id: Id; reason: string }>`
    select d.id, coalesce(d.cancel_reason, 'stopped') as reason from exchange.delivery d
    where d.id = any(${running}::uuid[]) and (d.sender = ${node} or d.receiver = ${node}) and (d.cancelled_at is not null or d.stopped_at is not null)
    union all
    select n.id, n.trouble as reason from exchange.reconciliation n
    where n.id = any(${running}::uuid[]) and (n.sender = ${node} or n.receiver = ${node}) and n.ended_at is not null and n.trouble is not null`.execute(db)
  return rows
}
