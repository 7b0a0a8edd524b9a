/** The frames of suite 2: SM4-CTR, then HMAC-SM3 over nonce, header and ciphertext. Runs in the thread of a session and in the thread beside it. */
import { type Cipheriv, createCipheriv, createDecipheriv, createHmac, type Decipheriv, timingSafeEqual } from 'node:crypto'
import { type BulkSecrets, type FrameCipher, nonceOf } from '../frame.ts'

export const SM4_BYTES = 16
/** HMAC-SM3 whole, so that a tag binds its body even for those who hold the key. */
export const TAG_BYTES = 32

/** So little new memory at a time that it is gone before it counts. */
const STEP_BYTES = 64 << 10
const CIPHER = 'sm4-ctr'
/** The nonce of the frame, and 0 as the number of its first block. A frame has 2¹⁹ blocks at most, so no block comes twice. */
const BLOCK_NUMBER = Buffer.alloc(4)

export class Sm4Hmac implements FrameCipher {
  readonly tagBytes = TAG_BYTES
  readonly secrets: BulkSecrets
  constructor(secrets: BulkSecrets) {
    this.secrets = secrets
  }

  seal(counter: number, header: Uint8Array, payload: Uint8Array) {
    const nonce = nonceOf(this.secrets.role, counter)
    const body = createCipheriv(CIPHER, this.secrets.cipher, firstBlock(nonce)).update(payload)
    return { body, tag: this.tag(nonce, header, body) }
  }

  open(counter: number, header: Uint8Array, body: Uint8Array, tag: Uint8Array): Buffer | undefined {
    const nonce = nonceOf(this.secrets.role, counter)
    if (!timingSafeEqual(this.tag(nonce, header, body), tag)) return undefined
    return createDecipheriv(CIPHER, this.secrets.cipher, firstBlock(nonce)).update(body)
  }

  /** As `seal`, the ciphertext in the place of the payload; gives the tag. */
  sealInPlace(counter: number, header: Uint8Array, bytes: Uint8Array): Buffer {
    const nonce = nonceOf(this.secrets.role, counter)
    passInPlace(createCipheriv(CIPHER, this.secrets.cipher, firstBlock(nonce)), bytes)
    return this.tag(nonce, header, bytes)
  }

  /** As `open`, the payload in the place of the ciphertext; false, and nothing changed, where the frame is not what was sealed. */
  openInPlace(counter: number, header: Uint8Array, bytes: Uint8Array, tag: Uint8Array): boolean {
    const nonce = nonceOf(this.secrets.role, counter)
    if (!timingSafeEqual(this.tag(nonce, header, bytes), tag)) return false
    passInPlace(createDecipheriv(CIPHER, this.secrets.cipher, firstBlock(nonce)), bytes)
    return true
  }

  /** Nonce and header are of fixed length and the header says how long the body is, so nothing can be moved between the three. */
  private tag(nonce: Uint8Array, header: Uint8Array, body: Uint8Array): Buffer {
    return createHmac('sm3', this.secrets.mac).update(nonce).update(header).update(body).digest()
  }
}

function passInPlace(cipher: Cipheriv | Decipheriv, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += STEP_BYTES) bytes.set(cipher.update(bytes.subarray(at, at + STEP_BYTES)), at)
}

function firstBlock(nonce: Buffer): Buffer {
  return Buffer.concat([nonce, BLOCK_NUMBER])
}
