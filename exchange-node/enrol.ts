/** Joining the platform: once, with the one-time token; a person then compares the fingerprint. */
import fs from 'node:fs'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import type { Logger } from 'pino'
import type { NodeConfig } from './config.ts'
import { join } from './control.ts'
import { PlatformError } from './http.ts'
import { completeIdentity, fingerprintOf, gmFingerprintOf, joiningKeys, keepIdentity } from './identity.ts'
import { insist } from './insist.ts'
import { VERSION } from './version.ts'

/** The node cannot join; the message says what the operator does about it. */
export class EnrolmentError extends Error {
  override name = 'EnrolmentError'
}

/** Where other nodes reach this one: `advertise`, or host and port of its listener. */
export type Advertised = string | null

/** The keys under which the platform knows this node; joins where it has not yet. Waits for a platform that cannot be reached. Throws an `EnrolmentError`. */
export async function enrol({ home, platform, token }: NodeConfig, listen: Advertised, log: Logger, signal: AbortSignal): Promise<NodeKeys> {
  fs.mkdirSync(home, { recursive: true, mode: 0o700 })
  const known = completeIdentity(home)
  if (known) return known
  if (!token) throw new EnrolmentError('This node has not joined yet. Make a token on the workbench and set it as «token» or in ZHENGHE_NODE_TOKEN.')
  const keys = joiningKeys(home)
  const { sign, seal, gm } = keys.identity
  const { node, name, unit } = await insist(() => join(platform, { token, sign, seal, gm, version: VERSION, listen }, signal), log, signal).catch(explain)
  log.info(
    { node, fingerprint: fingerprintOf(keys), gmFingerprint: gmFingerprintOf(keys) },
    `joined as «${name}» of ${unit.name}; the operator now compares this fingerprint on the workbench`,
  )
  return keepIdentity(home, keys, { id: node, name })
}

function explain(error: unknown): never {
  if (!(error instanceof PlatformError) || error.passing) throw error
  throw new EnrolmentError(`The platform does not let this node join: ${error.message} Make a new token on the workbench and set it as «token».`)
}
