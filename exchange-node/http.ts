/** Signed HTTP to the platform. */
import { signRequest } from '@zhenghe/wire/http-auth.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import { z } from 'zod'

const PATIENCE_MS = 20_000
const Problem = z.object({ code: z.string(), detail: z.string().default(''), params: z.record(z.string(), z.unknown()).default({}) })

/** Refusals that speak of this node and not of what it asked: the same request may pass once the operator has acted. */
const ABOUT_THE_NODE = new Set(['nodes.not_a_node', 'nodes.bad_signature', 'nodes.clock_skew', 'nodes.replayed', 'nodes.revoked', 'nodes.wrong_state'])
const PASSING_STATUS = new Set([401, 408, 425, 429])
const NEVER = new Set(['nodes.bad_token', 'nodes.key_taken'])
export const UNREACHABLE = 'unreachable'

/** The platform said no, or nothing (`unreachable`). `passing`: the same request may pass later. */
export class PlatformError extends Error {
  override name = 'PlatformError'
  readonly code: string
  readonly passing: boolean
  readonly params: Readonly<Record<string, unknown>>
  constructor(code: string, detail: string, passing: boolean, params: Readonly<Record<string, unknown>> = {}) {
    super(detail)
    this.code = code
    this.passing = passing
    this.params = params
  }
}

export type Method = 'GET' | 'POST'
/** `longerMs`: how much longer than usual the answer may take. */
export type PlatformCall = { method: Method; path: string; body?: unknown; signal?: AbortSignal | undefined; longerMs?: number }

/** The headers by which a request is known to come from this node. @param path with its query, exactly as sent */
export function signedHeaders(keys: NodeKeys, method: Method, path: string, body?: string): Record<string, string> {
  return signRequest({ method, path, body }, keys, Date.now())
}

/** The platform's answer as JSON; signed where there are keys. Throws a `PlatformError`. */
export async function callPlatform(platform: string, { method, path, body, signal, longerMs = 0 }: PlatformCall, keys?: NodeKeys): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = { ...(keys ? signedHeaders(keys, method, path, text) : {}), ...(text === undefined ? {} : { 'content-type': 'application/json' }) }
  const limit = AbortSignal.timeout(PATIENCE_MS + longerMs)
  try {
    const response = await fetch(platform + path, {
      ...{ method, headers, redirect: 'error', signal: signal ? AbortSignal.any([signal, limit]) : limit },
      ...(text === undefined ? {} : { body: text }),
    })
    const answer: unknown = await response.json().catch(() => ({}))
    if (response.ok) return answer
    throw problemOf(answer, response.status)
  } catch (error) {
    if (error instanceof PlatformError) throw error
    throw new PlatformError(UNREACHABLE, `the platform cannot be reached at ${platform} (${reasonOf(error)})`, true)
  }
}

/** What a refused request says, from the body and status of its answer. */
export function problemOf(answer: unknown, status: number): PlatformError {
  const { code = `http_${status}`, detail = '', params = {} } = Problem.safeParse(answer).data ?? {}
  const passing = !NEVER.has(code) && (status >= 500 || PASSING_STATUS.has(status) || ABOUT_THE_NODE.has(code))
  return new PlatformError(code, detail || `the platform answered ${status}`, passing, params)
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: Error & { code?: string } }
  return cause?.code || cause?.message || message
}
