/** The three lists as they stand, each in one statement, and their editions. */
import { type Insertable, type RawBuilder, sql } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { Edition, ListKind, ListRow } from './list.contract.ts'
import { NEED_STATE } from './need.store.ts'
import type { Db, EditionTable } from './tables.ts'

/** A row with the division of its unit, by which editions are published. */
export type PlacedRow = ListRow & { division: string }

/** Needs that their asker and the data authority agreed on. */
const NEEDS = sql`
  select n.id, n.number, n.title as item, n.asker as unit, n.asker_name as unit_name, n.asker_division as division,
    coalesce((select string_agg(distinct i.provider_name, '、') from demand.item i where i.need = n.id), '') as other,
    n.wish ->> 'basis' as basis, ${NEED_STATE} as state, (n.accepted_at at time zone 'Asia/Shanghai')::date as since,
    (select max(i.due_on) from demand.item i where i.need = n.id) as due, '/demand/' || n.id as link
  from demand.need n where n.accepted_at is not null and n.withdrawn_at is null order by n.id desc`

const dutiesOn = (today: LocalDate): RawBuilder<unknown> => sql`
  select i.id, i.number, i.item, i.provider as unit, i.provider_name as unit_name, i.provider_division as division, n.asker_name as other,
    coalesce((select e.code || ' ' || e.name from catalog_pub.entry e where e.id = i.entry), '') as basis,
    case when i.refused_at is not null then 'refused' when i.delivered_at is not null then 'delivered' when i.committed_at is null then 'waiting'
      when i.due_on < ${today}::date then 'overdue' when i.requested_at is not null then 'requested' else 'committed' end as state,
    (i.asked_at at time zone 'Asia/Shanghai')::date as since, i.due_on as due, '/demand/' || n.id as link
  from demand.item i join demand.need n on n.id = i.need where i.dropped_at is null order by i.id desc`

/** What was approved, and what the catalogue says is not shared; an entry that was approved stands there once. */
const NEGATIVE = sql`
  select * from (
    select g.id, g.number, g.item, g.unit, g.unit_name, g.unit_division as division, g.reason as other, g.basis, 'listed' as state,
      (g.approved_at at time zone 'Asia/Shanghai')::date as since, g.review_on as due, '/demand/negative/' || g.id as link
    from demand.negative g where g.approved_at is not null and g.lifted_at is null
    union all
    select e.id, e.code, e.name, e.provider, u.name, u.division, '', coalesce(e.share_basis, ''), 'catalogue',
      (e.published_at at time zone 'Asia/Shanghai')::date, null, '/catalog/' || e.id
    from catalog_pub.entry e join organizations_pub.unit u on u.id = e.provider
    where e.share_type = 'none' and e.withdrawn_at is null
      and not exists (select from demand.negative g where g.entry = e.id and g.approved_at is not null and g.lifted_at is null)
  ) rows order by since desc, id`

export async function rowsOf(db: Db, list: ListKind, today: LocalDate): Promise<PlacedRow[]> {
  const statement: Record<ListKind, RawBuilder<unknown>> = { needs: NEEDS, duties: dutiesOn(today), negative: NEGATIVE }
  return (await sql<PlacedRow>`${statement[list]}`.execute(db)).rows
}

const HEAD = ['id', 'list', 'division', 'number', 'publishedAt', 'publishedByName', 'note', 'rowCount', 'digest'] as const

export function editionsOf(db: Db, list: ListKind): Promise<Edition[]> {
  return db.selectFrom('demand.edition').select(HEAD).where('list', '=', list).orderBy('publishedAt', 'desc').orderBy('number', 'desc').execute()
}

export function findEdition(db: Db, id: Id) {
  return db.selectFrom('demand.edition').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The last edition of a division's list; others who publish it wait until the transaction ends. */
export async function lastEdition(db: Db, list: ListKind, division: string): Promise<{ number: number; digest: string } | undefined> {
  await sql`select pg_advisory_xact_lock(hashtext(${`demand.edition ${list} ${division}`}))`.execute(db)
  return db
    .selectFrom('demand.edition')
    .select(['number', 'digest'])
    .where('list', '=', list)
    .where('division', '=', division)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export function insertEdition(db: Db, edition: Insertable<EditionTable>): Promise<Edition> {
  return db.insertInto('demand.edition').values(edition).returning(HEAD).executeTakeFirstOrThrow()
}
