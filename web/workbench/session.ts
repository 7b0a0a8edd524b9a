/** Who is signed in and what they may do. */
import { useSuspenseQuery } from '@tanstack/react-query'
import { type Holding, holds, holdsAt, type Place } from '@zhenghe/server/kernel/rights.ts'
import type { Me } from '@zhenghe/server/service/identity/contract.ts'
import { identity } from './api/identity.ts'

export const meQuery = identity.query('me', {})

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data
}

/** Whether the person signed in holds a right somewhere, or in one place: by the rule the server decides by. */
export function useMay(): (right: string, place?: Place) => boolean {
  const holdings = useMe().holdings as readonly Holding[]
  return (right, place) => (place ? holdsAt(holdings, right, place) : holds(holdings, right))
}
