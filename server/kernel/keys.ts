/** The platform's own keys: made at the first start, kept in a file only its user can read, or given by the operator. */
import { createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { SealKey } from './ledger/seal.ts'
import { local } from './module.ts'

export type PlatformKeys = {
  seal: SealKey
  /** A key for one purpose, derived from the platform's secret; 32 bytes. */
  derive: (purpose: string) => Buffer
  /** A keyed digest of a personal value, 16 hex digits: the same value gives the same digest, nobody without the key can try values. */
  redact: (value: unknown) => string
}
/** Where a running platform keeps its keys: `ctx.local(keysOf)`. */
export const keysOf = local<PlatformKeys>(() => {
  throw new Error('this platform was started without keys')
})

type Stored = { secret: string; seal: string }
const SECRET_BYTES = 32

/** Reads the keys under `dir`, or makes them. Throws where the file can be read by others or the secret is weak. */
export function loadKeys(dir: string): PlatformKeys {
  const file = path.join(dir, 'platform-keys.json')
  if (!fs.existsSync(file)) create(file)
  if (process.platform !== 'win32' && fs.statSync(file).mode & 0o077) throw new Error(`${file} can be read by others: chmod 600 it`)
  const stored = JSON.parse(fs.readFileSync(file, 'utf8')) as Stored
  return keysFrom(stored.secret, stored.seal)
}

/** Keys that live as long as the process: for tests. */
export function temporaryKeys(): PlatformKeys {
  return keysFrom(randomBytes(SECRET_BYTES).toString('base64url'), newSealKey())
}

function keysFrom(secret: string, sealPem: string): PlatformKeys {
  const bytes = Buffer.from(secret, 'base64url')
  if (bytes.length < SECRET_BYTES || new Set(bytes).size < 8) throw new Error('the platform secret is too weak: it needs 32 random bytes, base64url')
  const privateKey = createPrivateKey(sealPem)
  const publicKey = createPublicKey(privateKey)
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', bytes, '', `zhenghe/${purpose}`, 32))
  const redaction = derive('ledger-redaction')
  return {
    seal: { id: keyId(publicKey), privateKey, publicKey },
    derive,
    redact: (value) =>
      createHmac('sha256', redaction)
        .update(JSON.stringify(value) ?? '')
        .digest('hex')
        .slice(0, 16),
  }
}

const keyId = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)
const newSealKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

function create(file: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const fresh = `${file}.${process.pid}`
  fs.writeFileSync(fresh, JSON.stringify({ secret: randomBytes(SECRET_BYTES).toString('base64url'), seal: newSealKey() } satisfies Stored), { mode: 0o600 })
  fs.renameSync(fresh, file)
}
