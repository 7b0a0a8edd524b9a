/** A provider with a registered interface, a consumer with a key, and the way of an application past both; for tests. */
import type { z } from 'zod'
import type { Unit } from '../../../assurance/organizations/contract.ts'
import type { Id } from '../../../kernel/contract.ts'
import { serve } from '../../../kernel/http/server.ts'
import type { Module } from '../../../kernel/module.ts'
import { openMetrics } from '../../../kernel/observe.ts'
import type { TestPlatform } from '../../../kernel/testing/testing.ts'
import { MODULES as ABOVE, type ExchangeCity } from '../../exchange/testing/city.ts'
import type { AccessTerms, AccessView, AccessWish } from '../access.contract.ts'
import { contract } from '../contract.ts'
import type { Definition, RegisteredOperation } from '../definition.contract.ts'
import { gatewayOf } from '../endpoint/gateway.ts'
import { gateway } from '../module.ts'
import type { CallerKey } from './caller.ts'

export const MODULES = [...ABOVE, gateway] as unknown as Module[]

/** A GET below `/api/<name>` of the test's upstream. */
export function operation(name: string, wish: Partial<z.input<typeof RegisteredOperation>> = {}): z.input<typeof RegisteredOperation> {
  return { name, title: `操作 ${name}`, method: 'GET', path: `/${name}`, example: { example: name }, ...wish }
}

export const WISH: z.input<typeof AccessWish> = {
  ...{ basis: '《中华人民共和国税收征收管理法》第六条', purposeKind: 'supervision', purpose: '核对纳税人登记信息', quotaPerDay: 1000 },
  ...{ termUntil: '2027-11-22', contact: '王某', phone: '13900001234' },
}

export async function gatewayOffice(t: TestPlatform, city: Pick<ExchangeCity, 'provider' | 'consumer' | 'approverPerson'>) {
  const at = (unit: Unit, rights: readonly string[], person?: Id) => t.as({ rights, unit: unit.id, ...(person ? { person } : {}) })(contract)
  const system = t.as({ rights: ['gateway.allow_upstream'] })(contract)
  const publisher = at(city.provider, ['gateway.publish', 'gateway.answer', 'nodes.read_schema'], city.approverPerson)
  const asker = at(city.consumer, ['gateway.apply', 'gateway.keys'])
  let codes = 0
  const local = t.platform.local(gatewayOf)
  /** The directory follows by itself; a test need not wait for it. */
  const settled = () => local.directory.fill()

  async function key(name = `系统${++codes}`): Promise<CallerKey> {
    const { key, secret } = await asker.makeKey({ name })
    await settled()
    return { id: key.id, secret }
  }
  async function upstream(baseUrl: string): Promise<Id> {
    return (await system.allowUpstream({ name: '登记系统', baseUrl, unit: city.provider.id })).id
  }
  /** A published interface of these operations. */
  async function published(upstream: Id, operations: z.input<typeof RegisteredOperation>[], wish: Partial<{ ratePerSecond: number }> = {}) {
    const code = `test-api-${++codes}`
    const definition: z.input<typeof Definition> = { kind: 'registered', upstream, operations, ratePerSecond: 10_000, ...wish }
    const { id } = await publisher.register({ code, name: `接口${codes}`, definition })
    await publisher.publish({ id })
    await settled()
    return { id, code, base: `/gateway/${code}/v1` }
  }
  /** A grant of it to the consumer. */
  async function granted(api: Id, wish: Partial<z.input<typeof AccessWish>> = {}, terms: Partial<AccessTerms> = {}): Promise<AccessView> {
    const { id } = await asker.apply({ id: api, n: 1, wish: { ...WISH, ...wish } })
    const view = await publisher.grantAccess({ id, terms: { ...(await publisher.proposeTerms({ id })), ...terms } })
    await settled()
    return view
  }
  return { system, publisher, asker, at, key, upstream, published, granted, settled, local }
}

/** The platform over HTTP, at its address. */
export async function served(t: TestPlatform) {
  const app = await serve({ platform: t.platform, metrics: openMetrics(t.pool), readiness: async () => undefined })
  return { address: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() }
}
