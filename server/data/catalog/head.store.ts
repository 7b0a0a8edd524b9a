/** The SQL of lists: entries by their heads, page by page. */
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import { dayOf } from '../../kernel/time.ts'
import type { EntryHead, EntryState } from './contract.ts'
import type { Db, Tables } from './tables.ts'

/** Which version of an entry is shown: the one in work where there is one, the published one where there is one, or one by its number. */
export type Shown = 'working' | 'published' | number
export type HeadRow = Omit<EntryHead, 'providerName' | 'publishedOn'> & { publishedAt: Moment | null }

export function asHead({ publishedAt, ...row }: HeadRow, providerName: string): EntryHead {
  return { ...row, providerName, publishedOn: publishedAt && dayOf(publishedAt) }
}

type Joined = Tables & { e: Tables['catalog.entry']; v: Tables['catalog.version']; c: Tables['catalog.class']; b: Tables['catalog.binding'] }

function joined(db: Db, shown: Shown) {
  const number = typeof shown === 'number' ? sql<number>`${shown}::integer` : sql.ref<number>(shown === 'working' ? 'e.workingVersion' : 'e.shownVersion')
  return db
    .selectFrom('catalog.entry as e')
    .innerJoin('catalog.version as v', (join) => join.onRef('v.entry', '=', 'e.id').on('v.version', '=', number))
    .innerJoin('catalog.class as c', 'c.code', 'v.class')
    .leftJoin('catalog.binding as b', 'b.entry', 'e.id')
}

const stateOf = sql<EntryState>`case when e.withdrawn_at is null then v.state else 'withdrawn' end`

function heads(db: Db, shown: Shown) {
  return joined(db, shown)
    .select(['e.id', 'e.code', 'v.name', 'e.provider', 'v.version', 'v.shareType', 'v.openType', 'v.updateCycle', 'v.format', 'v.class'])
    .select(['c.name as className', 'e.publishedAt', 'e.changedAt'])
    .select([stateOf.as('state'), sql<boolean>`b.entry is not null`.as('bound')])
}

export function headsById(db: Db, ids: readonly Id[], shown: Shown): Promise<(HeadRow & { providerDivision: string })[]> {
  return heads(db, shown).select('e.providerDivision').where('e.id', '=', sql<Id>`any(${ids}::uuid[])`).execute()
}

export type ListFilter = { reach: Reach; state?: readonly EntryState[] | undefined; provider?: Id | undefined; text?: string | undefined }

/** At most `limit` heads of the entries within reach, last changed first, from after the cursor. */
export function page(db: Db, filter: ListFilter, after: readonly [Moment, Id] | undefined, limit: number): Promise<HeadRow[]> {
  const from = filtered(heads(db, 'working'), filter)
  const rest = after ? from.where(sql<boolean>`(e.changed_at, e.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`) : from
  return rest.orderBy('e.changedAt', 'desc').orderBy('e.id', 'desc').limit(limit).execute()
}

export async function total(db: Db, filter: ListFilter): Promise<number> {
  const counted = await filtered(joined(db, 'working'), filter).select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  return counted.total
}

type Joins<O> = SelectQueryBuilder<Joined, 'e' | 'v' | 'c' | 'b', O>
function filtered<Q>(query: Q, { reach, state, provider, text }: ListFilter): Q {
  let chosen = query as unknown as Joins<unknown>
  if (reach !== 'everywhere') {
    const prefixes = reach.divisions.map((division) => `${division}%`)
    chosen = chosen.where(sql<boolean>`(e.provider = any(${reach.units}::uuid[]) or e.provider_division like any(${prefixes}::text[]))`)
  }
  if (provider) chosen = chosen.where('e.provider', '=', provider)
  if (state) chosen = chosen.where(stateOf, '=', sql<EntryState>`any(${state}::text[])`)
  if (text?.trim()) chosen = chosen.where(sql<boolean>`(v.name ilike ${`%${escaped(text.trim())}%`} or starts_with(e.code, ${text.trim()}))`)
  return chosen as unknown as Q
}

/** `%`, `_` and `\` as themselves. */
const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
