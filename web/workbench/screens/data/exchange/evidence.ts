/** The two signed documents of a delivery, verified where they are read: in the browser, with the public keys of the nodes. */
import type { Node } from '@zhenghe/server/data/nodes/contract.ts'
import { openInBrowser } from '@zhenghe/wire/browser-sign.ts'
import { Manifest, Receipt, type Signed } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { MANIFEST, RECEIPT } from '@zhenghe/wire/signed.ts'
import { sha512t256 } from './sha512t256.ts'

export type Verdict = { good: true; node: string } | { good: false; why: string }

/** Whether a document bears the signature of one of a unit's nodes, revoked ones too: what they signed stays signed. */
export async function verify(
  kind: 'manifest' | 'receipt',
  signed: Signed,
  nodes: readonly Pick<Node, 'name' | 'identity' | 'fingerprint'>[],
): Promise<Verdict> {
  const node = nodes.find(({ fingerprint }) => fingerprint === signed.key)
  if (!node?.identity) return { good: false, why: signed.key }
  try {
    if (kind === 'manifest') await openInBrowser(MANIFEST, signed, node.identity.sign, Manifest)
    else await openInBrowser(RECEIPT, signed, node.identity.sign, Receipt)
    return { good: true, node: node.name }
  } catch (error) {
    return { good: false, why: error instanceof WireError ? error.code : String(error) }
  }
}

/** Whether a receipt names this very manifest. */
export function names(receipt: Pick<Receipt, 'manifest'>, manifest: Pick<Signed, 'text'>): boolean {
  return receipt.manifest === sha512t256(manifest.text)
}
