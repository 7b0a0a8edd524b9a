/**
 * SM2 as GB/T 32918 defines it, with the user id of GM/T 0009: signatures (part 2) and key agreement (part 3). Node's own keys of this
 * curve sign ECDSA or with an empty id, which nobody else accepts. Safe in a browser.
 */
import { kdf, sm2, sm3 } from 'sm-crypto-v2'
import { fromBase64Url, toBase64Url } from './base64url.ts'
import { WireError } from './error.ts'

/** GM/T 0009-2012 §10: the id of whoever has not agreed upon another. */
export const USER_ID = '1234567812345678'
export const PUBLIC_BYTES = 65
export const SIGNATURE_BYTES = 64

const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
/** What comes before the public key in Z (GB/T 32918.2 §5.5): length and text of the id, a, b and the base point of the curve. */
const Z_PREFIX = fromHex(
  `0080${toHex(new TextEncoder().encode(USER_ID))}fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e9332c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0`,
)

export interface Sm2Key {
  /** the private scalar, 32 bytes; secret */
  readonly secret: Uint8Array<ArrayBuffer>
  /** 04 ‖ x ‖ y, base64url */
  readonly public: string
}

export function generateSm2Key(): Sm2Key {
  const { privateKey, publicKey } = sm2.generateKeyPairHex()
  return { secret: fromHex(privateKey), public: toBase64Url(fromHex(publicKey)) }
}

/** The key with this private scalar. Refuses `bad_key` where it is none: 32 bytes, above 0, below the order less one. */
export function sm2Key(secret: Uint8Array<ArrayBuffer>): Sm2Key {
  const scalar = secret.length === 32 ? BigInt(`0x${toHex(secret)}`) : 0n
  if (scalar < 1n || scalar >= ORDER - 1n) throw new WireError('bad_key', 'not the 32 bytes of a private SM2 key')
  return { secret, public: toBase64Url(fromHex(sm2.getPublicKeyFromPrivateKey(toHex(secret)))) }
}

/** Whether the text is a public key: an uncompressed point of the curve, not the one at infinity. */
export function isSm2Public(text: string): boolean {
  try {
    const bytes = fromBase64Url(text)
    return bytes.length === PUBLIC_BYTES && bytes[0] === 4 && sm2.verifyPublicKey(toHex(bytes))
  } catch {
    return false
  }
}

/** r ‖ s, 64 bytes, over SM3(Z ‖ bytes). @param random k and x of kG, for known answers alone */
export function sm2Sign(bytes: Uint8Array, key: Sm2Key, random?: { k: bigint; x1: bigint }): Uint8Array<ArrayBuffer> {
  const e = sm3Digest(zOf(key.public), bytes)
  return fromHex(sm2.doSignature(e, toHex(key.secret), random ? { pointPool: [random] } : {}))
}

/** Whether r ‖ s is a signature over the bytes by this public key. Never throws. */
export function sm2Verify(bytes: Uint8Array, signature: Uint8Array, publicKey: string): boolean {
  if (signature.length !== SIGNATURE_BYTES || !isSm2Public(publicKey)) return false
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map((part) => BigInt(`0x${toHex(part)}`)) as [bigint, bigint]
  if (r < 1n || r >= ORDER || s < 1n || s >= ORDER) return false
  try {
    return sm2.doVerifySignature(sm3Digest(zOf(publicKey), bytes), toHex(signature), toHex(fromBase64Url(publicKey)))
  } catch {
    return false
  }
}

/** A side of an agreement: its lasting key and the one made for this session. */
export type Agreeing<K> = { readonly lasting: K; readonly ephemeral: K }

/**
 * The 32 bytes both sides agree on by GB/T 32918.3 §6: KDF(x ‖ y ‖ Z of the initiator ‖ Z of the responder). Refuses `bad_key` where the
 * other side's keys are no points of the curve, or were made so that the result is known to all.
 */
export function sm2Agree(mine: Agreeing<Sm2Key>, theirs: Agreeing<string>, initiator: boolean): Uint8Array<ArrayBuffer> {
  if (!isSm2Public(theirs.ephemeral) || !isSm2Public(theirs.lasting)) throw new WireError('bad_key', 'the other side sent what is no point of the SM2 curve')
  const [lasting, ephemeral] = [pairOf(mine.lasting), pairOf(mine.ephemeral)]
  const [theirLasting, theirEphemeral] = [theirs.lasting, theirs.ephemeral].map((key) => toHex(fromBase64Url(key))) as [string, string]
  const agreed = sm2.calculateSharedKey(lasting, ephemeral, theirLasting, theirEphemeral, 32, !initiator, USER_ID, USER_ID)
  const [first, second] = initiator ? [mine.lasting.public, theirs.lasting] : [theirs.lasting, mine.lasting.public]
  const known = kdf(joined(new Uint8Array(64), zOf(first), zOf(second)), 32)
  if (agreed.every((byte, at) => byte === known[at])) throw new WireError('bad_key', 'the other side chose its keys so that all know the agreement')
  return agreed
}

/** SM3 (GB/T 32905) over parts joined. */
export function sm3Digest(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return fromHex(sm3(joined(...parts)))
}

function zOf(publicKey: string): Uint8Array<ArrayBuffer> {
  return sm3Digest(Z_PREFIX, fromBase64Url(publicKey).subarray(1))
}

function pairOf({ secret, public: text }: Sm2Key): { privateKey: string; publicKey: string } {
  return { privateKey: toHex(secret), publicKey: toHex(fromBase64Url(text)) }
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
