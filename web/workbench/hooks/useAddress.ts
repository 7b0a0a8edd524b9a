import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { z } from 'zod'

/** One `$name` of the page's path. */
export function useParam(name: string): string {
  const params: Record<string, string | undefined> = useParams({ strict: false })
  return params[name] ?? ''
}

/** Several values of one name in the address: none, one or many. */
export function manyOf<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(item)).catch([])
}

/**
 * What a list is narrowed by, kept in the address so that it can be shared and gone back to. The schema must forgive: every field
 * optional or with a default, and `.catch` where a value may be nonsense. Setting `undefined` takes a field out of the address.
 */
export function useSearchState<S extends z.ZodObject>(schema: S): [z.output<S>, (change: Partial<z.input<S>>) => void] {
  const search: unknown = useSearch({ strict: false })
  const navigate = useNavigate()
  const parsed = schema.safeParse(search)
  const state = parsed.success ? parsed.data : schema.parse({})
  const set = useCallback(
    (change: Partial<z.input<S>>) => {
      void navigate({ to: '.', search: ((previous: object) => ({ ...previous, ...change })) as never, replace: true, resetScroll: false })
    },
    [navigate],
  )
  return [state, set]
}
