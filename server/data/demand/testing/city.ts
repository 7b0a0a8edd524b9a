/** An asker, a provider, the data authority and the exchange between them, for tests. */
import type { z } from 'zod'
import { CITY } from '../../../assurance/organizations/testing.ts'
import type { Id } from '../../../kernel/contract.ts'
import type { Module } from '../../../kernel/module.ts'
import type { TestPlatform } from '../../../kernel/testing/testing.ts'
import { MODULES as EXCHANGE, type ExchangeCity } from '../../exchange/testing/city.ts'
import { contract } from '../contract.ts'
import { demand } from '../module.ts'
import type { NeedWish } from '../need.contract.ts'

export const MODULES = [...EXCHANGE, demand] as unknown as Module[]

export async function demandCity(t: TestPlatform, city: ExchangeCity) {
  const bureau = await city.city.newUnit({ name: '大数据局' })
  await city.city.appointer.appoint({ person: (await city.city.newPerson(bureau)).id, post: 'bureau_officer', unit: bureau.id })
  const at = (unit: Id, name: string) => t.as({ rights: ['demand.ask', 'demand.supply'], unit, name })(contract)
  const asker = at(city.consumer.id, '需求方')
  const analyst = t.as({ holdings: [{ right: 'demand.analyse', division: CITY }], unit: bureau.id, name: '分析员' })(contract)
  /** A need that was analysed and accepted, its provider asked. */
  async function confirmed(wish: Partial<z.input<typeof NeedWish>> = {}, entry: Id | null = null) {
    const { id } = await asker.ask(needOf(wish))
    await analyst.receive({ id })
    await analyst.conclude({ id, conclusion: conclusionOf(city.provider.id, entry, wish.title) })
    return asker.accept({ id })
  }
  return { bureauUnit: bureau, asker, provider: at(city.provider.id, '提供方'), analyst, stranger: at((await city.city.newUnit()).id, '路人'), confirmed }
}

export function needOf(wish: Partial<z.input<typeof NeedWish>> = {}): z.input<typeof NeedWish> {
  return {
    ...{
      title: '企业登记信息',
      data: '存续企业的名称、法定代表人和登记状态',
      fields: ['名称', '登记状态'],
      basis: '税收征管法第六条',
      purposeKind: 'supervision',
    },
    ...{ purpose: '清理漏征漏管户', matter: '税务登记', urgency: 'urgent', way: 'table', cycle: 'daily', contact: '王某', phone: '13900001234' },
    ...wish,
  }
}

export const conclusionOf = (provider: Id, entry: Id | null = null, item = '企业登记信息') => ({
  ...{ feasibility: 'feasible' as const, words: '市场监管局掌握，已编目', items: [{ provider, item, entry }] },
})
