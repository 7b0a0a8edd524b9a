/** What an exchange node asks of an API grant before it answers anything by it: the same trust as for grants of whole tables. */
import { API_GRANT, ApiGrant, checkApiGrant } from './api-grant.ts'
import type { Signed } from './documents.ts'
import { WireError } from './error.ts'
import type { GrantTrust } from './grant.ts'
import { fingerprint } from './keys.ts'
import { openDocument } from './sign.ts'

/**
 * The grant of a signed document, whatever its term. Refuses `unknown_approver`, `bad_signature`, `bad_document`, `not_exact`, `not_for_node`
 * where this node is not the provider's by id and both keys, and what `checkApiGrant` refuses.
 */
export function openApiGrant(signed: Signed, { approvers, node }: Omit<GrantTrust, 'now'>): ApiGrant {
  const approver = approvers.find((raw) => fingerprint(raw) === signed.key)
  if (!approver) throw new WireError('unknown_approver', `the grant is signed with key ${signed.key}, which this node does not trust`, { key: signed.key })
  const grant = openDocument(API_GRANT, signed, approver, ApiGrant)
  const { id, sign, seal, name } = grant.provider.node
  if (id !== node.id || sign !== node.sign || seal !== node.seal)
    throw new WireError('not_for_node', `the grant is for the node ${name}, not for ${node.name}`, { node: node.id })
  checkApiGrant(grant)
  return grant
}

/** Refuses `not_yet_valid` and `expired`. @param now milliseconds since 1970 */
export function demandTerm({ notBefore, notAfter }: Pick<ApiGrant, 'notBefore' | 'notAfter'>, now: number): void {
  if (now < Date.parse(notBefore)) throw new WireError('not_yet_valid', `the grant begins at ${notBefore}`, { notBefore })
  if (now >= Date.parse(notAfter)) throw new WireError('expired', `the grant ended at ${notAfter}`, { notAfter })
}
