/** The records of the living city that a browser test opens, found through the API as their people see them. */
import { journey } from '@zhenghe/demo/city/people.ts'
import { signIn, type Visitor } from '@zhenghe/demo/visitor.ts'
import { contract as channels } from '@zhenghe/server/data/channels/contract.ts'
import { contract as demand } from '@zhenghe/server/data/demand/contract.ts'
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { contract as gateway } from '@zhenghe/server/data/gateway/contract.ts'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { contract as objections } from '@zhenghe/server/data/objections/contract.ts'
import { contract as partners } from '@zhenghe/server/data/partners/contract.ts'
import type { Stop } from './sweep.ts'

type Known = { account: string; password: string }
export type Records = readonly (readonly [who: keyof typeof journey, stops: readonly Stop[]])[]

const MOST = 200

/** Pages of records by who opens them, each with the heading it must come to. */
export async function recordsOf(address: string, accounts: readonly Known[]): Promise<Records> {
  const as = (who: keyof typeof journey) => {
    const known = accounts.find(({ account }) => account === journey[who])
    if (!known) throw new Error(`no account for ${who}`)
    return signIn(address, known.account, known.password)
  }
  const [operator, liaison, asking, bureau] = await Promise.all([as('consumerOperator'), as('providerLiaison'), as('requesterLiaison'), as('supervisor')])
  return [
    ['consumerOperator', await receiving(operator)],
    ['providerLiaison', await providing(liaison)],
    ['requesterLiaison', await consuming(asking)],
    ['supervisor', await overseeing(bureau)],
  ]
}

/** Deliveries of every kind and end, subscriptions, reconciliations, a grant to subscribe to, the own node. */
async function receiving(operator: Visitor): Promise<Stop[]> {
  const api = operator.call(exchange)
  const [runs, subscriptions, grants] = await Promise.all([api.deliveries({ limit: MOST }), api.subscriptions({ limit: MOST }), api.grants({ limit: MOST })])
  const compared = (await Promise.all(subscriptions.items.map(({ id }) => api.reconciliations({ id })))).flat()
  const kinds = new Map(runs.items.map((run) => [`${run.mode} ${run.replay} ${run.state}`, run]))
  const machines = (await operator.call(nodes).nodes({})).filter(({ name }) => name === '税务局前置机')
  return [
    ...[...kinds.values()].map(({ id, entryName }): Stop => [`/exchange/deliveries/${id}`, entryName]),
    ...subscriptions.items.map(({ id, entryName }): Stop => [`/exchange/subscriptions/${id}`, entryName]),
    ...compared.map(({ id }): Stop => [`/exchange/reconciliations/${id}`, /对账报告：/]),
    ...grants.items.slice(0, 1).map(({ id, entryName }): Stop => [`/exchange/grants/${id}/subscribe`, entryName]),
    ...machines.flatMap(({ id, name, stores }): Stop[] => [
      [`/exchange/nodes/${id}`, name],
      ...stores.slice(0, 1).map((store): Stop => [`/exchange/nodes/${id}/stores/${store.id}`, store.id]),
    ]),
  ]
}

/** A request to answer, grants and pushes given, interfaces with their documentation, try-out and callers. */
async function providing(liaison: Visitor): Promise<Stop[]> {
  const api = liaison.call(exchange)
  const [requests, grants, pushes, subscriptions] = await Promise.all([
    api.requests({ side: 'incoming', state: ['waiting'], limit: MOST }),
    api.grants({ limit: MOST }),
    api.pushes({ limit: MOST }),
    api.subscriptions({ limit: MOST }),
  ])
  const apis = await liaison.call(gateway).apis({ limit: MOST })
  const accesses = await liaison.call(gateway).accesses({ limit: MOST })
  return [
    ...requests.items.slice(0, 1).flatMap(({ id, entryName }): Stop[] => [
      [`/exchange/requests/${id}`, entryName],
      [`/exchange/requests/${id}/answer`, entryName],
    ]),
    ...grants.items.map(({ id, entryName }): Stop => [`/exchange/grants/${id}`, entryName]),
    ...pushes.items.map(({ id, name }): Stop => [`/exchange/pushes/${id}`, name]),
    ...pushes.items.filter(({ state }) => state === 'draft').map(({ id, name }): Stop => [`/exchange/pushes/${id}/edit`, name]),
    ...subscriptions.items.slice(0, 1).map(({ id, entryName }): Stop => [`/exchange/subscriptions/${id}/push`, entryName]),
    ...apis.items.flatMap(({ id, name }): Stop[] => [
      [`/interfaces/${id}`, name],
      [`/interfaces/${id}/try`, name],
    ]),
    ...accesses.items.map(({ id, apiName }): Stop => [`/interfaces/accesses/${id}`, apiName]),
  ]
}

/** Channels in every state, objections raised and answered, requests that came to nothing. */
async function consuming(asking: Visitor): Promise<Stop[]> {
  const [listed, raised, requests] = await Promise.all([
    asking.call(channels).channels({ side: 'mine', limit: MOST }),
    asking.call(objections).objections({ side: 'all', limit: MOST }),
    asking.call(exchange).requests({ side: 'all', limit: MOST }),
  ])
  return [
    ...listed.items.map(({ id, content }): Stop => [`/channels/${id}`, content]),
    ...listed.items.filter(({ state }) => state === 'registered').map(({ id }): Stop => `/channels/${id}/revise`),
    ...raised.items.map(({ id, title }): Stop => [`/objections/${id}`, title]),
    ...[...new Map(requests.items.map((one) => [one.state, one])).values()].map(({ id, entryName }): Stop => [`/exchange/requests/${id}`, entryName]),
  ]
}

/** What the data authority looks after: agreements, applications, needs, editions, objections of others. */
async function overseeing(bureau: Visitor): Promise<Stop[]> {
  const [agreements, applications, needs, editions, doubts] = await Promise.all([
    bureau.call(partners).agreements({ limit: MOST }),
    bureau.call(nodes).applications({ limit: MOST }),
    bureau.call(demand).needs({ side: 'all', limit: MOST }),
    bureau.call(demand).editions({ list: 'negative' }),
    bureau.call(objections).objections({ state: ['review', 'rejected', 'withdrawn'], limit: MOST }),
  ])
  return [
    ...agreements.items.map(({ id, name }): Stop => [`/partners/${id}`, name]),
    ...agreements.items.filter(({ state }) => state === 'draft').map(({ id }): Stop => `/partners/${id}/revise`),
    ...applications.items.map(({ id, nodeName }): Stop => [`/exchange/nodes/applications/${id}`, nodeName]),
    ...needs.items.map(({ id, title }): Stop => [`/demand/${id}`, title]),
    ...needs.items.filter(({ state }) => state === 'analysing').map(({ id }): Stop => `/demand/${id}/conclude`),
    ...editions.map(({ id }): Stop => [`/demand/editions/${id}`, /期/]),
    ...doubts.items.map(({ id, title }): Stop => [`/objections/${id}`, title]),
  ]
}

const SHOWN = 2
const kindOf = (stop: Stop): string => (typeof stop === 'string' ? stop : stop[0]).replace(/[0-9a-f-]{36}/g, ':id')

/** Two pages of each kind: for a phone, where a page breaks by its shape rather than by the state of its record. */
export function someOf(stops: readonly Stop[]): Stop[] {
  const seen = new Map<string, number>()
  return stops.filter((stop) => {
    const before = seen.get(kindOf(stop)) ?? 0
    seen.set(kindOf(stop), before + 1)
    return before < SHOWN
  })
}
