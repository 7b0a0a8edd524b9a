import type { ChannelFacts } from '@zhenghe/server/data/channels/channel.contract.ts'
import { contract } from '@zhenghe/server/data/channels/contract.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { addDays, dayOf, systemNow } from '@zhenghe/server/kernel/time.ts'
import { type CityChannel, channels } from '../city/channels.ts'
import { asClerk } from './actors.ts'
import type { Placed } from './catalogue.ts'
import { type City, idOfUnit } from './organizations.ts'

const KEPT_DAYS = 300
const SOON = 10

/** Lists the channels and brings each as far as the city has brought it. */
export async function seedChannels(platform: RunningPlatform, city: City, partners: ReadonlyMap<string, string>, entries: readonly Placed[]): Promise<number> {
  for (const channel of channels) await bring(platform, city, channel, { partners, entries })
  return channels.length
}

type Known = { partners: ReadonlyMap<string, string>; entries: readonly Placed[] }

async function bring({ run }: RunningPlatform, city: City, channel: CityChannel, known: Known): Promise<void> {
  const { consumer, state } = channel
  const clerk = () => asClerk('数据联络员', idOfUnit(city, consumer), ['channels.register'])
  const bureau = () => asClerk('渠道管理员', idOfUnit(city, 'data_bureau'), ['channels.supervise'], false)
  const { id } = await run(contract.register, clerk(), factsOf(city, channel, known))
  if (state === 'registered') return
  await run(contract.confirm, bureau(), { id })
  if (state === 'retained' || state === 'retention_asked' || state === 'retention_refused') {
    const until = addDays(dayOf(systemNow()), KEPT_DAYS)
    await run(contract.askRetention, clerk(), {
      id,
      reason: '由上级统一部署，本市暂不具备替代条件，正在与上级对接',
      basis: '上级主管部门信息化部署文件',
      until,
    })
    if (state === 'retained') await run(contract.decideRetention, bureau(), { id, approve: true, note: '同意，到期前报告对接进展' })
    if (state === 'retention_refused') await run(contract.decideRetention, bureau(), { id, approve: false, note: '平台已有替代目录，请制定迁移计划' })
    return
  }
  const target = known.entries.find(({ entry }) => entry.provider === channel.provider && entry.content.name === channel.target)
  if (!target || state === 'confirmed') return
  const dueOn = addDays(dayOf(systemNow()), Math.max(channel.due ?? SOON, SOON))
  await run(contract.plan, clerk(), {
    ...{ id, target: target.id, responsible: 'consumer', dueOn },
    steps: ['在平台申请共享并取得授权', '建立订阅，完成首次交换并对账', '与原方式并行一个月', '停用原方式，登记关闭记录'],
  })
  if (state === 'migrating') await run(contract.begin, clerk(), { id })
}

function factsOf(city: City, { provider, content, way, since, often, rows, mb, personal, basis }: CityChannel, { partners }: Known): ChannelFacts {
  const named = typeof provider === 'object' ? provider.name : ''
  const unit = typeof provider === 'object' ? null : (partners.get(provider) ?? idOfUnit(city, provider))
  return {
    ...{ provider: unit, providerName: named, content, entry: null, way, sinceOn: since, often, rowsMonth: rows, mbMonth: mb, personal, basis },
    ...{ contact: '信息科值班员', phone: '', system: '', note: '' },
  }
}
