/** What departments asked for beside the catalogue, how far each has come, and what may not be shared. */
import type { CityUnitKey } from './units.ts'

export type CityNeed = {
  asker: CityUnitKey
  title: string
  data: string
  fields: readonly string[]
  basis: string
  purpose: string
  matter: string
  urgency: 'normal' | 'urgent' | 'critical'
  provider: CityUnitKey | null
  state: 'awaiting_receipt' | 'returned' | 'analysing' | 'conclusion' | 'provider' | 'to_supply' | 'refused' | 'infeasible'
  /** Who has what, by the name of its entry where there is one. */
  items: readonly (readonly [provider: CityUnitKey, item: string, entry?: string])[]
  /** Days from today for which it is promised. */
  due?: number
}

export const needs: readonly CityNeed[] = [
  {
    ...{ asker: 'taxation', title: '新增企业用工人数', data: '按企业统计的社保参保人数，按月更新', fields: ['统一社会信用代码', '参保人数', '统计月份'] },
    ...{ basis: '税收征收管理法第六条', purpose: '核实小微企业优惠条件', matter: '小微企业税收优惠', urgency: 'normal', provider: 'human_resources' },
    ...{ state: 'to_supply', items: [['human_resources', '企业参保人数月度统计']], due: 75 },
  },
  {
    ...{
      asker: 'civil_affairs',
      title: '低保申请家庭车辆和不动产情况',
      data: '申请家庭成员名下机动车和不动产的有无及数量',
      fields: ['姓名', '公民身份号码', '有无', '数量'],
    },
    ...{ basis: '社会救助暂行办法第五十八条', purpose: '低保申请核对，缩短办理时间', matter: '最低生活保障审核确认', urgency: 'urgent', provider: null },
    ...{
      state: 'provider',
      items: [
        ['public_security', '机动车登记核验'],
        ['natural_resources', '不动产登记核验'],
      ],
    },
  },
  {
    ...{ asker: 'health', title: '学校晨检缺课缺勤信息', data: '各学校每日因病缺课人数和症状分类', fields: ['学校', '日期', '缺课人数', '症状分类'] },
    ...{ basis: '传染病防治法第三十三条', purpose: '学校聚集性疫情早期预警', matter: '传染病监测预警', urgency: 'critical', provider: 'education' },
    ...{ state: 'conclusion', items: [['education', '学校晨检缺课统计']] },
  },
  {
    ...{ asker: 'market_supervision', title: '餐饮单位排水许可信息', data: '餐饮单位排水许可证的有效状态', fields: ['统一社会信用代码', '许可证号', '有效期'] },
    ...{ basis: '城镇排水与污水处理条例', purpose: '餐饮单位“双随机”联合检查', matter: '餐饮服务监管', urgency: 'normal', provider: 'housing' },
    ...{ state: 'analysing', items: [] },
  },
  {
    ...{ asker: 'approval', title: '公积金缴存证明核验', data: '核验申请人近六个月是否连续缴存', fields: ['公民身份号码', '是否连续缴存'] },
    ...{ basis: '国务院关于取消证明事项的要求', purpose: '人才购房补贴免交证明', matter: '人才购房补贴', urgency: 'urgent', provider: 'housing_fund' },
    ...{ state: 'awaiting_receipt', items: [] },
  },
  {
    ...{ asker: 'emergency', title: '重点人员实时位置', data: '全市重点人员手机实时位置', fields: ['姓名', '位置'] },
    ...{ basis: '突发事件应对法', purpose: '应急疏散', matter: '应急指挥', urgency: 'normal', provider: 'public_security' },
    ...{ state: 'refused', items: [['public_security', '重点人员实时位置']] },
  },
  {
    ...{ asker: 'culture', title: '游客消费明细', data: '来访游客在本市的逐笔消费', fields: ['时间', '商户', '金额'] },
    ...{ basis: '旅游统计工作需要', purpose: '旅游经济分析', matter: '旅游统计', urgency: 'normal', provider: null },
    ...{ state: 'infeasible', items: [] },
  },
  {
    ...{ asker: 'transport', title: '客运驾驶员从业健康信息', data: '客运驾驶员体检结论是否合格', fields: ['公民身份号码', '结论'] },
    ...{ basis: '道路运输从业人员管理规定', purpose: '从业资格管理', matter: '从业资格证换发', urgency: 'normal', provider: 'health' },
    ...{ state: 'returned', items: [] },
  },
]

/** Items that departments proposed for the negative list, with their basis. */
export const negatives: readonly { unit: CityUnitKey; item: string; basis: string; reason: string; approved: boolean }[] = [
  {
    ...{ unit: 'public_security', item: '在侦案件线索和办案过程信息', basis: '《中华人民共和国刑事诉讼法》第五十四条' },
    ...{ reason: '涉及国家秘密和侦查秘密，依法应当保密', approved: true },
  },
  {
    ...{ unit: 'audit', item: '审计过程中的取证材料', basis: '《中华人民共和国审计法》第十六条' },
    ...{ reason: '审计人员对执行职务中知悉的秘密负有保密义务', approved: true },
  },
  {
    ...{ unit: 'health', item: '艾滋病感染者个案信息', basis: '《艾滋病防治条例》第三十九条' },
    ...{ reason: '未经本人或监护人同意，不得公开其身份信息', approved: false },
  },
]
