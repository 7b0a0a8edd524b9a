/** Who calls, where the caller is an exchange node: its signature over method, path, time, nonce and body (docs/protocols/wire.md). */
import { WireError } from '@zhenghe/wire/error.ts'
import { MAX_SKEW_MS, requestNode, verifyRequest } from '@zhenghe/wire/http-auth.ts'
import { openKysely } from '../../kernel/database.ts'
import type { RequestWithBody } from '../../kernel/http/server.ts'
import { type Actor, type Identify, local, type Platform } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { later } from '../../kernel/time.ts'
import { refusals } from './contract.ts'
import { stateOf } from './rules.ts'
import * as store from './store.ts'

const refuse = refuser(refusals)
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Requests are signed and remembered outside any act: a replayed one must not begin an act at all. */
const databaseOf = local((platform) => openKysely<store.Tables>(platform.pool))

/**
 * The node that signed a request, with the rights nodes have; undefined where the request does not say it comes from one. Refuses
 * `nodes.not_a_node`, `nodes.clock_skew` with the server's time, `nodes.bad_signature`, `nodes.replayed`, `nodes.revoked`, and
 * `nodes.wrong_state` while its fingerprint is not confirmed. What state a node is in is told only to itself.
 */
export const identify: Identify = async (platform, request) => {
  const { headers } = request
  if (!headers['zhenghe-node']) return undefined
  const db = platform.local(databaseOf)
  const node = await signer(platform, request)
  const now = platform.now()
  const signed = { method: request.method ?? '', path: request.url ?? '', body: (request as RequestWithBody).rawBody }
  const remember = (nonce: string) => store.rememberNonce(db, { node: node.id, nonce, expiresAt: later(now, 2 * MAX_SKEW_MS) })
  try {
    await verifyRequest(signed, { headers, publicKey: node.sign, now: now.getTime(), remember })
  } catch (error) {
    throw refusalOf(error)
  }
  const state = stateOf(node)
  if (state === 'revoked') refuse('nodes.revoked')
  if (state !== 'active') refuse('nodes.wrong_state', { state })
  return actorOf(node)
}

type Signer = store.NodeRow & { sign: string }

/** The node a request names, with the key its signature must fit. */
async function signer(platform: Platform, { headers }: Parameters<Identify>[1]): Promise<Signer> {
  const id = claimed(headers)
  const node = UUID.test(id) ? await store.node(platform.local(databaseOf), id) : undefined
  return node?.sign ? { ...node, sign: node.sign } : refuse('nodes.not_a_node')
}

function claimed(headers: Parameters<Identify>[1]['headers']): string {
  try {
    return requestNode(headers)
  } catch (error) {
    throw refusalOf(error)
  }
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof WireError)) return error
  if (error.code === 'clock_skew') {
    const { serverTime, skewMs } = error.params as { serverTime: number; skewMs: number }
    return refusal('nodes.clock_skew', { serverTime: new Date(serverTime).toISOString(), skewSeconds: Math.round(skewMs / 1000) })
  }
  if (error.code === 'replayed') return refusal('nodes.replayed')
  return refusal(error.code === 'missing_header' ? 'nodes.not_a_node' : 'nodes.bad_signature')
}

const refusal = (code: keyof typeof refusals, params?: unknown): Refusal => new Refusal(code, params)

function actorOf({ id, name, unit }: store.NodeRow): Actor {
  const holdings = ['nodes.node', 'exchange.node'].map((right) => ({ right, unit }))
  return { kind: 'node', id, name, unit, holdings }
}
