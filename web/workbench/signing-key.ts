/** An approver's signing key between the browser, where it is made and used, and the platform, which keeps it sealed. */
import type { SigningKey } from '@zhenghe/server/service/identity/contract.ts'
import { type ApproverKey, fingerprintInBrowser, generateApproverKey, unlockApproverKey, type WrappedKey } from '@zhenghe/wire/browser-sign.ts'
import type { SuiteName } from '@zhenghe/wire/documents.ts'

export const PIN_SHAPE = /^(?=.*[A-Za-z])(?=.*\d).{8,}$/

/** A new key sealed under the PIN, as the platform may keep it. */
export async function makeSigningKey(pin: string, suite: SuiteName): Promise<Omit<SigningKey, 'madeAt'>> {
  const { public: publicKey, salt, iv, iterations, sealed } = await generateApproverKey(pin, suite)
  return { publicKey, fingerprint: await fingerprintInBrowser(publicKey), sealed: { salt, iv, iterations, ciphertext: sealed } }
}

/** Unlocks a kept key for signing. Throws the wire's `wrong_pin` or `bad_key`. */
export function unlockSigningKey({ publicKey, sealed }: SigningKey, pin: string): Promise<ApproverKey> {
  const { salt, iv, iterations, ciphertext } = sealed
  const wrapped: WrappedKey = { v: 1, public: publicKey, kdf: 'PBKDF2-SHA-256', iterations, salt, iv, sealed: ciphertext }
  return unlockApproverKey(wrapped, pin)
}
