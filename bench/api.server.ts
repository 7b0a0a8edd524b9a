/** A platform with one unit and one signed-in administrator, for `bench/api.ts`; tells its parent where it listens. */
import { contract as organizations } from '@zhenghe/server/assurance/organizations/contract.ts'
import { client } from '@zhenghe/server/kernel/client.ts'
import { readConfig } from '@zhenghe/server/kernel/config.ts'
import { openLog } from '@zhenghe/server/kernel/observe.ts'
import { SYSTEM } from '@zhenghe/server/kernel/platform.ts'
import { startPlatform } from '@zhenghe/server/kernel/start.ts'
import { systemNow } from '@zhenghe/server/kernel/time.ts'
import { modules } from '@zhenghe/server/modules.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'

const config = readConfig()
const { platform, address, stop } = await startPlatform({ config, modules: Object.values(modules), log: openLog(config.log) })
const asPlatform = () => ({ actor: SYSTEM, now: systemNow() })
const { run } = platform

await run(organizations.recordDivisions, asPlatform(), {
  divisions: [{ code: '379900', name: '甲市', level: 'city', parent: null, validFrom: '2024-01-01', validTo: null }],
})
const unit = await run(organizations.registerUnit, asPlatform(), {
  uscc: '11370800MB28559184',
  name: '甲市大数据局',
  shortName: '大数据局',
  kind: 'department',
  division: '379900',
  parent: null,
})
const person = await run(organizations.addPerson, asPlatform(), { name: '甲', unit: unit.id, title: '科员', phone: '' })
await run(organizations.appoint, asPlatform(), { person: person.id, post: 'bureau_officer', unit: unit.id })
const { password } = await run(identity.openAccount, asPlatform(), { person: person.id, name: 'bench.officer' })
const chosen = `${password}-bench`
await run(
  identity.changePassword,
  { actor: { kind: 'staff', id: person.id, name: '甲', unit: unit.id, holdings: [] }, now: systemNow() },
  { old: password, new: chosen },
)

let cookie = ''
const keeping: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
  return response
}
await client(address, identity, keeping).signIn({ account: 'bench.officer', password: chosen })
process.send?.({ address, cookie, unit: unit.id })
process.once('SIGTERM', () => void stop().then(() => process.exit(0)))
