/** Journey 1 as its people act it: ask, answer, sign, subscribe, watch. Everything goes over HTTP with their own accounts. */
import { setTimeout as pause } from 'node:timers/promises'
import { contract as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import type { GrantTerms } from '@zhenghe/server/data/exchange/grant.contract.ts'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'
import { signInBrowser, unlockApproverKey } from '@zhenghe/wire/browser-sign.ts'
import type { Rule, Signed } from '@zhenghe/wire/documents.ts'
import { GRANT } from '@zhenghe/wire/signed.ts'
import { counties } from './city/divisions.ts'
import { ESTABLISHED_BETWEEN } from './city/registers/legal-entities.ts'
import type { Visitor } from './visitor.ts'

export const ENTRY = '企业登记信息'
const TERM_UNTIL = '2027-12-31'
const POLL_MS = 250

/** The fields taxation asks for; the last finds increments. */
export const FIELDS = [
  'uscc',
  'name',
  'legal_rep_name',
  'legal_rep_id',
  'division_code',
  'registered_capital',
  'established_on',
  'status',
  'updated_at',
] as const

const RULES: Partial<Record<(typeof FIELDS)[number], Rule[]>> = {
  uscc: [{ kind: 'uscc' }],
  legal_rep_id: [{ kind: 'residentId' }],
  division_code: [{ kind: 'oneOf', values: counties.map(({ code }) => code) }],
  established_on: [{ kind: 'dateBetween', ...ESTABLISHED_BETWEEN }],
}

/** Masks, checks and limits as the market-supervision liaison decides them. */
export const TERMS: GrantTerms = {
  fields: FIELDS.map((name) => ({
    name,
    rules: RULES[name] ?? [],
    ...(name === 'legal_rep_name' ? { mask: { kind: 'name' as const } } : {}),
    ...(name === 'legal_rep_id' ? { mask: { kind: 'middle' as const, head: 6, tail: 4 } } : {}),
  })),
  filter: { op: 'eq', field: 'status', value: '1' },
  notAfter: TERM_UNTIL,
  rejectShare: 0.1,
  connections: 2,
  suite: 'international',
  note: '依据税收征管需要提供，法定代表人姓名和证件号码脱敏',
}

/** The rights a request needs at both sides, and what stands in it. */
export async function askFor(asker: Visitor): Promise<{ request: string; entry: string }> {
  const found = await asker.call(catalog).search({ text: ENTRY })
  const hit = found.hits.find(({ name }) => name === ENTRY)
  if (!hit) throw new Error(`the catalogue does not list «${ENTRY}»`)
  const me = await asker.call(identity).me({})
  const [node] = (await asker.call(nodes).nodes({ unit: me.unit.id })).filter(({ state }) => state === 'active')
  if (!node) throw new Error(`${me.unit.name} has no active exchange node`)
  const request = await asker.call(exchange).request({
    entry: hit.id,
    fields: [...FIELDS],
    filter: TERMS.filter,
    basis: '《中华人民共和国税收征收管理法》第十五条：市场监督管理机关应当将登记信息定期向税务机关通报',
    purposeKind: 'supervision',
    purpose: '核对存续企业的税务登记情况，清理漏征漏管户',
    termUntil: TERM_UNTIL,
    mode: 'snapshot',
    schedule: { kind: 'once' },
    node: node.id,
    contact: me.person.name,
    phone: '16437990001',
  })
  return { request: request.id, entry: hit.id }
}

/** The liaison decides, unlocks the signing key with the PIN and signs the exact text. Answers the grant's id. */
export async function answer(liaison: Visitor, request: string, pin: string): Promise<string> {
  const prepared = await liaison.call(exchange).prepareGrant({ id: request, terms: TERMS })
  const view = await liaison.call(exchange).grant({ id: request, signed: await signGrant(liaison, prepared.text, pin) })
  if (!view.grant) throw new Error('the request was granted without a grant')
  return view.grant
}

/** Unlocks the liaison's own key with the PIN and signs the exact text of a grant. */
export async function signGrant(liaison: Visitor, text: string, pin: string): Promise<Signed> {
  const { key } = await liaison.call(identity).signingKey({})
  if (!key) throw new Error(`${liaison.account} has no signing key`)
  const { salt, iv, iterations, ciphertext } = key.sealed
  const approver = await unlockApproverKey({ v: 1, public: key.publicKey, kdf: 'PBKDF2-SHA-256', iterations, salt, iv, sealed: ciphertext }, pin)
  return signInBrowser(GRANT, JSON.parse(text), approver)
}

/** Says where the rows go; the first delivery is ordered at once. */
export async function subscribe(receiver: Visitor, grant: string, table: string): Promise<{ subscription: string; delivery: string }> {
  const me = await receiver.call(identity).me({})
  const [node] = (await receiver.call(nodes).nodes({ unit: me.unit.id })).filter(({ state }) => state === 'active')
  const target = node?.stores.find(({ role }) => role === 'target')
  if (!target) throw new Error('the receiving node has no target database')
  const made = await receiver.call(exchange).subscribe({ grant, store: target.id, schema: 'shared', table })
  return { subscription: made.subscription.id, delivery: made.delivery }
}

/** Watches a delivery to its end. */
export async function watch(visitor: Visitor, delivery: string, onChange: (view: DeliveryView) => void): Promise<DeliveryView> {
  for (;;) {
    const view = await visitor.call(exchange).deliveryById({ id: delivery })
    onChange(view)
    if (view.state === 'done' || view.state === 'stopped' || view.state === 'cancelled') return view
    await pause(POLL_MS)
  }
}
