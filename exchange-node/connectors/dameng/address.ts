/** Where a database of 达梦 is. */
import { AddressProblem } from '../address.ts'

export type DamengLogin = { user: string; password: string; connectString: string; schema: string | undefined }

/** `dm://user:password@host:5236/schema`; without a schema, that of the user. Holds a password; is never logged. */
export function loginOf(address: string): DamengLogin {
  const url = new URL(address)
  const part = (text: string) => decodeURIComponent(text)
  const user = part(url.username)
  if (!url.hostname || !user) throw new AddressProblem('the address names no host or no user')
  return { user, password: part(url.password), connectString: `${url.hostname}:${url.port || 5236}`, schema: part(url.pathname.slice(1)) || undefined }
}
