import type { z } from 'zod'
import type { Actions } from '../../kernel/module.ts'
import type { FacetCount } from '../../kernel/search/facets.ts'
import { excerpt, highlight, type Range } from '../../kernel/search/highlight.ts'
import type { Text } from '../../kernel/texts.ts'
import * as classStore from './class.store.ts'
import type { contract, Hit } from './contract.ts'
import { type FacetName, finderOf } from './finder.ts'
import { headsById } from './head.store.ts'
import { type Found, foundById } from './search.store.ts'
import { type Context, unitsOf } from './sight.ts'
import type { Tables } from './tables.ts'
import { formats, openTypes, shareTypes, updateCycles } from './texts.ts'
import { named } from './view.ts'

const ITEM_CLASS_LENGTH = 3
const FACET_VALUES = 2000
const EXCERPT = 120
const MARKED_ITEMS = 5
const BOUND: Record<string, Text> = { true: { zh: '已挂接', en: 'Bound' }, false: { zh: '未挂接', en: 'Not bound' } }
type Wanted = z.output<typeof contract.search.in>
type SearchAnswer = z.output<typeof contract.search.out>

export const searchActions = {
  async search(ctx, wanted) {
    const finder = ctx.local(finderOf)
    await finder.refresh(ctx)
    const started = performance.now()
    const { text, offset, limit } = wanted
    const { total, ids, facets } = finder.search({ text, offset, limit, filters: filtersOf(wanted), facetValues: FACET_VALUES })
    const milliseconds = Math.round((performance.now() - started) * 100) / 100
    return { total, milliseconds, hits: await hitsOf(ctx, ids, text), facets: await labelled(ctx, facets) }
  },
} satisfies Pick<Actions<typeof contract, Tables>, 'search'>

function filtersOf({ provider, class: classes, shareType, openType, updateCycle, format, bound }: Wanted): Partial<Record<FacetName, readonly string[]>> {
  const asked = { provider, class: classes, shareType, openType, updateCycle, format, bound: bound === undefined ? undefined : [String(bound)] }
  return Object.fromEntries(Object.entries(asked).filter(([, values]) => values && values.length > 0))
}

async function hitsOf(ctx: Context, ids: readonly string[], text: string): Promise<Hit[]> {
  const heads = new Map((await named(ctx, await headsById(ctx.db, ids, 'published'))).map((head) => [head.id, head]))
  const found = new Map((await foundById(ctx.db, ids)).map((one) => [one.id, one]))
  return ids.flatMap((id) => {
    const [head, one] = [heads.get(id), found.get(id)]
    return head && one ? [{ ...head, abstract: one.abstract, tags: one.tags, items: one.items.length, highlights: highlightsOf(one, text) }] : []
  })
}

function highlightsOf({ name, abstract, tags, items }: Found, text: string): Hit['highlights'] {
  const part = excerpt(abstract, text, EXCERPT)
  const marked = [
    { field: 'name', text: name, ranges: highlight(name, text) },
    { field: 'abstract', ...part },
    ...tags.map((tag) => ({ field: 'tags', text: tag, ranges: highlight(tag, text) })),
    ...items
      .map((item) => ({ field: 'items', text: item, ranges: highlight(item, text) }))
      .filter(hasMarks)
      .slice(0, MARKED_ITEMS),
  ]
  return marked.filter(hasMarks).map(({ ranges, ...rest }) => ({ ...rest, marks: ranges.map(({ from, to }): [number, number] => [from, to]) }))
}

const hasMarks = ({ ranges }: { ranges: readonly Range[] }): boolean => ranges.length > 0

async function labelled(ctx: Context, facets: Record<FacetName, FacetCount[]>): Promise<SearchAnswer['facets']> {
  const units = await unitsOf(
    ctx,
    facets.provider.map(({ value }) => value),
  )
  const classes = await classStore.itemNames(ctx.db)
  const by = (texts: Record<string, Text>, counts: FacetCount[]) => counts.map((count) => ({ ...count, label: texts[count.value]?.zh ?? count.value }))
  return {
    provider: facets.provider.map((count) => ({ ...count, label: units.get(count.value)?.name ?? '' })),
    class: facets.class.filter(({ value }) => value.length === ITEM_CLASS_LENGTH).map((count) => ({ ...count, label: classes.get(count.value) ?? '' })),
    shareType: by(shareTypes, facets.shareType),
    openType: by(openTypes, facets.openType),
    updateCycle: by(updateCycles, facets.updateCycle),
    format: by(formats, facets.format),
    bound: by(BOUND, facets.bound),
  }
}
