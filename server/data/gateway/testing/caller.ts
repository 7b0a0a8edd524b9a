/** Calls as a consumer's system makes them. */
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { signingText } from '../call.rules.ts'

export type CallerKey = { id: string; secret: string }
export type Wish = {
  method?: string
  body?: string
  headers?: Record<string, string>
  time?: number
  nonce?: string
  sign?: Partial<{ target: string; body: string; secret: string }>
}
export type Answered = { status: number; headers: Headers; text: string; json: () => Record<string, unknown> }

/** The headers that sign a call; `sign` signs something else than is sent. */
export function signedHeaders(
  { id, secret }: CallerKey,
  target: string,
  { method = 'GET', body = '', time = Date.now(), nonce = randomUUID(), sign = {} }: Wish,
): Record<string, string> {
  const bodyDigest = createHash('sha256')
    .update(sign.body ?? body)
    .digest('hex')
  const text = signingText({ method, target: sign.target ?? target, key: id, time: String(time), nonce, bodyDigest })
  const signature = createHmac('sha256', sign.secret ?? secret)
    .update(text)
    .digest('base64url')
  return { 'zhenghe-key': id, 'zhenghe-time': String(time), 'zhenghe-nonce': nonce, 'zhenghe-signature': signature }
}

export async function callGateway(address: string, key: CallerKey, target: string, wish: Wish = {}): Promise<Answered> {
  const { method = 'GET', body } = wish
  const headers = { ...signedHeaders(key, target, wish), ...(body ? { 'content-type': 'application/json' } : {}), ...wish.headers }
  const response = await fetch(address + target, { method, headers, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as Record<string, unknown> }
}
