import { queryOptions } from '@tanstack/react-query'
import { type Client, client } from '@zhenghe/server/kernel/client.ts'
import type { Contract, Endpoint } from '@zhenghe/server/kernel/contract.ts'
import { storedLanguage } from '@zhenghe/ui/language.tsx'
import type { z } from 'zod'

type QueryName<C extends Contract> = { [K in keyof C & string]: C[K] extends Endpoint<'query'> ? K : never }[keyof C & string]
type Input<C extends Contract, K extends keyof C> = z.input<C[K]['in']>
type Output<C extends Contract, K extends keyof C> = z.output<C[K]['out']>

/** One module's endpoints for screens: `call` them, or hand `query` to React Query. */
export function moduleApi<C extends Contract>(name: string, contract: C) {
  const call: Client<C> = client('', contract, fetchInLanguage)
  return {
    call,
    query: <K extends QueryName<C>>(endpoint: K, input: Input<C, K>) =>
      queryOptions<Output<C, K>>({
        queryKey: [name, endpoint, input],
        queryFn: () => call[endpoint](input) as Promise<Output<C, K>>,
      }),
  }
}

/** Sentences of the server come in the language chosen on the screen, not in the browser's. */
const fetchInLanguage: typeof globalThis.fetch = (address, init) =>
  fetch(address, { ...init, headers: { ...(init?.headers as Record<string, string> | undefined), 'accept-language': storedLanguage() } })
