import type { z } from 'zod'
import type { Contract } from './contract.ts'
import { Refusal } from './refusal.ts'

export type Client<C extends Contract> = { [K in keyof C]: (input: z.input<C[K]['in']>) => Promise<z.output<C[K]['out']>> }

/** What a failed answer carries: RFC 9457 with our code and what fills its text. */
export type Problem = { code: string; status: number; detail: string; params?: unknown; reference?: string }

/** A typed client of one module over fetch. Throws a Refusal with the server's sentence; a network failure is the Refusal `kernel.unreachable`. */
export function client<C extends Contract>(base: string, contract: C, fetch: typeof globalThis.fetch = globalThis.fetch): Client<C> {
  const call = (name: string) => async (input: Record<string, unknown>) => {
    const endpoint = contract[name]!
    const [method = 'GET', path = ''] = endpoint.at.split(' ')
    const rest = { ...input }
    const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => {
      const value = String(rest[key])
      delete rest[key]
      return encodeURIComponent(value)
    })
    const address = `${base}/api${filled}${method === 'GET' ? search(rest) : ''}`
    const response = await reach(
      fetch,
      address,
      method === 'GET' ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(rest) },
    )
    const body: unknown = await response.json().catch(() => ({}))
    if (!response.ok) throw refusalOf(body as Problem, response.status)
    return endpoint.out.parse(body)
  }
  return Object.fromEntries(Object.keys(contract).map((name) => [name, call(name)])) as unknown as Client<C>
}

async function reach(fetch: typeof globalThis.fetch, address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch {
    throw new Refusal('kernel.unreachable')
  }
}

function refusalOf(problem: Problem, status: number): Refusal {
  const params = typeof problem.params === 'object' ? problem.params : {}
  return new Refusal(
    problem.code ?? 'kernel.unreachable',
    { ...params, status, ...(problem.reference ? { reference: problem.reference } : {}) },
    problem.detail,
  )
}

function search(input: Record<string, unknown>): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue
    for (const item of Array.isArray(value) ? value : [value]) words.append(name, typeof item === 'object' ? JSON.stringify(item) : String(item))
  }
  return words.size > 0 ? `?${words}` : ''
}
