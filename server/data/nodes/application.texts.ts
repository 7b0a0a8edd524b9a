/** Names of the values of applications, as people read them. */
import type { Labels } from '../../kernel/texts.ts'
import type { ApplicationKind, ApplicationState, ApplicationStep, Area } from './application.contract.ts'

export const applicationKinds = {
  machine: { zh: '前置机', en: 'Front-end machine' },
  database: { zh: '前置库', en: 'Front-end database' },
} satisfies Labels<ApplicationKind>

export const areas = {
  external: { zh: '外部数据中心区', en: 'External data-centre area' },
  internal: { zh: '内部数据中心区', en: 'Internal data-centre area' },
  business: { zh: '业务数据库区', en: 'Business database area' },
} satisfies Labels<Area>

export const applicationStates = {
  applied: { zh: '待审核', en: 'To be approved' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  rejected: { zh: '已驳回', en: 'Rejected' },
  approved: { zh: '待分配', en: 'To be allocated' },
  allocated: { zh: '待签收', en: 'To be signed for' },
  signed: { zh: '使用中', en: 'In use' },
  recovered: { zh: '已回收', en: 'Recovered' },
} satisfies Labels<ApplicationState>

export const applicationSteps = {
  applied: { zh: '提出申请', en: 'Applied' },
  approved: { zh: '审核通过', en: 'Approved' },
  rejected: { zh: '驳回', en: 'Rejected' },
  withdrawn: { zh: '撤回', en: 'Withdrawn' },
  allocated: { zh: '分配地址', en: 'Address allocated' },
  signed: { zh: '签收', en: 'Signed for' },
  recovered: { zh: '回收', en: 'Recovered' },
} satisfies Labels<ApplicationStep['act']>
