/** Those who sign in to the demonstration: at least one for every part in sharing a table. Nobody of these names is meant. */
import { unitOf } from './units.ts'

/** 岗位. */
export type Post = 'bureau_officer' | 'liaison' | 'cataloguer' | 'operator' | 'system_admin' | 'security_admin' | 'audit_admin' | 'leader'

export type Person = {
  /** What they sign in with. */
  account: string
  name: string
  /** Key of their unit. */
  unit: string
  /** Their office as it stands on the door. */
  title: string
  /** A number with a prefix that no carrier has been given. */
  phone: string
  posts: readonly Post[]
}

type Row = readonly [account: string, name: string, unit: string, title: string, ...posts: Post[]]

const ROWS: readonly Row[] = [
  ['zhou.mingyuan', '周明远', 'government_office', '副市长', 'leader'],
  ['he.qiuping', '何秋萍', 'government_office', '副秘书长', 'leader'],
  ['lin.zhihao', '林志豪', 'data_bureau', '数据资源科科长', 'bureau_officer'],
  ['shen.yuqing', '沈雨晴', 'data_bureau', '共享交换科副科长', 'bureau_officer'],
  ['qiu.jianping', '邱建平', 'data_bureau', '平台运行科工程师', 'system_admin'],
  ['fang.wenjing', '方文静', 'data_bureau', '网络安全科科长', 'security_admin'],
  ['tan.shouyi', '谭守义', 'data_bureau', '监督审计专员', 'audit_admin'],
  ['song.yanling', '宋艳玲', 'market_supervision', '登记注册科科长', 'liaison'],
  ['ding.haitao', '丁海涛', 'market_supervision', '信息中心编目员', 'cataloguer'],
  ['ren.kaixuan', '任凯旋', 'market_supervision', '信息中心工程师', 'operator'],
  ['gao.lihua', '高丽华', 'taxation', '征管和科技发展科科长', 'liaison'],
  ['pan.zixuan', '潘子轩', 'taxation', '征管数据岗', 'cataloguer'],
  ['lu.yongsheng', '陆永生', 'taxation', '信息中心工程师', 'operator'],
  ['wei.guodong', '魏国栋', 'public_security', '人口管理支队副支队长', 'liaison'],
  ['cui.xiaomeng', '崔晓萌', 'public_security', '科技信息化支队民警', 'cataloguer', 'operator'],
  ['yin.suzhen', '尹素珍', 'civil_affairs', '社会救助科科长', 'liaison', 'cataloguer'],
  ['bai.haoran', '白浩然', 'human_resources', '信息科科长', 'liaison', 'cataloguer'],
  ['hou.jingyi', '侯静怡', 'natural_resources', '不动产登记中心副主任', 'liaison', 'cataloguer'],
  ['gu.changfeng', '顾长风', 'health', '规划信息科科长', 'liaison', 'cataloguer'],
  ['duan.ruolan', '段若兰', 'approval', '审批改革科科长', 'liaison', 'cataloguer'],
  ['shi.daming', '史大明', 'finance', '信息化管理科科长', 'liaison'],
  ['tang.shuya', '汤淑雅', 'audit', '电子数据审计科科长', 'liaison'],
  ['meng.fanlin', '孟凡林', 'data_bureau_379902', '数据管理股股长', 'bureau_officer'],
  ['qin.yaojie', '秦耀杰', 'market_supervision_379902', '信息化专员', 'cataloguer'],
]

export const people: readonly Person[] = ROWS.map(([account, name, unit, title, ...posts], index) => ({
  account,
  name,
  unit: unitOf(unit).key,
  title,
  phone: `164379900${String(index + 1).padStart(2, '0')}`,
  posts,
}))

/** The part each takes in the journey «share»: a tax cataloguer asks, the provider's liaison answers, two operators run the nodes, the bureau looks on. */
export const journey = {
  requester: 'pan.zixuan',
  requesterLiaison: 'gao.lihua',
  providerCataloguer: 'ding.haitao',
  providerLiaison: 'song.yanling',
  providerOperator: 'ren.kaixuan',
  consumerOperator: 'lu.yongsheng',
  reviewer: 'lin.zhihao',
  supervisor: 'shen.yuqing',
  systemAdmin: 'qiu.jianping',
  securityAdmin: 'fang.wenjing',
  auditAdmin: 'tan.shouyi',
  leader: 'zhou.mingyuan',
} as const satisfies Record<string, string>
