import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

/** Asks for some queries anew every so often, while something on the screen is still moving. */
export function useRefreshWhile(moving: boolean, queryKey: QueryKey, everyMs: number): void {
  const queries = useQueryClient()
  const [first, second] = queryKey
  useEffect(() => {
    if (!moving) return
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: [first, second] }), everyMs)
    return () => clearInterval(timer)
  }, [moving, queries, first, second, everyMs])
}
