/**
 * Exchange (共享交换): requests, answers within the legal clock, grants, subscriptions, deliveries, receipts, quarantine, reconciliation, revocation.
 * Sources: 国发〔2016〕51号 and 国务院令第809号 (basis, purpose, answer, extension, refusal with reasons), GB/T 21062 (exchange, receipt, 对账).
 */
import { DeliveryMode, FieldName, Filter, Manifest, Mask, Receipt, Rule, Signed } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, event, Id, LocalDate, Moment, PageInput, pageOf, query, type Refusals, type Rights, SIGNED_IN, type Todos } from '../../kernel/contract.ts'
import { ShareType } from '../catalog/contract.ts'
import { NodeState, SchemaOrder } from '../nodes/contract.ts'

export const RequestState = z.enum(['waiting', 'supplement', 'granted', 'refused', 'withdrawn'])
export type RequestState = z.infer<typeof RequestState>
export const PurposeKind = z.enum(['service', 'supervision', 'decision', 'statistics', 'other'])
export type PurposeKind = z.infer<typeof PurposeKind>
/** How often the consumer wants it, in the city's time. */
export const Schedule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once') }),
  z.object({ kind: z.literal('daily'), at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/) }),
  z.object({ kind: z.literal('hourly') }),
])
export type Schedule = z.infer<typeof Schedule>

export const Wish = z.object({
  entry: Id,
  fields: z.array(FieldName).min(1).max(400),
  filter: Filter.optional(),
  basis: z.string().trim().min(4).max(1000).meta({ description: 'law, regulation or duty that needs it' }),
  purposeKind: PurposeKind,
  purpose: z.string().trim().min(4).max(1000),
  scenario: z.string().max(1000).default(''),
  termUntil: LocalDate,
  mode: DeliveryMode,
  schedule: Schedule,
  node: Id.meta({ description: "the consumer's node that will receive" }),
  contact: z.string().min(2).max(60),
  phone: z.string().max(30),
})
export type Wish = z.infer<typeof Wish>

export const Clock = z.object({
  id: Id,
  rule: z.string(),
  basis: z.string(),
  days: z.int(),
  unit: z.enum(['workday', 'day']),
  startedOn: LocalDate,
  dueOn: LocalDate,
  endedOn: LocalDate.nullable(),
  extendedBy: z.int(),
  suspended: z.boolean(),
  remaining: z.int().meta({ description: 'days of the clock’s unit left, negative when late' }),
  tone: z.enum(['quiet', 'warn', 'late', 'ended']),
  explain: z.array(z.object({ zh: z.string(), en: z.string() })),
})
export type Clock = z.infer<typeof Clock>

export const RequestHead = z.object({
  id: Id,
  number: z.string(),
  entry: Id,
  entryName: z.string(),
  entryCode: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  state: RequestState,
  fields: z.int(),
  shareType: ShareType,
  askedAt: Moment,
  answeredAt: Moment.nullable(),
  clock: Clock.nullable(),
})
export type RequestHead = z.infer<typeof RequestHead>
export const RequestStep = z.object({
  at: Moment,
  act: z.enum(['asked', 'supplement_asked', 'supplied', 'extended', 'prepared', 'granted', 'refused', 'withdrawn', 'revoked']),
  byName: z.string(),
  note: z.string(),
})

/** What the provider decides about each asked field when granting. */
export const FieldTerms = z.object({ name: FieldName, mask: Mask.optional(), rules: z.array(Rule).max(8).default([]) })
export const GrantTerms = z.object({
  fields: z.array(FieldTerms).min(1),
  filter: Filter.optional(),
  notAfter: LocalDate,
  rejectShare: z.number().min(0).max(1).default(0.1),
  connections: z.int().min(1).max(32).default(2),
  note: z.string().max(1000).default(''),
})
export type GrantTerms = z.infer<typeof GrantTerms>

export const GrantState = z.enum(['in_force', 'not_yet', 'expired', 'revoked'])
export const GrantView = z.object({
  id: Id,
  version: z.int(),
  request: Id,
  entry: Id,
  entryName: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  state: GrantState,
  fields: z.array(z.object({ name: z.string(), title: z.string(), type: z.string(), key: z.boolean(), mask: Mask.optional(), rules: z.array(Rule) })),
  filter: Filter.optional(),
  purpose: z.string(),
  notBefore: Moment,
  notAfter: Moment,
  approvedBy: z.string(),
  key: z.string().meta({ description: "fingerprint of the approver's key" }),
  signature: z.string(),
  grantedAt: Moment,
  revokedAt: Moment.nullable(),
  revokeReason: z.string().nullable(),
})
export type GrantView = z.infer<typeof GrantView>

export const Subscription = z.object({
  id: Id,
  grant: Id,
  entry: Id,
  entryName: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  store: z.string(),
  schema: FieldName,
  table: FieldName,
  mode: DeliveryMode,
  schedule: Schedule,
  madeAt: Moment,
  stoppedAt: Moment.nullable(),
  lastDelivery: z.object({ id: Id, state: z.string(), at: Moment, loaded: z.number() }).nullable(),
  cursor: z.string().nullable(),
})
export type Subscription = z.infer<typeof Subscription>

export const DeliveryState = z.enum(['ordered', 'running', 'waiting', 'done', 'stopped', 'cancelled'])
export type DeliveryState = z.infer<typeof DeliveryState>
export const Progress = z.object({
  phase: z.enum(['preparing', 'planning', 'moving', 'indexing', 'swapping', 'reconciling', 'finished']),
  rangesDone: z.int(),
  ranges: z.int(),
  rowsPlanned: z.number(),
  rowsRead: z.number(),
  rowsSent: z.number(),
  rowsRejected: z.number(),
  rowsLoaded: z.number(),
  bytes: z.number(),
  rowsPerSecond: z.number(),
})
export type Progress = z.infer<typeof Progress>
/** A clear refusal or a state that can be resumed: which, in words, and what to do. */
export const Trouble = z.object({ at: Moment, side: z.enum(['sender', 'receiver', 'platform']), code: z.string(), detail: z.string(), resumable: z.boolean() })
/** The five equal sums of 对账; `agrees` is whether the delivery balances. */
export const Balance = z.object({
  read: z.number(),
  filtered: z.number(),
  rejected: z.number(),
  sent: z.number(),
  received: z.number(),
  loaded: z.number(),
  digestSender: z.string(),
  digestReceiver: z.string(),
  agrees: z.boolean(),
})

export const DeliveryHead = z.object({
  id: Id,
  number: z.string(),
  subscription: Id,
  grant: Id,
  entry: Id,
  entryName: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  mode: DeliveryMode,
  state: DeliveryState,
  orderedAt: Moment,
  startedAt: Moment.nullable(),
  endedAt: Moment.nullable(),
  progress: Progress.nullable(),
  rejected: z.number(),
  loaded: z.number(),
  trouble: Trouble.nullable(),
})
export type DeliveryHead = z.infer<typeof DeliveryHead>
export const DeliveryView = DeliveryHead.extend({
  troubles: z.array(Trouble),
  manifest: z.object({ body: Manifest, signed: Signed, at: Moment }).nullable(),
  receipt: z.object({ body: Receipt, signed: Signed, at: Moment }).nullable(),
  balance: Balance.nullable(),
  target: z.object({ store: z.string(), schema: z.string(), table: z.string() }),
  route: z.enum(['direct', 'relay']).nullable(),
})
export type DeliveryView = z.infer<typeof DeliveryView>

export const QuarantineRow = z.object({
  id: Id,
  delivery: Id,
  entry: Id,
  entryName: z.string(),
  rowKey: z.string(),
  field: z.string(),
  rule: z.string(),
  value: z.string().meta({ description: 'masked' }),
  at: Moment,
  state: z.enum(['open', 'mended', 'dismissed']),
  note: z.string(),
})
export type QuarantineRow = z.infer<typeof QuarantineRow>

export const Reconciliation = z.object({
  id: Id,
  subscription: Id,
  orderedAt: Moment,
  endedAt: Moment.nullable(),
  state: z.enum(['ordered', 'running', 'equal', 'different', 'mended', 'failed']),
  sourceRows: z.number().nullable(),
  targetRows: z.number().nullable(),
  differing: z.number().nullable(),
  missing: z.number().nullable(),
  extra: z.number().nullable(),
  sample: z.array(z.object({ key: z.string(), kind: z.enum(['missing', 'extra', 'different']) })),
  trouble: z.string().nullable(),
})
export type Reconciliation = z.infer<typeof Reconciliation>

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
  'exchange.grant_changed': {
    status: 409,
    text: { zh: '授权内容在签名前已变化，请重新核对后签名。', en: 'The grant changed before it was signed. Check it and sign again.' },
  },
  'exchange.no_signing_key': {
    status: 409,
    text: { zh: '您还没有签名密钥，请先在“我的账号”中生成。', en: 'You have no signing key yet. Make one under «My account».' },
  },
  'exchange.grant_over': {
    status: 409,
    params: z.object({ state: GrantState }),
    text: { zh: '该授权已失效（已撤销或到期），不能再交换。', en: 'This grant is no longer in force.' },
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
  'exchange.extension_too_long': {
    status: 422,
    params: z.object({ days: z.int() }),
    constraint: 'deadline_extension_within_rule',
    text: { zh: '延长不得超过 {days} 个工作日。', en: 'The extension may not exceed {days} working days.' },
  },
  'exchange.nothing_to_mend': { status: 409, text: { zh: '两侧一致，无需修复。', en: 'Both sides are equal; there is nothing to mend.' } },
} satisfies Refusals

export const rights = {
  'exchange.request': { side: 'business', text: { zh: '申请共享数据', en: 'Request shared data' } },
  'exchange.answer': { side: 'business', text: { zh: '答复共享申请、授权与撤销', en: 'Answer requests, grant and revoke' } },
  'exchange.receive': { side: 'business', text: { zh: '订阅与接收数据', en: 'Subscribe to and receive data' } },
  'exchange.quarantine': { side: 'business', text: { zh: '处理隔离数据', en: 'Handle quarantined rows' } },
  'exchange.supervise': { side: 'business', text: { zh: '监督全部共享交换', en: 'Supervise all exchange' } },
  'exchange.node': { side: 'node', text: { zh: '（前置节点自身）', en: '(an exchange node itself)' } },
} satisfies Rights

export const todos = {
  'exchange.answer': {
    text: { zh: '答复共享申请：{entry}（{consumer}）', en: 'Answer a request: {entry} ({consumer})' },
    link: '/exchange/requests/{subject}',
  },
  'exchange.supply': { text: { zh: '补正共享申请：{entry}', en: 'Supplement your request: {entry}' }, link: '/exchange/requests/{subject}' },
  'exchange.subscribe': { text: { zh: '申请已获授权，请订阅：{entry}', en: 'Granted, please subscribe: {entry}' }, link: '/exchange/requests/{subject}' },
  'exchange.refused': { text: { zh: '申请未获同意：{entry}', en: 'Request refused: {entry}' }, link: '/exchange/requests/{subject}' },
  'exchange.stopped': { text: { zh: '交换停止，请处理：{entry}', en: 'A delivery stopped: {entry}' }, link: '/exchange/deliveries/{subject}' },
  'exchange.quarantine': {
    text: { zh: '有 {rows} 行数据未通过校验：{entry}', en: '{rows} rows failed their checks: {entry}' },
    link: '/exchange/quarantine?delivery={subject}',
  },
} satisfies Todos

export const Requested = event('exchange.requested', z.object({ request: Id, entry: Id, provider: Id, consumer: Id }))
export const Granted = event('exchange.granted', z.object({ grant: Id, request: Id, provider: Id, consumer: Id }))
export const Revoked = event('exchange.revoked', z.object({ grant: Id, provider: Id, consumer: Id, reason: z.string() }))
export const Delivered = event('exchange.delivered', z.object({ delivery: Id, grant: Id, provider: Id, consumer: Id, rows: z.number() }))

const One = z.object({ id: Id })
export const RequestView = RequestHead.extend({
  wish: Wish,
  entryVersion: z.int(),
  filterWords: z.object({ zh: z.string(), en: z.string() }).nullable(),
  supplement: z.array(z.string()),
  refusal: z.object({ reasons: z.array(z.string()), basis: z.string() }).nullable(),
  grant: Id.nullable(),
  steps: z.array(RequestStep),
})
export type RequestView = z.infer<typeof RequestView>

/** What a node is to do now. The grant is the approver's signed document; the node checks it itself. */
export const Peer = z.object({ id: Id, name: z.string(), listen: z.string().nullable() })
export const Order = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('schema'), order: SchemaOrder }),
  z.object({ kind: z.literal('send'), delivery: Id, grant: Signed, mode: DeliveryMode, peer: Peer, cursor: z.string().nullable() }),
  z.object({ kind: z.literal('receive'), delivery: Id, grant: Signed, mode: DeliveryMode, peer: Peer, store: z.string(), schema: FieldName, table: FieldName }),
  z.object({ kind: z.literal('reconcile_send'), reconciliation: Id, grant: Signed, peer: Peer, mend: z.boolean() }),
  z.object({
    kind: z.literal('reconcile_receive'),
    reconciliation: Id,
    grant: Signed,
    peer: Peer,
    store: z.string(),
    schema: FieldName,
    table: FieldName,
    mend: z.boolean(),
  }),
  z.object({ kind: z.literal('cancel'), delivery: Id, reason: z.string() }),
])
export type Order = z.infer<typeof Order>

export const contract = {
  request: command('POST /exchange/requests', {
    summary: 'Ask for fields of an entry, with basis, purpose, filter and term',
    right: 'exchange.request',
    in: Wish,
    out: RequestView,
    refusals: [
      'exchange.not_shared',
      'exchange.not_published',
      'exchange.not_bound',
      'exchange.own_data',
      'exchange.unknown_fields',
      'exchange.key_missing',
      'exchange.bad_filter',
      'exchange.bad_term',
      'exchange.no_node',
      'exchange.already_asked',
      'catalog.unknown',
    ],
    personal: ['phone'],
  }),
  requests: query('GET /exchange/requests', {
    summary: 'Requests one’s unit made or must answer, or all to a supervisor; the most urgent clock first',
    right: SIGNED_IN,
    in: PageInput.extend({ side: z.enum(['mine', 'incoming', 'all']).default('mine'), state: z.array(RequestState).optional(), entry: Id.optional() }),
    out: pageOf(RequestHead),
  }),
  requestById: query('GET /exchange/requests/{id}', {
    summary: 'One request, to its two units and supervisors',
    right: SIGNED_IN,
    in: One,
    out: RequestView,
    refusals: ['exchange.unknown'],
  }),
  askSupplement: command('POST /exchange/requests/{id}/supplement', {
    summary: 'Tell the applicant at once all that is missing; the clock stops',
    right: 'exchange.answer',
    in: One.extend({ missing: z.array(z.string().min(2).max(300)).min(1).max(20) }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  supply: command('POST /exchange/requests/{id}/supply', {
    summary: 'Supply what was missing; the clock goes on',
    right: 'exchange.request',
    in: One.extend({ basis: Wish.shape.basis, purpose: Wish.shape.purpose, scenario: z.string().max(1000).default(''), note: z.string().max(1000) }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  extend: command('POST /exchange/requests/{id}/extend', {
    summary: 'Extend the answer’s clock with a reason, within what the rule allows; the data authority consents, the applicant is told',
    right: 'exchange.supervise',
    in: One.extend({ days: z.int().min(1).max(60), reason: z.string().min(4).max(500) }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.wrong_state', 'exchange.extension_too_long'],
  }),
  refuse: command('POST /exchange/requests/{id}/refuse', {
    summary: 'Refuse with reasons and their basis',
    right: 'exchange.answer',
    in: One.extend({ reasons: z.array(z.string().min(4).max(500)).min(1).max(10), basis: z.string().min(4).max(500) }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  withdrawRequest: command('POST /exchange/requests/{id}/withdraw', {
    summary: 'Withdraw one’s own request',
    right: 'exchange.request',
    in: One.extend({ reason: z.string().max(500).default('') }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  prepareGrant: command('POST /exchange/requests/{id}/terms', {
    summary: 'Decide masks, rules and limits; answers the exact text of the grant, to be signed by the approver’s own key',
    right: 'exchange.answer',
    in: One.extend({ terms: GrantTerms }),
    out: z.object({ grant: Id, version: z.int(), text: z.string() }),
    refusals: [
      'exchange.unknown',
      'exchange.not_yours',
      'exchange.wrong_state',
      'exchange.unknown_fields',
      'exchange.key_missing',
      'exchange.bad_filter',
      'exchange.bad_mask',
      'exchange.bad_rule',
      'exchange.bad_term',
      'exchange.sensitive_unmasked',
      'exchange.no_node',
      'exchange.no_signing_key',
      'exchange.not_bound',
      'catalog.unknown',
      'nodes.unknown',
    ],
  }),
  grant: command('POST /exchange/requests/{id}/grant', {
    summary: 'Grant: hand in the signed grant',
    right: 'exchange.answer',
    in: One.extend({ signed: Signed }),
    out: RequestView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state', 'exchange.bad_signature', 'exchange.grant_changed', 'exchange.no_signing_key'],
  }),
  grants: query('GET /exchange/grants', {
    summary: 'Grants given to or by one’s unit, or all to a supervisor; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ entry: Id.optional(), state: GrantState.optional() }),
    out: pageOf(GrantView),
  }),
  grantById: query('GET /exchange/grants/{id}', {
    summary: 'One grant, to its two units and supervisors',
    right: SIGNED_IN,
    in: One,
    out: GrantView,
    refusals: ['exchange.unknown'],
  }),
  revoke: command('POST /exchange/grants/{id}/revoke', {
    summary: 'Revoke a grant; running deliveries are cancelled, subscriptions stop',
    right: 'exchange.answer',
    in: One.extend({ reason: z.string().min(4).max(500) }),
    out: GrantView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.grant_over'],
  }),
  subscribe: command('POST /exchange/subscriptions', {
    summary: 'Say where the granted rows go; the first delivery is ordered at once',
    right: 'exchange.receive',
    in: z.object({ grant: Id, store: z.string(), schema: FieldName, table: FieldName, mode: DeliveryMode.optional(), schedule: Schedule.optional() }),
    out: z.object({ subscription: Subscription, delivery: Id }),
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.grant_over', 'exchange.table_taken', 'exchange.no_node', 'nodes.unknown'],
  }),
  subscriptions: query('GET /exchange/subscriptions', {
    summary: 'Subscriptions of one’s unit (as consumer or provider), newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ entry: Id.optional() }),
    out: pageOf(Subscription),
  }),
  stopSubscription: command('POST /exchange/subscriptions/{id}/stop', {
    summary: 'Stop a subscription',
    right: 'exchange.receive',
    in: One,
    out: Subscription,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  deliver: command('POST /exchange/subscriptions/{id}/deliver', {
    summary: 'Order a delivery now',
    right: 'exchange.receive',
    in: One.extend({ mode: DeliveryMode.optional() }),
    out: DeliveryHead,
    refusals: [
      'exchange.unknown',
      'exchange.not_yours',
      'exchange.grant_over',
      'exchange.delivery_running',
      'exchange.wrong_state',
      'exchange.no_node',
      'nodes.unknown',
    ],
  }),
  deliveries: query('GET /exchange/deliveries', {
    summary: 'Deliveries from or to one’s unit, or all to a supervisor; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ state: z.array(DeliveryState).optional(), subscription: Id.optional(), entry: Id.optional() }),
    out: pageOf(DeliveryHead),
  }),
  deliveryById: query('GET /exchange/deliveries/{id}', {
    summary: 'One delivery: live progress, both receipts, balance, troubles',
    right: SIGNED_IN,
    in: One,
    out: DeliveryView,
    refusals: ['exchange.unknown'],
  }),
  resumeDelivery: command('POST /exchange/deliveries/{id}/resume', {
    summary: 'Resume a delivery that waits or stopped; only missing ranges move',
    right: 'exchange.receive',
    in: One,
    out: DeliveryHead,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state', 'exchange.grant_over', 'exchange.delivery_running', 'exchange.no_node'],
  }),
  cancelDelivery: command('POST /exchange/deliveries/{id}/cancel', {
    summary: 'Cancel a delivery; nothing of it stays at the target',
    right: 'exchange.receive',
    in: One.extend({ reason: z.string().min(2).max(500) }),
    out: DeliveryHead,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  quarantine: query('GET /exchange/quarantine', {
    summary: 'Rows that failed a rule on their way out, to their provider only; newest first',
    right: 'exchange.quarantine',
    in: PageInput.extend({ delivery: Id.optional(), entry: Id.optional(), state: z.enum(['open', 'mended', 'dismissed']).optional() }),
    out: z.object({
      items: z.array(QuarantineRow),
      total: z.int(),
      next: z.string().nullable(),
      reasons: z.array(z.object({ field: z.string(), rule: z.string(), rows: z.int() })),
    }),
  }),
  settleQuarantine: command('POST /exchange/quarantine/settle', {
    summary: 'Mark quarantined rows as mended at the source, or dismissed with a note',
    right: 'exchange.quarantine',
    in: z.object({ ids: z.array(Id).min(1).max(500), state: z.enum(['mended', 'dismissed']), note: z.string().max(500).default('') }),
    out: z.object({ settled: z.int() }),
  }),
  reconcile: command('POST /exchange/subscriptions/{id}/reconcile', {
    summary: 'Order a reconciliation of the whole table, without or with mending',
    right: 'exchange.receive',
    in: One.extend({ mend: z.boolean().default(false) }),
    out: Reconciliation,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.grant_over', 'exchange.wrong_state', 'exchange.no_node', 'nodes.unknown'],
  }),
  reconciliations: query('GET /exchange/subscriptions/{id}/reconciliations', {
    summary: 'Reconciliations of a subscription, newest first',
    right: SIGNED_IN,
    in: One,
    out: z.array(Reconciliation),
    refusals: ['exchange.unknown'],
  }),
  quality: query('GET /exchange/entries/{entry}/quality', {
    summary: 'What deliveries have shown of an entry: freshness, volume, rejected share by field and rule, users',
    right: SIGNED_IN,
    in: z.object({ entry: Id }),
    out: z.object({
      lastDelivery: Moment.nullable(),
      deliveries: z.int(),
      rows: z.number(),
      rejectedShare: z.number().nullable(),
      reasons: z.array(z.object({ field: z.string(), rule: z.string(), rows: z.int() })),
      consumers: z.int(),
      medianAnswerDays: z.number().nullable(),
    }),
  }),
  overview: query('GET /exchange/overview', {
    summary: 'Counts for the exchange’s home: nodes by state, deliveries running, waiting and stopped, rows of the last 30 days',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.object({
      nodes: z.record(NodeState, z.int()),
      running: z.int(),
      waiting: z.int(),
      stopped: z.int(),
      days: z.array(z.object({ day: LocalDate, rows: z.number(), deliveries: z.int() })),
    }),
  }),
  // what exchange nodes say
  orders: query('GET /exchange/orders', {
    summary: 'What the calling node is to do; waits up to `wait` seconds for something',
    right: 'exchange.node',
    in: z.object({ wait: z.int().min(0).max(50).default(25), running: z.array(Id).default([]) }),
    out: z.object({ orders: z.array(Order), serverTime: Moment }),
  }),
  progress: command('POST /exchange/deliveries/{id}/progress', {
    summary: 'A node tells how far a delivery is',
    right: 'exchange.node',
    in: One.extend({ side: z.enum(['sender', 'receiver']), progress: Progress, route: z.enum(['direct', 'relay']) }),
    out: z.object({ cancelled: z.boolean() }),
    refusals: ['exchange.unknown'],
    unrecorded: true,
  }),
  manifest: command('POST /exchange/deliveries/{id}/manifest', {
    summary: 'The sender hands in its signed manifest',
    right: 'exchange.node',
    in: One.extend({ signed: Signed }),
    out: z.object({}),
    refusals: ['exchange.unknown', 'exchange.bad_signature', 'exchange.wrong_state'],
  }),
  receipt: command('POST /exchange/deliveries/{id}/receipt', {
    summary: 'The receiver hands in its signed receipt; with the manifest the delivery is balanced and done',
    right: 'exchange.node',
    in: One.extend({ signed: Signed, cursor: z.string().nullable().default(null) }),
    out: z.object({}),
    refusals: ['exchange.unknown', 'exchange.bad_signature', 'exchange.wrong_state'],
  }),
  trouble: command('POST /exchange/deliveries/{id}/trouble', {
    summary: 'A node tells why a delivery cannot go on',
    right: 'exchange.node',
    in: One.extend({ side: z.enum(['sender', 'receiver']), code: z.string().max(80), detail: z.string().max(2000), resumable: z.boolean() }),
    out: z.object({}),
    refusals: ['exchange.unknown'],
  }),
  quarantineRows: command('POST /exchange/deliveries/{id}/quarantine', {
    summary: 'The sender hands in rejected rows of a range; the same range again replaces them',
    right: 'exchange.node',
    in: One.extend({
      range: z.int().min(0),
      rows: z.array(z.object({ key: z.string().max(500), field: z.string(), rule: z.string(), value: z.string().max(500) })).max(5000),
      dropped: z.int().min(0).default(0).meta({ description: 'rows counted but not listed' }),
    }),
    out: z.object({}),
    refusals: ['exchange.unknown'],
    unrecorded: true,
  }),
  reconciled: command('POST /exchange/reconciliations/{id}', {
    summary: 'The receiver tells the result of a reconciliation',
    right: 'exchange.node',
    in: One.extend({
      sourceRows: z.number(),
      targetRows: z.number(),
      differing: z.number(),
      missing: z.number(),
      extra: z.number(),
      mended: z.boolean(),
      sample: Reconciliation.shape.sample,
      trouble: z.string().max(1000).nullable().default(null),
    }),
    out: z.object({}),
    refusals: ['exchange.unknown'],
  }),
}
