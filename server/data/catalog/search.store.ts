/** What the index is filled with, and what a page of hits shows: entries that are published and not withdrawn. */
import { sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Content } from './contract.ts'
import type { Db } from './tables.ts'

export type Found = Pick<Content, 'name' | 'abstract' | 'tags' | 'format' | 'updateCycle'> & {
  id: Id
  code: string
  provider: Id
  class: string
  shareType: Content['share']['type']
  openType: Content['open']['type']
  publishedAt: Moment
  bound: boolean
  /** Names of the items. */
  items: string[]
}

function published(db: Db) {
  return db
    .selectFrom('catalog.entry as e')
    .innerJoin('catalog.version as v', (join) => join.onRef('v.entry', '=', 'e.id').onRef('v.version', '=', 'e.publishedVersion'))
    .leftJoin('catalog.binding as b', 'b.entry', 'e.id')
    .where('e.withdrawnAt', 'is', null)
    .select(['e.id', 'e.code', 'e.provider', 'v.name', 'v.class', 'v.format', 'v.shareType', 'v.openType', 'v.updateCycle'])
    .select([
      sql<Moment>`e.published_at`.as('publishedAt'),
      sql<boolean>`b.entry is not null`.as('bound'),
      sql<string>`v.content ->> 'abstract'`.as('abstract'),
      sql<string[]>`v.content -> 'tags'`.as('tags'),
      sql<string[]>`jsonb_path_query_array(v.content, '$.items[*].name')`.as('items'),
    ])
}

/** In the order of their ids, from after one of them. */
export function foundAfter(db: Db, last: Id | undefined, limit: number): Promise<Found[]> {
  const all = published(db).orderBy('e.id').limit(limit)
  return (last ? all.where('e.id', '>', last) : all).execute()
}

export function foundById(db: Db, ids: readonly Id[]): Promise<Found[]> {
  return published(db).where('e.id', '=', sql<Id>`any(${ids}::uuid[])`).execute()
}
