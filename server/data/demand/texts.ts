/** Names of this module's values, as people read them. */
import type { Labels, Text } from '../../kernel/texts.ts'
import type { ListKind, NegativeState } from './list.contract.ts'
import type { Feasibility, ItemState, NeedState, NeedStep, Urgency, WishedWay } from './need.contract.ts'

export const needStates = {
  awaiting_receipt: { zh: '待分析签收', en: 'To be taken up' },
  returned: { zh: '退回补充', en: 'Returned' },
  analysing: { zh: '分析中', en: 'Being analysed' },
  conclusion: { zh: '分析结论待确认', en: 'Analysis to be confirmed' },
  provider: { zh: '提供方待确认', en: 'Providers to answer' },
  to_supply: { zh: '待实施', en: 'To be supplied' },
  supplying: { zh: '实施中', en: 'Being supplied' },
  delivered: { zh: '实施成果待确认', en: 'Result to be judged' },
  closed: { zh: '已完结', en: 'Closed' },
  infeasible: { zh: '不可行', en: 'Not feasible' },
  refused: { zh: '提供方不予提供', en: 'Refused' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
} satisfies Labels<NeedState>

export const itemStates = {
  waiting: { zh: '待确认', en: 'To be answered' },
  committed: { zh: '已承诺', en: 'Promised' },
  requested: { zh: '已申请', en: 'Asked for' },
  delivered: { zh: '已提供', en: 'Supplied' },
  overdue: { zh: '已逾期', en: 'Overdue' },
  refused: { zh: '不予提供', en: 'Refused' },
  dropped: { zh: '需求已撤回', en: 'Need withdrawn' },
} satisfies Labels<ItemState>

export const negativeStates = {
  candidate: { zh: '待审批', en: 'To be decided' },
  listed: { zh: '已列入', en: 'On the list' },
  rejected: { zh: '未列入', en: 'Not on the list' },
  lifted: { zh: '已移出', en: 'Lifted' },
} satisfies Labels<NegativeState>

export const needSteps = {
  asked: { zh: '提出需求', en: 'Stated' },
  returned: { zh: '退回补充', en: 'Returned' },
  asked_again: { zh: '补充后重新提交', en: 'Handed in again' },
  received: { zh: '签收', en: 'Taken up' },
  concluded: { zh: '形成分析结论', en: 'Analysis concluded' },
  objected: { zh: '不认可分析结论', en: 'Analysis objected to' },
  accepted: { zh: '认可分析结论', en: 'Analysis accepted' },
  infeasible: { zh: '确认不可行，办结', en: 'Ended as not feasible' },
  committed: { zh: '承诺提供', en: 'Promised' },
  refused: { zh: '不予提供', en: 'Refused' },
  entry_named: { zh: '对应到目录', en: 'Entry named' },
  requested: { zh: '已申请共享', en: 'Asked for through the exchange' },
  delivered: { zh: '已完成首次交换', en: 'First delivery balanced' },
  closed: { zh: '评价并完结', en: 'Judged and closed' },
  withdrawn: { zh: '撤回需求', en: 'Withdrawn' },
} satisfies Labels<NeedStep['act']>

export const urgencies = {
  normal: { zh: '一般', en: 'Normal' },
  urgent: { zh: '紧急', en: 'Urgent' },
  critical: { zh: '特急', en: 'Critical' },
} satisfies Labels<Urgency>

export const wishedWays = {
  any: { zh: '均可', en: 'Any' },
  table: { zh: '库表交换', en: 'Table' },
  api: { zh: '接口查询', en: 'API' },
  file: { zh: '文件', en: 'File' },
  verify: { zh: '核验（是/否）', en: 'Verification (yes or no)' },
} satisfies Labels<WishedWay>

export const feasibilities = {
  feasible: { zh: '可行', en: 'Feasible' },
  partly: { zh: '部分可行', en: 'Partly feasible' },
  infeasible: { zh: '不可行', en: 'Not feasible' },
} satisfies Labels<Feasibility>

export const listNames = {
  needs: { zh: '需求清单', en: 'List of needs' },
  duties: { zh: '责任清单', en: 'List of duties' },
  negative: { zh: '负面清单', en: 'Negative list' },
} satisfies Labels<ListKind>

/** States of the rows of all three lists. */
export const listStates = { ...negativeStates, ...needStates, ...itemStates, catalogue: { zh: '目录标为不予共享', en: 'Not shared by the catalogue' } }

type Columns = Record<'number' | 'item' | 'unitName' | 'other' | 'basis' | 'state' | 'since' | 'due', Text>
const NUMBER: Text = { zh: '编号', en: 'Number' }
const STATE: Text = { zh: '状态', en: 'State' }
/** What the columns of each list mean. */
export const listColumns: Record<ListKind, Columns> = {
  needs: {
    ...{ number: NUMBER, item: { zh: '需求', en: 'Need' }, unitName: { zh: '需求单位', en: 'Asked by' }, other: { zh: '提供单位', en: 'To be supplied by' } },
    ...{ basis: { zh: '依据', en: 'Basis' }, state: STATE, since: { zh: '确认日期', en: 'Confirmed on' }, due: { zh: '承诺日期', en: 'Promised for' } },
  },
  duties: {
    ...{ number: NUMBER, item: { zh: '数据项', en: 'Item' }, unitName: { zh: '责任单位', en: 'Unit' }, other: { zh: '需求单位', en: 'Asked by' } },
    ...{ basis: { zh: '对应目录', en: 'Entry' }, state: STATE, since: { zh: '提出日期', en: 'Asked on' }, due: { zh: '承诺日期', en: 'Promised for' } },
  },
  negative: {
    ...{ number: NUMBER, item: { zh: '事项', en: 'Item' }, unitName: { zh: '单位', en: 'Unit' }, other: { zh: '理由', en: 'Reason' } },
    ...{ basis: { zh: '不予共享依据', en: 'Basis' }, state: STATE, since: { zh: '列入日期', en: 'Since' }, due: { zh: '复审日期', en: 'Review on' } },
  },
}
