/**
 * Exchange (共享交换): requests, answers within the legal clock, grants, subscriptions, deliveries, receipts, quarantine, reconciliation, revocation.
 * Sources: 国发〔2016〕51号 and 国务院令第809号 (basis, purpose, answer, extension, refusal with reasons), GB/T 21062 (exchange, receipt, 对账).
 */
import { z } from 'zod'
import type { Refusals, Rights, Todos } from '../../kernel/contract.ts'
import type { Text } from '../../kernel/texts.ts'
import { AlarmKind, alarmEndpoints } from './alarm.contract.ts'
import { captureEndpoints } from './capture.contract.ts'
import { deliveryEndpoints } from './delivery.contract.ts'
import { GrantState, grantEndpoints } from './grant.contract.ts'
import { monitorEndpoints } from './monitor.contract.ts'
import { nodeEndpoints } from './node.contract.ts'
import { overviewEndpoints } from './overview.contract.ts'
import { planEndpoints } from './plan.contract.ts'
import { PushState, pushEndpoints } from './push.contract.ts'
import { quarantineEndpoints } from './quarantine.contract.ts'
import { reconciliationEndpoints } from './reconciliation.contract.ts'
import { replayEndpoints } from './replay.contract.ts'
import { requestEndpoints } from './request.contract.ts'
import { subscriptionEndpoints } from './subscription.contract.ts'

export const refusals = {
  'exchange.unknown': { status: 404, text: { zh: '没有找到这条记录，或您无权查看。', en: 'There is no such record, or it is not yours to see.' } },
  'exchange.not_yours': { status: 403, text: { zh: '只能办理本单位的事项。', en: 'You may only act for your own unit.' } },
  'exchange.not_shared': {
    status: 409,
    params: z.object({ basis: z.string() }),
    text: {
      zh: '该目录为不予共享，依据：{basis}。如履职确需，请联系提供单位协商，协商不成由数据主管部门协调。',
      en: 'This resource is not shared, by {basis}. If your duty needs it, negotiate with the provider; failing that, the data authority coordinates.',
    },
  },
  'exchange.not_published': { status: 409, text: { zh: '该目录未发布或已撤销，不能申请。', en: 'This entry is not published, or was withdrawn.' } },
  'exchange.not_bound': {
    status: 409,
    text: { zh: '该目录还没有挂接数据源，请联系提供单位先挂接。', en: 'No table is bound to this entry yet. Ask the provider to bind one.' },
  },
  'exchange.own_data': { status: 409, text: { zh: '这是本单位自己的数据，无需申请。', en: 'This is your own unit’s data; there is nothing to ask for.' } },
  'exchange.unknown_fields': {
    status: 422,
    params: z.object({ fields: z.array(z.string()) }),
    text: { zh: '目录中没有这些信息项：{fields}。', en: 'The entry has no such items: {fields}.' },
  },
  'exchange.key_missing': {
    status: 422,
    params: z.object({ fields: z.array(z.string()) }),
    text: {
      zh: '请同时申请主键字段：{fields}，否则无法对账和更新。',
      en: 'Ask for the key as well: {fields}. Without it nothing can be reconciled or refreshed.',
    },
  },
  'exchange.bad_filter': {
    status: 422,
    params: z.object({ problems: z.array(z.object({ path: z.string(), code: z.string(), params: z.record(z.string(), z.unknown()) })) }),
    text: {
      zh: '筛选条件有误：只能使用已申请的字段，且值要符合字段类型。',
      en: 'The filter is not usable: it may only name the asked fields, with values of their types.',
    },
  },
  'exchange.bad_mask': {
    status: 422,
    params: z.object({ field: z.string() }),
    text: {
      zh: '字段 {field} 不能这样脱敏：主键和筛选字段不可脱敏，“年份”只用于日期，其余方式只用于文本。',
      en: 'Field {field} cannot be masked so: keys and filter fields are never masked, «year» is for dates, the others for text.',
    },
  },
  'exchange.bad_rule': {
    status: 422,
    params: z.object({ field: z.string() }),
    text: { zh: '字段 {field} 的校验规则与其类型不符。', en: 'A rule of field {field} does not fit its type.' },
  },
  'exchange.no_cursor': {
    status: 422,
    text: {
      zh: '增量交换需要一个未脱敏的更新时间字段作为游标，请加上该字段或改用全量交换。',
      en: 'Increments are found by an unmasked field that tells when a row changed. Include one, or deliver whole tables.',
    },
  },
  'exchange.no_capture': {
    status: 422,
    text: {
      zh: '提供单位的数据源还不支持捕获变更：数据库须开启逻辑日志（wal_level = logical），并授予节点账号复制权限。可先用增量或全量交换。',
      en: 'The provider’s database does not allow change capture yet: it needs wal_level = logical and a node login with the replication right. Deliver by increments or whole tables meanwhile.',
    },
  },
  'exchange.bad_term': { status: 422, text: { zh: '使用期限必须在今天之后，且不超过三年。', en: 'The term must end after today and within three years.' } },
  'exchange.sensitive_unmasked': {
    status: 422,
    params: z.object({ fields: z.array(z.string()) }),
    text: {
      zh: '敏感字段 {fields} 未脱敏。确因履职需要明文提供的，请在授权说明中写明理由（不少于 10 字）。',
      en: 'Sensitive fields {fields} are not masked. If a duty needs them plain, give the reason in the note (10 characters or more).',
    },
  },
  'exchange.no_node': {
    status: 409,
    text: {
      zh: '本单位没有可用的前置节点，请先由节点管理员接入并确认。',
      en: 'Your unit has no active exchange node. Have your operator enrol and confirm one first.',
    },
  },
  'exchange.no_agreement': {
    status: 409,
    text: {
      zh: '外部单位须有生效的合作协议才能申请数据，请先由数据主管部门签订协议。',
      en: 'An organisation outside government may ask for data only under an agreement in force. Have the data authority conclude one first.',
    },
  },
  'exchange.already_asked': {
    status: 409,
    constraint: 'request_open_once',
    text: { zh: '本单位对该目录已有在办申请，请勿重复提交。', en: 'Your unit already has an open request for this entry.' },
  },
  'exchange.wrong_state': {
    status: 409,
    params: z.object({ state: z.string() }),
    text: { zh: '当前状态不允许这项操作，请刷新查看最新状态。', en: 'The present state does not allow this. Refresh to see it.' },
  },
  'exchange.bad_signature': {
    status: 422,
    text: {
      zh: '授权签名未通过验证：请确认使用的是本人当前的签名密钥，然后重新签名。',
      en: 'The grant’s signature does not verify. Make sure it is your current signing key, and sign again.',
    },
  },
  'exchange.bad_evidence': {
    status: 422,
    text: {
      zh: '签名文件不属于这次交换，或与其授权版本、方式不符。',
      en: 'The signed document is not about this delivery, its grant or its mode.',
    },
  },
  'exchange.grant_changed': {
    status: 409,
    text: { zh: '授权内容在签名前已变化，请重新核对后签名。', en: 'The grant changed before it was signed. Check it and sign again.' },
  },
  'exchange.no_signing_key': {
    status: 409,
    text: { zh: '您还没有签名密钥，请先在“我的账号”中生成。', en: 'You have no signing key yet. Make one under «My account».' },
  },
  'exchange.no_gm_signing_key': {
    status: 409,
    text: {
      zh: '国密授权要用国密签名密钥签署，您还没有。请先在“我的账号”中生成，并请节点管理员登记到前置节点。',
      en: 'A grant of the suite 国密 is signed with an SM2 key, and you have none. Make one under «My account» and have your node operator pin it.',
    },
  },
  'exchange.no_gm_keys': {
    status: 409,
    params: z.object({ node: z.string() }),
    text: {
      zh: '前置节点“{node}”还没有国密密钥，不能按国密算法交换。请先升级该节点，启动后会自动生成并登记；或改用国际算法。',
      en: 'The node «{node}» has no SM2 keys yet. Bring it up to date: it makes and registers them at its start. Or use the international algorithms.',
    },
  },
  'exchange.grant_over': {
    status: 409,
    params: z.object({ state: GrantState }),
    text: { zh: '该授权已失效（已撤销或到期），不能再交换。', en: 'This grant is no longer in force.' },
  },
  'exchange.bad_schedule': {
    status: 422,
    params: z.object({ why: z.object({ zh: z.string(), en: z.string() }) }),
    text: { zh: '交换频率不能使用：{why}', en: 'The schedule cannot be used: {why}' },
  },
  'exchange.calls_not_asked': {
    status: 422,
    text: { zh: '只有以服务接口方式共享的目录才填写调用频次。', en: 'Calls are asked for only of entries that are shared as a service.' },
  },
  'exchange.bad_push_span': {
    status: 422,
    text: {
      zh: '推送任务的结束时间要晚于现在和开始时间；只执行一次的任务没有结束时间。',
      en: 'A push task ends after now and after it begins; one that runs once has no end.',
    },
  },
  'exchange.no_runs_left': {
    status: 409,
    text: { zh: '按现在的频率和起止时间已没有可执行的时刻，请先修改任务。', en: 'With this schedule and span no run is left. Change the task first.' },
  },
  'exchange.push_live': {
    status: 409,
    constraint: 'push_live_once',
    text: { zh: '该订阅已有一个启用的推送任务，请先停用它。', en: 'Another push task of this subscription is live. Stop it first.' },
  },
  'exchange.push_state': {
    status: 409,
    params: z.object({ state: PushState }),
    text: { zh: '推送任务的当前状态不允许这项操作，请刷新查看最新状态。', en: 'The push task’s present state does not allow this. Refresh to see it.' },
  },
  'exchange.table_taken': {
    status: 409,
    constraint: 'subscription_target_once',
    text: { zh: '该目标表已被另一个订阅使用，请换一个表名。', en: 'Another subscription already writes to this table. Choose another name.' },
  },
  'exchange.delivery_running': {
    status: 409,
    constraint: 'delivery_running_once',
    text: { zh: '该订阅已有一次交换正在进行，请等它结束。', en: 'A delivery of this subscription is already under way.' },
  },
  'exchange.capture_paused': {
    status: 409,
    text: {
      zh: '捕获已暂停，目标表停在暂停时的位置，此时比对会误报差异。请先继续捕获，再对账。',
      en: 'The capture is paused and the table stands where it was then, so comparing would tell differences that are none. Let it go on first.',
    },
  },
  'exchange.reconciliation_running': {
    status: 409,
    constraint: 'reconciliation_running_once',
    text: { zh: '该订阅正在对账，请等它结束。', en: 'This subscription is being reconciled. Wait until that ends.' },
  },
  'exchange.peer_absent': {
    status: 503,
    text: { zh: '对方节点没有在规定时间内连上中继，请稍后重试。', en: 'The other node did not come to the relay in time. Try again later.' },
  },
  'exchange.extension_too_long': {
    status: 422,
    params: z.object({ days: z.int() }),
    constraint: 'deadline_extension_within_rule',
    text: { zh: '延长不得超过 {days} 个工作日。', en: 'The extension may not exceed {days} working days.' },
  },
  'exchange.second_person': {
    status: 409,
    constraint: 'mending_second_person',
    text: {
      zh: '提出修复的人不能自己批准，请由本单位另一名有权人员批准。',
      en: 'Whoever asks for a mending cannot approve it. Another person of your unit with the right must.',
    },
  },
  'exchange.mending_asked': {
    status: 409,
    constraint: 'mending_asked_once',
    text: { zh: '已有一个修复申请在等待批准。', en: 'A mending is already waiting for approval.' },
  },
  'exchange.nothing_to_replay': {
    status: 409,
    params: z.object({ busy: z.int(), over: z.int(), unkeyed: z.int(), beyond: z.int() }),
    text: {
      zh: '没有可以重放的行：{busy} 行的订阅正在交换或对账，请等它结束；{over} 行的授权或订阅已结束、节点停用，或尚未完成过全量交换；{unkeyed} 行由旧版节点上报，需重新交换。',
      en: 'No row can be replayed: {busy} belong to a subscription with a delivery or reconciliation under way, wait until it ends; {over} to one that is over, whose nodes are not active or that has never delivered a whole table; {unkeyed} were told by an older node and need an ordinary delivery.',
    },
  },
  'exchange.letters_waiting': {
    status: 409,
    constraint: 'node_order_open_once',
    text: { zh: '该节点已有一项重发指令在执行，请稍候。', en: 'The node has been told already to send letters again. Wait until it has.' },
  },
  'exchange.nothing_to_mend': { status: 409, text: { zh: '两侧一致，无需修复。', en: 'Both sides are equal; there is nothing to mend.' } },
} satisfies Refusals

export const rights = {
  'exchange.request': { side: 'business', text: { zh: '申请共享数据', en: 'Request shared data' } },
  'exchange.answer': { side: 'business', text: { zh: '答复共享申请、授权与撤销', en: 'Answer requests, grant and revoke' } },
  'exchange.receive': { side: 'business', text: { zh: '订阅与接收数据', en: 'Subscribe to and receive data' } },
  'exchange.approve_mending': { side: 'business', text: { zh: '批准修复对账差异', en: 'Approve the mending of differences' } },
  'exchange.push': { side: 'business', text: { zh: '制定与发布推送任务', en: 'Draft and publish push tasks' } },
  'exchange.quarantine': { side: 'business', text: { zh: '处理隔离数据', en: 'Handle quarantined rows' } },
  'exchange.supervise': { side: 'business', text: { zh: '监督全部共享交换', en: 'Supervise all exchange' } },
  'exchange.node': { side: 'node', text: { zh: '（前置节点自身）', en: '(an exchange node itself)' } },
} satisfies Rights

const ALARM_WORDS: Record<AlarmKind, Text> = {
  node_silent: { zh: '前置节点失联：{name}', en: 'A node is silent: {name}' },
  clock_off: { zh: '前置节点时钟偏差过大：{name}', en: 'A node’s clock is off: {name}' },
  disk_low: { zh: '前置节点磁盘空间不足：{name}', en: 'A node runs out of disk: {name}' },
  outbox_growing: { zh: '前置节点上报积压：{name}', en: 'A node’s letters do not get through: {name}' },
  letters_refused: { zh: '前置节点有被拒收的上报：{name}', en: 'Letters of a node were refused: {name}' },
  delivery_waiting: { zh: '交换长时间未能继续：{name}', en: 'A delivery has waited too long: {name}' },
  delivery_late: { zh: '交换未按计划完成：{name}', en: 'A delivery is late: {name}' },
  quarantine_high: { zh: '隔离数据过多：{name}', en: 'Too many rows in quarantine: {name}' },
  reconciliation_differs: { zh: '对账存在差异：{name}', en: 'A reconciliation found differences: {name}' },
  grant_expiring: { zh: '授权即将到期：{name}', en: 'A grant ends soon: {name}' },
  budget_exceeded: { zh: '超出预算：{name}', en: 'A budget is exceeded: {name}' },
}
const alarmTodos = Object.fromEntries(AlarmKind.options.map((kind) => [`exchange.alarm_${kind}`, { text: ALARM_WORDS[kind], link: '/exchange/monitor' }]))

export const todos = {
  'exchange.answer': {
    text: { zh: '答复共享申请：{entry}（{consumer}）', en: 'Answer a request: {entry} ({consumer})' },
    link: '/exchange/requests/{subject}',
  },
  'exchange.supply': { text: { zh: '补正共享申请：{entry}', en: 'Supplement your request: {entry}' }, link: '/exchange/requests/{subject}' },
  'exchange.subscribe': { text: { zh: '申请已获授权，请订阅：{entry}', en: 'Granted, please subscribe: {entry}' }, link: '/exchange/requests/{subject}' },
  'exchange.refused': { text: { zh: '申请未获同意：{entry}', en: 'Request refused: {entry}' }, link: '/exchange/requests/{subject}' },
  'exchange.stopped': { text: { zh: '交换停止，请处理：{entry}', en: 'A delivery stopped: {entry}' }, link: '/exchange/deliveries/{subject}' },
  'exchange.waiting': {
    text: { zh: '交换暂停，正在自动重试：{entry}', en: 'A delivery waits and is tried again: {entry}' },
    link: '/exchange/deliveries/{subject}',
  },
  'exchange.revoked': { text: { zh: '授权已撤销：{entry}', en: 'Grant revoked: {entry}' }, link: '/exchange/requests/{subject}' },
  'exchange.entry_withdrawn': {
    text: { zh: '目录已撤销，请与提供单位商定后续：{entry}', en: 'Entry withdrawn, agree with its provider how to go on: {entry}' },
    link: '/exchange/requests/{subject}',
  },
  'exchange.differs': {
    text: { zh: '对账发现差异，请核对并修复：{entry}', en: 'A comparison found differences, look and have them mended: {entry}' },
    link: '/exchange/subscriptions/{subject}',
  },
  'exchange.approve_mending': {
    text: { zh: '批准修复对账差异：{entry}', en: 'Approve a mending: {entry}' },
    link: '/exchange/reconciliations/{subject}',
  },
  'exchange.quarantine': {
    text: { zh: '有 {rows} 行数据未通过校验：{entry}', en: '{rows} rows failed their checks: {entry}' },
    link: '/exchange/quarantine?delivery={subject}',
  },
  ...alarmTodos,
} satisfies Todos

export const contract = {
  ...requestEndpoints,
  ...grantEndpoints,
  ...subscriptionEndpoints,
  ...planEndpoints,
  ...pushEndpoints,
  ...deliveryEndpoints,
  ...captureEndpoints,
  ...quarantineEndpoints,
  ...replayEndpoints,
  ...reconciliationEndpoints,
  ...overviewEndpoints,
  ...monitorEndpoints,
  ...alarmEndpoints,
  ...nodeEndpoints,
}
