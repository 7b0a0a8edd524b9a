/** A node's signature over its HTTP requests to the platform: four headers, nothing to keep in between. docs/protocols/wire.md §8. */
import { hash, type KeyObject, randomUUID, sign, verify } from 'node:crypto'
import { WireError } from './error.ts'
import { type NodeKeys, publicKey } from './keys.ts'

const HEADERS = { node: 'zhenghe-node', time: 'zhenghe-time', nonce: 'zhenghe-nonce', signature: 'zhenghe-signature' } as const
const NONCE = /^[A-Za-z0-9_-]{16,64}$/
/** How far the clocks of node and platform may be apart by default. */
export const MAX_SKEW_MS = 5 * 60_000

export interface HttpRequest {
  readonly method: string
  /** path and query exactly as sent: `/api/exchange/orders?wait=30` */
  readonly path: string
  /** the body's bytes exactly as sent; none where it has no body */
  readonly body?: Uint8Array | string | undefined
}
export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>

export interface VerifyOptions {
  readonly headers: HeaderValues
  /** the raw Ed25519 key of the node that `requestNode` names, base64url */
  readonly publicKey: string
  /** milliseconds since 1970 */
  readonly now: number
  readonly maxSkewMs?: number
  /** Keeps a nonce for twice the skew and tells whether it was new; asked only once the signature is found good. */
  readonly remember: (nonce: string) => boolean | Promise<boolean>
}

/** The headers that sign a request. @param now milliseconds since 1970 */
export function signRequest(request: HttpRequest, keys: NodeKeys, now: number, nonce: string = randomUUID()): Record<string, string> {
  const { id } = keys.identity
  const signature = sign(null, requestBytes(request, id, String(now), nonce), keys.sign).toString('base64url')
  return { [HEADERS.node]: id, [HEADERS.time]: String(now), [HEADERS.nonce]: nonce, [HEADERS.signature]: signature }
}

/** The id of the node a request says it comes from, whose key the caller then looks up. Refuses `missing_header`. */
export function requestNode(headers: HeaderValues): string {
  return header(headers, HEADERS.node)
}

/**
 * Resolves where the request was signed by the key, lately, and for the first time. Refuses `missing_header`, `clock_skew` (`params.serverTime`
 * and `params.skewMs`, so that the node can say what is wrong with its clock), `bad_signature`, `replayed`.
 */
export async function verifyRequest(request: HttpRequest, options: VerifyOptions): Promise<void> {
  const { headers, now, maxSkewMs = MAX_SKEW_MS } = options
  const [node, time, nonce, signature] = [HEADERS.node, HEADERS.time, HEADERS.nonce, HEADERS.signature].map((name) => header(headers, name)) as [
    string,
    string,
    string,
    string,
  ]
  if (!/^\d{1,15}$/.test(time) || !NONCE.test(nonce)) throw new WireError('missing_header', `${HEADERS.time} or ${HEADERS.nonce} is not well formed`)
  const skewMs = Number(time) - now
  if (Math.abs(skewMs) > maxSkewMs) {
    throw new WireError('clock_skew', `the node's clock is ${Math.round(skewMs / 1000)} s off the platform's; at most ${maxSkewMs / 1000} s are let pass`, {
      serverTime: now,
      skewMs,
    })
  }
  if (!valid(requestBytes(request, node, time, nonce), publicKey('ed25519', options.publicKey), signature)) {
    throw new WireError('bad_signature', 'the signature does not belong to this request', { node })
  }
  if (!(await options.remember(nonce))) throw new WireError('replayed', 'this request has been made before', { node, nonce })
}

function requestBytes({ method, path, body }: HttpRequest, node: string, time: string, nonce: string): Buffer {
  const digest = hash('sha256', body ?? '', 'hex')
  return Buffer.from(['zhenghe-request-v1', method.toUpperCase(), path, node, time, nonce, digest].join('\n'))
}

function valid(bytes: Buffer, key: KeyObject, signature: string): boolean {
  return verify(null, bytes, key, Buffer.from(signature, 'base64url'))
}

function header(headers: HeaderValues, name: string): string {
  const value = headers[name]
  if (typeof value !== 'string' || value === '') throw new WireError('missing_header', `the header ${name} is missing or given twice`, { header: name })
  return value
}
