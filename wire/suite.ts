/** What a suite of algorithms gives to a session and its documents. A link contract (the grant) names the suite; within a session there is no choice. */
import type { NodeIdentity, SuiteName } from './documents.ts'
import type { FrameCipher, Role } from './frame.ts'
import type { NodeKeys } from './keys.ts'

/** Public keys as a suite writes them, base64url of its own length. */
export interface PublicKeys {
  readonly sign: string
  readonly seal: string
}

export interface Suite {
  readonly name: SuiteName
  /** of hellos */
  readonly number: number
  /** of each public key in a hello */
  readonly keyBytes: number
  readonly tagBytes: number
  /** H, 32 bytes */
  digest(bytes: Uint8Array): Buffer
  /** A node's keys of this suite; refuses `unsupported_version` where it has none. */
  publicKeys(node: NodeIdentity): PublicKeys
  /** This node's half of a handshake. Refuses `unsupported_version` where the node has no keys of this suite. */
  begin(keys: NodeKeys): Handshake
  /** Whether a proof is by the node over these bytes. */
  proves(bytes: Buffer, proof: Buffer, node: NodeIdentity): boolean
}

/** One side of one handshake; its ephemeral key is made with it and used once. */
export interface Handshake {
  /** the ephemeral public key, base64url */
  readonly ephemeral: string
  /** Derives the frame keys of both directions. Refuses `bad_key`. */
  agree(role: Role, theirs: { ephemeral: string; node: NodeIdentity }, transcript: Buffer): Record<Role, FrameCipher>
  prove(bytes: Buffer): Buffer
}
