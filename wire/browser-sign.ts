/**
 * Signing by a person, in a browser (WebCrypto): the approver at the provider signs grants with a key that the platform keeps only as
 * ciphertext under the approver's PIN. The same bytes and signatures as `sign.ts`. Runs in Node too.
 */
import { z } from 'zod'
import { fromBase64Url, toBase64Url } from './base64url.ts'
import { canonical } from './canonical.ts'
import { Base64Url, type Signed } from './documents.ts'
import { WireError } from './error.ts'
import { type Domain, fingerprintOf, readSigned, signedBytes } from './signed.ts'

const ITERATIONS = 600_000
const ED25519 = 'Ed25519'

/** An approver's key as the platform stores it: the public half, and the private half (PKCS #8) under AES-256-GCM with a key from the PIN. */
export const WrappedKey = z.strictObject({
  v: z.literal(1),
  public: Base64Url.length(43),
  kdf: z.literal('PBKDF2-SHA-256'),
  iterations: z.int().min(ITERATIONS).max(20_000_000).meta({ description: 'fewer than 600,000 are refused: nobody may hand a browser a cheaper lock' }),
  salt: Base64Url.length(22),
  iv: Base64Url.length(16),
  sealed: Base64Url.meta({ description: 'ciphertext and tag' }),
})
export type WrappedKey = z.infer<typeof WrappedKey>

/** An unlocked key; its private half cannot be taken out of the browser again. */
export interface ApproverKey {
  readonly publicKey: string
  readonly privateKey: CryptoKey
}

/** A new key, locked under a PIN. The platform may store what comes back. */
export async function generateApproverKey(pin: string): Promise<WrappedKey> {
  const pair = (await crypto.subtle.generateKey(ED25519, true, ['sign', 'verify'])) as CryptoKeyPair
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.wrapKey('pkcs8', pair.privateKey, await keyFromPin(pin, salt, ITERATIONS), { name: 'AES-GCM', iv, additionalData: raw })
  return {
    v: 1,
    public: toBase64Url(raw),
    kdf: 'PBKDF2-SHA-256',
    iterations: ITERATIONS,
    salt: toBase64Url(salt),
    iv: toBase64Url(iv),
    sealed: toBase64Url(new Uint8Array(sealed)),
  }
}

/** Unlocks a stored key; takes about half a second by design. Refuses `wrong_pin` (also where the stored key was changed) and `bad_key`. */
export async function unlockApproverKey(stored: WrappedKey, pin: string): Promise<ApproverKey> {
  const read = WrappedKey.safeParse(stored)
  if (!read.success) throw new WireError('bad_key', 'the stored key does not have the shape expected of it')
  const { public: publicKey, iterations, salt, iv, sealed } = read.data
  const pinKey = await keyFromPin(pin, fromBase64Url(salt), iterations)
  const algorithm = { name: 'AES-GCM', iv: fromBase64Url(iv), additionalData: fromBase64Url(publicKey) }
  try {
    return { publicKey, privateKey: await crypto.subtle.unwrapKey('pkcs8', fromBase64Url(sealed), pinKey, algorithm, ED25519, false, ['sign']) }
  } catch {
    throw new WireError('wrong_pin', 'the PIN does not open this key')
  }
}

/** As `signDocument`. */
export async function signInBrowser(domain: Domain, value: unknown, { publicKey, privateKey }: ApproverKey): Promise<Signed> {
  const text = canonical(value)
  const signature = await crypto.subtle.sign(ED25519, privateKey, signedBytes(domain, text))
  return { text, key: await fingerprintInBrowser(publicKey), signature: toBase64Url(new Uint8Array(signature)) }
}

/** As `openDocument`. */
export async function openInBrowser<T>(domain: Domain, signed: Signed, publicKey: string, schema: z.ZodType<T>): Promise<T> {
  const named = await fingerprintInBrowser(publicKey)
  if (signed.key !== named) throw new WireError('wrong_key', `signed with key ${signed.key}, expected ${named}`, { key: signed.key })
  const key = await crypto.subtle.importKey('raw', fromBase64Url(publicKey), ED25519, false, ['verify'])
  const valid = await crypto.subtle.verify(ED25519, key, fromBase64Url(signed.signature), signedBytes(domain, signed.text))
  if (!valid) throw new WireError('bad_signature', `the signature does not belong to this text as a ${domain}`, { domain })
  return readSigned(signed, schema)
}

/** As `fingerprint`. */
export async function fingerprintInBrowser(rawPublic: string): Promise<string> {
  return fingerprintOf(new Uint8Array(await crypto.subtle.digest('SHA-256', fromBase64Url(rawPublic))))
}

async function keyFromPin(pin: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin.normalize('NFKC')), 'PBKDF2', false, ['deriveKey'])
  const kdf = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return crypto.subtle.deriveKey(kdf, material, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey'])
}
