/** Requests that have not come to a delivery: waiting, sent back for more, refused, revoked. */
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { type Asked, askedFor, granted, TERM_UNTIL } from './acts.ts'
import type { Cast } from './cast.ts'

const TAXPAYERS = '税务登记信息'
const asked = (fields: readonly string[], purpose: string, basis: string): Asked => ({
  ...{ fields, purpose, basis, purposeKind: 'supervision', mode: 'snapshot', schedule: { kind: 'once' } },
})

export async function correspondence(cast: Cast): Promise<void> {
  await Promise.all([waiting(cast), supplement(cast), refused(cast), revoked(cast)])
}

async function waiting({ as }: Cast): Promise<void> {
  await askedFor(
    as('cui.xiaomeng'),
    '个体工商户登记信息',
    asked(['uscc', 'name', 'operator_name', 'address', 'status'], '特种行业许可前核对经营主体登记状态', '《特种行业治安管理办法》第六条'),
  )
}

async function supplement({ as }: Cast): Promise<void> {
  const {
    id,
    state,
    supplement: told,
  } = await askedFor(
    as('wei.guodong'),
    TAXPAYERS,
    asked(['taxpayer_id', 'name', 'state'], '经济案件线索核查', '《公安机关办理经济犯罪案件的若干规定》第十五条'),
  )
  if (state === 'waiting' && told.length === 0)
    await as('gao.lihua')
      .call(exchange)
      .askSupplement({ id, missing: ['请附具体承办单位和案件类别范围', '请说明数据使用人员范围和留存期限'] })
}

async function refused({ as }: Cast): Promise<void> {
  const { id, state } = await askedFor(
    as('ding.haitao'),
    '常住人口基本信息',
    asked(['id_number', 'name', 'marital_status', 'phone'], '核对法定代表人婚姻状况和联系方式', '《市场主体登记管理条例》第十五条'),
  )
  if (state !== 'waiting') return
  const reasons = ['婚姻状况和联系电话超出登记管理履职所必需的范围', '核对法定代表人身份可使用人口基础信息核验服务']
  await as('wei.guodong').call(exchange).refuse({ id, reasons, basis: '《中华人民共和国个人信息保护法》第三十四条' })
}

/** Granted for one campaign, and revoked when it was over. */
async function revoked({ as, pinOf }: Cast): Promise<void> {
  const fields = ['taxpayer_id', 'name', 'credit_grade', 'state']
  const request = await askedFor(as('ding.haitao'), TAXPAYERS, asked(fields, '“双随机、一公开”抽查前确定信用风险分类', '《企业信息公示暂行条例》第十四条'))
  const grant = await granted(as('gao.lihua'), pinOf('gao.lihua'), request, {
    fields: fields.map((name) => ({ name, rules: [] })),
    ...{ notAfter: TERM_UNTIL, rejectShare: 0.1, connections: 2, suite: 'international', note: '仅限本次抽查使用' },
  })
  const { revokedAt } = await as('gao.lihua').call(exchange).grantById({ id: grant })
  if (!revokedAt) await as('gao.lihua').call(exchange).revoke({ id: grant, reason: '本年度抽查已结束，用途终止' })
}
