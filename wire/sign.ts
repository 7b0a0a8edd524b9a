/** Signing and opening documents in Node; `browser-sign.ts` does the same in a browser, over the same bytes. */
import { hash, KeyObject, sign, verify } from 'node:crypto'
import type { z } from 'zod'
import { canonical } from './canonical.ts'
import type { NodeIdentity, Signed, SuiteName } from './documents.ts'
import { WireError } from './error.ts'
import { fingerprint, type NodeKeys, publicKey, rawPublicKey } from './keys.ts'
import { type Domain, readSigned, readSigningKey, signedBytes, sm2Text } from './signed.ts'
import { type Sm2Key, sm2Sign, sm2Verify } from './sm2.ts'
import { suiteNamed } from './suites.ts'

/** A private key that signs documents: Ed25519 under suite 1, SM2 under suite 2. */
export type SigningKey = KeyObject | Sm2Key

/** The key by which a node signs documents under a suite. Refuses `unsupported_version` where it has none. */
export function nodeSigner(keys: NodeKeys, suite: SuiteName): SigningKey {
  if (suite === 'international') return keys.sign
  suiteNamed(suite).publicKeys(keys.identity)
  return keys.gm!.sign
}

/** The public half of what `nodeSigner` gives, as `openDocument` wants it. Refuses `unsupported_version` where the node has none. */
export function nodeSigningKey(node: NodeIdentity, suite: SuiteName): string {
  const { sign: raw } = suiteNamed(suite).publicKeys(node)
  return suite === 'gm' ? sm2Text(raw) : raw
}

/** Signs the canonical text of a value, in the domain of the key's suite. */
export function signDocument(domain: Domain, value: unknown, key: SigningKey): Signed {
  const text = canonical(value)
  if (key instanceof KeyObject)
    return { text, key: fingerprint(rawPublicKey(key)), signature: sign(null, signedBytes(domain, text), key).toString('base64url') }
  const signature = Buffer.from(sm2Sign(signedBytes(domain, text, 'gm'), key)).toString('base64url')
  return { text, key: fingerprint(sm2Text(key.public)), signature }
}

/**
 * The value of a signed document. Refuses `wrong_key` (another key is named), `bad_signature`, and what `readSigned` refuses.
 * @param key the signer's public key, as `SigningKeyText` has it
 */
export function openDocument<T>(domain: Domain, signed: Signed, key: string, schema: z.ZodType<T>): T {
  if (signed.key !== fingerprint(key)) throw new WireError('wrong_key', `signed with key ${signed.key}, expected ${fingerprint(key)}`, { key: signed.key })
  if (!valid(domain, signed, key)) throw new WireError('bad_signature', `the signature does not belong to this text as a ${domain}`, { domain })
  return readSigned(signed, schema)
}

function valid(domain: Domain, { text, signature }: Signed, key: string): boolean {
  const { suite, raw } = readSigningKey(key)
  const bytes = Buffer.from(signature, 'base64url')
  if (suite === 'gm') return sm2Verify(signedBytes(domain, text, suite), bytes, raw)
  return verify(null, signedBytes(domain, text), publicKey('ed25519', raw), bytes)
}

/** H of a signed text, hex: how one document names another (a receipt its manifest). */
export function signedDigest({ text }: Signed, suite: SuiteName = 'international'): string {
  return hash(suite === 'gm' ? 'sm3' : 'sha512-256', text, 'hex')
}
