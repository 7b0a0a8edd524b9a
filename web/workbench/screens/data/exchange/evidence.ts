/** The two signed documents of a delivery, verified where they are read: in the browser, with the public keys of the nodes. */
import type { Node } from '@zhenghe/server/data/nodes/contract.ts'
import { openInBrowser } from '@zhenghe/wire/browser-sign.ts'
import { Manifest, Receipt, type Signed, type SuiteName } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { MANIFEST, RECEIPT, sm2Text } from '@zhenghe/wire/signed.ts'
import { sha512t256 } from './sha512t256.ts'

export type Verdict = { good: true; node: string } | { good: false; why: string }

/** Whether a document bears the signature of one of a unit's nodes, revoked ones too: what they signed stays signed. */
export async function verify(
  kind: 'manifest' | 'receipt',
  signed: Signed,
  nodes: readonly Pick<Node, 'name' | 'identity' | 'fingerprint' | 'gmFingerprint'>[],
): Promise<Verdict> {
  const node = nodes.find(({ fingerprint, gmFingerprint }) => fingerprint === signed.key || gmFingerprint === signed.key)
  const key = node?.gmFingerprint === signed.key && node.identity?.gm ? sm2Text(node.identity.gm.sign) : node?.identity?.sign
  if (!node || !key) return { good: false, why: signed.key }
  try {
    if (kind === 'manifest') await openInBrowser(MANIFEST, signed, key, Manifest)
    else await openInBrowser(RECEIPT, signed, key, Receipt)
    return { good: true, node: node.name }
  } catch (error) {
    return { good: false, why: error instanceof WireError ? error.code : String(error) }
  }
}

/** Whether a receipt names this very manifest, by the digest of the suite. */
export async function names(receipt: Pick<Receipt, 'manifest'>, { text }: Pick<Signed, 'text'>, suite: SuiteName): Promise<boolean> {
  return receipt.manifest === (suite === 'gm' ? await sm3Hex(text) : sha512t256(text))
}

async function sm3Hex(text: string): Promise<string> {
  const { sm3Digest } = await import('@zhenghe/wire/sm2.ts')
  return Array.from(sm3Digest(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
