/** Puts a call's question to where its answer comes from: a registered address, or the provider's node; through the breaker of that place. */

import type { LiveGrant, LiveOperation, LiveVersion } from './directory.ts'
import type { GatewayParts } from './gateway.ts'
import { CallRefusal } from './problem.ts'
import type { Answer } from './response.ts'
import type { Call } from './serve.ts'
import { NodeRefusal, TunnelError } from './tunnels.ts'
import { UpstreamError } from './upstream.ts'

export type Asked = { version: LiveVersion; live: LiveOperation; parameters: Record<string, string>; query: string; grant: LiveGrant; call: Call }
type Outcome = 'succeeded' | 'failed' | 'abandoned'

const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE'])
const JSON_TYPE = /^application\/([\w.+-]*\+)?json\b/i

/** The answer to be passed on. Throws a `CallRefusal`. */
export async function ask(parts: GatewayParts, asked: Asked): Promise<Answer> {
  const breaker = parts.breakers.of(asked.version.api, asked.version.n)
  if (!breaker.enter()) {
    const seconds = Math.max(1, Math.ceil(breaker.waitMs / 1000))
    throw new CallRefusal('gateway.call.breaker', { state: breaker.state, seconds }, { retryAfter: seconds })
  }
  let outcome: Outcome = 'abandoned'
  try {
    const answer = asked.version.definition.kind === 'registered' ? await askUpstream(parts, asked) : await askNode(parts, asked)
    outcome = 'succeeded'
    return answer
  } catch (error) {
    outcome = outcomeOf(error)
    throw error
  } finally {
    breaker[outcome]()
  }
}

/** What is wrong with the question or was ended by us tells nothing against the provider. */
function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof CallRefusal)) return 'abandoned'
  if (error.status < 500) return error.code === 'gateway.call.revoked' || error.code === 'gateway.call.bad_request' ? 'abandoned' : 'succeeded'
  return error.code === 'gateway.call.busy' || error.code === 'gateway.call.upstream_withdrawn' ? 'abandoned' : 'failed'
}

async function askUpstream(parts: GatewayParts, asked: Asked): Promise<Answer> {
  const { version, live, grant, call } = asked
  const { operation } = live
  if (!('path' in operation)) throw new Error('a generated operation has no address')
  if (!version.baseUrl) throw new CallRefusal('gateway.call.upstream_withdrawn')
  const path = pathOf(asked)
  if (call.body.length > 0 && operation.body === 'none') throw new CallRefusal('gateway.call.bad_request', { why: 'this operation takes no body' })
  const headers = `accept: application/json\r\n${version.credential}${call.body.length > 0 ? 'content-type: application/json\r\n' : ''}`
  const question = {
    method: live.method,
    path,
    headers,
    body: call.body,
    timeoutMs: live.timeoutMs,
    mostBytes: operation.mostBytes,
    idempotent: IDEMPOTENT.has(live.method),
  }
  const answer = await parts.upstreams
    .of(version.baseUrl)
    .ask(question, grant.ending)
    .catch((error: unknown) => refuse(error, live))
  return passedOn(answer, grant)
}

function pathOf({ live, parameters, query }: Asked): string {
  const { operation } = live
  if (!('path' in operation)) return ''
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(parameters[name]!))
  const declared = operation.parameters.filter((one) => one.in === 'query')
  if (query === '' && declared.length === 0) return path
  const given = new URLSearchParams(query)
  const unknown = [...new Set(given.keys())].filter((name) => !declared.some((one) => one.name === name))
  if (unknown.length > 0) throw new CallRefusal('gateway.call.bad_request', { why: `unknown parameters: ${unknown.join(', ')}` })
  const absent = declared.filter(({ name, required }) => required && !given.has(name)).map(({ name }) => name)
  if (absent.length > 0) throw new CallRefusal('gateway.call.bad_request', { why: `missing parameters: ${absent.join(', ')}` })
  return given.size > 0 ? `${path}?${given}` : path
}

/** What the provider answered, its fields narrowed to those granted. Errors pass on as they are only where all fields are granted. */
function passedOn(answer: Answer, { projection }: LiveGrant): Answer {
  const { status } = answer
  if (status >= 500 || status < 200 || (status >= 300 && status < 400)) throw new CallRefusal('gateway.call.upstream_refused', { status })
  if (!projection) return { ...answer, type: safeType(answer.type) }
  if (status >= 400) throw new CallRefusal('gateway.call.upstream_refused', { status }, { status })
  if (answer.body.length === 0) return answer
  if (!JSON_TYPE.test(answer.type)) throw new CallRefusal('gateway.call.upstream_garbage')
  try {
    const kept = projection(JSON.parse(answer.body.toString()))
    return { status, type: 'application/json', body: Buffer.from(JSON.stringify(kept === undefined ? null : kept)) }
  } catch {
    throw new CallRefusal('gateway.call.upstream_garbage')
  }
}

/** Nothing a browser would run as a page of this platform. */
function safeType(type: string): string {
  if (/[^\x20-\x7e]/.test(type) || /html|xml|svg|javascript/i.test(type)) return 'application/octet-stream'
  return type || 'application/octet-stream'
}

async function askNode(parts: GatewayParts, asked: Asked): Promise<Answer> {
  const { live, grant, call, query } = asked
  if (!grant.signed || !grant.node) throw new CallRefusal('gateway.call.no_grant')
  const input = live.method === 'GET' ? Object.fromEntries(new URLSearchParams(query)) : jsonBody(call.body)
  const question = { grant: grant.signed, digest: grant.digest, operation: live.name, input, timeoutMs: live.timeoutMs }
  const body = await parts.tunnels.ask(grant.node, question, grant.ending).catch((error: unknown) => refuse(error, live))
  return { status: 200, type: 'application/json', body }
}

function jsonBody(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // told below
  }
  throw new CallRefusal('gateway.call.bad_request', { why: 'the body is not a JSON object' })
}

const UPSTREAM = {
  garbage: 'gateway.call.upstream_garbage',
  too_large: 'gateway.call.upstream_too_large',
  cut_off: 'gateway.call.upstream_cut_off',
  unreachable: 'gateway.call.unreachable',
} as const

function refuse(error: unknown, { timeoutMs }: LiveOperation): never {
  if (error instanceof NodeRefusal) throw ofNode(error)
  if (!(error instanceof UpstreamError) && !(error instanceof TunnelError)) throw error
  const { trouble } = error
  if (trouble === 'timeout') throw new CallRefusal('gateway.call.timeout', { ms: timeoutMs })
  if (trouble === 'ended') throw new CallRefusal('gateway.call.revoked')
  if (trouble === 'busy') throw new CallRefusal('gateway.call.busy', {}, { retryAfter: 1 })
  if (trouble === 'not_connected' || trouble === 'lost') throw new CallRefusal('gateway.call.node_away', {}, { retryAfter: 5 })
  throw new CallRefusal(UPSTREAM[trouble])
}

function ofNode({ refusal: { code, message, status } }: NodeRefusal): CallRefusal {
  if (status === 400 || status === 404 || status === 413) return new CallRefusal('gateway.call.bad_request', { why: message, reason: code }, { status })
  if (status === 403) return new CallRefusal('gateway.call.node_refused', { why: message, reason: code })
  if (status === 504) return new CallRefusal('gateway.call.timeout', { ms: 0 })
  if (status === 503) return new CallRefusal('gateway.call.busy', {}, { retryAfter: 1 })
  return new CallRefusal('gateway.call.upstream_refused', { status, reason: code })
}
