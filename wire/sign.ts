/** Signing and opening documents in Node; `browser-sign.ts` does the same in a browser, over the same bytes. */
import { hash, type KeyObject, sign, verify } from 'node:crypto'
import type { z } from 'zod'
import { canonical } from './canonical.ts'
import type { Signed } from './documents.ts'
import { WireError } from './error.ts'
import { fingerprint, publicKey, rawPublicKey } from './keys.ts'
import { type Domain, readSigned, signedBytes } from './signed.ts'

/** Signs the canonical text of a value with a private Ed25519 key. */
export function signDocument(domain: Domain, value: unknown, key: KeyObject): Signed {
  const text = canonical(value)
  return { text, key: fingerprint(rawPublicKey(key)), signature: sign(null, signedBytes(domain, text), key).toString('base64url') }
}

/**
 * The value of a signed document. Refuses `wrong_key` (another key is named), `bad_signature`, and what `readSigned` refuses.
 * @param rawPublic the signer's raw Ed25519 public key, base64url
 */
export function openDocument<T>(domain: Domain, signed: Signed, rawPublic: string, schema: z.ZodType<T>): T {
  if (signed.key !== fingerprint(rawPublic))
    throw new WireError('wrong_key', `signed with key ${signed.key}, expected ${fingerprint(rawPublic)}`, { key: signed.key })
  const valid = verify(null, signedBytes(domain, signed.text), publicKey('ed25519', rawPublic), Buffer.from(signed.signature, 'base64url'))
  if (!valid) throw new WireError('bad_signature', `the signature does not belong to this text as a ${domain}`, { domain })
  return readSigned(signed, schema)
}

/** SHA-512/256 of a signed text, hex: how one document names another (a receipt its manifest). */
export function signedDigest({ text }: Signed): string {
  return hash('sha512-256', text, 'hex')
}
