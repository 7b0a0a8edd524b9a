/** Secrets that people and browsers carry; the database holds only digests of them. */
import { createHmac, hash, randomBytes, randomInt } from 'node:crypto'
import { keysOf } from '../../kernel/keys.ts'
import { local } from '../../kernel/module.ts'

const TOKEN_BYTES = 32
/** Without characters that are taken for one another when read from paper. */
const LEGIBLE = 'abcdefghjkmnpqrstuvwxyz23456789'

/** 32 random bytes, base64url: 43 characters. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url')

export const digestOf = (token: string): Buffer => hash('sha256', token, 'buffer')

/** `xxxx-xxxx-xxxx-xxxx`, 79 bits. */
export function oneTimePassword(): string {
  const group = () => Array.from({ length: 4 }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}

/** Names an account name in the count of wrong attempts: keyed, because people type passwords into the wrong field. */
export const nameDigests = local((platform) => {
  const key = platform.local(keysOf).derive('identity-names')
  return (name: string): Buffer => createHmac('sha256', key).update(name).digest()
})
