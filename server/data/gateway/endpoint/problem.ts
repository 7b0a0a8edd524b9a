/** How the gateway says no: RFC 9457, in the caller's language, with the next step. These reach programs, so the codes are part of the protocol. */
import { type Language, say, type Text } from '../../../kernel/texts.ts'

type Def = { status: number; text: Text }
const def = (status: number, zh: string, en: string): Def => ({ status, text: { zh, en } })

export const callProblems = {
  'gateway.call.bad_request': def(400, '请求有误：{why}', 'The request is not usable: {why}'),
  'gateway.call.no_signature': def(
    401,
    '缺少或写错了签名请求头 {header}。请按接口文档签名后重新发送。',
    'The header {header} is missing or malformed. Sign the call as the documentation tells.',
  ),
  'gateway.call.unknown_key': def(401, '没有这个调用密钥，或已吊销。请在“我的密钥”中核对。', 'There is no such key, or it was revoked. Look under «My keys».'),
  'gateway.call.algorithm': def(401, '不支持的签名算法 {algorithm}，请使用 HMAC-SHA256。', 'The algorithm {algorithm} is not supported. Use HMAC-SHA256.'),
  'gateway.call.clock': def(
    401,
    '调用方时钟与平台相差超过 2 分钟，请校准时钟后重新签名（平台时间 {now}）。',
    'The caller’s clock is more than two minutes off. Set it right and sign anew (the platform has {now}).',
  ),
  'gateway.call.stale': def(
    401,
    '该请求在网关启动之前签名，为防重放不再受理，请重新签名发送。',
    'The call was signed before the gateway started and could be a replay. Sign it anew.',
  ),
  'gateway.call.bad_signature': def(
    401,
    '签名不正确。请核对密钥、方法、地址（含参数）和正文是否与签名时一致。',
    'The signature is wrong. Compare secret, method, target with its query, and body with what was signed.',
  ),
  'gateway.call.replayed': def(401, '该请求已处理过，不会重复执行。请换新的随机数重新签名。', 'This call was served before. Sign it anew with another nonce.'),
  'gateway.call.unknown_api': def(404, '没有这个接口或版本，或已停用。', 'There is no such interface or version, or it was withdrawn.'),
  'gateway.call.unknown_operation': def(404, '该接口没有这个操作，请核对地址。', 'The interface has no such operation. Compare the address.'),
  'gateway.call.wrong_method': def(405, '该操作不支持 {method} 方法，请核对接口文档。', 'The operation does not go by {method}. See the documentation.'),
  'gateway.call.no_grant': def(403, '本单位没有调用该接口版本的有效授权，请先申请。', 'Your unit holds no grant in force for this version. Apply for one.'),
  'gateway.call.operation_not_granted': def(
    403,
    '授权不包含操作 {operation}，如需使用请重新申请。',
    'The grant does not include the operation {operation}. Apply anew if you need it.',
  ),
  'gateway.call.revoked': def(403, '授权在调用过程中被撤销，应答未返回。', 'The grant was revoked while the call was under way; nothing was answered.'),
  'gateway.call.node_refused': def(403, '数据提供方节点拒绝了请求：{why}', 'The provider’s node refused: {why}'),
  'gateway.call.too_large': def(413, '请求正文过大，上限 {most} 字节。', 'The body is too large; {most} bytes are taken.'),
  'gateway.call.rate': def(429, '调用过于频繁，授权为每秒 {rate} 次，请稍后重试。', 'Too many calls at once; {rate} a second are granted. Try again shortly.'),
  'gateway.call.quota': def(
    429,
    '今日配额 {quota} 次已用完，明日零点恢复；如不够用请重新申请。',
    'Today’s quota of {quota} calls is used up. It begins anew at midnight; apply anew if you need more.',
  ),
  'gateway.call.no_example': def(404, '该操作没有登记应答示例，不能模拟。', 'The operation has no example to answer in mock mode.'),
  'gateway.call.upstream_garbage': def(
    502,
    '提供方的应答不符合约定，请稍后重试或联系提供单位。',
    'The provider answered what is not usable. Try later, or tell the provider.',
  ),
  'gateway.call.upstream_cut_off': def(
    502,
    '提供方的应答中途断开，未返回任何内容，可重试。',
    'The provider’s answer broke off; nothing was passed on. You may try again.',
  ),
  'gateway.call.upstream_too_large': def(
    502,
    '提供方的应答超过约定的大小，未返回。请缩小查询范围。',
    'The provider’s answer is larger than agreed and was not passed on. Ask for less.',
  ),
  'gateway.call.upstream_refused': def(
    502,
    '提供方系统返回错误 {status}，请稍后重试或联系提供单位。',
    'The provider’s system answered {status}. Try later, or tell the provider.',
  ),
  'gateway.call.upstream_withdrawn': def(503, '接口的后端地址已停用，请联系提供单位。', 'The interface’s address was taken off the list. Tell the provider.'),
  'gateway.call.unreachable': def(502, '连不上提供方系统，请稍后重试。', 'The provider’s system cannot be reached. Try again later.'),
  'gateway.call.node_away': def(503, '提供方的前置节点未连接，恢复后即可调用，请稍后重试。', 'The provider’s node is not connected. Try again later.'),
  'gateway.call.breaker': def(
    503,
    '提供方连续出错，已暂停调用（熔断状态 {state}），请在 {seconds} 秒后重试。',
    'The provider fails again and again; calls are held back (breaker {state}). Try again in {seconds} seconds.',
  ),
  'gateway.call.busy': def(503, '网关忙，请稍后重试。', 'The gateway is busy. Try again shortly.'),
  'gateway.call.timeout': def(504, '提供方在 {ms} 毫秒内没有应答，请稍后重试。', 'The provider did not answer within {ms} milliseconds. Try again later.'),
  'gateway.call.fault': def(500, '网关出错，请把编号 {call} 告诉平台管理员。', 'The gateway failed. Give the platform’s administrator the number {call}.'),
} satisfies Record<string, Def>
export type CallCode = keyof typeof callProblems

/** A call's refusal, thrown where it is found. `retryAfter` in seconds. */
export class CallRefusal extends Error {
  override name = 'CallRefusal'
  readonly code: CallCode
  readonly status: number
  readonly params: Readonly<Record<string, unknown>>
  readonly retryAfter: number | undefined
  constructor(code: CallCode, params: Readonly<Record<string, unknown>> = {}, more: { retryAfter?: number; status?: number } = {}) {
    super(code)
    this.code = code
    this.status = more.status ?? callProblems[code].status
    this.params = params
    this.retryAfter = more.retryAfter
  }
}

export function problemBody({ code, status, params }: CallRefusal, call: string, language: Language): Buffer {
  const detail = say(callProblems[code].text, language, { ...params, call })
  return Buffer.from(
    JSON.stringify({ type: `urn:zhenghe:refusal:${code}`, title: detail, status, code, detail, call, ...(Object.keys(params).length > 0 ? { params } : {}) }),
  )
}
