/** Signs a call in the browser, by the same text as every caller (WebCrypto); verifies a node's verdict. */
import { CALL_HEADERS, signingText } from '@zhenghe/server/data/gateway/call.rules.ts'
import { VERDICT, Verdict } from '@zhenghe/wire/api-grant.ts'
import { fromBase64Url, toBase64Url } from '@zhenghe/wire/base64url.ts'
import { Signed } from '@zhenghe/wire/documents.ts'
import { signedBytes } from '@zhenghe/wire/signed.ts'

export type CallToSign = { key: string; secret: string; method: string; target: string; body: string }

/** The headers that sign it. @param now milliseconds since 1970 */
export async function signCall({ key, secret, method, target, body }: CallToSign, now: number): Promise<Record<string, string>> {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(body)))
  const bodyDigest = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const [time, nonce] = [String(now), crypto.randomUUID()]
  const hmac = await crypto.subtle.importKey('raw', bytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', hmac, bytes(signingText({ method, target, key, time, nonce, bodyDigest })))
  return { [CALL_HEADERS.key]: key, [CALL_HEADERS.time]: time, [CALL_HEADERS.nonce]: nonce, [CALL_HEADERS.signature]: toBase64Url(new Uint8Array(signature)) }
}

/** Whether an answer is a verdict signed with this key; undefined where it is no verdict. @param raw the node's Ed25519 key, base64url */
export async function verdictProven(answer: unknown, raw: string): Promise<boolean | undefined> {
  const proof = Signed.safeParse((answer as { proof?: unknown } | null)?.proof)
  if (!proof.success) return undefined
  const key = await crypto.subtle.importKey('raw', fromBase64Url(raw), 'Ed25519', false, ['verify'])
  const good = await crypto.subtle.verify('Ed25519', key, fromBase64Url(proof.data.signature), signedBytes(VERDICT, proof.data.text))
  return good && Verdict.safeParse(JSON.parse(proof.data.text)).data?.answer === (answer as { answer?: unknown }).answer
}
