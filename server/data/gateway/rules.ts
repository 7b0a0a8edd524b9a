/** Pure: states of versions and grants, what is wrong with a definition or terms. The web front ends import this file too. */
import { checkApiGrant } from '@zhenghe/wire/api-grant.ts'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import type { LocalDate, Moment } from '../../kernel/contract.ts'
import type { Text } from '../../kernel/texts.ts'
import { addDays } from '../../kernel/time.ts'
import type { AccessState, AccessTerms } from './access.contract.ts'
import type { VersionState } from './api.contract.ts'
import type { Definition, GeneratedDefinition, RegisteredDefinition } from './definition.contract.ts'

export type VersionTimes = { publishedAt: Moment | null; deprecatedAt: Moment | null; withdrawnAt: Moment | null }
export function stateOfVersion({ publishedAt, deprecatedAt, withdrawnAt }: VersionTimes): VersionState {
  if (withdrawnAt) return 'withdrawn'
  if (!publishedAt) return 'draft'
  return deprecatedAt ? 'deprecated' : 'published'
}

export type AccessTimes = {
  withdrawnAt: Moment | null
  refusedAt: Moment | null
  grantedAt: Moment | null
  revokedAt: Moment | null
  notBefore: Moment | null
  notAfter: Moment | null
}
export function stateOfAccess({ withdrawnAt, refusedAt, grantedAt, revokedAt, notBefore, notAfter }: AccessTimes, now: Moment): AccessState {
  if (withdrawnAt) return 'withdrawn'
  if (refusedAt) return 'refused'
  if (!grantedAt) return 'waiting'
  if (revokedAt) return 'revoked'
  if (notAfter && now >= notAfter) return 'expired'
  return notBefore && now < notBefore ? 'not_yet' : 'in_force'
}

const LONGEST_TERM_DAYS = 3 * 366
export function termFits(until: LocalDate, today: LocalDate): boolean {
  return until > today && until <= addDays(today, LONGEST_TERM_DAYS)
}

/** What is wrong with a definition, in words; nothing where it can be published. @param keys of the bound table, where generated */
export function problemsOf(definition: Definition, keys: readonly string[] = []): Text[] {
  const names = definition.operations.map((one) => one.name)
  const twice = names.filter((name, at) => names.indexOf(name) < at)
  const problems = twice.map((name) => say(`操作 ${name} 重复`, `the operation ${name} is there twice`))
  return [...problems, ...(definition.kind === 'registered' ? ofRegistered(definition) : ofGenerated(definition, keys))]
}

function ofRegistered({ operations }: RegisteredDefinition): Text[] {
  const routes = operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{[^}]+\}/g, '{}')}`)
  const same = operations.filter((_, at) => routes.indexOf(routes[at]!) < at)
  const problems = same.map(({ name }) => say(`操作 ${name} 的地址与另一操作相同`, `the operation ${name} has the address of another`))
  for (const { name, method, path, parameters, body } of operations) {
    const placed = [...path.matchAll(/\{([^}]+)\}/g)].map(([, one]) => one!)
    const declared = parameters.filter((one) => one.in === 'path').map((one) => one.name)
    for (const one of placed.filter((place) => !declared.includes(place)))
      problems.push(say(`操作 ${name} 缺少路径参数 ${one}`, `${name} does not declare {${one}}`))
    for (const one of declared.filter((place) => !placed.includes(place)))
      problems.push(say(`操作 ${name} 的路径中没有 {${one}}`, `{${one}} is not in the path of ${name}`))
    if (body === 'json' && (method === 'GET' || method === 'DELETE'))
      problems.push(say(`操作 ${name} 的 ${method} 请求不能带正文`, `${name}: a ${method} has no body`))
  }
  return problems
}

function ofGenerated({ fields, operations }: GeneratedDefinition, keys: readonly string[]): Text[] {
  const problems: Text[] = []
  const lacking = keys.filter((key) => !fields.includes(key))
  if (lacking.length > 0) problems.push(say(`请包含主键字段：${lacking.join('、')}`, `include the key: ${lacking.join(', ')}`))
  for (const { name, question } of operations) {
    if (question.name !== name) problems.push(say(`操作 ${name} 与其查询同名`, `the question of ${name} must bear its name`))
    const asked = question.kind === 'verify' ? question.compare : question.kind === 'find' ? [...question.fields, ...question.by] : question.fields
    const unknown = asked.filter((field) => !fields.includes(field))
    if (unknown.length > 0)
      problems.push(say(`操作 ${name} 使用了未列出的字段：${unknown.join('、')}`, `${name} uses fields that are not listed: ${unknown.join(', ')}`))
  }
  return problems
}

const say = (zh: string, en: string): Text => ({ zh, en })

/** What is wrong with terms beside the term itself. @param fields as the grant would name them, where generated */
export function problemsOfTerms(terms: AccessTerms, definition: Definition, wishedQuota: number, fields: readonly GrantField[]): Text[] {
  const names = definition.operations.map(({ name }) => name)
  const unknown = terms.operations.filter((name) => !names.includes(name))
  const problems = unknown.map((name) => say(`没有操作 ${name}`, `there is no operation ${name}`))
  if (terms.quotaPerDay > wishedQuota) problems.push(say('每日配额不能超过申请的数量', 'the daily quota may not exceed what was asked for'))
  if (terms.ratePerSecond > definition.ratePerSecond)
    problems.push(say(`每秒次数不能超过接口的上限 ${definition.ratePerSecond}`, `the rate may not exceed the interface’s own, ${definition.ratePerSecond}`))
  if (definition.kind === 'registered') return problems
  try {
    checkApiGrant({ fields: [...fields], operations: questionsOf(definition, terms) })
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    problems.push(say(`字段、脱敏或操作不匹配（${error.message}）`, error.message))
  }
  return problems
}

/** The questions the terms let through, over granted fields only. */
export function questionsOf({ operations }: GeneratedDefinition, { operations: chosen, fields }: AccessTerms) {
  const granted = new Set(fields.map(({ name }) => name))
  const only = (list: readonly string[]) => list.filter((name) => granted.has(name))
  return operations
    .filter(({ name }) => chosen.includes(name))
    .map(({ question }) => {
      if (question.kind === 'verify') return { ...question, compare: only(question.compare) }
      return question.kind === 'find' ? { ...question, fields: only(question.fields), by: only(question.by) } : { ...question, fields: only(question.fields) }
    })
}

const SHORTEST_REASON = 10
/** Sensitive fields that an answer would carry in the clear, without a reason in the note. A comparison carries none. */
export function plainSensitive(terms: AccessTerms, definition: GeneratedDefinition, sensitive: ReadonlySet<string>): string[] {
  if (terms.note.trim().length >= SHORTEST_REASON) return []
  const shown = new Set(questionsOf(definition, terms).flatMap((question) => (question.kind === 'verify' ? [] : question.fields)))
  return terms.fields.filter(({ name, mask }) => shown.has(name) && sensitive.has(name) && !mask).map(({ name }) => name)
}

/** How long calls took, in half octaves from 0.25 ms: the counts of each step. */
export const DURATION_STEPS = 40
export function stepOf(milliseconds: number): number {
  return Math.max(0, Math.min(DURATION_STEPS - 1, Math.floor(2 * Math.log2(Math.max(milliseconds, 0.25) / 0.25))))
}
/** The middle of the step below which a share of the calls lies; null where there were none. */
export function percentile(durations: readonly number[], share: number): number | null {
  const all = durations.reduce((sum, count) => sum + count, 0)
  if (all === 0) return null
  let seen = 0
  const at = durations.findIndex((count) => {
    seen += count
    return seen >= share * all
  })
  return Number((0.25 * 2 ** ((at + 0.5) / 2)).toPrecision(3))
}
