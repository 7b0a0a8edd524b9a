/** Names of this module's values, as people read them. */
import type { Labels } from '../../kernel/texts.ts'
import type { ObjectionKind, ObjectionState, ObjectionStep, Outcome, SubjectKind, Topic } from './contract.ts'

export const objectionKinds = {
  catalogue: { zh: '目录纠错', en: 'Error in the catalogue' },
  application: { zh: '资源申请异议', en: 'About an application' },
  use: { zh: '资源使用异议', en: 'About the use of data' },
  other: { zh: '其他', en: 'Other' },
} satisfies Labels<ObjectionKind>

export const topics = {
  duration: { zh: '审批时长', en: 'Time taken to answer' },
  opinion: { zh: '审批意见', en: 'The answer itself' },
  response: { zh: '服务响应能力', en: 'Responsiveness' },
  quality: { zh: '数据质量', en: 'Quality of the data' },
  other: { zh: '其他', en: 'Other' },
} satisfies Labels<Topic>

export const subjectKinds = {
  entry: { zh: '数据目录', en: 'Entry' },
  request: { zh: '共享申请', en: 'Request' },
  delivery: { zh: '交换批次', en: 'Delivery' },
  quarantine: { zh: '隔离数据', en: 'Quarantined row' },
} satisfies Labels<SubjectKind>

export const objectionStates = {
  review: { zh: '上报审核中', en: 'Under review' },
  rejected: { zh: '驳回', en: 'Rejected' },
  withdrawn: { zh: '撤销', en: 'Withdrawn' },
  handling: { zh: '处理中', en: 'Being handled' },
  answered: { zh: '已处理', en: 'Answered' },
  rated: { zh: '已评价', en: 'Rated' },
  failed: { zh: '失败', en: 'Failed' },
} satisfies Labels<ObjectionState>

export const outcomes = {
  mended: { zh: '已更正', en: 'Put right' },
  right_as_it_is: { zh: '核实无误', en: 'Right as it is' },
  explained: { zh: '已说明', en: 'Explained' },
} satisfies Labels<Outcome>

export const objectionSteps = {
  raised: { zh: '提出异议', en: 'Raised' },
  accepted: { zh: '转办理单位', en: 'Passed on' },
  rejected: { zh: '驳回', en: 'Rejected' },
  withdrawn: { zh: '撤销', en: 'Withdrawn' },
  answered: { zh: '答复', en: 'Answered' },
  rated: { zh: '评价', en: 'Rated' },
  failed: { zh: '未能办理', en: 'Could not be carried on' },
} satisfies Labels<ObjectionStep['act']>
