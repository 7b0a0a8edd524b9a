/** The node's keys: made here, kept here, readable by this user only. */
import fs from 'node:fs'
import path from 'node:path'
import { fingerprint, generateNodeKeys, loadNodeKeys, type NodeKeys, StoredNodeKeys, storeNodeKeys } from '@zhenghe/wire/keys.ts'
import { join } from './control.ts'

const JOINED = 'node.json'
const WAITING = 'node.joining.json'

/** What an operator compares by telephone: of the signing key. */
export function fingerprintOf({ identity }: NodeKeys): string {
  return fingerprint(identity.sign)
}

/** The keys of a node that has joined, or undefined. */
export function readIdentity(folder: string): NodeKeys | undefined {
  return read(path.join(folder, JOINED))
}

/**
 * Joins the platform with the one-time token, under keys made now (or by an earlier try whose answer was lost), and keeps the identity it was
 * given. Rejects with the platform's words.
 */
export async function joinPlatform(folder: string, platform: string, token: string, version: string, listen: string | null): Promise<NodeKeys> {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const waiting = path.join(folder, WAITING)
  const keys = read(waiting) ?? generateNodeKeys('joining')
  write(waiting, keys)
  const { sign, seal } = keys.identity
  const { node, name } = await join(platform, { token, sign, seal, version, listen })
  const joined = loadNodeKeys({ ...storeNodeKeys(keys), id: node, name })
  write(path.join(folder, JOINED), joined)
  fs.rmSync(waiting)
  return joined
}

function read(file: string): NodeKeys | undefined {
  if (!fs.existsSync(file)) return undefined
  if (process.platform !== 'win32' && (fs.statSync(file).mode & 0o077) !== 0)
    throw new Error(`${file} holds secret keys and others may read it: chmod 600 it, then join anew if they might have`)
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
