/** What each side of a session says first, as pure functions. Byte tables: docs/protocols/wire.md §3. */
import type { NodeIdentity } from './documents.ts'
import { WireError } from './error.ts'
import { other, type Role, VERSION } from './frame.ts'
import { domainOf } from './signed.ts'
import type { PublicKeys, Suite } from './suite.ts'
import { suiteNumbered } from './suites.ts'

/** Never changes in any version, so that two versions can at least tell each other apart. */
export const PREFIX_BYTES = 8

const MAGIC = 0x5a485748 // «ZHWH»
const KEYS_AT = 40
const NONCE_BYTES = 32
const ROLE_NUMBER = { sender: 1, receiver: 2 } as const satisfies Record<Role, number>
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface Hello {
  readonly role: Role
  readonly delivery: string
  /** with the public keys of the suite */
  readonly node: PublicKeys & Pick<NodeIdentity, 'id'>
  /** public key made for this session alone, base64url */
  readonly ephemeral: string
  /** 32 random bytes */
  readonly nonce: Buffer
}

/** Its delivery, and everything a listener needs of a hello to know what it is for, stands within these first bytes in every suite. */
export const ADDRESS_BYTES = 24

/** Of a hello as a whole: 168 in suite 1, 267 in suite 2. */
export function helloBytes({ keyBytes }: Suite): number {
  return KEYS_AT + 3 * keyBytes + NONCE_BYTES
}

export function encodeHello(hello: Hello, suite: Suite): Buffer {
  const bytes = Buffer.alloc(helloBytes(suite))
  bytes.writeUInt32BE(MAGIC, 0)
  bytes[4] = VERSION
  bytes[5] = ROLE_NUMBER[hello.role]
  bytes.writeUInt16BE(suite.number, 6)
  uuid(hello.delivery).copy(bytes, 8)
  uuid(hello.node.id).copy(bytes, 24)
  const keys = [hello.node.sign, hello.node.seal, hello.ephemeral]
  for (const [at, key] of keys.entries()) bytes.write(key, KEYS_AT + at * suite.keyBytes, suite.keyBytes, 'base64url')
  hello.nonce.copy(bytes, KEYS_AT + 3 * suite.keyBytes)
  return bytes
}

/** The suite a hello asks for, from its first 8 bytes alone. Refuses what is no hello of this version, or of a suite this version does not have. */
export function suiteOfPrefix(prefix: Buffer): Suite {
  if (prefix.readUInt32BE(0) !== MAGIC) throw new WireError('bad_magic', 'the other side does not speak this protocol')
  const version = prefix[4]!
  if (version !== VERSION)
    throw new WireError('unsupported_version', `the other side speaks version ${version}, this one ${VERSION}`, { version, supported: [VERSION] })
  return suiteNumbered(prefix.readUInt16BE(6))
}

/** Refuses what is no hello of this version and of the suite that the grant names. */
export function checkPrefix(prefix: Buffer, suite: Suite): void {
  const asked = suiteOfPrefix(prefix)
  if (asked === suite) return
  throw new WireError(
    'unsupported_version',
    `the other side asks for crypto suite ${asked.number} (${asked.name}); the grant of this delivery says ${suite.number} (${suite.name})`,
    { suite: asked.number, supported: [suite.number] },
  )
}

/** The peer's ephemeral key, once its hello is found to come from whom the caller expects, in the other role, for the same delivery. */
export function checkHello(bytes: Buffer, mine: Hello, peer: NodeIdentity, suite: Suite): string {
  checkPrefix(bytes, suite)
  if (bytes[5] !== ROLE_NUMBER[other(mine.role)]) throw new WireError('wrong_role', `both sides would be the ${mine.role}`)
  const { id, name } = peer
  const expected = encodeHello({ ...mine, role: other(mine.role), node: { id, ...suite.publicKeys(peer) } }, suite)
  const ephemeralAt = KEYS_AT + 2 * suite.keyBytes
  if (!same(bytes, expected, 8, 24)) throw new WireError('wrong_delivery', 'the other side came for another delivery')
  if (!same(bytes, expected, 24, ephemeralAt)) {
    throw new WireError('wrong_peer', `the other side is not ${name} (${id}) with the keys the grant names`, { expected: id })
  }
  return bytes.toString('base64url', ephemeralAt, ephemeralAt + suite.keyBytes)
}

/** What both sides sign and derive their keys from: H over both hellos, the sender's first. */
export function transcriptOf(sender: Buffer, receiver: Buffer, suite: Suite): Buffer {
  return suite.digest(Buffer.concat([sender, receiver]))
}

/** What a side signs to prove that it holds the signing key of its hello. */
export function proofBytes(role: Role, transcript: Buffer, suite: Suite): Buffer {
  return Buffer.concat([Buffer.from(`${domainOf('zhenghe-session-v1', suite.name)}\n${role}\n`), transcript])
}

function uuid(text: string): Buffer {
  const lower = text.toLowerCase()
  if (!UUID.test(lower)) throw new WireError('unexpected', `«${text}» is not a UUID`)
  return Buffer.from(lower.replaceAll('-', ''), 'hex')
}

function same(a: Buffer, b: Buffer, start: number, end: number): boolean {
  return a.subarray(start, end).equals(b.subarray(start, end))
}
