/** An interface while it is being written: texts as they stand in the form, and the definition they make. Pure. */
import type { ApiView } from '@zhenghe/server/data/gateway/api.contract.ts'
import { Definition } from '@zhenghe/server/data/gateway/definition.contract.ts'
import type { z } from 'zod'

export type OperationDraft = {
  /** tells drafts apart while their names change */
  id: string
  name: string
  title: string
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  query: string
  timeoutMs: number
  cacheSeconds: number
  example: string
}
export type QuestionKind = 'verify' | 'byKey' | 'find' | 'batch'
export type Draft = {
  code: string
  name: string
  kind: 'registered' | 'generated'
  documentation: string
  ratePerSecond: number
  upstream: string
  operations: OperationDraft[]
  entry: string
  fields: string[]
  questions: QuestionKind[]
  compare: string[]
  by: string[]
}

let drafts = 0
export const newOperation = (): OperationDraft => ({
  ...{ id: `operation-${++drafts}`, name: '', title: '', method: 'GET', path: '/', query: '', timeoutMs: 5000, cacheSeconds: 0, example: '' },
})
export const newDraft = (): Draft => ({
  ...{ code: '', name: '', kind: 'generated', documentation: '', ratePerSecond: 50, upstream: '', operations: [newOperation()] },
  ...{ entry: '', fields: [], questions: ['verify'], compare: [], by: [] },
})

const MOST = 100
const TITLES: Record<QuestionKind, string> = { verify: '信息核验', byKey: '按主键查询', find: '按条件查询', batch: '批量查询' }
const EXAMPLE_VERDICT = { answer: 'yes', at: '2026-01-01T00:00:00.000Z', proof: { text: '…', key: '…', signature: '…' } }

/** The definition the texts make; its problems stand where the schema finds them. */
export function definitionOf(draft: Draft, keys: readonly string[]): z.ZodSafeParseResult<Definition> {
  const { documentation, ratePerSecond } = draft
  if (draft.kind === 'registered') {
    return Definition.safeParse({ kind: 'registered', documentation, ratePerSecond, upstream: draft.upstream, operations: draft.operations.map(registered) })
  }
  const fields = [...new Set([...keys, ...draft.fields])]
  const operations = draft.questions.map((kind) => ({ name: NAMES[kind], title: TITLES[kind], ...generated(kind, draft, fields, keys) }))
  return Definition.safeParse({ kind: 'generated', documentation, ratePerSecond, entry: draft.entry, fields, operations })
}

const NAMES: Record<QuestionKind, string> = { verify: 'verify', byKey: 'get', find: 'find', batch: 'batch' }

function generated(kind: QuestionKind, draft: Draft, fields: readonly string[], keys: readonly string[]) {
  const row = Object.fromEntries(fields.map((name) => [name, '…']))
  const key = Object.fromEntries(keys.map((name) => [name, '…']))
  const common = { name: NAMES[kind] }
  switch (kind) {
    case 'verify': {
      const compare = draft.compare.filter((name) => fields.includes(name))
      const requestExample = { ...key, ...Object.fromEntries(compare.map((name) => [name, '…'])) }
      return { question: { ...common, kind, compare }, example: EXAMPLE_VERDICT, requestExample }
    }
    case 'byKey':
      return { question: { ...common, kind, fields }, example: row, requestExample: key }
    case 'batch':
      return { question: { ...common, kind, fields, most: MOST }, example: { items: [row] }, requestExample: { keys: [key] } }
    case 'find': {
      const by = draft.by.filter((name) => fields.includes(name))
      const requestExample = { filter: { op: 'eq', field: by[0] ?? keys[0] ?? '', value: '…' }, limit: 20 }
      return { question: { ...common, kind, fields, by, most: MOST }, example: { items: [row], next: null }, requestExample }
    }
  }
}

function registered({ id: _, query, example, ...operation }: OperationDraft) {
  const inPath = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({ name, in: 'path' }))
  const inQuery = query.split(/[,，\s]+/).filter(Boolean)
  const parameters = [...inPath, ...inQuery.map((name) => ({ name: name.replace(/\?$/, ''), in: 'query', required: !name.endsWith('?') }))]
  const body = operation.method === 'POST' || operation.method === 'PUT' ? 'json' : 'none'
  return { ...operation, parameters, body, ...(example.trim() ? { example: JSON.parse(example) as unknown } : {}) }
}

export function isExample(text: string): boolean {
  if (!text.trim()) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The form of an interface's newest version. */
export function draftOf(api: ApiView): Draft {
  const { definition } = api.versions[0]!
  const base = {
    ...newDraft(),
    code: api.code,
    name: api.name,
    kind: api.kind,
    documentation: definition.documentation,
    ratePerSecond: definition.ratePerSecond,
  }
  if (definition.kind === 'registered') {
    const operations = definition.operations.map(({ name, title, method, path, parameters, timeoutMs, cacheSeconds, example }) => ({
      ...{ ...newOperation(), name, title, method, path, timeoutMs, cacheSeconds },
      query: parameters.flatMap((one) => (one.in === 'query' ? [one.required ? one.name : `${one.name}?`] : [])).join(', '),
      example: example === undefined ? '' : JSON.stringify(example, null, 2),
    }))
    return { ...base, upstream: definition.upstream, operations }
  }
  const questions = definition.operations.map(({ question }) => question)
  const compare = questions.flatMap((one) => (one.kind === 'verify' ? one.compare : []))
  const by = questions.flatMap((one) => (one.kind === 'find' ? one.by : []))
  return { ...base, entry: definition.entry, fields: definition.fields, questions: questions.map(({ kind }) => kind), compare, by }
}
