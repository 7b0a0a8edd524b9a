/** A platform with one registered interface, a grant and a key, for `bench/gateway.ts`; tells its parent where it listens. `argv[2]`: the upstream's address. */
import { contract as organizations } from '@zhenghe/server/assurance/organizations/contract.ts'
import { contract as gateway } from '@zhenghe/server/data/gateway/contract.ts'
import { readConfig } from '@zhenghe/server/kernel/config.ts'
import { usccCheck } from '@zhenghe/server/kernel/identifiers.ts'
import type { Actor } from '@zhenghe/server/kernel/module.ts'
import { openLog } from '@zhenghe/server/kernel/observe.ts'
import { SYSTEM } from '@zhenghe/server/kernel/platform.ts'
import { startPlatform } from '@zhenghe/server/kernel/start.ts'
import { addDays, dayOf, systemNow } from '@zhenghe/server/kernel/time.ts'
import { modules } from '@zhenghe/server/modules.ts'

const config = readConfig()
const { platform, address, stop } = await startPlatform({ config, modules: Object.values(modules), log: openLog(config.log) })
const asSystem = () => ({ actor: SYSTEM, now: systemNow() })
const { run } = platform
const MOST = 1_000_000

await run(organizations.recordDivisions, asSystem(), {
  divisions: [{ code: '379900', name: '甲市', level: 'city', parent: null, validFrom: '2024-01-01', validTo: null }],
})
const unit = (first: string, name: string) =>
  run(organizations.registerUnit, asSystem(), { uscc: first + usccCheck(first), name, shortName: name, kind: 'department', division: '379900', parent: null })
const [provider, consumer] = [await unit('11370800MB2855918', '甲局'), await unit('11370800MB2855919', '乙局')]
const rights = ['gateway.publish', 'gateway.answer', 'gateway.apply', 'gateway.keys']
const of = (id: string) => {
  const actor: Actor = { kind: 'staff', id: SYSTEM.id, name: 'bench', unit: id, holdings: rights.map((right) => ({ right, unit: id })) }
  return { actor, now: systemNow() }
}
const upstream = await run(gateway.allowUpstream, asSystem(), { name: 'bench', baseUrl: process.argv[2], unit: provider.id })
const operation = { name: 'get', title: '查询', method: 'GET', path: '/get', parameters: [] }
const definition = { kind: 'registered', upstream: upstream.id, ratePerSecond: MOST, operations: [operation] }
const api = await run(gateway.register, of(provider.id), { code: 'bench', name: '压测接口', definition })
await run(gateway.publish, of(provider.id), { id: api.id })
const termUntil = addDays(dayOf(systemNow()), 300)
const wish = { basis: '依据若干', purposeKind: 'other', purpose: '压力测试', quotaPerDay: 100_000_000, termUntil, contact: '某某' }
const access = await run(gateway.apply, of(consumer.id), { id: api.id, n: 1, wish })
const terms = await run(gateway.proposeTerms, of(provider.id), { id: access.id })
await run(gateway.grantAccess, of(provider.id), { id: access.id, terms })
const { key, secret } = await run(gateway.makeKey, of(consumer.id), { name: 'bench' })
process.send?.({ address, key: key.id, secret, target: '/gateway/bench/v1/get' })
process.once('SIGTERM', () => void stop().then(() => process.exit(0)))
