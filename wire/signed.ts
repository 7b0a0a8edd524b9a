/** What signing in Node and signing in a browser share: the bytes under a signature, and reading what was signed. Safe in a browser. */
import type { z } from 'zod'
import { canonical } from './canonical.ts'
import type { Signed, SuiteName } from './documents.ts'
import { WireError } from './error.ts'

/** Says what a signature is for, so that one over a grant can never pass for one over a receipt. */
export type Domain = `zhenghe-${string}-v${number}`
export const GRANT = 'zhenghe-grant-v1' satisfies Domain
export const MANIFEST = 'zhenghe-manifest-v1' satisfies Domain
export const RECEIPT = 'zhenghe-receipt-v1' satisfies Domain

const LONGEST = 4 << 20
const SM2 = 'sm2:'

/** A domain as a suite signs in it: suite 2 has its own, `zhenghe-gm-grant-v1`. */
export function domainOf(domain: Domain, suite: SuiteName): Domain {
  return suite === 'gm' ? (domain.replace(/^zhenghe-/, 'zhenghe-gm-') as Domain) : domain
}

/** The bytes a signature is made over: the domain of the suite, a line feed, the text; UTF-8. */
export function signedBytes(domain: Domain, text: string, suite: SuiteName = 'international'): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${domainOf(domain, suite)}\n${text}`)
}

/** Which suite a signing key belongs to, and its raw public half, base64url. @param key as `SigningKeyText` has it */
export function readSigningKey(key: string): { suite: SuiteName; raw: string } {
  return key.startsWith(SM2) ? { suite: 'gm', raw: key.slice(SM2.length) } : { suite: 'international', raw: key }
}

/** A raw SM2 key as `SigningKeyText` has it. */
export function sm2Text(raw: string): string {
  return `${SM2}${raw}`
}

/** A digest for people to compare: its first 16 bytes in hex, eight groups of four joined by hyphens. */
export function fingerprintOf(digest: Uint8Array): string {
  const hex = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.match(/.{4}/g)!.join('-')
}

/**
 * The value of a text whose signature has been verified. The text must be exactly the canonical text of what the schema reads from it:
 * a property this version does not know, a default left out or another spelling refuses (`not_exact`), so nobody signs what is then ignored.
 */
export function readSigned<T>({ text }: Signed, schema: z.ZodType<T>): T {
  if (text.length > LONGEST) throw new WireError('bad_document', `the document is longer than ${LONGEST} characters`)
  const value = parsed(text, schema)
  if (canonical(value) !== text) {
    throw new WireError('not_exact', 'the document is not written canonically, or says something this version does not know')
  }
  return value
}

function parsed<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new WireError('bad_document', 'the document does not have the shape expected of it', { problem: String(error).slice(0, 2000) })
  }
}
