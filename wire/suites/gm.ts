/**
 * Suite 2 (国密): SM2 signs and agrees keys (GB/T 32918), SM3 digests (GB/T 32905), frames under SM4 in counter mode (GB/T 32907,
 * GB/T 17964) with HMAC-SM3 over nonce, header and ciphertext (GB/T 15852.2): Node has neither SM4-GCM nor SM4-CCM.
 */
import { hash, hkdfSync } from 'node:crypto'
import { WireError } from '../error.ts'
import type { BulkSecrets, Role } from '../frame.ts'
import type { NodeKeys } from '../keys.ts'
import { generateSm2Key, PUBLIC_BYTES, type Sm2Key, sm2Agree, sm2Sign, sm2Verify } from '../sm2.ts'
import type { Handshake, Suite } from '../suite.ts'
import { SM4_BYTES, Sm4Hmac, TAG_BYTES } from './sm4-hmac.ts'

const MAC_BYTES = 32

export const gm: Suite = {
  name: 'gm',
  number: 2,
  keyBytes: PUBLIC_BYTES,
  tagBytes: TAG_BYTES,
  digest: (bytes) => hash('sm3', bytes, 'buffer'),
  publicKeys: ({ gm: keys, name }) => keys ?? refuseWithout(name),
  begin: ({ gm: keys, identity }) => begin(keys ?? refuseWithout(identity.name), generateSm2Key()),
  proves: (bytes, proof, { gm: keys }) => keys !== undefined && sm2Verify(bytes, proof, keys.sign),
}

function refuseWithout(name: string): never {
  throw new WireError('unsupported_version', `${name} has no keys of crypto suite 2 (gm: SM2, SM3, SM4); it has suite 1 (international)`, {
    suite: 2,
    supported: [1],
    node: name,
  })
}

export function begin(keys: NonNullable<NodeKeys['gm']>, ephemeral: Sm2Key): Handshake {
  return {
    ephemeral: ephemeral.public,
    agree: (role, { ephemeral: theirs, node }, transcript) => {
      const lasting = node.gm?.seal ?? refuseWithout(node.name)
      const secrets = frameSecrets(role, { ephemeral, lasting: keys.seal }, { ephemeral: theirs, lasting }, transcript)
      ephemeral.secret.fill(0)
      return { sender: new Sm4Hmac(secrets.sender), receiver: new Sm4Hmac(secrets.receiver) }
    },
    prove: (bytes) => Buffer.from(sm2Sign(bytes, keys.sign)),
  }
}

/**
 * The frame keys of a session, by who seals with them: HKDF-SM3 over the key that GB/T 32918.3 agrees on (the sender is its initiator),
 * salted with the transcript; 16 bytes for SM4, then 32 for HMAC-SM3.
 */
export function frameSecrets(
  role: Role,
  mine: { ephemeral: Sm2Key; lasting: Sm2Key },
  theirs: { ephemeral: string; lasting: string },
  transcript: Buffer,
): Record<Role, BulkSecrets> {
  const agreed = sm2Agree(mine, theirs, role === 'sender')
  const derive = (by: Role): BulkSecrets => {
    const key = new Uint8Array(hkdfSync('sm3', agreed, transcript, `zhenghe-gm-wire-v1 ${by}`, SM4_BYTES + MAC_BYTES))
    const secrets = { role: by, cipher: key.slice(0, SM4_BYTES), mac: key.slice(SM4_BYTES) }
    key.fill(0)
    return secrets
  }
  const secrets = { sender: derive('sender'), receiver: derive('receiver') }
  agreed.fill(0)
  return secrets
}
