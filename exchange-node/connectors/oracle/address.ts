/** Where an Oracle database is. */
import { AddressProblem } from '../address.ts'

const CONNECT_SECONDS = 10

export type OracleLogin = { user: string; password: string; connectString: string }

/** `oracle://user:password@host:1521/service`, `?tls=on` for TCPS. Holds a password; is never logged. */
export function loginOf(address: string): OracleLogin {
  const url = new URL(address)
  const part = (text: string) => decodeURIComponent(text)
  const [user, service] = [part(url.username), part(url.pathname.slice(1))]
  if (!url.hostname || !user || !/^[\w.$#-]+$/.test(service)) throw new AddressProblem('the address names no host, no user or no service')
  const protocol = url.searchParams.get('tls') === 'on' ? 'tcps' : 'tcp'
  const waits = `connect_timeout=${CONNECT_SECONDS}&transport_connect_timeout=${CONNECT_SECONDS}`
  return { user, password: part(url.password), connectString: `${protocol}://${url.hostname}:${url.port || 1521}/${service}?${waits}` }
}
