/**
 * Exchange nodes (端交换节点, 前置机) and what stands behind them: participants, nodes, their sources and targets, the schemas they read.
 * Source: GB/T 21062. A node dials out; its requests are signed (docs/protocols/wire.md); the platform never learns a database password.
 */
import { GmIdentity, NodeIdentity } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, event, Id, Moment, PUBLIC, query, type Refusals, type Rights, SIGNED_IN, type Todos } from '../../kernel/contract.ts'
import { ApplicationState, applicationEndpoints } from './application.contract.ts'
import { Gauge, NodeHealth } from './health.contract.ts'

export const NodeState = z.enum(['awaiting_join', 'awaiting_confirmation', 'active', 'revoked'])
export type NodeState = z.infer<typeof NodeState>

/** A database behind a node, by the node's own name for it. The platform knows its name and kind, never its address or password. */
export const Store = z.object({
  id: z.string().min(1).max(64),
  role: z.enum(['source', 'target']),
  product: z.string().max(80),
  database: z.string().max(80),
  reachable: z.boolean(),
  trouble: z.string().max(500).optional(),
  gauges: z.array(Gauge).max(32).optional(),
  captures: z.boolean().optional().meta({ description: 'of a source: its changes can be followed by its log' }),
  hours: z
    .object({
      spans: z.array(z.string().max(11)).min(1).max(24),
      zone: z.string().max(64),
      opensAt: Moment.nullable().meta({ description: 'when it may be read again; null while it may' }),
    })
    .optional()
    .meta({ description: 'of a source that its department lets be read at some hours only, «22:00-06:00»' }),
})
export type Store = z.infer<typeof Store>

/** Where a node is called over NATS: its subject, and the JetStream domain in which its servers stand (docs/protocols/nats.md). */
export const NatsPlace = z.object({
  subject: z
    .string()
    .max(120)
    .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/),
  domain: z
    .string()
    .max(60)
    .regex(/^[A-Za-z0-9_-]+$/)
    .nullable(),
})
export type NatsPlace = z.infer<typeof NatsPlace>

export const Node = z.object({
  id: Id,
  unit: Id,
  name: z.string().min(2).max(60),
  state: NodeState,
  identity: NodeIdentity.nullable(),
  fingerprint: z.string().nullable(),
  gmFingerprint: z.string().nullable().meta({ description: 'of its SM2 signing key, by SM3; null while it has no keys of the suite 国密' }),
  version: z.string().nullable(),
  /** Where the node accepts direct streams, «host:port»; null where everything goes through the relay. */
  listen: z.string().nullable(),
  /** Null where the node has no NATS. */
  nats: NatsPlace.nullable(),
  stores: z.array(Store),
  approvers: z.array(z.string()).meta({ description: 'fingerprints of the approver keys pinned at the node' }),
  clockSkewSeconds: z.number().nullable(),
  lastSeenAt: Moment.nullable(),
  madeAt: Moment,
  revokedAt: Moment.nullable(),
})
export type Node = z.infer<typeof Node>

export const ColumnInfo = z.object({
  name: z.string(),
  type: z.string().meta({ description: "the database's own type name" }),
  canonical: z.string().nullable().meta({ description: 'the wire type it is cast to; null where it cannot be exchanged' }),
  nullable: z.boolean(),
  key: z.boolean(),
  length: z.int().nullable(),
  comment: z.string(),
})
export const TableInfo = z.object({
  schema: z.string(),
  table: z.string(),
  comment: z.string(),
  rows: z.number().meta({ description: 'estimate' }),
  bytes: z.number(),
  shape: z.string(),
  columns: z.array(ColumnInfo),
})
export type TableInfo = z.infer<typeof TableInfo>

export const refusals = {
  'nodes.unknown': { status: 404, text: { zh: '没有找到该前置节点或数据源。', en: 'There is no such node or store.' } },
  'nodes.name_taken': { status: 409, constraint: 'node_name_once', text: { zh: '本单位已有同名前置节点。', en: 'The unit already has a node of this name.' } },
  'nodes.bad_token': {
    status: 401,
    text: { zh: '注册口令无效或已用过，请在工作台重新生成。', en: 'The enrolment token is wrong, used or expired. Make a new one on the workbench.' },
  },
  'nodes.key_taken': {
    status: 409,
    constraint: 'node_key_once',
    text: {
      zh: '该密钥已登记给另一节点。每个节点要使用自己的密钥，请在节点上重新生成后再接入。',
      en: 'Another node is registered with this key. Each node needs keys of its own: make new ones at the node, then join.',
    },
  },
  'nodes.bad_gm_keys': {
    status: 422,
    text: {
      zh: '国密公钥无效：不是 SM2 曲线上的点。请在节点上重新生成密钥。',
      en: 'The SM2 keys are not usable: they are no points of the curve. Make new ones at the node.',
    },
  },
  'nodes.gm_keys_differ': {
    status: 409,
    text: {
      zh: '该节点已登记另一套国密密钥。请恢复原来的 keys.json，或吊销节点后重新接入。',
      en: 'Other SM2 keys are registered for this node. Put keys.json back as it was, or revoke the node and join anew.',
    },
  },
  'nodes.gm_key_taken': {
    status: 409,
    constraint: 'node_gm_key_once',
    text: {
      zh: '该国密密钥已登记给另一节点。每个节点要使用自己的密钥，请在节点上重新生成后再接入。',
      en: 'Another node is registered with this SM2 key. Each node needs keys of its own: make new ones at the node, then join.',
    },
  },
  'nodes.wrong_state': {
    status: 409,
    params: z.object({ state: NodeState }),
    text: { zh: '节点当前状态不允许这项操作，请刷新查看最新状态。', en: 'The node is in a state that does not allow this. Refresh to see it.' },
  },
  'nodes.fingerprint_differs': {
    status: 409,
    text: {
      zh: '指纹与节点上报的不一致：请与节点管理员当面或电话核对，不一致时不要确认。',
      en: 'The fingerprint differs from the one the node sent. Compare it with the node’s operator in person; do not confirm while it differs.',
    },
  },
  'nodes.not_a_node': { status: 401, text: { zh: '请求未带有效的节点签名。', en: 'The request carries no valid signature of a node.' } },
  'nodes.bad_signature': {
    status: 401,
    text: {
      zh: '节点签名不正确：密钥可能不是登记的那一把，请核对节点指纹。',
      en: 'The node’s signature is wrong: it may not be the registered key. Compare the fingerprint.',
    },
  },
  'nodes.clock_skew': {
    status: 401,
    params: z.object({ serverTime: Moment, skewSeconds: z.number() }),
    text: {
      zh: '节点时钟与平台相差 {skewSeconds} 秒，超过 300 秒的上限。请校准节点时钟（平台时间 {serverTime}）。',
      en: 'The node’s clock is {skewSeconds} seconds off; 300 are allowed. Set it right (the platform has {serverTime}).',
    },
  },
  'nodes.replayed': { status: 401, text: { zh: '该请求已处理过，不会重复执行。', en: 'This request was served before and is not served twice.' } },
  'nodes.revoked': { status: 403, text: { zh: '该节点的证书已吊销，不能再交换数据。', en: 'The node has been revoked and may no longer exchange data.' } },
  'nodes.application_unknown': {
    status: 404,
    text: { zh: '没有找到这份申请，或您无权查看。', en: 'There is no such application, or it is not yours to see.' },
  },
  'nodes.application_not_yours': {
    status: 403,
    text: { zh: '只能办理本单位或所管辖单位的申请。', en: 'You may only act on applications of units you answer for.' },
  },
  'nodes.application_state': {
    status: 409,
    params: z.object({ state: ApplicationState }),
    text: { zh: '申请的当前状态不允许这项操作，请刷新查看最新状态。', en: 'The application’s present state does not allow this. Refresh to see it.' },
  },
  'nodes.application_open': {
    status: 409,
    constraint: 'application_open_once',
    text: {
      zh: '本单位已有同名前置机的申请或使用中的前置机，请换一个名称。',
      en: 'Your unit already has an application or a machine of this name. Choose another.',
    },
  },
  'nodes.ip_taken': {
    status: 409,
    constraint: 'application_ip_once',
    text: { zh: '该 IP 地址已分配给另一台前置机，请换一个。', en: 'This address is allocated to another machine. Choose another.' },
  },
  'nodes.ip_unusable': {
    status: 422,
    text: {
      zh: '该地址不能分配：不能使用回环、本地链路、组播或广播地址。',
      en: 'This address cannot be allocated: it is loopback, link-local, multicast or broadcast.',
    },
  },
  'nodes.schema_pending': { status: 409, text: { zh: '正在读取该数据源的表结构，请稍候刷新。', en: 'The schema is being read. Refresh in a moment.' } },
} satisfies Refusals

export const rights = {
  'nodes.operate': { side: 'business', text: { zh: '管理本单位前置节点', en: 'Operate the unit’s exchange nodes' } },
  'nodes.read_schema': { side: 'business', text: { zh: '读取数据源表结构', en: 'Read the schema of a source' } },
  'nodes.apply': { side: 'business', text: { zh: '申请前置机', en: 'Apply for front-end machines' } },
  'nodes.allocate': { side: 'business', text: { zh: '审核、分配和回收前置机', en: 'Approve, allocate and recover front-end machines' } },
  'nodes.supervise': { side: 'business', text: { zh: '监督全部前置节点', en: 'Supervise all exchange nodes' } },
  'nodes.node': { side: 'node', text: { zh: '（前置节点自身）', en: '(an exchange node itself)' } },
} satisfies Rights

export const todos = {
  'nodes.confirm': { text: { zh: '核对前置节点指纹：{name}', en: 'Compare the fingerprint of node {name}' }, link: '/exchange/nodes/{subject}' },
  'nodes.application_review': {
    text: { zh: '审核前置机申请：{name}（{unit}）', en: 'Approve an application: {name} ({unit})' },
    link: '/exchange/nodes/applications/{subject}',
  },
  'nodes.application_allocate': {
    text: { zh: '分配前置机地址：{name}（{unit}）', en: 'Allocate an address: {name} ({unit})' },
    link: '/exchange/nodes/applications/{subject}',
  },
  'nodes.application_sign': { text: { zh: '签收前置机：{name}', en: 'Sign for a machine: {name}' }, link: '/exchange/nodes/applications/{subject}' },
  'nodes.application_rejected': {
    text: { zh: '前置机申请被驳回：{name}', en: 'Application rejected: {name}' },
    link: '/exchange/nodes/applications/{subject}',
  },
  'nodes.application_recovered': {
    text: { zh: '前置机已回收：{name}', en: 'Machine recovered: {name}' },
    link: '/exchange/nodes/applications/{subject}',
  },
} satisfies Todos

export const NodeJoined = event('nodes.joined', z.object({ node: Id, unit: Id }))
export const NodeRevoked = event('nodes.revoked', z.object({ node: Id, unit: Id, reason: z.string() }))

/** Told when a schema read waits for a node, so that a poll of the node that is held open can answer. */
export const SchemaOrdered = event('nodes.schema_ordered', z.object({ node: Id, order: Id }))

/** What a node is asked to read. */
export const SchemaOrder = z.object({ id: Id, store: z.string() })

export const contract = {
  ...applicationEndpoints,
  nodes: query('GET /nodes', {
    summary: 'Nodes, by unit and name; of one unit where one is named',
    right: SIGNED_IN,
    in: z.object({ unit: Id.optional() }),
    out: z.array(Node.extend({ unitName: z.string() })),
  }),
  node: query('GET /nodes/{id}', {
    summary: 'One node',
    right: SIGNED_IN,
    in: z.object({ id: Id }),
    out: Node.extend({ unitName: z.string() }),
    refusals: ['nodes.unknown'],
  }),
  enrol: command('POST /nodes', {
    summary: 'Prepare a node for one’s unit; answers the one-time token with which it joins within 24 hours',
    right: 'nodes.operate',
    in: z.object({ unit: Id, name: Node.shape.name }),
    out: z.object({ node: Node, token: z.string() }),
    refusals: ['nodes.name_taken', 'nodes.unknown'],
  }),
  join: command('POST /nodes/join', {
    summary: 'A node joins with its token and shows its public keys',
    right: PUBLIC,
    in: z.object({
      token: z.string(),
      sign: NodeIdentity.shape.sign,
      seal: NodeIdentity.shape.seal,
      gm: GmIdentity.optional(),
      version: z.string().max(40),
      listen: z.string().max(120).nullable().default(null),
    }),
    out: z.object({ node: Id, name: z.string(), unit: z.object({ uscc: z.string(), name: z.string() }), serverTime: Moment }),
    refusals: ['nodes.bad_token', 'nodes.key_taken', 'nodes.bad_gm_keys', 'nodes.gm_key_taken'],
    personal: ['token'],
  }),
  confirm: command('POST /nodes/{id}/confirm', {
    summary: 'Confirm a node after comparing its fingerprint',
    right: 'nodes.operate',
    in: z.object({ id: Id, fingerprint: z.string() }),
    out: Node,
    refusals: ['nodes.unknown', 'nodes.wrong_state', 'nodes.fingerprint_differs'],
  }),
  revoke: command('POST /nodes/{id}/revoke', {
    summary: 'Revoke a node; its deliveries stop',
    right: 'nodes.operate',
    in: z.object({ id: Id, reason: z.string().min(2).max(500) }),
    out: Node,
    refusals: ['nodes.unknown', 'nodes.wrong_state'],
  }),
  readSchema: command('POST /nodes/{id}/stores/{store}/read', {
    summary: 'Ask a node to read the schema of one of its stores',
    right: 'nodes.read_schema',
    in: z.object({ id: Id, store: z.string() }),
    out: z.object({ order: Id }),
    refusals: ['nodes.unknown', 'nodes.wrong_state'],
  }),
  schema: query('GET /nodes/{id}/stores/{store}/schema', {
    summary: 'The schema last read of a store; readAt is null where none was read yet, pending while one is being read',
    right: 'nodes.read_schema',
    in: z.object({ id: Id, store: z.string() }),
    out: z.object({ readAt: Moment.nullable(), pending: z.boolean(), trouble: z.string().nullable(), tables: z.array(TableInfo) }),
    refusals: ['nodes.unknown'],
  }),
  table: query('GET /nodes/{id}/stores/{store}/tables', {
    summary: 'One table of the schema last read',
    right: 'nodes.read_schema',
    in: z.object({ id: Id, store: z.string(), schema: z.string(), table: z.string() }),
    out: z.object({ readAt: Moment, table: TableInfo }),
    refusals: ['nodes.unknown'],
  }),
  beat: command('POST /nodes/beat', {
    summary: 'A node tells that it lives, and what stands behind it',
    right: 'nodes.node',
    in: z.object({
      version: z.string().max(40),
      listen: z.string().max(120).nullable(),
      nats: NatsPlace.nullable().default(null),
      clock: Moment,
      stores: z.array(Store).max(64),
      approvers: z.array(z.string()).max(64),
      health: NodeHealth.optional().meta({ description: 'absent from a node of an earlier version' }),
    }),
    out: z.object({ serverTime: Moment, gm: z.string().nullable().meta({ description: 'fingerprint of the SM2 key by which the platform knows the node' }) }),
    refusals: ['nodes.unknown'],
    unrecorded: true,
  }),
  showGmKeys: command('POST /nodes/gm-keys', {
    summary: 'A node that joined before it had keys of the suite 国密 shows them, signed by the key it joined with',
    right: 'nodes.node',
    in: z.object({ gm: GmIdentity }),
    out: z.object({ fingerprint: z.string() }),
    refusals: ['nodes.unknown', 'nodes.bad_gm_keys', 'nodes.gm_keys_differ', 'nodes.gm_key_taken'],
  }),
  schemaOrders: query('GET /nodes/schema-orders', {
    summary: 'Schema reads waiting for the calling node',
    right: 'nodes.node',
    in: z.object({}),
    out: z.array(SchemaOrder),
  }),
  schemaRead: command('POST /nodes/schema-orders/{order}', {
    summary: 'A node answers a schema read, with its tables or the trouble in words',
    right: 'nodes.node',
    in: z.object({ order: Id, tables: z.array(TableInfo).max(2000), trouble: z.string().max(1000).optional() }),
    out: z.object({}),
    refusals: ['nodes.unknown'],
  }),
}
