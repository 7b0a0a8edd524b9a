/** Consumers' secrets under the platform's own key (AES-256-GCM, the key's id bound in): whoever takes the table alone cannot sign with it. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { keysOf } from '../../kernel/keys.ts'
import { local } from '../../kernel/module.ts'

const PURPOSE = 'gateway-consumer-keys'
const SECRET_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

export class SecretBox {
  readonly #key: Buffer
  constructor(key: Buffer) {
    this.#key = key
  }

  /** A new secret, 43 characters of base64url. */
  newSecret(): string {
    return randomBytes(SECRET_BYTES).toString('base64url')
  }

  seal(secret: string, id: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(id))
    return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  }

  /** Throws where the text was not sealed for this id by this platform. */
  open(sealed: string, id: string): string {
    const bytes = Buffer.from(sealed, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(id))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString()
  }
}

const KEY_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
/** `zk_` and 16 characters that are hard to confuse. */
export function newKeyId(): string {
  return `zk_${Array.from(randomBytes(16), (byte) => KEY_ALPHABET[byte % KEY_ALPHABET.length]).join('')}`
}

export const boxOf = local((platform) => new SecretBox(platform.local(keysOf).derive(PURPOSE)))
