/** What an exchange node asks of a grant before it does anything for it. The node trusts approvers' keys pinned beside it, never the platform's word. */
import { Grant, type NodeIdentity, type Signed, suiteOfGrant } from './documents.ts'
import { WireError } from './error.ts'
import { checkGrantFields } from './grant-fields.ts'
import { fingerprint } from './keys.ts'
import { openDocument } from './sign.ts'
import { GRANT, readSigningKey } from './signed.ts'
import { suiteNamed } from './suites.ts'

export interface GrantTrust {
  /** public keys of the approvers this node trusts, as `SigningKeyText` has them */
  readonly approvers: readonly string[]
  /** milliseconds since 1970 */
  readonly now: number
  /** this node, which must be the provider's or the consumer's */
  readonly node: NodeIdentity
}

/**
 * The grant of a signed document. Refuses `unknown_approver`, `bad_signature`, `bad_document`, `not_exact`, `wrong_key` (a key of another
 * suite than the grant names), `unsupported_version` (this node or the other has no keys of that suite), `not_for_node`, `not_yet_valid`,
 * `expired`, and what `checkGrantFields` refuses.
 */
export function checkGrant(signed: Signed, { approvers, now, node }: GrantTrust): Grant {
  const approver = approvers.find((raw) => fingerprint(raw) === signed.key)
  if (!approver) throw new WireError('unknown_approver', `the grant is signed with key ${signed.key}, which this node does not trust`, { key: signed.key })
  const grant = openDocument(GRANT, signed, approver, Grant)
  checkSuite(grant, approver, node)
  if (![grant.provider.node, grant.consumer.node].some((party) => sameNode(party, node))) {
    throw new WireError('not_for_node', `the grant is between ${grant.provider.node.name} and ${grant.consumer.node.name}, not for ${node.name}`, {
      node: node.id,
    })
  }
  if (now < Date.parse(grant.notBefore)) throw new WireError('not_yet_valid', `the grant begins at ${grant.notBefore}`, { notBefore: grant.notBefore })
  if (now >= Date.parse(grant.notAfter)) throw new WireError('expired', `the grant ended at ${grant.notAfter}`, { notAfter: grant.notAfter })
  checkGrantFields(grant)
  return grant
}

/** Everything about a delivery goes by one suite: the approver's signature, both nodes' keys, the session and its evidence. */
function checkSuite(grant: Grant, approver: string, node: NodeIdentity): void {
  const suite = suiteOfGrant(grant)
  const signedBy = readSigningKey(approver).suite
  if (signedBy !== suite) throw new WireError('wrong_key', `a grant of crypto suite ${suite} is signed with a key of suite ${signedBy}`, { suite, signedBy })
  for (const party of [node, grant.provider.node, grant.consumer.node]) suiteNamed(suite).publicKeys(party)
}

function sameNode(a: NodeIdentity, b: NodeIdentity): boolean {
  const sameGm = !a.gm || (a.gm.sign === b.gm?.sign && a.gm.seal === b.gm.seal)
  return a.id === b.id && a.sign === b.sign && a.seal === b.seal && sameGm
}
