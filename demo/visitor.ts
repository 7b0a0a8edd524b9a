/** A person at the demonstration's front door: signs in over HTTP and calls the modules as everybody does. */
import { type Client, client } from '@zhenghe/server/kernel/client.ts'
import type { Contract } from '@zhenghe/server/kernel/contract.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'

export type Visitor = { account: string; call: <C extends Contract>(contract: C) => Client<C> }

/** Signs in with account and password. Throws the server's refusal. */
export async function signIn(address: string, account: string, password: string): Promise<Visitor> {
  let cookie = ''
  const withCookie: typeof fetch = async (input, init) => {
    const response = await fetch(input, { ...init, headers: { ...init?.headers, ...(cookie ? { cookie } : {}), 'accept-language': 'zh-CN' } })
    for (const set of response.headers.getSetCookie()) cookie = set.split(';')[0] ?? ''
    return response
  }
  const result = await client(address, identity, withCookie).signIn({ account, password })
  if (result.step !== 'done') throw new Error(`${account} needs a second factor`)
  return { account, call: (contract) => client(address, contract, withCookie) }
}
