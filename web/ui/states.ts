/** Every state a record can be in, with the one word and tone it has on all screens. A state that is missing here does not compile. */
import type { EntryState, OpenType, ShareType } from '@zhenghe/server/data/catalog/contract.ts'
import type { ChannelState } from '@zhenghe/server/data/channels/channel.contract.ts'
import type { NegativeState } from '@zhenghe/server/data/demand/list.contract.ts'
import type { ItemState, NeedState } from '@zhenghe/server/data/demand/need.contract.ts'
import type { DeliveryState } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import type { PushState } from '@zhenghe/server/data/exchange/push.contract.ts'
import type { QuarantineRow } from '@zhenghe/server/data/exchange/quarantine.contract.ts'
import type { Reconciliation } from '@zhenghe/server/data/exchange/reconciliation.contract.ts'
import type { RequestState } from '@zhenghe/server/data/exchange/request.contract.ts'
import type { AccessState } from '@zhenghe/server/data/gateway/access.contract.ts'
import type { BreakerState, VersionState } from '@zhenghe/server/data/gateway/api.contract.ts'
import type { ApplicationState } from '@zhenghe/server/data/nodes/application.contract.ts'
import type { NodeState } from '@zhenghe/server/data/nodes/contract.ts'
import type { ObjectionState } from '@zhenghe/server/data/objections/contract.ts'
import type { AgreementState } from '@zhenghe/server/data/partners/contract.ts'
import type { Account } from '@zhenghe/server/service/identity/contract.ts'
import type { StateLook, Tone } from './StateTag.tsx'

const look = (tone: Tone, zh: string, en: string): StateLook => ({ tone, text: { zh, en } })
type Looks<K extends string> = Record<K, StateLook>

export const entryStates: Looks<EntryState> = {
  draft: look('quiet', '草稿', 'Draft'),
  department_review: look('busy', '部门审核', 'Department review'),
  bureau_review: look('busy', '主管部门复核', 'Authority review'),
  returned: look('warn', '已退回', 'Returned'),
  published: look('good', '已发布', 'Published'),
  withdrawn: look('quiet', '已撤销', 'Withdrawn'),
}

export const shareTypes: Looks<ShareType> = {
  unconditional: look('good', '无条件共享', 'Shared freely'),
  conditional: look('busy', '有条件共享', 'Shared on conditions'),
  none: look('quiet', '不予共享', 'Not shared'),
}

export const openTypes: Looks<OpenType> = {
  unconditional: look('good', '无条件开放', 'Open'),
  conditional: look('busy', '有条件开放', 'Open on conditions'),
  none: look('quiet', '不予开放', 'Not open'),
}

export const requestStates: Looks<RequestState> = {
  waiting: look('busy', '待答复', 'Waiting for an answer'),
  supplement: look('warn', '待补正', 'Needs supplement'),
  granted: look('good', '已授权', 'Granted'),
  refused: look('bad', '不同意', 'Refused'),
  withdrawn: look('quiet', '已撤回', 'Withdrawn'),
}

export const grantStates: Looks<'in_force' | 'not_yet' | 'expired' | 'revoked'> = {
  in_force: look('good', '生效中', 'In force'),
  not_yet: look('quiet', '未生效', 'Not yet in force'),
  expired: look('quiet', '已到期', 'Expired'),
  revoked: look('bad', '已撤销', 'Revoked'),
}

export const versionStates: Looks<VersionState> = {
  draft: look('quiet', '草稿', 'Draft'),
  published: look('good', '已发布', 'Published'),
  deprecated: look('warn', '将停用', 'Deprecated'),
  withdrawn: look('quiet', '已停用', 'Withdrawn'),
}

export const breakerStates: Looks<BreakerState> = {
  closed: look('good', '运行正常', 'Working'),
  half_open: look('warn', '试探恢复', 'Trying again'),
  open: look('bad', '已熔断', 'Calls held back'),
}

export const accessStates: Looks<AccessState> = {
  waiting: look('busy', '待答复', 'Waiting for an answer'),
  in_force: look('good', '生效中', 'In force'),
  not_yet: look('quiet', '未生效', 'Not yet in force'),
  expired: look('quiet', '已到期', 'Expired'),
  refused: look('bad', '不同意', 'Refused'),
  withdrawn: look('quiet', '已撤回', 'Withdrawn'),
  revoked: look('bad', '已撤销', 'Revoked'),
}

export const deliveryStates: Looks<DeliveryState> = {
  ordered: look('quiet', '排队中', 'Queued'),
  running: look('busy', '交换中', 'Running'),
  waiting: look('warn', '等待续传', 'Waiting to resume'),
  paused: look('quiet', '已暂停', 'Paused'),
  done: look('good', '已完成', 'Done'),
  stopped: look('bad', '已停止', 'Stopped'),
  cancelled: look('quiet', '已取消', 'Cancelled'),
}

export const pushStates: Looks<PushState> = {
  draft: look('quiet', '待发布', 'Not published'),
  not_started: look('quiet', '未开始', 'Not begun'),
  running: look('good', '进行中', 'Running'),
  ended: look('quiet', '已结束', 'Ended'),
  stopped: look('warn', '已停用', 'Stopped'),
}

export const applicationStates: Looks<ApplicationState> = {
  applied: look('busy', '待审核', 'To be approved'),
  withdrawn: look('quiet', '已撤回', 'Withdrawn'),
  rejected: look('bad', '已驳回', 'Rejected'),
  approved: look('busy', '待分配', 'To be allocated'),
  allocated: look('warn', '待签收', 'To be signed for'),
  signed: look('good', '使用中', 'In use'),
  recovered: look('quiet', '已回收', 'Recovered'),
}

export const nodeStates: Looks<NodeState> = {
  awaiting_join: look('quiet', '待接入', 'Waiting to join'),
  awaiting_confirmation: look('warn', '待核对指纹', 'Fingerprint to compare'),
  active: look('good', '正常', 'Active'),
  revoked: look('bad', '已吊销', 'Revoked'),
}

export const quarantineStates: Looks<QuarantineRow['state']> = {
  open: look('warn', '待处理', 'Open'),
  mended: look('good', '已修正', 'Mended'),
  dismissed: look('quiet', '不处理', 'Dismissed'),
}

export const reconciliationStates: Looks<Reconciliation['state']> = {
  asked: look('warn', '待批准修复', 'Awaiting approval'),
  declined: look('quiet', '未批准', 'Declined'),
  ordered: look('quiet', '排队中', 'Queued'),
  running: look('busy', '核对中', 'Comparing'),
  equal: look('good', '两侧一致', 'Equal'),
  different: look('bad', '存在差异', 'Different'),
  mended: look('good', '已修复', 'Mended'),
  failed: look('bad', '未能核对', 'Failed'),
}

export const objectionStates: Looks<ObjectionState> = {
  review: look('busy', '上报审核中', 'Under review'),
  rejected: look('bad', '驳回', 'Rejected'),
  withdrawn: look('quiet', '撤销', 'Withdrawn'),
  handling: look('busy', '处理中', 'Being handled'),
  answered: look('warn', '已处理，待评价', 'Answered, to be rated'),
  rated: look('good', '已评价', 'Rated'),
  failed: look('bad', '失败', 'Failed'),
}

export const accountStates: Looks<Account['state']> = {
  active: look('good', '正常', 'Active'),
  locked: look('bad', '已锁定', 'Locked'),
  closed: look('quiet', '已关闭', 'Closed'),
  awaiting_first_sign_in: look('warn', '待首次登录', 'Awaiting first sign-in'),
}

export const agreementStates: Looks<AgreementState> = {
  draft: look('quiet', '草拟', 'Draft'),
  not_yet: look('quiet', '已签未生效', 'Not yet in force'),
  in_force: look('good', '生效中', 'In force'),
  expiring: look('warn', '即将到期', 'Ends soon'),
  expired: look('bad', '已到期', 'Expired'),
  terminated: look('quiet', '已终止', 'Terminated'),
  discarded: look('quiet', '已作废', 'Discarded'),
}

export const channelStates: Looks<ChannelState> = {
  registered: look('warn', '已登记', 'Listed'),
  confirmed: look('warn', '已确认', 'Confirmed'),
  planned: look('busy', '迁移计划', 'Move planned'),
  migrating: look('busy', '迁移中', 'Moving'),
  parallel: look('busy', '已并行', 'In parallel'),
  closed: look('good', '已关闭', 'Closed'),
  retained: look('quiet', '保留', 'Kept'),
  withdrawn: look('quiet', '已作废', 'Taken off'),
}

export const needStates: Looks<NeedState> = {
  awaiting_receipt: look('warn', '待分析签收', 'To be taken up'),
  returned: look('warn', '退回补充', 'Returned'),
  analysing: look('busy', '分析中', 'Being analysed'),
  conclusion: look('warn', '分析结论待确认', 'Analysis to be confirmed'),
  provider: look('busy', '提供方待确认', 'Providers to answer'),
  to_supply: look('busy', '待实施', 'To be supplied'),
  supplying: look('busy', '实施中', 'Being supplied'),
  delivered: look('warn', '实施成果待确认', 'Result to be judged'),
  closed: look('good', '已完结', 'Closed'),
  infeasible: look('quiet', '不可行', 'Not feasible'),
  refused: look('bad', '不予提供', 'Refused'),
  withdrawn: look('quiet', '已撤回', 'Withdrawn'),
}

export const itemStates: Looks<ItemState> = {
  waiting: look('warn', '待确认', 'To be answered'),
  committed: look('busy', '已承诺', 'Promised'),
  requested: look('busy', '已申请', 'Asked for'),
  delivered: look('good', '已提供', 'Supplied'),
  overdue: look('bad', '已逾期', 'Overdue'),
  refused: look('bad', '不予提供', 'Refused'),
  dropped: look('quiet', '需求已撤回', 'Need withdrawn'),
}

export const negativeStates: Looks<NegativeState> = {
  candidate: look('warn', '待审批', 'To be decided'),
  listed: look('busy', '已列入', 'On the list'),
  rejected: look('quiet', '未列入', 'Not on the list'),
  lifted: look('quiet', '已移出', 'Lifted'),
}
