/** Passkeys (W3C WebAuthn Level 3): always discoverable and with the user verified, so that one alone is two factors. No attestation is asked. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { z } from 'zod'
import { originOf } from '../../kernel/config.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { AccountRow, IdentityCtx, PasskeyRow } from './tables.ts'

type Json = Record<string, unknown>
/** The address people open, and the host that passkeys belong to. */
type Party = { origin: string; rpID: string }

/** EdDSA, ES256, RS256 (IANA COSE): what authenticators in use can sign with. */
const ALGORITHMS = [-8, -7, -257]

/** Refuses `kernel.bad_input` where neither the operator nor the browser says which address people open. */
export function partyOf({ local, from }: IdentityCtx): Party {
  const origin = local(originOf)?.origin ?? from?.origin
  if (!origin || !URL.canParse(origin)) throw new Refusal('kernel.bad_input', { problems: [{ path: 'origin', message: 'passkeys need a browser' }] })
  return { origin: new URL(origin).origin, rpID: new URL(origin).hostname }
}

export async function registrationOptions({ rpID }: Party, account: AccountRow, personName: string, known: readonly PasskeyRow[]) {
  return generateRegistrationOptions({
    rpName: '政和',
    rpID,
    userID: Uint8Array.from(Buffer.from(account.id.replaceAll('-', ''), 'hex')),
    userName: account.name,
    userDisplayName: personName,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: known.map(descriptor),
  })
}

/** Options for signing in; with `allowed` only by these passkeys, else by any that the browser knows for this host. */
export async function signInOptions({ rpID }: Party, allowed: readonly PasskeyRow[] = []) {
  return generateAuthenticationOptions({ rpID, userVerification: 'required', allowCredentials: allowed.map(descriptor) })
}

const descriptor = ({ credentialId, transports }: PasskeyRow) => ({ id: credentialId, transports })

const ClientData = z.object({ challenge: z.string() })

/** The challenge a browser says it has answered, unverified: only to find the ticket. */
export function claimedChallenge(response: Json): string | undefined {
  const { clientDataJSON } = (response['response'] ?? {}) as Json
  try {
    return ClientData.parse(JSON.parse(Buffer.from(String(clientDataJSON), 'base64url').toString())).challenge
  } catch {
    return undefined
  }
}

/** What to keep of a new passkey, or undefined where the answer does not verify. */
export async function verifiedRegistration({ origin, rpID }: Party, response: Json, challenge: string) {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!verified) return undefined
    const { id, publicKey, counter, transports = [] } = registrationInfo.credential
    return { credentialId: id, publicKey: Buffer.from(publicKey), counter, transports: transports.map(String) }
  } catch {
    return undefined // the library throws at whatever does not fit; the caller refuses
  }
}

/** The passkey's new use count, or undefined where the answer does not verify or the count has not grown (a copied key). */
export async function verifiedSignIn({ origin, rpID }: Party, response: Json, challenge: string, passkey: PasskeyRow): Promise<number | undefined> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      credential: { id: passkey.credentialId, publicKey: Uint8Array.from(passkey.publicKey), counter: passkey.counter, transports: passkey.transports },
    })
    return verified ? authenticationInfo.newCounter : undefined
  } catch {
    return undefined // the library throws at whatever does not fit; the caller refuses
  }
}
