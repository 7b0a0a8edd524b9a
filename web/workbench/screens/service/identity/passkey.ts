import { browserSupportsWebAuthn, type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser'
import { Refusal } from '@zhenghe/server/kernel/refusal.ts'
import type { SignInResult } from '@zhenghe/server/service/identity/contract.ts'
import { identity } from '../../../api/identity.ts'

export const passkeysWork = browserSupportsWebAuthn

/** Signs in by a passkey of this device, or finishes the sign-in of a ticket with one. Refuses `passkey_aborted` where the person or the device gave up. */
export async function signInByPasskey(ticket: string | undefined): Promise<SignInResult> {
  const challenge = await identity.call.passkeyOptions(ticket ? { ticket } : {})
  const response = await startAuthentication({ optionsJSON: challenge.options as unknown as PublicKeyCredentialRequestOptionsJSON }).catch(() => {
    throw new Refusal('passkey_aborted')
  })
  return identity.call.passkeySignIn({ ticket: challenge.ticket, response: { ...response } })
}
