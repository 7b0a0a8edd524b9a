/** Setting up an empty platform: whoever can read the server's files, and nobody else, may name the first three administrators. */
import { createHash, timingSafeEqual } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { keysOf } from '../../kernel/keys.ts'
import { local, type Platform } from '../../kernel/module.ts'
import { NOBODY } from '../../kernel/platform.ts'
import { contract } from './contract.ts'

/** The secret that sets up a platform: derived from the platform's own, so that every process of one platform knows it. Worthless once an account exists. */
export const firstRunSecret = local((platform) => {
  const secret = platform.local(keysOf).derive('identity-first-run').toString('base64url')
  return { secret, matches: (given: string): boolean => timingSafeEqual(sha256(given), sha256(secret)) }
})

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Call once the platform is up. While it has no account, leaves the first-run secret in a file only its user can read and logs the path
 * (never the secret); answers the path. Once there is one, removes the file and answers undefined.
 */
export async function ensureFirstAdministrator(platform: Platform, dataDir: string): Promise<string | undefined> {
  const file = path.join(dataDir, 'first-run-secret.txt')
  const { needed } = await platform.run(contract.firstRunState, { actor: NOBODY, now: platform.now() }, {})
  await fs.rm(file, { force: true })
  if (!needed) return undefined
  await fs.mkdir(dataDir, { recursive: true })
  await fs.writeFile(file, `${platform.local(firstRunSecret).secret}\n`, { mode: 0o600, flag: 'wx' })
  platform.log.warn({ file }, 'no account exists yet: open the workbench and set the platform up with the secret in this file')
  return file
}
