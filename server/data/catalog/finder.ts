/**
 * Finds published entries by words: an index in memory for each process, filled from the database. Whoever changes an entry tells all
 * processes in the same transaction (`catalog_changed`); each takes the change up before its next search.
 */
import { sql } from 'kysely'
import type { Id } from '../../kernel/contract.ts'
import { local, type Platform } from '../../kernel/module.ts'
import { SearchIndex, type SearchQuery, type SearchResult } from '../../kernel/search/search-index.ts'
import { classPath } from './rules.ts'
import { type Found, foundAfter, foundById } from './search.store.ts'
import { type Context, unitsOf } from './sight.ts'

export const CHANNEL = 'catalog_changed'
export const FACETS = ['provider', 'class', 'shareType', 'openType', 'updateCycle', 'format', 'bound'] as const
export type FacetName = (typeof FACETS)[number]
type Doc = Found & { providerNames: readonly string[] }
const BATCH = 2000

export class Finder {
  private index = emptyIndex()
  private fillDue = true
  private changed = new Set<Id>()
  private work: Promise<void> | undefined

  /** Notes that an entry changed; the next search knows of it. */
  note(id: Id): void {
    this.changed.add(id)
  }

  /** Changes may have been missed: the index is filled anew before the next search. */
  forget(): void {
    this.fillDue = true
  }

  /** Takes up every change noted so far. Callers at the same time share one reading of the database, in the transaction of the first. */
  async refresh(ctx: Context): Promise<void> {
    while (this.work || this.fillDue || this.changed.size > 0) {
      this.work ??= (this.fillDue ? this.fill(ctx) : this.takeUp(ctx)).finally(() => {
        this.work = undefined
      })
      await this.work
    }
  }

  search(query: SearchQuery<FacetName>): SearchResult<FacetName> {
    return this.index.search(query)
  }

  private async fill(ctx: Context): Promise<void> {
    this.fillDue = false
    const index = emptyIndex()
    try {
      await index.load(everything(ctx))
      this.index = index
    } catch (error) {
      this.fillDue = true
      throw error
    }
  }

  private async takeUp(ctx: Context): Promise<void> {
    const ids = [...this.changed]
    this.changed.clear()
    try {
      const docs = await withNames(ctx, await foundById(ctx.db, ids))
      for (const id of ids) this.index.remove(id)
      for (const doc of docs) this.index.put(doc)
    } catch (error) {
      for (const id of ids) this.changed.add(id)
      throw error
    }
    await this.index.compactIfDue()
  }
}

export const finderOf = local((_: Platform) => new Finder())

/** Tells every process that an entry is found differently now, once this act has committed. */
export async function announce(ctx: Context, id: Id): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${id})`.execute(ctx.db)
  const finder = ctx.local(finderOf)
  ctx.afterCommit(() => finder.note(id))
}

function emptyIndex(): SearchIndex<Doc, FacetName> {
  return new SearchIndex<Doc, FacetName>({
    id: ({ id }) => id,
    order: ({ publishedAt }) => Date.parse(publishedAt),
    fields: [
      { weight: 80, text: ({ name, code }) => [name, code] },
      { weight: 40, text: ({ tags, providerNames }) => [...tags, ...providerNames] },
      { weight: 30, text: ({ items }) => items },
      { weight: 10, text: ({ abstract }) => abstract },
    ],
    facets: {
      provider: ({ provider }) => provider,
      class: (doc) => classPath(doc.class),
      shareType: ({ shareType }) => shareType,
      openType: ({ openType }) => openType,
      updateCycle: ({ updateCycle }) => updateCycle,
      format: ({ format }) => format,
      bound: ({ bound }) => String(bound),
    },
  })
}

async function* everything(ctx: Context): AsyncGenerator<Doc> {
  for (let last: Id | undefined; ; ) {
    const batch = await foundAfter(ctx.db, last, BATCH)
    yield* await withNames(ctx, batch)
    if (batch.length < BATCH) return
    last = batch.at(-1)!.id
  }
}

async function withNames(ctx: Context, found: readonly Found[]): Promise<Doc[]> {
  const units = await unitsOf(
    ctx,
    found.map(({ provider }) => provider),
  )
  return found.map((one) => {
    const unit = units.get(one.provider)
    return { ...one, providerNames: unit ? [unit.name, unit.shortName] : [] }
  })
}
