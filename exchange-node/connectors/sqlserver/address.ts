/** Where a SQL Server is. The driver itself is loaded by who opens a connection: it is large, and most nodes have no such database. */
import type { ConnectionConfiguration } from 'tedious'
import { AddressProblem } from '../address.ts'

const CONNECT_TIMEOUT_MS = 10_000

/**
 * `sqlserver://user:password@host:1433/database`, `?instance=…` for a named instance, `?trust=server` for a certificate that nobody has signed, `?encrypt=off` for a server
 * without TLS inside a closed network. Holds a password; is never logged.
 */
export function configurationOf(address: string): ConnectionConfiguration {
  const url = new URL(address)
  const part = (text: string) => decodeURIComponent(text)
  const [user, database] = [part(url.username), part(url.pathname.slice(1))]
  if (!url.hostname || !user || !database) throw new AddressProblem('the address names no host, no user or no database')
  const instanceName = url.searchParams.get('instance')
  return {
    server: part(url.hostname).replace(/^\[|\]$/g, ''),
    authentication: { type: 'default', options: { userName: user, password: part(url.password) } },
    options: {
      database,
      ...(instanceName ? { instanceName } : { port: Number(url.port || 1433) }),
      encrypt: url.searchParams.get('encrypt') !== 'off',
      trustServerCertificate: url.searchParams.get('trust') === 'server',
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: 0,
      cancelTimeout: CONNECT_TIMEOUT_MS,
      appName: 'zhenghe',
      useColumnNames: false,
      useUTC: true,
      maxRetriesOnTransientErrors: 0,
    },
  }
}
