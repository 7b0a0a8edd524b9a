/** What earlier deliveries took, from the documents their senders signed. */
import type { DeliveryMode } from '@zhenghe/wire/documents.ts'
import { sql } from 'kysely'
import type { Id } from '../../kernel/contract.ts'
import type { DeliveryPlan } from './plan.contract.ts'
import type { Db } from './tables.ts'

/** The last delivery of a subscription that is done and was of this kind; replays of a few keys are none. */
export async function lastDone(db: Db, subscription: Id, mode: DeliveryMode): Promise<DeliveryPlan['estimate'] | undefined> {
  const { rows } = await sql<NonNullable<DeliveryPlan['estimate']>>`
    select d.id as delivery, d.number, d.done_at as at, (m.text::jsonb ->> 'sent')::float8 as rows, (m.text::jsonb ->> 'bytes')::float8 as bytes,
      greatest(extract(epoch from d.done_at - coalesce(d.started_at, d.ordered_at)), 0)::float8 as seconds
    from exchange.delivery d join exchange.receipt m on m.delivery = d.id and m.kind = 'manifest'
    where d.subscription = ${subscription} and d.mode = ${mode} and d.done_at is not null and not d.replay
    order by d.id desc limit 1`.execute(db)
  return rows[0]
}
