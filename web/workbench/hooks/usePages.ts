import { keepPreviousData, type UseQueryOptions, useQuery } from '@tanstack/react-query'
import type { Page } from '@zhenghe/server/kernel/contract.ts'
import type { Paging } from '@zhenghe/ui/DataTable.tsx'
import { useState } from 'react'

type Pages<T> = {
  rows: T[] | undefined
  total: number | undefined
  paging: Paging | undefined
  busy: boolean
  error: unknown
  retry: () => void
}

/**
 * A keyset-paged list, one page at a time, for a DataTable. `ask` makes the query of the page after a cursor; `filter` is what the list
 * is narrowed by, and a change of it begins at the first page again.
 */
export function usePages<T>(filter: unknown, ask: (after: string | undefined) => UseQueryOptions<Page<T>>): Pages<T> {
  const key = JSON.stringify(filter)
  const [place, setPlace] = useState<{ key: string; trail: readonly Step[] }>({ key, trail: [] })
  const trail = place.key === key ? place.trail : []
  const here = trail.at(-1)
  const { data, error, isPlaceholderData, refetch } = useQuery({ ...ask(here?.after), placeholderData: keepPreviousData })
  const goTo = (next: readonly Step[]) => () => setPlace({ key, trail: next })
  const next = data?.next
  return {
    rows: data?.items,
    total: data?.total,
    paging: data && {
      from: (here?.before ?? 0) + 1,
      previous: here && goTo(trail.slice(0, -1)),
      next: next ? goTo([...trail, { after: next, before: (here?.before ?? 0) + data.items.length }]) : undefined,
    },
    busy: isPlaceholderData,
    error: error ?? undefined,
    retry: () => void refetch(),
  }
}

type Step = { after: string; before: number }
