/** Suite 1: Ed25519, X25519, HKDF-SHA-256, AES-256-GCM, SHA-512/256. */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { WireError } from '../error.ts'
import { type FrameCipher, nonceOf, type Role } from '../frame.ts'
import { publicKey, rawPublicKey } from '../keys.ts'
import type { Handshake, Suite } from '../suite.ts'

const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'
const GCM = { authTagLength: TAG_BYTES }

export const international: Suite = {
  name: 'international',
  number: 1,
  keyBytes: 32,
  tagBytes: TAG_BYTES,
  digest: (bytes) => hash('sha512-256', bytes, 'buffer'),
  publicKeys: ({ sign, seal }) => ({ sign, seal }),
  begin: (keys) => begin(keys, generateKeyPairSync('x25519').privateKey),
  proves: (bytes, proof, node) => verify(null, bytes, publicKey('ed25519', node.sign), proof),
}

type Secrets = { readonly sign: KeyObject; readonly seal: KeyObject }

/** @param ephemeral private X25519 key */
export function begin(keys: Secrets, ephemeral: KeyObject): Handshake {
  return {
    ephemeral: rawPublicKey(ephemeral),
    agree: (role, { ephemeral: theirs, node }, transcript) => {
      const keysOf = frameKeys(role, { ephemeral, seal: keys.seal }, { ephemeral: theirs, seal: node.seal }, transcript)
      return { sender: new AesGcm(keysOf.sender, 'sender'), receiver: new AesGcm(keysOf.receiver, 'receiver') }
    },
    prove: (bytes) => sign(null, bytes, keys.sign),
  }
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

function agree(mine: KeyObject, theirs: string): Buffer {
  try {
    return diffieHellman({ privateKey: mine, publicKey: publicKey('x25519', theirs) })
  } catch {
    throw new WireError('bad_key', 'the other side sent an X25519 key of small order') // the agreement would be zero, known to all
  }
}

/** AES-256-GCM with the header as additional data; the nonce is direction and counter. */
export class AesGcm implements FrameCipher {
  readonly tagBytes = TAG_BYTES
  private readonly key: KeyObject
  private readonly role: Role
  constructor(key: KeyObject, role: Role) {
    this.key = key
    this.role = role
  }

  seal(counter: number, header: Buffer, payload: Buffer) {
    const cipher = createCipheriv(CIPHER, this.key, nonceOf(this.role, counter), GCM)
    cipher.setAAD(header)
    const body = cipher.update(payload)
    cipher.final()
    return { body, tag: cipher.getAuthTag() }
  }

  open(counter: number, header: Buffer, body: Buffer, tag: Buffer): Buffer | undefined {
    const decipher = createDecipheriv(CIPHER, this.key, nonceOf(this.role, counter), GCM)
    decipher.setAAD(header)
    decipher.setAuthTag(tag)
    const payload = decipher.update(body)
    try {
      decipher.final()
    } catch {
      return undefined
    }
    return payload
  }
}
