import { expect, test } from 'vitest'
import type { Grant, GrantField } from './documents.ts'
import { checkGrant } from './grant.ts'
import { generateNodeKeys, rawPublicKey } from './keys.ts'
import { signDocument } from './sign.ts'
import { GRANT, RECEIPT } from './signed.ts'
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
