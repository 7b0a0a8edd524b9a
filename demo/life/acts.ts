/** What people of the city do again and again. Each act looks whether it has been done before: a life that was broken off is taken up where it was. */
import { contract as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import type { GrantTerms } from '@zhenghe/server/data/exchange/grant.contract.ts'
import type { RequestView, Wish } from '@zhenghe/server/data/exchange/request.contract.ts'
import type { Schedule } from '@zhenghe/server/data/exchange/schedule.contract.ts'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'
import { signGrant, watch } from '../share.ts'
import type { Visitor } from '../visitor.ts'

export const TERM_UNTIL = '2027-12-31'
const PHONE = '16437990001'

/** What a request says beside who asks for which entry. */
export type Asked = Pick<Wish, 'basis' | 'purpose' | 'purposeKind' | 'mode' | 'schedule'> & { fields: readonly string[] } & Partial<
    Pick<Wish, 'filter' | 'scenario' | 'application'>
  >

/** The request of the visitor's unit for the entry of that name: the one that stands, or a new one. */
export async function askedFor(asker: Visitor, entryName: string, { fields, ...asked }: Asked): Promise<RequestView> {
  const { hits } = await asker.call(catalog).search({ text: entryName })
  const entry = hits.find(({ name }) => name === entryName)
  if (!entry) throw new Error(`the catalogue does not list «${entryName}»`)
  const standing = await asker.call(exchange).requests({ side: 'mine', entry: entry.id, limit: 20 })
  const before = standing.items.find(({ state }) => state !== 'withdrawn')
  if (before) return asker.call(exchange).requestById({ id: before.id })
  const me = await asker.call(identity).me({})
  const node = (await asker.call(nodes).nodes({ unit: me.unit.id })).find(({ state }) => state === 'active')
  if (!node) throw new Error(`${me.unit.name} has no active exchange node`)
  const wish = { ...asked, entry: entry.id, fields: [...fields], termUntil: TERM_UNTIL, node: node.id, contact: me.person.name, phone: PHONE }
  return asker.call(exchange).request(wish)
}

/** Decided and signed by the provider's liaison; answers the grant. */
export async function granted(liaison: Visitor, pin: string, request: RequestView, terms: GrantTerms): Promise<string> {
  if (request.grant) return request.grant
  const { text } = await liaison.call(exchange).prepareGrant({ id: request.id, terms })
  const { grant } = await liaison.call(exchange).grant({ id: request.id, signed: await signGrant(liaison, text, pin) })
  if (!grant) throw new Error(`${request.number} was granted without a grant`)
  return grant
}

/** The grant's subscription into that table of the receiver's target, and its first delivery. */
export async function subscribed(receiver: Visitor, grant: string, table: string, schedule: Schedule): Promise<{ subscription: string; first: string }> {
  const standing = await receiver.call(exchange).subscriptions({ limit: 200 })
  const before = standing.items.find((one) => one.grant === grant)
  if (before) {
    const runs = await receiver.call(exchange).deliveries({ subscription: before.id, limit: 200 })
    return { subscription: before.id, first: runs.items.at(-1)?.id ?? '' }
  }
  const me = await receiver.call(identity).me({})
  const node = (await receiver.call(nodes).nodes({ unit: me.unit.id })).find(({ state }) => state === 'active')
  const target = node?.stores.find(({ role }) => role === 'target')
  if (!target) throw new Error(`the node of ${me.unit.name} has no target database`)
  const made = await receiver.call(exchange).subscribe({ grant, store: target.id, schema: 'shared', table, schedule })
  return { subscription: made.subscription.id, first: made.delivery }
}

/** How the delivery ended. */
export const ended = (visitor: Visitor, delivery: string): Promise<DeliveryView> => watch(visitor, delivery, () => undefined)
