/**
 * Signing by a person, in a browser: the approver at the provider signs grants with a key that the platform keeps only as ciphertext
 * under the approver's PIN. The same bytes and signatures as `sign.ts`. Ed25519 by WebCrypto; SM2 by a library that is loaded when the
 * first SM2 key is used; the PIN's lock is WebCrypto's for both. Runs in Node too.
 */
import { z } from 'zod'
import { fromBase64Url, toBase64Url } from './base64url.ts'
import { canonical } from './canonical.ts'
import { Base64Url, type Signed, SigningKeyText, type SuiteName } from './documents.ts'
import { WireError } from './error.ts'
import { type Domain, fingerprintOf, readSigned, readSigningKey, signedBytes, sm2Text } from './signed.ts'

const ITERATIONS = 600_000
const ED25519 = 'Ed25519'
const sm2 = () => import('./sm2.ts')

/**
 * An approver's key as the platform stores it: the public half, and the private half (PKCS #8; of an SM2 key its 32 bytes) under
 * AES-256-GCM with a key from the PIN.
 */
export const WrappedKey = z.strictObject({
  v: z.literal(1),
  public: SigningKeyText,
  kdf: z.literal('PBKDF2-SHA-256'),
  iterations: z.int().min(ITERATIONS).max(20_000_000).meta({ description: 'fewer than 600,000 are refused: nobody may hand a browser a cheaper lock' }),
  salt: Base64Url.length(22),
  iv: Base64Url.length(16),
  sealed: Base64Url.meta({ description: 'ciphertext and tag' }),
})
export type WrappedKey = z.infer<typeof WrappedKey>

/** An unlocked key. An Ed25519 key cannot be taken out of the browser again; an SM2 key is good for one signature, then wiped. */
export interface ApproverKey {
  /** as `SigningKeyText` has it */
  readonly publicKey: string
  readonly privateKey: CryptoKey | Uint8Array<ArrayBuffer>
}

/** A new key, locked under a PIN. The platform may store what comes back. */
export async function generateApproverKey(pin: string, suite: SuiteName = 'international'): Promise<WrappedKey> {
  const { publicKey, raw, secret } = suite === 'gm' ? await newSm2Key() : await newEd25519Key()
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: raw }, await keyFromPin(pin, salt, ITERATIONS), secret)
  secret.fill(0)
  return {
    v: 1,
    public: publicKey,
    kdf: 'PBKDF2-SHA-256',
    iterations: ITERATIONS,
    salt: toBase64Url(salt),
    iv: toBase64Url(iv),
    sealed: toBase64Url(new Uint8Array(sealed)),
  }
}

type NewKey = { publicKey: string; raw: Uint8Array<ArrayBuffer>; secret: Uint8Array<ArrayBuffer> }

async function newEd25519Key(): Promise<NewKey> {
  const pair = (await crypto.subtle.generateKey(ED25519, true, ['sign', 'verify'])) as CryptoKeyPair
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return { publicKey: toBase64Url(raw), raw, secret: new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)) }
}

async function newSm2Key(): Promise<NewKey> {
  const { generateSm2Key } = await sm2()
  const { public: text, secret } = generateSm2Key()
  return { publicKey: sm2Text(text), raw: fromBase64Url(text), secret }
}

/** Unlocks a stored key; takes about half a second by design. Refuses `wrong_pin` (also where the stored key was changed) and `bad_key`. */
export async function unlockApproverKey(stored: WrappedKey, pin: string): Promise<ApproverKey> {
  const read = WrappedKey.safeParse(stored)
  if (!read.success) throw new WireError('bad_key', 'the stored key does not have the shape expected of it')
  const { public: publicKey, iterations, salt, iv, sealed } = read.data
  const { suite, raw } = readSigningKey(publicKey)
  const pinKey = await keyFromPin(pin, fromBase64Url(salt), iterations)
  const algorithm = { name: 'AES-GCM', iv: fromBase64Url(iv), additionalData: fromBase64Url(raw) }
  try {
    if (suite === 'gm') return { publicKey, privateKey: new Uint8Array(await crypto.subtle.decrypt(algorithm, pinKey, fromBase64Url(sealed))) }
    return { publicKey, privateKey: await crypto.subtle.unwrapKey('pkcs8', fromBase64Url(sealed), pinKey, algorithm, ED25519, false, ['sign']) }
  } catch {
    throw new WireError('wrong_pin', 'the PIN does not open this key')
  }
}

/** As `signDocument`. */
export async function signInBrowser(domain: Domain, value: unknown, { publicKey, privateKey }: ApproverKey): Promise<Signed> {
  const text = canonical(value)
  const signature =
    privateKey instanceof Uint8Array
      ? await signBySm2(signedBytes(domain, text, 'gm'), publicKey, privateKey)
      : new Uint8Array(await crypto.subtle.sign(ED25519, privateKey, signedBytes(domain, text)))
  return { text, key: await fingerprintInBrowser(publicKey), signature: toBase64Url(signature) }
}

async function signBySm2(bytes: Uint8Array, publicKey: string, secret: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { sm2Sign } = await sm2()
  const signature = sm2Sign(bytes, { secret, public: readSigningKey(publicKey).raw })
  secret.fill(0)
  return signature
}

/** As `openDocument`. */
export async function openInBrowser<T>(domain: Domain, signed: Signed, publicKey: string, schema: z.ZodType<T>): Promise<T> {
  const named = await fingerprintInBrowser(publicKey)
  if (signed.key !== named) throw new WireError('wrong_key', `signed with key ${signed.key}, expected ${named}`, { key: signed.key })
  if (!(await valid(domain, signed, publicKey))) throw new WireError('bad_signature', `the signature does not belong to this text as a ${domain}`, { domain })
  return readSigned(signed, schema)
}

async function valid(domain: Domain, { text, signature }: Signed, publicKey: string): Promise<boolean> {
  const { suite, raw } = readSigningKey(publicKey)
  const bytes = signedBytes(domain, text, suite)
  if (suite === 'gm') return (await sm2()).sm2Verify(bytes, fromBase64Url(signature), raw)
  const key = await crypto.subtle.importKey('raw', fromBase64Url(raw), ED25519, false, ['verify'])
  return crypto.subtle.verify(ED25519, key, fromBase64Url(signature), bytes)
}

/** As `fingerprint`. */
export async function fingerprintInBrowser(publicKey: string): Promise<string> {
  const { suite, raw } = readSigningKey(publicKey)
  const bytes = fromBase64Url(raw)
  return fingerprintOf(suite === 'gm' ? (await sm2()).sm3Digest(bytes) : new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

async function keyFromPin(pin: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin.normalize('NFKC')), 'PBKDF2', false, ['deriveKey'])
  const kdf = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return crypto.subtle.deriveKey(kdf, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt', 'unwrapKey'])
}
