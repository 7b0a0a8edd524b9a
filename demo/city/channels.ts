/** Ways by which data still reach departments beside the platform, and how far each has moved. */
import type { Often, Way } from '@zhenghe/server/data/channels/channel.contract.ts'
import type { CityUnitKey } from './units.ts'

export type CityChannel = {
  consumer: CityUnitKey
  /** Key of a unit or of a partner; a name where the platform does not know it. */
  provider: CityUnitKey | 'power' | 'waterworks' | { name: string }
  content: string
  way: Way
  since: string
  often: Often
  rows: number | null
  mb: number | null
  personal: boolean
  basis: string
  /** The entry that replaces it, by its name, where a move is planned. */
  target?: string
  state: 'registered' | 'confirmed' | 'planned' | 'migrating' | 'retention_asked' | 'retention_refused' | 'retained'
  /** Days from today on which the move is due. */
  due?: number
}

/** The channel that the life of the city closes, once its replacement has delivered. */
export const CLOSED_BY_LIFE = '新设企业名单'

type Row = readonly [
  consumer: CityUnitKey,
  provider: CityChannel['provider'],
  content: string,
  way: Way,
  since: string,
  often: Often,
  rows: number | null,
  mb: number | null,
  personal: boolean,
  basis: string,
  state: CityChannel['state'],
  target?: string,
  due?: number,
]

const ROWS: readonly Row[] = [
  [
    'taxation',
    'market_supervision',
    '企业登记信息（月报）',
    'manual',
    '2017-05-01',
    'monthly',
    12_000,
    36,
    true,
    '税收征收管理法第十五条',
    'migrating',
    '企业登记信息',
    60,
  ],
  ['taxation', 'market_supervision', '企业登记信息（月报）', 'mail', '2019-02-15', 'monthly', 12_000, 36, true, '税收征收管理法第十五条', 'registered'],
  [
    'taxation',
    { name: '省税务局大集中系统' },
    '自然人纳税信息',
    'vertical_system',
    '2016-10-01',
    'daily',
    86_000,
    240,
    true,
    '国家税务总局信息系统部署要求',
    'retained',
  ],
  [
    'human_resources',
    'civil_affairs',
    '火化信息',
    'manual',
    '2018-03-20',
    'monthly',
    1900,
    1,
    true,
    '社会保险基金监督条例，停发养老待遇核查',
    'planned',
    '火化信息',
    90,
  ],
  ['medical_insurance', 'public_security', '死亡注销户籍名单', 'mail', '2018-06-01', 'monthly', 2100, 1, true, '医疗保障基金使用监督管理条例', 'confirmed'],
  ['civil_affairs', 'power', '居民月用电量（低保核查）', 'ftp', '2023-01-10', 'monthly', 310_000, 28, true, '最低生活保障审核确认办法', 'confirmed'],
  ['civil_affairs', 'waterworks', '独居老人用水异常名单', 'mail', '2024-04-01', 'weekly', 420, 1, true, '关于加强独居老人关爱的通知', 'registered'],
  ['civil_affairs', 'taxation', '低保家庭纳税情况', 'manual', '2019-09-01', 'quarterly', 23_000, 4, true, '最低生活保障审核确认办法', 'confirmed'],
  ['finance', 'housing_fund', '公积金缴存汇总', 'mail', '2020-01-05', 'monthly', 1, 1, false, '预算编制工作需要', 'registered'],
  ['finance', 'human_resources', '财政供养人员名册', 'database_link', '2015-07-01', 'daily', 41_000, 12, true, '预算法实施条例', 'confirmed'],
  [
    'natural_resources',
    'housing',
    '新建商品房备案信息',
    'database_link',
    '2016-04-01',
    'realtime',
    3800,
    5,
    true,
    '不动产登记暂行条例',
    'planned',
    '商品房合同备案信息',
    120,
  ],
  ['health', 'education', '学生名册（疫苗查验）', 'manual', '2014-09-01', 'yearly', 68_000, 20, true, '疫苗管理法第四十八条', 'confirmed'],
  ['approval', 'ecology', '排污许可证信息', 'own_api', '2021-11-01', 'realtime', 900, 1, false, '优化营商环境条例', 'planned', '排污许可证信息', 45],
  [
    'approval',
    { name: '国家投资项目在线审批监管平台' },
    '投资项目办件信息',
    'other_platform',
    '2017-02-01',
    'daily',
    640,
    2,
    false,
    '企业投资项目核准和备案管理条例',
    'retention_asked',
  ],
  ['public_security', 'civil_affairs', '婚姻登记信息', 'ftp', '2016-08-01', 'daily', 3100, 2, true, '户口登记条例', 'migrating', '婚姻登记信息', -12],
  ['market_supervision', 'emergency', '危险化学品企业名单', 'mail', '2019-12-01', 'quarterly', 160, 1, false, '安全生产法', 'registered'],
  ['audit', 'finance', '预算执行数据备份', 'manual', '2013-03-01', 'yearly', null, 52_000, false, '审计法第三十四条', 'retention_asked'],
  ['taxation', 'market_supervision', CLOSED_BY_LIFE, 'mail', '2018-09-01', 'weekly', 260, 1, false, '税收征收管理法第十五条', 'migrating', '企业登记信息', 40],
  ['taxation', 'natural_resources', '不动产转移登记清单', 'mail', '2017-11-01', 'weekly', 1500, 2, true, '契税法第十三条', 'retention_refused'],
]

export const channels: readonly CityChannel[] = ROWS.map(([consumer, provider, content, way, since, often, rows, mb, personal, basis, state, target, due]) => ({
  ...{ consumer, provider, content, way, since, often, rows, mb, personal, basis, state },
  ...(target ? { target } : {}),
  ...(due === undefined ? {} : { due }),
}))
