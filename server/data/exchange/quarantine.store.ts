/** The SQL of quarantined rows. Row-level security leaves only the provider's own to a transaction; these statements name the units as well. */
import { type RawBuilder, sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { QuarantineRow } from './quarantine.contract.ts'
import type { Db, QuarantineRowInTable } from './tables.ts'

export type Rejected = { id: Id; key: string; keys?: string[] | undefined; field: string; rule: string; value: string }
export type RangeOf = { delivery: Id; range: number; provider: Id; entry: Id; entryName: string; at: Moment; since: Moment }

/** Puts a range's rejected rows in place of what the range had handed in before; nothing older than `since` belongs to the delivery. */
export async function replaceRange(db: Db, range: RangeOf, rows: readonly Rejected[], dropped: number): Promise<void> {
  const { delivery, range: n, provider, entry, entryName, at, since } = range
  await sql`delete from exchange.quarantine where delivery = ${delivery} and range = ${n} and at >= ${since}`.execute(db)
  await sql`insert into exchange.quarantine_range (delivery, range, provider, listed, dropped) values (${delivery}, ${n}, ${provider}, ${rows.length}, ${dropped})
    on conflict (delivery, range) do update set listed = excluded.listed, dropped = excluded.dropped`.execute(db)
  await sql`insert into exchange.quarantine (id, at, provider, entry, entry_name, delivery, range, row_key, row_keys, field, rule, value)
    select n.id, ${at}, ${provider}, ${entry}, ${entryName}, ${delivery}, ${n}, n.key,
      (select array_agg(k.value order by k.at) from jsonb_array_elements_text(n.keys) with ordinality as k(value, at)), n.field, n.rule, n.value
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id uuid, key text, keys jsonb, field text, rule text, value text)`.execute(db)
}

/** Of a capture: these are the keys that its target refuses now. One that was among them before and is not any more has been mended; what somebody has dismissed stays so. */
export async function replaceRefused(db: Db, range: RangeOf, rows: readonly Rejected[]): Promise<void> {
  const { delivery, range: n, provider, entry, entryName, at } = range
  const told = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id uuid, key text, keys jsonb, field text, rule text, value text)`
  await sql`update exchange.quarantine q set mended_at = ${at} where q.delivery = ${delivery} and q.range = ${n} and ${STATES.open}
    and not exists (select from ${told} where to_jsonb(q.row_keys) = n.keys)`.execute(db)
  await sql`insert into exchange.quarantine_range (delivery, range, provider, listed, dropped) values (${delivery}, ${n}, ${provider}, ${rows.length}, 0)
    on conflict (delivery, range) do update set listed = excluded.listed, dropped = 0`.execute(db)
  await sql`insert into exchange.quarantine (id, at, provider, entry, entry_name, delivery, range, row_key, row_keys, field, rule, value)
    select n.id, ${at}, ${provider}, ${entry}, ${entryName}, ${delivery}, ${n}, n.key,
      (select array_agg(k.value order by k.at) from jsonb_array_elements_text(n.keys) with ordinality as k(value, at)), n.field, n.rule, n.value
    from ${told} where not exists (select from exchange.quarantine q where q.delivery = ${delivery} and q.range = ${n} and q.mended_at is null and to_jsonb(q.row_keys) = n.keys)`.execute(
    db,
  )
}

/** After a capture has read these keys again: rows that broke a rule then stay with their new reason, the others are mended. What the target refuses, the capture tells by itself. */
export async function settleReread(
  db: Db,
  { delivery, keys, at }: { delivery: Id; keys: readonly string[][]; at: Moment },
  rejected: readonly Omit<Rejected, 'id'>[],
  refused: number,
): Promise<void> {
  const read = sql`q.delivery in (select d.id from exchange.delivery d join exchange.delivery o on o.subscription = d.subscription where o.id = ${delivery}) and q.range <> ${refused} and ${STATES.open} and to_jsonb(q.row_keys) in (select value from jsonb_array_elements(${JSON.stringify(keys)}::jsonb))`
  const told = sql`jsonb_to_recordset(${JSON.stringify(rejected)}::jsonb) as n(keys jsonb, field text, rule text, value text)`
  await sql`update exchange.quarantine q set field = n.field, rule = n.rule, value = n.value from ${told} where ${read} and to_jsonb(q.row_keys) = n.keys`.execute(
    db,
  )
  await sql`update exchange.quarantine q set mended_at = ${at} where ${read} and not exists (select from ${told} where to_jsonb(q.row_keys) = n.keys)`.execute(
    db,
  )
}

export type QuarantineFilter = { units: readonly Id[]; delivery?: Id | undefined; entry?: Id | undefined; state?: QuarantineRow['state'] | undefined }
const STATES: Record<QuarantineRow['state'], RawBuilder<boolean>> = {
  open: sql`q.mended_at is null and q.dismissed_at is null`,
  mended: sql`q.mended_at is not null`,
  dismissed: sql`q.dismissed_at is not null`,
}

function wanted({ units, delivery, entry, state }: QuarantineFilter): RawBuilder<boolean> {
  const narrow = [delivery ? sql`and q.delivery = ${delivery}` : sql``, entry ? sql`and q.entry = ${entry}` : sql``, state ? sql`and ${STATES[state]}` : sql``]
  return sql`q.provider = any(${units}::uuid[]) ${sql.join(narrow, sql` `)}`
}

/** Newest first, after the row with this id. */
export async function quarantinePage(db: Db, filter: QuarantineFilter, after: Id | undefined, limit: number): Promise<QuarantineRowInTable[]> {
  const { rows } = await sql<QuarantineRowInTable>`
    select q.* from exchange.quarantine q where ${wanted(filter)} ${after ? sql`and q.id < ${after}` : sql``} order by q.id desc limit ${limit}`.execute(db)
  return rows
}

export async function quarantinedRow(db: Db, id: Id, units: readonly Id[]): Promise<QuarantineRowInTable | undefined> {
  const { rows } = await sql<QuarantineRowInTable>`select q.* from exchange.quarantine q where q.id = ${id} and q.provider = any(${units}::uuid[])`.execute(db)
  return rows[0]
}

/** How many rows there are by field and rule, most first. */
export async function reasonsOf(db: Db, filter: QuarantineFilter): Promise<{ field: string; rule: string; rows: number }[]> {
  const { rows } = await sql<{ field: string; rule: string; rows: number }>`
    select q.field, q.rule, count(*) as rows from exchange.quarantine q where ${wanted(filter)} group by q.field, q.rule order by rows desc, q.field, q.rule`.execute(
    db,
  )
  return rows
}

/** Rows that were rejected but not listed, of the deliveries the filter leaves. */
export async function unlisted(db: Db, { units, delivery, entry }: QuarantineFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select coalesce(sum(q.dropped), 0)::bigint as n from exchange.quarantine_range q where q.provider = any(${units}::uuid[])
    ${delivery ? sql`and q.delivery = ${delivery}` : sql``}
    ${
      entry
        ? sql`and q.delivery in (select d.id from exchange.delivery d join exchange.subscription s on s.id = d.subscription
            join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version join exchange.request r on r.id = g.request where r.entry = ${entry})`
        : sql``
    }`.execute(db)
  return rows[0]?.n ?? 0
}

export type Settling = { ids: readonly Id[]; units: readonly Id[]; state: 'mended' | 'dismissed'; note: string; by: Id; at: Moment }

/** Settles those of the rows that are open; answers the delivery of each. */
export async function settleRows(db: Db, { ids, units, state, note, by, at }: Settling): Promise<Id[]> {
  const column = state === 'mended' ? sql`mended_at` : sql`dismissed_at`
  const { rows } = await sql<{ delivery: Id }>`
    update exchange.quarantine q set ${column} = ${at}, note = ${note}, settled_by = ${by}
    where q.id = any(${ids}::uuid[]) and q.provider = any(${units}::uuid[]) and ${STATES.open} returning q.delivery`.execute(db)
  return rows.map(({ delivery }) => delivery)
}

/** Those of the deliveries that have no open row left. */
export async function settledDeliveries(db: Db, deliveries: readonly Id[]): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select d.id from unnest(${deliveries}::uuid[]) as d(id) where not exists (select from exchange.quarantine q where q.delivery = d.id and ${STATES.open})`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}
