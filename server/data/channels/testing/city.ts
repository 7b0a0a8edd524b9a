/** Two departments with an exchange between them, the data authority, and channels beside the platform; for tests. */
import type { z } from 'zod'
import { CITY } from '../../../assurance/organizations/testing.ts'
import type { Id } from '../../../kernel/contract.ts'
import type { Module } from '../../../kernel/module.ts'
import type { TestPlatform } from '../../../kernel/testing/testing.ts'
import { MODULES as EXCHANGE, type ExchangeCity } from '../../exchange/testing/city.ts'
import { partners } from '../../partners/module.ts'
import type { ChannelFacts } from '../channel.contract.ts'
import { contract } from '../contract.ts'
import { channels } from '../module.ts'

export const MODULES = [...EXCHANGE.slice(0, -1), partners, ...EXCHANGE.slice(-1), channels] as unknown as Module[]

export async function channelsCity(t: TestPlatform, city: ExchangeCity) {
  const bureau = await city.city.newUnit({ name: '大数据局' })
  await city.city.appointer.appoint({ person: (await city.city.newPerson(bureau)).id, post: 'bureau_officer', unit: bureau.id })
  const at = (unit: Id, name: string) => t.as({ rights: ['channels.register'], unit, name })(contract)
  return {
    bureauUnit: bureau,
    consumer: at(city.consumer.id, '使用方'),
    provider: at(city.provider.id, '提供方'),
    bureau: t.as({ holdings: [{ right: 'channels.supervise', division: CITY }], unit: bureau.id, name: '主管' })(contract),
    stranger: t.as({ rights: ['channels.register'], unit: (await city.city.newUnit()).id })(contract),
  }
}

export function channelOf(provider: Id | null, wish: Partial<z.input<typeof ChannelFacts>> = {}): z.input<typeof ChannelFacts> {
  return {
    ...{ provider, content: '企业登记信息', way: 'manual', sinceOn: '2019-03-01', often: 'monthly', rowsMonth: 12_000, mbMonth: 40 },
    ...{ personal: true, basis: '税收征管法第六条', contact: '王某', phone: '13900001234', system: '企业登记系统' },
    ...wish,
  }
}
