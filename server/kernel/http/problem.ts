import type { RefusalDef } from '../contract.ts'
import type { Module } from '../module.ts'
import { Refusal } from '../refusal.ts'
import { type Language, say, type Text } from '../texts.ts'

/** The refusals that any endpoint may give. */
export const kernelRefusals = {
  'kernel.bad_input': {
    status: 400,
    text: { zh: '填写的内容有误，请按提示修改后重新提交。', en: 'Some of what was entered is not usable. Correct the marked fields and send again.' },
  },
  'kernel.sign_in': { status: 401, text: { zh: '登录已失效，请重新登录后继续。', en: 'You are not signed in. Sign in and try again.' } },
  'kernel.forbidden': {
    status: 403,
    text: {
      zh: '您的岗位没有这项权限。如工作需要，请联系本单位的安全管理员授权。',
      en: 'Your post does not include this right. If your work needs it, ask your security administrator.',
    },
  },
  'kernel.no_such_endpoint': { status: 404, text: { zh: '没有这个地址。', en: 'There is nothing at this address.' } },
  'kernel.too_large': { status: 413, text: { zh: '提交的内容过大，请减少后重试。', en: 'What was sent is too large. Send less at once.' } },
  'kernel.bad_origin': { status: 403, text: { zh: '请求来自其他网站，已拒绝。', en: 'The request came from another site and was refused.' } },
  'kernel.fault': {
    status: 500,
    text: {
      zh: '系统出错，您的内容没有保存。请稍后重试；如仍出错，请把编号 {reference} 告诉管理员。',
      en: 'Something failed on our side and nothing was saved. Try again later; if it fails again, give your administrator the number {reference}.',
    },
  },
  'kernel.unavailable': {
    status: 503,
    text: { zh: '数据库暂时不可用，系统正在恢复，请稍后重试。', en: 'The database is not available at the moment. Try again shortly.' },
  },
} satisfies Record<string, { status: number; text: Text }>

export type KernelRefusal = keyof typeof kernelRefusals
export type Problem = { type: string; title: string; status: number; code: string; detail: string; params?: unknown; reference?: string }

/** Every refusal's definition by its code. */
export function refusalTable(modules: readonly Module[]): ReadonlyMap<string, Pick<RefusalDef, 'text'> & { status: number }> {
  const all = modules.flatMap((module) => Object.entries(module.refusals))
  return new Map([...Object.entries(kernelRefusals), ...all])
}

/** A refusal or fault as RFC 9457 tells it, in the reader's language. */
export function problemOf(table: ReturnType<typeof refusalTable>, error: unknown, language: Language, reference: string): Problem {
  const code = codeOf(error)
  const { status, text } = table.get(code) ?? kernelRefusals['kernel.fault']
  const params = error instanceof Refusal && typeof error.params === 'object' && error.params !== null ? (error.params as Record<string, unknown>) : {}
  const detail = say(text, language, { ...params, reference })
  return {
    type: `urn:zhenghe:refusal:${code}`,
    title: detail,
    status,
    code,
    detail,
    ...(Object.keys(params).length > 0 ? { params } : {}),
    ...(status >= 500 ? { reference } : {}),
  }
}

const CONNECTION_LOST = /^(08|57P0)/
/** What the client library says, without a code, of a connection that broke or a database that is not there yet. */
const LOST =
  /connection terminated|not queryable|connection error|connection ended|timeout exceeded when trying to connect|database system is (starting|shutting)/i

function codeOf(error: unknown): string {
  if (error instanceof Refusal) return error.code
  const { code = '', statusCode } = error as { code?: string; statusCode?: number }
  if (CONNECTION_LOST.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(code)) return 'kernel.unavailable'
  if (LOST.test((error as Error).message)) return 'kernel.unavailable'
  if (statusCode === 413) return 'kernel.too_large'
  if (statusCode && statusCode < 500) return 'kernel.bad_input'
  return 'kernel.fault'
}
