import { expect, test } from 'vitest'
import { Grant, type GrantField, type NodeIdentity, type SuiteName } from './documents.ts'
import { checkGrant } from './grant.ts'
import { generateNodeKeys, rawPublicKey } from './keys.ts'
import { signDocument } from './sign.ts'
import { GRANT, RECEIPT, sm2Text } from './signed.ts'
import { generateSm2Key } from './sm2.ts'
import { consumer, grant, keyOf, provider, refusedCode } from './testing.ts'

const approver = keyOf('ed25519', 3)
const trust = { approvers: [provider.identity.sign, rawPublicKey(approver)], now: Date.parse('2026-06-01T00:00:00Z'), node: provider.identity }
const sign = (change: Partial<Grant> | Record<string, unknown> = {}) => signDocument(GRANT, { ...grant, ...change }, approver)
const field = (at: number, change: Partial<GrantField>) => ({ fields: grant.fields.map((one, index) => (index === at ? { ...one, ...change } : one)) })

test('a grant by a trusted approver is good for the provider and for the consumer', () => {
  expect(checkGrant(sign(), trust)).toEqual(grant)
  expect(checkGrant(sign(), { ...trust, node: consumer.identity })).toEqual(grant)
})

test.each<[string, () => unknown, string]>([
  ['an approver not pinned here', () => checkGrant(signDocument(GRANT, grant, keyOf('ed25519', 4)), trust), 'unknown_approver'],
  ['one bit of it changed', () => checkGrant({ ...sign(), text: sign().text.replace('存续', '注销') }, trust), 'bad_signature'],
  ['signed as something else', () => checkGrant(signDocument(RECEIPT, grant, approver), trust), 'bad_signature'],
  ['a property nobody knows', () => checkGrant(sign({ allRows: true }), trust), 'not_exact'],
  ['a malformed field name', () => checkGrant(sign(field(1, { name: 'status"; drop' })), trust), 'bad_document'],
  ['a filter of SQL text', () => checkGrant(sign({ filter: "status = '存续'" }), trust), 'bad_document'],
  ['another node', () => checkGrant(sign(), { ...trust, node: generateNodeKeys('other').identity }), 'not_for_node'],
  [
    'a node whose keys were renewed since',
    () => checkGrant(sign(), { ...trust, node: generateNodeKeys('provider', provider.identity.id).identity }),
    'not_for_node',
  ],
  ['a term not begun', () => checkGrant(sign(), { ...trust, now: Date.parse('2025-12-31T15:59:59Z') }), 'not_yet_valid'],
  ['a term over', () => checkGrant(sign(), { ...trust, now: Date.parse('2026-12-31T16:00:00Z') }), 'expired'],
  ['a field granted twice', () => checkGrant(sign({ fields: [...grant.fields, grant.fields[1]] }), trust), 'duplicate_name'],
  ['a masked key', () => checkGrant(sign(field(0, { mask: { kind: 'fixed', text: '*' } })), trust), 'masked_key'],
  ['a mask for another type', () => checkGrant(sign(field(1, { mask: { kind: 'year' } })), trust), 'bad_mask'],
  ['null as mask where null may not be', () => checkGrant(sign({ ...field(3, { mask: { kind: 'null' } }), cursor: 'founded' }), trust), 'bad_mask'],
  ['a rule for another type', () => checkGrant(sign(field(2, { rules: [{ kind: 'uscc' }] })), trust), 'bad_rule'],
  ['a rule that nothing passes', () => checkGrant(sign(field(1, { rules: [{ kind: 'length', min: 3, max: 2 }] })), trust), 'bad_rule'],
  ['a filter on a field not granted', () => checkGrant(sign({ filter: { op: 'eq', field: 'legal_rep', value: 'x' } }), trust), 'bad_filter'],
  ['a cursor not granted', () => checkGrant(sign({ cursor: 'id' }), trust), 'bad_cursor'],
  ['a masked cursor', () => checkGrant(sign({ ...field(2, { mask: { kind: 'year' } }), cursor: 'founded' }), trust), 'bad_cursor'],
])('%s is refused', (_, check, code) => {
  expect(refusedCode(check)).toBe(code)
})

const sm2Approver = generateSm2Key()
const gmTrust = { ...trust, approvers: [...trust.approvers, sm2Text(sm2Approver.public)] }
const parties = (of: (node: NodeIdentity) => NodeIdentity = (node) => node) => ({
  provider: { ...grant.provider, node: of(provider.identity) },
  consumer: { ...grant.consumer, node: of(consumer.identity) },
})
const signGm = (change: Partial<Grant> = {}) => signDocument(GRANT, { ...grant, suite: 'gm', ...parties(), ...change }, sm2Approver)
const bare = ({ gm: _, ...node }: NodeIdentity): NodeIdentity => node

test('a grant of suite 2 by a trusted SM2 key is good for both nodes; the text of suite 1 is what it always was', () => {
  expect(checkGrant(signGm(), gmTrust)).toEqual({ ...grant, suite: 'gm', ...parties() })
  expect(checkGrant(signGm(), { ...gmTrust, node: consumer.identity }).suite).toBe('gm')
  expect(sign().text).not.toMatch(/"(suite|gm)"/)
})

test.each<[string, () => unknown, string]>([
  ['by an Ed25519 key, however trusted', () => checkGrant(sign({ suite: 'gm', ...parties() }), gmTrust), 'wrong_key'],
  [
    'by an SM2 key that is not pinned',
    () => checkGrant(signDocument(GRANT, { ...grant, suite: 'gm', ...parties() }, generateSm2Key()), gmTrust),
    'unknown_approver',
  ],
  ['signed in the domain of suite 1', () => checkGrant({ ...signGm(), signature: sign().signature }, gmTrust), 'bad_signature'],
  ['at a node without SM2 keys', () => checkGrant(signGm(), { ...gmTrust, node: bare(provider.identity) }), 'unsupported_version'],
  ['with a consumer without SM2 keys', () => checkGrant(signGm({ consumer: grant.consumer }), gmTrust), 'unsupported_version'],
  [
    'at a node whose SM2 keys were renewed since',
    () => checkGrant(signGm(), { ...gmTrust, node: { ...provider.identity, gm: generateNodeKeys('x').identity.gm } }),
    'not_for_node',
  ],
  ['that spells the default suite', () => checkGrant(sign({ suite: 'international' }), gmTrust), 'bad_document'],
])('a grant of suite 2 %s is refused', (_, check, code) => {
  expect(refusedCode(check)).toBe(code)
})

test('a grant of suite 1 signed by an SM2 key is refused', () => {
  expect(refusedCode(() => checkGrant(signDocument(GRANT, grant, sm2Approver), gmTrust))).toBe('wrong_key')
})

test('the text of a grant made before suite 2 was reads as before', () => {
  const { text } = signDocument(GRANT, grant, approver)
  expect(Grant.parse(JSON.parse(text))).toEqual(grant)
  expect((Grant.parse(JSON.parse(text)).suite ?? 'international') satisfies SuiteName).toBe('international')
})
