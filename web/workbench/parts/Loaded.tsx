import type { UseQueryResult } from '@tanstack/react-query'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { type Crumb, Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import type { ReactNode } from 'react'

type LoadedProps<T> = { query: UseQueryResult<T>; title: string; crumbs?: readonly Crumb[]; children: (data: T) => ReactNode }

/** A page about one record: while the record is on its way, or cannot be had, the page says so under its own title. */
export function Loaded<T>({ query, title, crumbs = [], children }: LoadedProps<T>) {
  const { data, error, refetch } = query
  if (data !== undefined) return children(data)
  return (
    <Page title={title} crumbs={crumbs}>
      <Section>{error ? <Problem error={error} onRetry={() => void refetch()} /> : <Lines count={8} />}</Section>
    </Page>
  )
}
