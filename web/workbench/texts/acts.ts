/** What each recorded command does, as the ledger and histories tell it. A test keeps the list complete. */
import type { Text } from '@zhenghe/server/kernel/texts.ts'

const act = (zh: string, en: string): Text => ({ zh, en })

export const acts: Readonly<Record<string, Text>> = {
  'POST /desk/ledger/verify': act('验证审计账本', 'Verified the ledger'),
  'POST /desk/calendar': act('设置工作日历', 'Set the working-day calendar'),
  'POST /desk/dead-letters/replay': act('重试积压任务', 'Retried dead letters'),
  'POST /desk/dead-letters/replay-kind': act('重试同类积压任务', 'Retried dead letters of a kind'),
  'POST /desk/dead-letters/discard': act('放弃积压任务', 'Gave dead letters up'),
  'POST /exchange/quarantine/replay': act('重放隔离数据', 'Replayed quarantined rows'),
  'POST /exchange/monitor/nodes/{node}/letters': act('要求节点重发上报', 'Had a node send letters again'),
  'POST /exchange/node-orders/{id}': act('节点执行指令', 'Node carried out an order'),
  'POST /exchange/alarms/{id}/acknowledge': act('确认处置告警', 'Acknowledged an alarm'),
  'POST /exchange/alarm-thresholds': act('修改告警阈值', 'Changed a threshold'),
  'POST /organizations/divisions': act('登记行政区划', 'Recorded divisions'),
  'POST /organizations/units': act('登记单位', 'Registered a unit'),
  'POST /organizations/units/{id}': act('变更单位信息', 'Changed a unit'),
  'POST /organizations/units/{id}/close': act('撤销单位', 'Closed a unit'),
  'POST /organizations/people': act('登记人员', 'Added a person'),
  'POST /organizations/people/{id}': act('变更人员信息', 'Changed a person'),
  'POST /organizations/people/{id}/leave': act('办理离岗', 'Recorded a departure'),
  'POST /organizations/appointments': act('任命岗位', 'Appointed to a post'),
  'POST /organizations/appointments/{id}/end': act('免去岗位', 'Ended an appointment'),
  'POST /organizations/duties': act('分配职责', 'Assigned a duty'),
  'POST /organizations/duties/{code}/relieve': act('调出职责', 'Took a duty away'),
  'POST /organizations/groups': act('组建工作专班', 'Formed a working group'),
  'POST /organizations/groups/{id}/dissolve': act('撤销工作专班', 'Dissolved a working group'),
  'POST /identity/first-run': act('首次设置平台', 'Set up the platform'),
  'POST /identity/session': act('登录', 'Signed in'),
  'POST /identity/session/code': act('登录（动态口令）', 'Signed in with a code'),
  'POST /identity/session/passkey': act('登录（通行密钥）', 'Signed in with a passkey'),
  'POST /identity/session/end': act('退出登录', 'Signed out'),
  'POST /identity/password': act('修改密码', 'Changed the password'),
  'POST /identity/totp/begin': act('开始设置动态口令', 'Began setting up codes'),
  'POST /identity/totp': act('启用动态口令', 'Turned codes on'),
  'POST /identity/totp/remove': act('停用动态口令', 'Turned codes off'),
  'POST /identity/passkeys': act('添加通行密钥', 'Added a passkey'),
  'POST /identity/passkeys/{id}/remove': act('移除通行密钥', 'Removed a passkey'),
  'POST /identity/sessions/{id}/end': act('退出一台设备', 'Ended a session'),
  'POST /identity/sessions/end-others': act('退出其他设备', 'Ended other sessions'),
  'POST /identity/signing-key': act('登记签名密钥', 'Registered a signing key'),
  'POST /identity/signing-key/retire': act('注销签名密钥', 'Retired a signing key'),
  'POST /identity/accounts': act('开通账号', 'Opened an account'),
  'POST /identity/accounts/{person}/reset': act('重置账号', 'Reset an account'),
  'POST /identity/accounts/{person}/unlock': act('解锁账号', 'Unlocked an account'),
  'POST /identity/accounts/{person}/close': act('关闭账号', 'Closed an account'),
  'POST /standards/code-tables/{name}': act('发布代码表', 'Published a code table'),
  'POST /standards/elements': act('定义数据元', 'Defined a data element'),
  'POST /standards/elements/{id}/retire': act('停用数据元', 'Retired a data element'),
  'POST /nodes': act('登记前置节点', 'Prepared a node'),
  'POST /nodes/join': act('前置节点接入', 'Node joined'),
  'POST /nodes/{id}/confirm': act('核对并启用前置节点', 'Confirmed a node'),
  'POST /nodes/{id}/revoke': act('吊销前置节点', 'Revoked a node'),
  'POST /nodes/{id}/stores/{store}/read': act('要求读取表结构', 'Asked for a schema'),
  'POST /nodes/schema-orders/{order}': act('上报表结构', 'Handed in a schema'),
  'POST /catalog/classes': act('增加目录分类', 'Added a class'),
  'POST /catalog/classes/batch': act('批量增加目录分类', 'Added classes'),
  'POST /catalog/entries': act('编制目录', 'Began an entry'),
  'POST /catalog/entries/{id}/draft': act('修改目录', 'Saved a draft'),
  'POST /catalog/entries/{id}/binding': act('挂接数据源', 'Bound a table'),
  'POST /catalog/entries/{id}/submit': act('提交目录', 'Submitted an entry'),
  'POST /catalog/entries/{id}/approve': act('部门审核通过', 'Approved for the department'),
  'POST /catalog/entries/{id}/return': act('退回目录', 'Returned an entry'),
  'POST /catalog/entries/{id}/publish': act('发布目录', 'Published an entry'),
  'POST /catalog/entries/{id}/withdraw': act('撤销目录', 'Withdrew an entry'),
  'POST /exchange/requests': act('提出共享申请', 'Asked for data'),
  'POST /exchange/requests/{id}/supplement': act('要求补正', 'Asked for a supplement'),
  'POST /exchange/requests/{id}/supply': act('补正申请', 'Supplied what was missing'),
  'POST /exchange/requests/{id}/extend': act('延长答复时限', 'Extended the clock'),
  'POST /exchange/requests/{id}/refuse': act('不同意共享', 'Refused a request'),
  'POST /exchange/requests/{id}/acknowledge': act('已阅知', 'Took note'),
  'POST /exchange/requests/{id}/withdraw': act('撤回申请', 'Withdrew a request'),
  'POST /exchange/requests/{id}/terms': act('拟定授权条件', 'Drew up the terms'),
  'POST /exchange/requests/{id}/grant': act('签发授权', 'Signed a grant'),
  'POST /exchange/grants/{id}/revoke': act('撤销授权', 'Revoked a grant'),
  'POST /exchange/subscriptions': act('订阅数据', 'Subscribed'),
  'POST /exchange/subscriptions/{id}/stop': act('停止订阅', 'Stopped a subscription'),
  'POST /exchange/subscriptions/{id}/deliver': act('发起交换', 'Ordered a delivery'),
  'POST /exchange/deliveries/{id}/resume': act('续传', 'Resumed a delivery'),
  'POST /exchange/deliveries/{id}/cancel': act('取消交换', 'Cancelled a delivery'),
  'POST /exchange/quarantine/settle': act('处理隔离数据', 'Settled quarantined rows'),
  'POST /exchange/subscriptions/{id}/reconcile': act('发起对账', 'Ordered a reconciliation'),
  'POST /exchange/subscriptions/{id}/mend': act('申请修复对账差异', 'Asked for a mending'),
  'POST /exchange/subscriptions/{id}/reconcile-schedule': act('设置定期对账', 'Scheduled comparisons'),
  'POST /exchange/reconciliations/{id}/approve': act('批准修复', 'Approved a mending'),
  'POST /exchange/reconciliations/{id}/decline': act('不批准修复', 'Declined a mending'),
  'POST /exchange/deliveries/{id}/manifest': act('发送方上报清单', 'Sender handed in its manifest'),
  'POST /exchange/deliveries/{id}/receipt': act('接收方上报回执', 'Receiver handed in its receipt'),
  'POST /exchange/deliveries/{id}/trouble': act('上报交换异常', 'Reported trouble'),
  'POST /exchange/reconciliations/{id}': act('上报对账结果', 'Reported a reconciliation'),
}

const EVENT = /^event (\S+) to (.+)$/
const JOB = /^job (.+)$/

/** The act in words; an endpoint without words here is told by its address. */
export function actOf(endpoint: string): Text {
  const known = acts[endpoint]
  if (known) return known
  const event = EVENT.exec(endpoint)?.[1]
  if (event) return { zh: `系统处理（${event}）`, en: `Handled by the platform (${event})` }
  const job = JOB.exec(endpoint)?.[1]
  if (job) return { zh: `定时任务（${job}）`, en: `Scheduled work (${job})` }
  return { zh: endpoint, en: endpoint }
}
