import { useQueries } from '@tanstack/react-query'
import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import type { Standards } from '@zhenghe/server/data/exchange/grant.rules.ts'
import { standards } from '../../../api/standards.ts'

const unique = (values: readonly (string | null)[]): string[] => [...new Set(values.filter((value) => value !== null))]

/** What the standards say of these items, their checks and codes; undefined while it is on its way. What cannot be had is left out. */
export function useStandards(items: readonly Pick<Item, 'codeTable' | 'element'>[] | undefined): Standards | undefined {
  const tables = unique(items?.map(({ codeTable }) => codeTable) ?? [])
  const elements = unique(items?.map(({ element }) => element) ?? [])
  const codes = useQueries({ queries: tables.map((name) => standards.query('codeTable', { name })) })
  const found = useQueries({ queries: elements.map((text) => standards.query('elements', { text, limit: 5 })) })
  if (!items || [...codes, ...found].some(({ isPending }) => isPending)) return undefined
  return {
    codes: new Map(
      codes.flatMap(({ data }) => (data ? [[data.table.name, data.codes.filter(({ endedOn }) => endedOn === null).map(({ code }) => code)]] : [])),
    ),
    elements: new Map(found.flatMap(({ data }) => data?.items.map(({ identifier, rule }) => [identifier, rule] as const) ?? [])),
  }
}
