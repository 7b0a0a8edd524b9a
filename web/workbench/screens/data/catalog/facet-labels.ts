import { formats, openTypes, shareTypes, updateCycles } from '@zhenghe/server/data/catalog/texts.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { catalogWords } from '../../../texts/catalog.ts'
import type { FacetName } from './search-state.ts'

const ours: Partial<Record<FacetName, Readonly<Record<string, Text>>>> = {
  shareType: shareTypes,
  openType: openTypes,
  updateCycle: updateCycles,
  format: formats,
  bound: { true: catalogWords.bound, false: catalogWords.unbound },
}

/** The words of a facet's value where they are the platform's own; those of units and classes come with the answer. */
export function labelOf(name: FacetName, value: string): Text | undefined {
  return ours[name]?.[value]
}
