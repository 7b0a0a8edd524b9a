/** Kinds of records the ledger speaks of, «kind:id», and where each is seen. */
import type { Text } from '@zhenghe/server/kernel/texts.ts'

type Kind = { text: Text; link?: string }

const KINDS: Readonly<Record<string, Kind>> = {
  'organizations.unit': { text: { zh: '单位', en: 'Unit' }, link: '/organizations/units/' },
  'organizations.person': { text: { zh: '人员', en: 'Person' } },
  'organizations.appointment': { text: { zh: '任职', en: 'Appointment' } },
  'organizations.division': { text: { zh: '区划', en: 'Division' } },
  'organizations.group': { text: { zh: '工作专班', en: 'Working group' } },
  'identity.account': { text: { zh: '账号', en: 'Account' } },
  'standards.code_table': { text: { zh: '代码表', en: 'Code table' } },
  'standards.data_element': { text: { zh: '数据元', en: 'Data element' } },
  'nodes.node': { text: { zh: '前置节点', en: 'Node' }, link: '/exchange/nodes/' },
  'nodes.application': { text: { zh: '前置机申请', en: 'Application' }, link: '/exchange/nodes/applications/' },
  'catalog.entry': { text: { zh: '目录', en: 'Entry' }, link: '/catalog/' },
  'exchange.request': { text: { zh: '共享申请', en: 'Request' }, link: '/exchange/requests/' },
  'exchange.grant': { text: { zh: '授权', en: 'Grant' } },
  'exchange.subscription': { text: { zh: '订阅', en: 'Subscription' }, link: '/exchange/subscriptions/' },
  'exchange.push': { text: { zh: '推送任务', en: 'Push task' }, link: '/exchange/pushes/' },
  'exchange.delivery': { text: { zh: '交换', en: 'Delivery' }, link: '/exchange/deliveries/' },
  'objections.objection': { text: { zh: '异议', en: 'Objection' }, link: '/objections/' },
  'exchange.reconciliation': { text: { zh: '对账', en: 'Reconciliation' }, link: '/exchange/reconciliations/' },
  'partners.agreement': { text: { zh: '合作协议', en: 'Agreement' }, link: '/partners/' },
  'channels.channel': { text: { zh: '归集渠道', en: 'Channel' }, link: '/channels/' },
  'demand.need': { text: { zh: '数据需求', en: 'Need' }, link: '/demand/' },
  'demand.negative': { text: { zh: '负面清单事项', en: 'Item of the negative list' }, link: '/demand/negative/' },
  'demand.edition': { text: { zh: '清单', en: 'Edition of a list' }, link: '/demand/editions/' },
  'exchange.alarm': { text: { zh: '告警', en: 'Alarm' } },
  'kernel.event': { text: { zh: '事件', en: 'Event' } },
  'gateway.api': { text: { zh: '接口', en: 'Interface' }, link: '/interfaces/' },
  'gateway.access': { text: { zh: '接口授权', en: 'Grant of an interface' }, link: '/interfaces/accesses/' },
  'gateway.calls': { text: { zh: '调用账本', en: 'Ledger of calls' } },
}

const split = (subject: string): [kind: string, id: string] => {
  const at = subject.indexOf(':')
  return at < 0 ? [subject, ''] : [subject.slice(0, at), subject.slice(at + 1)]
}

export function subjectName(subject: string): Text {
  const [kind] = split(subject)
  return KINDS[kind]?.text ?? { zh: kind, en: kind }
}

export function subjectLink(subject: string): string | undefined {
  const [kind, id] = split(subject)
  const link = KINDS[kind]?.link
  return link && `${link}${id}`
}
