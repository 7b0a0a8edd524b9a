/**
 * A node's key pairs: Ed25519 signs and X25519 seals under suite 1; two SM2 keys do the same under suite 2. Made at the node; the private
 * halves never leave it.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Base64Url, type NodeIdentity } from './documents.ts'
import { WireError } from './error.ts'
import { fingerprintOf, readSigningKey } from './signed.ts'
import { generateSm2Key, type Sm2Key, sm2Key } from './sm2.ts'

export interface GmKeys {
  readonly sign: Sm2Key
  readonly seal: Sm2Key
}

export interface NodeKeys {
  readonly identity: NodeIdentity
  /** private, Ed25519 */
  readonly sign: KeyObject
  /** private, X25519 */
  readonly seal: KeyObject
  /** private, SM2; absent at a node whose keys are of a version without suite 2 */
  readonly gm?: GmKeys
}

/**
 * How a node keeps its keys (file mode 0600): the private keys of suite 1 as PKCS #8, those of suite 2 as their 32 bytes, in base64url.
 * Secret. Without `gm` where they were made before suite 2 was.
 */
export const StoredNodeKeys = z.strictObject({
  v: z.literal(1),
  id: z.uuid(),
  name: z.string(),
  sign: Base64Url,
  seal: Base64Url,
  gm: z.strictObject({ sign: Base64Url.length(43), seal: Base64Url.length(43) }).optional(),
})
export type StoredNodeKeys = z.infer<typeof StoredNodeKeys>

/** Keys of both suites. */
export function generateNodeKeys(name: string, id: string = randomUUID()): NodeKeys {
  return nodeKeys(id, name, generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('x25519').privateKey, generateGmKeys())
}

/** The same node with keys of suite 2 as well: its own where it has them, else new ones. */
export function withGmKeys({ identity: { id, name }, sign, seal, gm }: NodeKeys): NodeKeys {
  return nodeKeys(id, name, sign, seal, gm ?? generateGmKeys())
}

export function storeNodeKeys({ identity: { id, name }, sign, seal, gm }: NodeKeys): StoredNodeKeys {
  return { v: 1, id, name, sign: pkcs8(sign), seal: pkcs8(seal), ...(gm ? { gm: { sign: scalar(gm.sign), seal: scalar(gm.seal) } } : {}) }
}

/** Refuses `bad_key` where the stored keys are not one Ed25519 and one X25519 key, or the keys of suite 2 no SM2 keys. */
export function loadNodeKeys({ id, name, sign, seal, gm }: StoredNodeKeys): NodeKeys {
  const sm2 = gm && { sign: sm2Key(bytesOf(gm.sign)), seal: sm2Key(bytesOf(gm.seal)) }
  return nodeKeys(id, name, privateKey('ed25519', sign), privateKey('x25519', seal), sm2)
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

/**
 * What people compare over the telephone, and what names a key in a signed document: `3f0a-91bc-…`, 128 bits of the SHA-256 of the raw
 * public key; of its SM3 where it is an SM2 key. @param key as `SigningKeyText` has it
 */
export function fingerprint(key: string): string {
  const { suite, raw } = readSigningKey(key)
  return fingerprintOf(hash(suite === 'gm' ? 'sm3' : 'sha256', Buffer.from(raw, 'base64url'), 'buffer'))
}

function nodeKeys(id: string, name: string, sign: KeyObject, seal: KeyObject, gm: GmKeys | undefined): NodeKeys {
  const identity = { id, name, sign: rawPublicKey(sign), seal: rawPublicKey(seal) }
  if (!gm) return { identity, sign, seal }
  return { identity: { ...identity, gm: { sign: gm.sign.public, seal: gm.seal.public } }, sign, seal, gm }
}

function generateGmKeys(): GmKeys {
  return { sign: generateSm2Key(), seal: generateSm2Key() }
}

function scalar({ secret }: Sm2Key): string {
  return Buffer.from(secret).toString('base64url')
}

function bytesOf(stored: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(stored, 'base64url'))
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
