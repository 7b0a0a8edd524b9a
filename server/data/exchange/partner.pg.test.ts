import { expect, test } from 'vitest'
import { CITY } from '../../assurance/organizations/testing.ts'
import type { Module } from '../../kernel/module.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract as partners } from '../partners/contract.ts'
import { partners as partnersModule } from '../partners/module.ts'
import { exchangeCity, MODULES, NOW, subscribed, wishFor } from './testing/city.ts'

const t = await testPlatform([...MODULES, partnersModule as unknown as Module], { now: NOW })
const city = await exchangeCity(t)

test('a partner outside government asks only under an agreement in force, and what it receives ends with that', async () => {
  const { id, closedOn: _, uscc, ...unit } = city.consumer
  await city.city.keeper.changeUnit({ id, ...unit, kind: 'outside' })
  const entry = await city.entry('企业登记信息')
  await expect(city.asker.request(wishFor(entry, city.target.id))).rejects.toMatchObject({ code: 'exchange.no_agreement' })

  const keeper = t.as({ holdings: [{ right: 'partners.keep', division: CITY }], unit: city.provider.id })(partners)
  const terms = { scope: '企业登记信息', purpose: '开户核验', security: '不得转用，到期删除', priceFen: 0, fromOn: '2026-11-01', untilOn: '2027-10-31' }
  const agreement = await keeper.draft({ ...terms, uscc, name: unit.name })
  await keeper.sign({ id: agreement.id, signedOn: '2026-11-20', signedBy: '赵某', document: 'ef'.repeat(32) })
  const { grant, request, subscription } = await subscribed(city, entry)

  await keeper.terminate({ id: agreement.id, reason: '业务终止，双方同意' })
  await t.work()
  expect(await city.asker.grantById({ id: grant })).toMatchObject({ state: 'revoked' })
  expect((await city.asker.subscriptions({})).items.find((one) => one.id === subscription)?.stoppedAt).not.toBeNull()
  expect((await t.todos()).filter(({ subject }) => subject === request).map(({ kind }) => kind)).toEqual(['exchange.revoked', 'exchange.revoked'])
  await expect(city.asker.request(wishFor(await city.entry('另一条目录'), city.target.id))).rejects.toMatchObject({ code: 'exchange.no_agreement' })
})
