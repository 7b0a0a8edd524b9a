/** Taxation asks public security for residents under a strict limit of bad rows: the delivery stops by itself, and says why. */
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { askedFor, ended, granted, subscribed, TERM_UNTIL } from './acts.ts'
import type { Cast } from './cast.ts'

const ENTRY = '常住人口基本信息'
const FIELDS = ['id_number', 'name', 'residence_kind', 'division_code', 'updated_at'] as const
/** Half of a percent; the register has twice as many wrong numbers. */
const STRICT_SHARE = 0.005

export async function residentsShared({ as, pinOf }: Cast): Promise<void> {
  const request = await askedFor(as('pan.zixuan'), ENTRY, {
    fields: FIELDS,
    basis: '《中华人民共和国个人所得税法》第十五条',
    purposeKind: 'service',
    purpose: '个人所得税专项附加扣除信息核验',
    mode: 'incremental',
    schedule: { kind: 'window', everyMinutes: 60, hours: { from: '20:00', to: '06:00' } },
  })
  const grant = await granted(as('wei.guodong'), pinOf('wei.guodong'), request, {
    fields: FIELDS.map((name) => ({
      name,
      rules: name === 'id_number' ? [{ kind: 'residentId' as const }] : [],
      ...(name === 'name' ? { mask: { kind: 'name' as const } } : {}),
    })),
    ...{ notAfter: TERM_UNTIL, rejectShare: STRICT_SHARE, connections: 2, suite: 'international' },
    note: '公民身份号码为比对主键，须明文提供；其余信息脱敏',
  })
  const { subscription, first } = await subscribed(as('lu.yongsheng'), grant, 'resident', { kind: 'once' })
  await ended(as('lu.yongsheng'), first)
  const liaison = as('wei.guodong').call(exchange)
  if ((await liaison.pushes({ subscription })).total > 0) return
  const push = await liaison.draftPush({ subscription, name: '常住人口夜间推送', mode: 'snapshot', schedule: { kind: 'daily', at: '23:30' } })
  await liaison.publishPush({ id: push.id })
  await liaison.stopPush({ id: push.id, reason: '源数据核验率未达标，待治理后恢复' })
}
