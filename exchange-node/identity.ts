/** The node's keys and its name at the platform: made here, kept here, readable by this user only. */
import fs from 'node:fs'
import path from 'node:path'
import { fingerprint, generateNodeKeys, loadNodeKeys, type NodeKeys, StoredNodeKeys, storeNodeKeys, withGmKeys } from '@zhenghe/wire/keys.ts'
import { sm2Text } from '@zhenghe/wire/signed.ts'

const JOINED = 'keys.json'
const JOINING = 'keys.joining.json'

/** What an operator compares by telephone: of the signing key. */
export function fingerprintOf({ identity }: NodeKeys): string {
  return fingerprint(identity.sign)
}

/** The same of its SM2 signing key; undefined at a node that has none yet. */
export function gmFingerprintOf({ gm }: NodeKeys): string | undefined {
  return gm && fingerprint(sm2Text(gm.sign.public))
}

/** The keys of a node that has joined, or undefined. */
export function readIdentity(home: string): NodeKeys | undefined {
  return read(path.join(home, JOINED))
}

/** The same; where they were made before suite 2 was, SM2 keys are put beside them, the others untouched. */
export function completeIdentity(home: string): NodeKeys | undefined {
  const known = readIdentity(home)
  if (!known || known.gm) return known
  const complete = withGmKeys(known)
  write(path.join(home, JOINED), complete)
  return complete
}

/** Keys to join with: the same after an attempt whose answer was lost. */
export function joiningKeys(home: string): NodeKeys {
  const file = path.join(home, JOINING)
  const keys = withGmKeys(read(file) ?? generateNodeKeys('joining'))
  write(file, keys)
  return keys
}

/** Keeps the keys under the id and name that the platform gave. */
export function keepIdentity(home: string, keys: NodeKeys, { id, name }: { id: string; name: string }): NodeKeys {
  const joined = loadNodeKeys({ ...storeNodeKeys(keys), id, name })
  write(path.join(home, JOINED), joined)
  fs.rmSync(path.join(home, JOINING), { force: true })
  return joined
}

function read(file: string): NodeKeys | undefined {
  if (!fs.existsSync(file)) return undefined
  if (process.platform !== 'win32' && (fs.statSync(file).mode & 0o077) !== 0)
    throw new Error(`${file} holds secret keys and others may read it: chmod 600 it, and join anew with other keys if they might have`)
  return loadNodeKeys(StoredNodeKeys.parse(JSON.parse(fs.readFileSync(file, 'utf8'))))
}

/** Whole or not at all, even where the machine stops meanwhile. */
function write(file: string, keys: NodeKeys): void {
  const fresh = `${file}.new`
  const handle = fs.openSync(fresh, 'w', 0o600)
  fs.writeSync(handle, JSON.stringify(storeNodeKeys(keys)))
  fs.fsyncSync(handle)
  fs.closeSync(handle)
  fs.renameSync(fresh, file)
}
