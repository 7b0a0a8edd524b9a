/** What a catalogue search asks for, as it stands in the address of the page. */
import { Format, OpenType, ShareType, UpdateCycle } from '@zhenghe/server/data/catalog/contract.ts'
import { z } from 'zod'
import { manyOf } from '../../../hooks/useAddress.ts'

export const HITS_A_PAGE = 20

export const SearchAddress = z.object({
  text: z.string().max(100).default('').catch(''),
  provider: manyOf(z.uuid()),
  class: manyOf(z.string()),
  shareType: manyOf(ShareType),
  openType: manyOf(OpenType),
  updateCycle: manyOf(UpdateCycle),
  format: manyOf(Format),
  bound: manyOf(z.enum(['true', 'false'])),
  from: z.coerce.number().int().min(0).max(100_000).default(0).catch(0),
})
export type SearchState = z.output<typeof SearchAddress>
export const FACETS = ['provider', 'class', 'shareType', 'openType', 'updateCycle', 'format', 'bound'] as const
export type FacetName = (typeof FACETS)[number]

const given = <T>(values: readonly T[]): T[] | undefined => (values.length > 0 ? [...values] : undefined)

/** The question to the server. Both answers to «bound» are no filter at all. */
export function questionOf({ text, from, bound, ...facets }: SearchState) {
  return {
    text: text.trim(),
    provider: given(facets.provider),
    class: given(facets.class),
    shareType: given(facets.shareType),
    openType: given(facets.openType),
    updateCycle: given(facets.updateCycle),
    format: given(facets.format),
    bound: bound.length === 1 ? bound[0] === 'true' : undefined,
    offset: from,
    limit: HITS_A_PAGE,
  }
}

/** How many values are chosen among the facets. */
export function chosenCount(state: SearchState): number {
  return FACETS.reduce((count, name) => count + state[name].length, 0)
}

/** The facet with one value put in or taken out, from the first page again. */
export function toggled(state: SearchState, name: FacetName, value: string): Partial<SearchState> {
  const values: readonly string[] = state[name]
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
  return { [name]: next, from: 0 }
}

export const CLEARED = { ...Object.fromEntries(FACETS.map((name) => [name, []])), from: 0 } as Partial<SearchState>
