/** Names of this module's values, as people read them. */
import type { DeliveryMode, Mask, Rule, SuiteName } from '@zhenghe/wire/documents.ts'
import type { Labels } from '../../kernel/texts.ts'
import type { AlarmKind } from './alarm.contract.ts'
import type { DeliveryState, Progress, RouteKind, Trouble } from './delivery.contract.ts'
import type { GrantState } from './grant.contract.ts'
import type { PushState } from './push.contract.ts'
import type { QuarantineRow } from './quarantine.contract.ts'
import type { Reconciliation, ReconciliationScope } from './reconciliation.contract.ts'
import type { ApplicationType, PurposeKind, RequestState, RequestStep } from './request.contract.ts'
import type { Schedule } from './schedule.contract.ts'
import type { ScheduleProblem } from './schedule.rules.ts'

export const requestStates = {
  waiting: { zh: '待答复', en: 'Waiting for an answer' },
  supplement: { zh: '待补正', en: 'Waiting for supplements' },
  granted: { zh: '已同意', en: 'Granted' },
  refused: { zh: '未同意', en: 'Refused' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
} satisfies Labels<RequestState>

export const requestSteps = {
  asked: { zh: '提交申请', en: 'Asked' },
  supplement_asked: { zh: '要求补正', en: 'Supplements asked for' },
  supplied: { zh: '已补正', en: 'Supplied' },
  extended: { zh: '延长答复期限', en: 'Time to answer extended' },
  prepared: { zh: '拟定授权', en: 'Grant drawn up' },
  granted: { zh: '同意并签署授权', en: 'Granted and signed' },
  refused: { zh: '不予同意', en: 'Refused' },
  withdrawn: { zh: '撤回申请', en: 'Withdrawn' },
  revoked: { zh: '撤销授权', en: 'Grant revoked' },
} satisfies Labels<RequestStep['act']>

export const purposeKinds = {
  service: { zh: '政务服务', en: 'Public service' },
  supervision: { zh: '监管执法', en: 'Supervision and enforcement' },
  decision: { zh: '决策分析', en: 'Decisions and analysis' },
  statistics: { zh: '统计调查', en: 'Statistics' },
  other: { zh: '其他履职需要', en: 'Another duty' },
} satisfies Labels<PurposeKind>

export const applicationTypes = {
  service: { zh: '政务服务', en: 'Public service' },
  supervision: { zh: '政务监管', en: 'Supervision' },
} satisfies Labels<ApplicationType>

export const scheduleKinds = {
  once: { zh: '一次', en: 'Once' },
  daily: { zh: '每日', en: 'Daily' },
  hourly: { zh: '每小时', en: 'Hourly' },
  cron: { zh: '按计划（crontab）', en: 'By a crontab line' },
  window: { zh: '限时段', en: 'Within hours' },
} satisfies Labels<Schedule['kind']>

export const scheduleProblems = {
  bad_line: {
    zh: 'crontab 要有五段（分 时 日 月 周），只能用数字、范围、逗号、* 和步长。',
    en: 'A crontab line has five fields (minute hour day month weekday) of numbers, ranges, lists, * and steps.',
  },
  too_often: { zh: '不能比每 5 分钟更频繁。', en: 'It may not run more often than every five minutes.' },
  never: { zh: '没有任何一天符合这个计划。', en: 'No day of any year fits it.' },
  outside_hours: { zh: '计划的时刻都在允许时段之外。', en: 'All its times lie outside the allowed hours.' },
  pause_backwards: { zh: '暂停期的结束日早于开始日。', en: 'The pause ends before it begins.' },
} satisfies Labels<ScheduleProblem>

export const pushStates = {
  draft: { zh: '待发布', en: 'Not published' },
  not_started: { zh: '未开始', en: 'Not begun' },
  running: { zh: '进行中', en: 'Running' },
  ended: { zh: '已结束', en: 'Ended' },
  stopped: { zh: '已停用', en: 'Stopped' },
} satisfies Labels<PushState>

export const deliveryModes = {
  snapshot: { zh: '全量', en: 'Whole table' },
  incremental: { zh: '增量', en: 'Increments' },
  capture: { zh: '捕获变更', en: 'Change capture' },
} satisfies Labels<DeliveryMode>

/** By which algorithms a link works. */
export const suites = {
  international: { zh: '国际算法（Ed25519、AES-256）', en: 'International (Ed25519, AES-256)' },
  gm: { zh: '国密算法（SM2、SM3、SM4）', en: 'Chinese national (SM2, SM3, SM4)' },
} satisfies Labels<SuiteName>

export const grantStates = {
  in_force: { zh: '有效', en: 'In force' },
  not_yet: { zh: '未生效', en: 'Not in force yet' },
  expired: { zh: '已到期', en: 'Expired' },
  revoked: { zh: '已撤销', en: 'Revoked' },
} satisfies Labels<GrantState>

export const maskKinds = {
  name: { zh: '姓名（保留姓）', en: 'Name (first character kept)' },
  middle: { zh: '隐去中间', en: 'Middle hidden' },
  fixed: { zh: '固定文字', en: 'Fixed text' },
  null: { zh: '置空', en: 'Emptied' },
  year: { zh: '只保留年份', en: 'Year only' },
} satisfies Labels<Mask['kind']>

export const ruleKinds = {
  notNull: { zh: '不得为空', en: 'Not empty' },
  uscc: { zh: '统一社会信用代码校验', en: 'Unified social credit code' },
  residentId: { zh: '公民身份号码校验', en: 'Resident identity number' },
  length: { zh: '长度', en: 'Length' },
  digits: { zh: '仅限数字', en: 'Digits only' },
  oneOf: { zh: '代码表取值', en: 'Code of a table' },
  dateBetween: { zh: '日期范围', en: 'Date within a span' },
} satisfies Labels<Rule['kind']>

export const deliveryStates = {
  ordered: { zh: '已下达', en: 'Ordered' },
  running: { zh: '进行中', en: 'Running' },
  waiting: { zh: '等待重试', en: 'Waiting, tried again' },
  paused: { zh: '已暂停', en: 'Paused' },
  done: { zh: '已完成', en: 'Done' },
  stopped: { zh: '已停止', en: 'Stopped' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
} satisfies Labels<DeliveryState>

export const phases = {
  preparing: { zh: '准备', en: 'Preparing' },
  planning: { zh: '规划分段', en: 'Planning' },
  moving: { zh: '传输', en: 'Moving rows' },
  indexing: { zh: '建索引', en: 'Indexing' },
  swapping: { zh: '切换', en: 'Swapping in' },
  reconciling: { zh: '对账', en: 'Reconciling' },
  finished: { zh: '完成', en: 'Finished' },
  following: { zh: '持续捕获', en: 'Following changes' },
} satisfies Labels<Progress['phase']>

export const troubleSides = {
  sender: { zh: '提供方节点', en: 'Sending node' },
  receiver: { zh: '使用方节点', en: 'Receiving node' },
  platform: { zh: '平台', en: 'Platform' },
} satisfies Labels<Trouble['side']>

/** What the platform itself finds wrong, and what it knows the cause of; nodes tell their other troubles in words. `until` is when the delivery goes on. */
export const platformTroubles = {
  not_balanced: {
    zh: '双方签名凭证对账不一致，数据未确认完成。请核对凭证后重新执行。',
    en: 'The two signed documents do not balance, so the delivery is not done. Compare them, then resume.',
  },
  node_silent: {
    zh: '节点超过两分钟没有消息。节点恢复后会自动继续。',
    en: 'A node has not been heard of for two minutes. The delivery goes on by itself when it is back.',
  },
  source_hours: {
    zh: '现在不在来源系统允许读取的时段，{until} 起自动继续，无需处理。',
    en: 'The source is not to be read at this hour. The delivery goes on by itself from {until}; nothing need be done.',
  },
} satisfies Labels<'not_balanced' | 'node_silent' | 'source_hours'>

export const routes = {
  direct: { zh: '节点直连', en: 'Direct between the nodes' },
  nats: { zh: '经 NATS 消息网（加密）', en: 'Over NATS (sealed)' },
  relay: { zh: '平台中继（加密）', en: 'Relayed by the platform (sealed)' },
} satisfies Labels<RouteKind>

export const quarantineStates = {
  open: { zh: '待处理', en: 'Open' },
  mended: { zh: '源头已修正', en: 'Mended at the source' },
  dismissed: { zh: '已确认无误', en: 'Dismissed' },
} satisfies Labels<QuarantineRow['state']>

export const reconciliationScopes = {
  full: { zh: '全字段', en: 'Whole rows' },
  versions: { zh: '仅主键与更新时间', en: 'Keys and change times' },
} satisfies Labels<ReconciliationScope>

export const reconciliationStates = {
  asked: { zh: '待批准修复', en: 'Mending waits for approval' },
  declined: { zh: '未批准修复', en: 'Mending declined' },
  ordered: { zh: '已下达', en: 'Ordered' },
  running: { zh: '对账中', en: 'Running' },
  equal: { zh: '一致', en: 'Equal' },
  different: { zh: '有差异', en: 'Different' },
  mended: { zh: '已修复', en: 'Mended' },
  failed: { zh: '未完成', en: 'Failed' },
} satisfies Labels<Reconciliation['state']>

export const alarmKinds = {
  node_silent: { zh: '节点失联', en: 'Node silent' },
  clock_off: { zh: '时钟偏差过大', en: 'Clock off' },
  disk_low: { zh: '磁盘空间不足', en: 'Disk nearly full' },
  outbox_growing: { zh: '上报积压', en: 'Letters do not get through' },
  letters_refused: { zh: '上报被拒收', en: 'Letters refused' },
  delivery_waiting: { zh: '交换长时间未能继续', en: 'Delivery waits too long' },
  delivery_late: { zh: '交换未按计划完成', en: 'Delivery late' },
  quarantine_high: { zh: '隔离数据过多', en: 'Too many rows in quarantine' },
  reconciliation_differs: { zh: '对账存在差异', en: 'Reconciliation differs' },
  grant_expiring: { zh: '授权即将到期', en: 'Grant ends soon' },
  budget_exceeded: { zh: '超出预算', en: 'Budget exceeded' },
} satisfies Labels<AlarmKind>

export const differences = {
  missing: { zh: '目标缺少', en: 'Missing at the target' },
  extra: { zh: '目标多出', en: 'Only at the target' },
  different: { zh: '内容不同', en: 'Different' },
} satisfies Labels<Reconciliation['sample'][number]['kind']>
