import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Refusal } from '@zhenghe/server/kernel/refusal.ts'

const FRESH_MS = 10_000

/** The cache of what was asked. `signedOut` runs when the server no longer knows who is asking. */
export function makeQueryClient(signedOut: () => void): QueryClient {
  const watch = { onError: (error: unknown) => isSignedOut(error) && signedOut() }
  return new QueryClient({
    queryCache: new QueryCache(watch),
    mutationCache: new MutationCache(watch),
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: (failures, error) => failures < 2 && isPassing(error), throwOnError: false },
      mutations: { networkMode: 'always' },
    },
  })
}

export const isSignedOut = (error: unknown): boolean => error instanceof Refusal && error.code === 'kernel.sign_in'
const isPassing = (error: unknown): boolean => error instanceof Refusal && ['kernel.unreachable', 'kernel.unavailable'].includes(error.code)
