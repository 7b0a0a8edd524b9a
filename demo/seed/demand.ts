import { contract } from '@zhenghe/server/data/demand/contract.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { addDays, dayOf, systemNow } from '@zhenghe/server/kernel/time.ts'
import { type CityNeed, needs, negatives } from '../city/needs.ts'
import { asClerk } from './actors.ts'
import type { Placed } from './catalogue.ts'
import { type City, idOfUnit } from './organizations.ts'

const REVIEW_DAYS = 300
const PROMISED_DAYS = 60

/** States the needs, brings each as far as the city has brought it, fills the negative list and publishes it once. */
export async function seedDemand(platform: RunningPlatform, city: City, entries: readonly Placed[]): Promise<number> {
  for (const need of needs) await bring(platform, city, need, entries)
  const { run } = platform
  const officer = () => analyst(city)
  for (const { unit, item, basis, reason, approved } of negatives) {
    const { id } = await run(contract.propose, asClerk('数据联络员', idOfUnit(city, unit), ['demand.supply']), { item, basis, reason })
    if (approved) await run(contract.decide, officer(), { id, approve: true, reviewOn: addDays(dayOf(systemNow()), REVIEW_DAYS) })
  }
  await run(contract.publish, officer(), { list: 'negative', note: '首期' })
  return needs.length
}

const analyst = (city: City) => asClerk('需求分析员', idOfUnit(city, 'data_bureau'), ['demand.analyse'], false)

async function bring({ run }: RunningPlatform, city: City, need: CityNeed, entries: readonly Placed[]): Promise<void> {
  const { asker, title, data, fields, basis, purpose, matter, urgency, provider, state, due } = need
  const clerk = () => asClerk('数据联络员', idOfUnit(city, asker), ['demand.ask'])
  const officer = () => analyst(city)
  const { id } = await run(contract.ask, clerk(), {
    ...{ title, data, fields: [...fields], basis, purposeKind: 'supervision', purpose, matter, urgency, way: 'any', cycle: 'monthly' },
    ...{ provider: provider && idOfUnit(city, provider), contact: '信息科值班员' },
  })
  if (state === 'awaiting_receipt') return
  await run(contract.receive, officer(), { id })
  if (state === 'returned') return void (await run(contract.returnNeed, officer(), { id, missing: '请说明体检结论由哪一级机构出具，并补充事项办理量' }))
  if (state === 'analysing') return
  const items = need.items.map(([unit, item, name]) => ({
    ...{ provider: idOfUnit(city, unit), item },
    entry: entries.find(({ entry }) => entry.provider === unit && entry.content.name === name)?.id ?? null,
  }))
  const conclusion =
    state === 'infeasible'
      ? { feasibility: 'infeasible' as const, words: '全市没有单位依职责掌握逐笔消费数据', basis: '各单位职责规定；个人信息保护法第六条', items: [] }
      : { feasibility: 'feasible' as const, words: '经查目录和各单位职责，由下列单位掌握', items }
  await run(contract.conclude, officer(), { id, conclusion })
  if (state === 'conclusion') return
  const { parts } = await run(contract.accept, clerk(), { id })
  if (state === 'infeasible' || state === 'provider') return
  for (const part of parts) {
    const supplier = () => asClerk('数据联络员', part.provider, ['demand.supply'])
    if (state === 'refused')
      await run(contract.refuse, supplier(), {
        id: part.id,
        reason: '超出履职必要范围，且涉及公民个人信息',
        basis: '《中华人民共和国个人信息保护法》第三十四条',
      })
    else await run(contract.commit, supplier(), { id: part.id, dueOn: addDays(dayOf(systemNow()), due ?? PROMISED_DAYS) })
  }
}
