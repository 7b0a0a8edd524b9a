/** A connection of this node to its NATS servers, and what their refusals mean. */
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import {
  type Authenticator,
  AuthorizationError,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  NoRespondersError,
  nkeyAuthenticator,
  PermissionViolationError,
  TimeoutError,
  UserAuthenticationExpiredError,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node'
import { Refusal, refusal } from '../refusal.ts'
import type { NatsSettings } from './settings.ts'

/** Of the whole attempt at one server. */
const CONNECT_MS = 5000
const RECONNECT_MS = 250
/** A server that has vanished without hanging up is noticed within three of these. */
const PING_MS = 4000

/** Connected; it connects again by itself for as long as it is not closed. @param name by which the server's monitoring shows it. Refuses `nats_login`, `nats_unreachable`. */
export async function openNats(settings: NatsSettings, name: string): Promise<NatsConnection> {
  try {
    return await connect({
      ...{ servers: [...settings.servers], name, timeout: CONNECT_MS, noAsyncTraces: true },
      ...{ maxReconnectAttempts: -1, reconnectTimeWait: RECONNECT_MS, reconnectJitter: RECONNECT_MS, pingInterval: PING_MS, maxPingOut: 2 },
      ...tlsOf(settings),
      ...authenticatorOf(settings),
    })
  } catch (error) {
    throw explainNats(error)
  }
}

function tlsOf({ tls, servers }: NatsSettings): Pick<ConnectionOptions, 'tls'> {
  const { ca, cert, key } = tls ?? {}
  const files = { ...(ca ? { caFile: ca } : {}), ...(cert ? { certFile: cert } : {}), ...(key ? { keyFile: key } : {}) }
  return tls || servers.some((server) => server.startsWith('tls:')) ? { tls: files } : {}
}

function authenticatorOf({ login }: NatsSettings): { authenticator?: Authenticator } {
  switch (login.kind) {
    case 'none':
      return {}
    case 'user':
      return { authenticator: usernamePasswordAuthenticator(login.user, login.password) }
    case 'nkey':
      return { authenticator: nkeyAuthenticator(Buffer.from(login.secret)) }
    case 'credentials':
      return { authenticator: credsAuthenticator(Buffer.from(login.secret)) }
  }
}

/** JetStream's own codes (err_code) for «no room». */
const NO_ROOM = new Set([10_002, 10_023, 10_026, 10_027, 10_028, 10_047, 10_077])
const NOT_ENABLED = new Set([10_035, 10_039, 10_076])

/** What a failure of NATS means to an operator; refusals stay what they are. */
export function explainNats(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const { message, name, cause } = error as Error
  const inner = cause instanceof Error ? cause : undefined
  if ([error, inner].some((one) => one instanceof AuthorizationError || one instanceof UserAuthenticationExpiredError))
    return refusal(
      'nats_login',
      `NATS refuses the login of this node: check user and password, nkey or credentials in «nats» of its configuration (${message})`,
    )
  const forbidden = [error, inner].find((one) => one instanceof PermissionViolationError)
  if (forbidden) return refusal('nats_rights', `NATS does not let this node's user do what it has to, see docs/operations/nats.md (${forbidden.message})`)
  if (error instanceof JetStreamApiError && NO_ROOM.has(error.code))
    return refusal('nats_full', `NATS has no room for another stream: raise max_file_store or the account's limits, or clear streams away (${message})`)
  if (name === 'JetStreamNotEnabled' || (error instanceof JetStreamApiError && NOT_ENABLED.has(error.code)))
    return refusal('nats_rights', `JetStream is not enabled for this node's account at the NATS server: enable it there (${message})`)
  if (error instanceof TimeoutError || error instanceof NoRespondersError || inner instanceof NoRespondersError)
    return refusal(
      'nats_unreachable',
      `JetStream does not answer: it has no leader just now, «nats.domain» is not its domain, or this node's user may not ask it (${message})`,
    )
  if (error instanceof JetStreamError) return refusal('nats_unreachable', `JetStream does not do what is asked of it just now; it is tried again (${message})`)
  if (/nkey|seed|credentials/i.test(message) && !/ECONN/.test(message))
    return refusal(
      'nats_login',
      `the nkey or credentials in «nats» of the configuration cannot be read: a seed begins with SU, a file of credentials has both blocks`,
    )
  return refusal('nats_unreachable', `no NATS server of «nats.servers» answers; it is tried again. Check their addresses, the network and TLS (${message})`)
}
