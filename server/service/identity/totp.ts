/** One-time codes (TOTP, RFC 6238): SHA-1, six digits, 30 seconds, one step of tolerance either way; the secret sealed at rest. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Id, Moment } from '../../kernel/contract.ts'
import { keysOf } from '../../kernel/keys.ts'
import { local } from '../../kernel/module.ts'

const STEP_MS = 30_000
const TOLERANCE_STEPS = 1
const SECRET_BYTES = 20
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Base32, 32 characters. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32

/** What the QR code says: `otpauth://totp/…`. */
export const totpUri = (secret: string, account: string): string => totp(secret, account).toString()

/** The time step whose code this is, or undefined where it is none of now ± 1 or not later than the last one used. */
export function totpStep(secret: string, code: string, now: Moment, lastStep: number): number | undefined {
  const timestamp = Date.parse(now)
  const delta = totp(secret).validate({ token: code, timestamp, window: TOLERANCE_STEPS })
  if (delta === null) return undefined
  const step = Math.floor(timestamp / STEP_MS) + delta
  return step > lastStep ? step : undefined
}

function totp(secret: string, label = ''): TOTP {
  return new TOTP({ issuer: '政和', label, secret, algorithm: 'SHA1', digits: 6, period: STEP_MS / 1000 })
}

/** Seals secrets for the database; what is sealed for one account opens for no other. */
export const totpSeal = local((platform) => {
  const key = platform.local(keysOf).derive('identity-totp')
  return {
    /** iv ‖ tag ‖ ciphertext. */
    seal: (secret: string, account: Id): Buffer => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(account))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), text])
    },
    open: (sealed: Buffer, account: Id): string => {
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(account)).setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      return decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
  }
})
