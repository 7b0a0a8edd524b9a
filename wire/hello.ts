/** The handshake of a session as pure functions: what each side says first, and the keys both derive from it. Byte tables: docs/protocols/wire.md §3. */
import { createSecretKey, diffieHellman, hash, hkdfSync, type KeyObject } from 'node:crypto'
import type { NodeIdentity } from './documents.ts'
import { WireError } from './error.ts'
import { type Role, VERSION } from './frame.ts'
import { publicKey } from './keys.ts'

/** Never changes in any version, so that two versions can at least tell each other apart. */
export const PREFIX_BYTES = 8
export const HELLO_BYTES = 168

const MAGIC = 0x5a485748 // «ZHWH»
const SUITE = 1
const ROLE_NUMBER = { sender: 1, receiver: 2 } as const satisfies Record<Role, number>
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface Hello {
  readonly role: Role
  readonly delivery: string
  readonly node: Pick<NodeIdentity, 'id' | 'sign' | 'seal'>
  /** raw X25519 key made for this session alone, base64url */
  readonly ephemeral: string
  /** 32 random bytes */
  readonly nonce: Buffer
}

export function encodeHello(hello: Hello): Buffer {
  const bytes = Buffer.alloc(HELLO_BYTES)
  bytes.writeUInt32BE(MAGIC, 0)
  bytes[4] = VERSION
  bytes[5] = ROLE_NUMBER[hello.role]
  bytes.writeUInt16BE(SUITE, 6)
  uuid(hello.delivery).copy(bytes, 8)
  uuid(hello.node.id).copy(bytes, 24)
  bytes.write(hello.node.sign, 40, 'base64url')
  bytes.write(hello.node.seal, 72, 'base64url')
  bytes.write(hello.ephemeral, 104, 'base64url')
  hello.nonce.copy(bytes, 136)
  return bytes
}

/** Refuses what is no hello of this version and suite, from its first 8 bytes alone. */
export function checkPrefix(prefix: Buffer): void {
  if (prefix.readUInt32BE(0) !== MAGIC) throw new WireError('bad_magic', 'the other side does not speak this protocol')
  const version = prefix[4]!
  if (version !== VERSION)
    throw new WireError('unsupported_version', `the other side speaks version ${version}, this one ${VERSION}`, { version, supported: [VERSION] })
  const suite = prefix.readUInt16BE(6)
  if (suite !== SUITE)
    throw new WireError('unsupported_version', `the other side asks for crypto suite ${suite}, this one has ${SUITE}`, { suite, supported: [SUITE] })
}

/** The peer's ephemeral key, once its hello is found to come from whom the caller expects, in the other role, for the same delivery. */
export function checkHello(bytes: Buffer, mine: Hello, peer: NodeIdentity): string {
  checkPrefix(bytes)
  if (bytes[5] !== ROLE_NUMBER[other(mine.role)]) throw new WireError('wrong_role', `both sides would be the ${mine.role}`)
  const expected = encodeHello({ ...mine, role: other(mine.role), node: peer })
  if (!same(bytes, expected, 8, 24)) throw new WireError('wrong_delivery', 'the other side came for another delivery')
  if (!same(bytes, expected, 24, 104)) {
    throw new WireError('wrong_peer', `the other side is not ${peer.name} (${peer.id}) with the keys the grant names`, { expected: peer.id })
  }
  return bytes.toString('base64url', 104, 136)
}

/** What both sides sign and derive their keys from: SHA-512/256 over both hellos, the sender's first. */
export function transcriptOf(sender: Buffer, receiver: Buffer): Buffer {
  return hash('sha512-256', Buffer.concat([sender, receiver]), 'buffer')
}

/** What a side signs to prove that it holds the Ed25519 key of its hello. */
export function proofBytes(role: Role, transcript: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`zhenghe-session-v1\n${role}\n`), transcript])
}

/**
 * The two frame keys of a session, by who seals with them: HKDF-SHA-256 over three X25519 agreements (ephemeral-ephemeral, sender
 * ephemeral-receiver static, sender static-receiver ephemeral), salted with the transcript.
 */
export function frameKeys(
  role: Role,
  mine: { ephemeral: KeyObject; seal: KeyObject },
  theirs: { ephemeral: string; seal: string },
  transcript: Buffer,
): Record<Role, KeyObject> {
  const mineToTheirs = agree(mine.ephemeral, theirs.seal)
  const theirsToMine = agree(mine.seal, theirs.ephemeral)
  const [senderEphemeral, receiverEphemeral] = role === 'sender' ? [mineToTheirs, theirsToMine] : [theirsToMine, mineToTheirs]
  const secret = Buffer.concat([agree(mine.ephemeral, theirs.ephemeral), senderEphemeral, receiverEphemeral])
  const derive = (by: Role) => createSecretKey(Buffer.from(hkdfSync('sha256', secret, transcript, `zhenghe-wire-v1 ${by}`, 32)))
  return { sender: derive('sender'), receiver: derive('receiver') }
}

export function other(role: Role): Role {
  return role === 'sender' ? 'receiver' : 'sender'
}

function agree(mine: KeyObject, theirs: string): Buffer {
  try {
    return diffieHellman({ privateKey: mine, publicKey: publicKey('x25519', theirs) })
  } catch {
    throw new WireError('bad_key', 'the other side sent an X25519 key of small order') // the agreement would be zero, known to all
  }
}

function uuid(text: string): Buffer {
  const lower = text.toLowerCase()
  if (!UUID.test(lower)) throw new WireError('unexpected', `«${text}» is not a UUID`)
  return Buffer.from(lower.replaceAll('-', ''), 'hex')
}

function same(a: Buffer, b: Buffer, start: number, end: number): boolean {
  return a.subarray(start, end).equals(b.subarray(start, end))
}
