/** The SQL of replays: rows of the quarantine that are read again by their keys, and what becomes of them. */
import { type RawBuilder, sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import type { DeliveryState, Progress } from './delivery.contract.ts'
import { STATE } from './delivery.store.ts'
import { KEYS_A_RANGE } from './node.contract.ts'
import { visible } from './sight.ts'
import type { Db } from './tables.ts'

export type ReplayFilter = {
  units: readonly Id[]
  ids?: readonly Id[] | undefined
  delivery?: Id | undefined
  entry?: Id | undefined
  field?: string | undefined
  rule?: string | undefined
}
const OPEN = sql`q.mended_at is null and q.dismissed_at is null`

function wanted({ units, ids, delivery, entry, field, rule }: ReplayFilter): RawBuilder<boolean> {
  const narrow = [
    ids ? sql`and q.id = any(${ids}::uuid[])` : sql``,
    delivery ? sql`and q.delivery = ${delivery}` : sql``,
    entry ? sql`and q.entry = ${entry}` : sql``,
    field ? sql`and q.field = ${field}` : sql``,
    rule ? sql`and q.rule = ${rule}` : sql``,
  ]
  return sql`q.provider = any(${units}::uuid[]) and ${OPEN} ${sql.join(narrow, sql` `)}`
}

export type OpenRows = { subscription: Id; provider: Id; keys: number; unkeyed: number }
/** How many keys with open rows each subscription has, and how many rows whose key the node did not tell. */
export async function openBySubscription(db: Db, filter: ReplayFilter): Promise<OpenRows[]> {
  const { rows } = await sql<OpenRows>`
    select d.subscription, q.provider, count(distinct q.row_keys) as keys, count(*) filter (where q.row_keys is null) as unkeyed
    from exchange.quarantine q join exchange.delivery d on d.id = q.delivery where ${wanted(filter)} group by 1, 2 order by 1`.execute(db)
  return rows
}

/** Keeps the keys that a replay reads again, the longest waiting first, so many at most; answers how many there are. */
export async function keepRows(db: Db, delivery: Id, subscription: Id, filter: ReplayFilter, most: number): Promise<number> {
  const { rows } = await sql`
    insert into exchange.replay_row (delivery, n, provider, row_keys, row_key)
    select ${delivery}, row_number() over (order by k.since, k.row_keys) - 1, k.provider, k.row_keys, k.row_key
    from (
      select q.provider, q.row_keys, min(q.row_key) as row_key, min(q.at) as since
      from exchange.quarantine q join exchange.delivery d on d.id = q.delivery
      where d.subscription = ${subscription} and q.row_keys is not null and ${wanted(filter)} group by 1, 2 order by since, q.row_keys limit ${most}
    ) k returning n`.execute(db)
  return rows.length
}

/** So many of the keys that a capture reads again, the longest waiting first. */
export async function openKeys(db: Db, subscription: Id, filter: ReplayFilter, most: number): Promise<string[][]> {
  const { rows } = await sql<{ rowKeys: string[] }>`
    select q.row_keys from exchange.quarantine q join exchange.delivery d on d.id = q.delivery
    where d.subscription = ${subscription} and q.row_keys is not null and ${wanted(filter)} group by 1 order by min(q.at), 1 limit ${most}`.execute(db)
  return rows.map(({ rowKeys }) => rowKeys)
}

/** The keys, range by range, as they are ordered. */
export async function rangesOf(db: Db, delivery: Id): Promise<string[][][]> {
  const { rows } = await sql<{ rowKeys: string[] }>`select row_keys from exchange.replay_row where delivery = ${delivery} order by n`.execute(db)
  return Array.from({ length: Math.ceil(rows.length / KEYS_A_RANGE) }, (_, at) =>
    rows.slice(at * KEYS_A_RANGE, (at + 1) * KEYS_A_RANGE).map(({ rowKeys }) => rowKeys),
  )
}

type Rejected = { keys?: string[] | undefined; field: string; rule: string; value: string }
/** Which rows of a range were rejected again, and why; in place of what the same range had told before. */
export async function noteRejected(db: Db, delivery: Id, range: number, rejected: readonly Rejected[]): Promise<void> {
  const within = sql`delivery = ${delivery} and n >= ${range * KEYS_A_RANGE} and n < ${(range + 1) * KEYS_A_RANGE}`
  await sql`update exchange.replay_row set field = null, rule = null, value = null where ${within}`.execute(db)
  await sql`update exchange.replay_row set field = j.field, rule = j.rule, value = j.value
    from jsonb_to_recordset(${JSON.stringify(rejected)}::jsonb) as j(keys jsonb, field text, rule text, value text)
    where ${within} and to_jsonb(row_keys) = j.keys`.execute(db)
}

/** Of a replay that is done: what passed leaves the quarantine, what did not stays with its new reason. Answers the deliveries whose rows these were. */
export async function settleReplay(db: Db, delivery: Id, subscription: Id, at: Moment): Promise<Id[]> {
  const rowsOf = sql`from exchange.replay_row r, exchange.delivery d where r.delivery = ${delivery} and d.id = q.delivery and d.subscription = ${subscription}
    and q.provider = r.provider and q.row_keys = r.row_keys and ${OPEN}`
  await sql`update exchange.quarantine q set field = r.field, rule = r.rule, value = r.value ${rowsOf} and r.field is not null`.execute(db)
  const { rows } = await sql<{ delivery: Id }>`update exchange.quarantine q set mended_at = ${at} ${rowsOf} and r.field is null returning q.delivery`.execute(
    db,
  )
  await sql`update exchange.replay_row set settled_at = ${at} where delivery = ${delivery}`.execute(db)
  return [...new Set(rows.map((row) => row.delivery))]
}

export type ReplayRow = {
  delivery: Id
  number: string
  entryName: string
  consumerName: string
  state: DeliveryState
  orderedAt: Moment
  senderProgress: Progress | null
  receiverProgress: Progress | null
  rows: number
  mended: number
  rejected: number
}
/** The newest replays of the provider's rows. */
export async function replaysOf(db: Db, units: readonly Id[], sight: Reach, limit: number): Promise<ReplayRow[]> {
  const { rows } = await sql<ReplayRow>`
    select d.id as delivery, d.number, r.entry_name, r.consumer_name, ${STATE} as state, d.ordered_at, d.sender_progress, d.receiver_progress, w.*
    from exchange.delivery d join exchange.subscription s on s.id = d.subscription
    join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version join exchange.request r on r.id = g.request
    cross join lateral (
      select count(*) as rows, count(*) filter (where settled_at is not null and field is null) as mended,
        count(*) filter (where settled_at is not null and field is not null) as rejected
      from exchange.replay_row w where w.delivery = d.id
    ) w
    where d.replay and r.provider = any(${units}::uuid[]) and ${visible(sight)} order by d.id desc limit ${limit}`.execute(db)
  return rows
}
