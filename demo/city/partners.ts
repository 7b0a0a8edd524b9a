/** Partners outside government with whom the city has, had or drafts an agreement. */
import { creditCode } from './credit-codes.ts'
import { CITY } from './divisions.ts'

/** The first two characters of an enterprise's credit code. */
const ENTERPRISE = '91'

export type Partner = {
  key: string
  uscc: string
  name: string
  shortName: string
  scope: string
  purpose: string
  priceFen: number
  /** Days from today on which the agreement begins and ends. */
  from: number
  until: number
  signed: boolean
}

const SECURITY = '数据专库存储，只限协议目的使用，不得转交第三方；每半年接受一次安全审计；协议终止后 30 日内删除并出具证明。'
export const securityOf = (): string => SECURITY

const partner = (index: number, wish: Omit<Partner, 'uscc'>): Partner => ({ ...wish, uscc: creditCode(ENTERPRISE, CITY.code, 'P', index) })

export const partners: readonly Partner[] = [
  partner(0, {
    ...{ key: 'power', name: `${CITY.name}供电公司`, shortName: '供电公司', scope: '居民和企业用电户号、用电状态、月用电量，每月 5 日前提供' },
    ...{ purpose: '低保家庭核查、空置住房排查、企业经营状况监测', priceFen: 0, from: -200, until: 520, signed: true },
  }),
  partner(1, {
    ...{ key: 'waterworks', name: `${CITY.name}供水集团有限公司`, shortName: '供水集团', scope: '居民用水户号、用水状态、月用水量，每月 5 日前提供' },
    ...{ purpose: '独居老人关爱、空置住房排查', priceFen: 0, from: -345, until: 19, signed: true },
  }),
  partner(2, {
    ...{ key: 'telecom', name: `${CITY.name}通信有限公司`, shortName: '通信公司', scope: '应急状态下区域人口热力（不含个人信息），每 15 分钟一次' },
    ...{ purpose: '防汛、森林防火等应急指挥', priceFen: 18_000_000, from: 0, until: 365, signed: false },
  }),
]
