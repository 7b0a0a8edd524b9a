/** A node's two key pairs: Ed25519 signs, X25519 seals. Made at the node; the private halves never leave it. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Base64Url, type NodeIdentity } from './documents.ts'
import { WireError } from './error.ts'
import { fingerprintOf } from './signed.ts'

export interface NodeKeys {
  readonly identity: NodeIdentity
  /** private, Ed25519 */
  readonly sign: KeyObject
  /** private, X25519 */
  readonly seal: KeyObject
}

/** How a node keeps its keys (file mode 0600): both private keys as PKCS #8 in base64url. Secret. */
export const StoredNodeKeys = z.strictObject({ v: z.literal(1), id: z.uuid(), name: z.string(), sign: Base64Url, seal: Base64Url })
export type StoredNodeKeys = z.infer<typeof StoredNodeKeys>

export function generateNodeKeys(name: string, id: string = randomUUID()): NodeKeys {
  return nodeKeys(id, name, generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('x25519').privateKey)
}

export function storeNodeKeys({ identity: { id, name }, sign, seal }: NodeKeys): StoredNodeKeys {
  return { v: 1, id, name, sign: pkcs8(sign), seal: pkcs8(seal) }
}

/** Refuses `bad_key` where the stored keys are not one Ed25519 and one X25519 key. */
export function loadNodeKeys({ id, name, sign, seal }: StoredNodeKeys): NodeKeys {
  return nodeKeys(id, name, privateKey('ed25519', sign), privateKey('x25519', seal))
}

/** The raw 32 bytes of the public half of a private or public key, base64url. */
export function rawPublicKey(key: KeyObject): string {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' })
  if (!x) throw new WireError('bad_key', 'neither an Ed25519 nor an X25519 key')
  return x
}

/** A public key from its raw 32 bytes; refuses `bad_key` where there are not 32. */
export function publicKey(type: 'ed25519' | 'x25519', raw: string): KeyObject {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: type === 'ed25519' ? 'Ed25519' : 'X25519', x: raw }, format: 'jwk' })
  } catch {
    throw new WireError('bad_key', `not the 32 bytes of a public ${type} key`)
  }
}

/** What people compare over the telephone, and what names a key in a signed document: `3f0a-91bc-…`, 128 bits of the SHA-256 of the raw public key. */
export function fingerprint(rawPublic: string): string {
  return fingerprintOf(hash('sha256', Buffer.from(rawPublic, 'base64url'), 'buffer'))
}

function nodeKeys(id: string, name: string, sign: KeyObject, seal: KeyObject): NodeKeys {
  return { identity: { id, name, sign: rawPublicKey(sign), seal: rawPublicKey(seal) }, sign, seal }
}

function pkcs8(key: KeyObject): string {
  return key.export({ format: 'der', type: 'pkcs8' }).toString('base64url')
}

function privateKey(type: 'ed25519' | 'x25519', stored: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey({ key: Buffer.from(stored, 'base64url'), format: 'der', type: 'pkcs8' })
  } catch {
    throw new WireError('bad_key', `the stored ${type} key cannot be read`)
  }
  if (key.asymmetricKeyType !== type) throw new WireError('bad_key', `the stored key is ${key.asymmetricKeyType}, not ${type}`)
  return key
}
