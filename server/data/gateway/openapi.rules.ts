/** OpenAPI 3.1 of one version, made from its definition. */
import { CALL_HEADERS, routeOf } from './call.rules.ts'
import type { Definition } from './definition.contract.ts'

export type Described = {
  code: string
  name: string
  provider: string
  n: number
  definition: Definition
  keys: readonly string[]
  titles: Readonly<Record<string, string>>
  origin: string
}
type Operation = Definition['operations'][number]

const PROBLEM = { $ref: '#/components/schemas/Problem' }
/** Each refusal of the gateway a caller must be ready for, by status. */
const REFUSALS: Readonly<Record<string, string>> = {
  '400': '请求有误 · the request is not usable',
  '401': '密钥、签名、时间或随机数未通过 · key, signature, time or nonce refused',
  '403': '没有有效授权 · no grant in force',
  '404': '没有这条数据或操作 · no such record or operation',
  '413': '请求或应答过大 · too large',
  '429': '超过配额或频率，见 Retry-After · over quota or rate, see Retry-After',
  '502': '后端应答不可用 · the provider’s answer is not usable',
  '503': '熔断、忙或未连接，见 Retry-After · breaker open, busy or not connected, see Retry-After',
  '504': '后端超时 · the provider did not answer in time',
}

export function openapiOf(described: Described): Record<string, unknown> {
  const { code, name, provider, n, definition, origin } = described
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of definition.operations) {
    const { method, path } = routeOf(operation, described.keys)
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation, described) }
  }
  return {
    openapi: '3.1.0',
    info: { title: name, version: `v${n}`, summary: provider, description: definition.documentation },
    servers: [{ url: `${origin}/gateway/${code}/v${n}` }],
    security: [{ key: [], time: [], nonce: [], signature: [] }],
    paths,
    components: { securitySchemes: schemes(), schemas: { Problem: problemSchema } },
  }
}

function describe(operation: Operation, { keys, titles }: Described): Record<string, unknown> {
  const { query, body } = routeOf(operation, keys)
  const declared =
    'parameters' in operation
      ? operation.parameters
      : query.map((name) => ({ name, in: 'query' as const, required: true, title: titles[name] ?? '', example: '' }))
  const parameters = declared.map(({ name, in: place, required, title, example }) => ({
    ...{ name, in: place, required: place === 'path' || required, description: title, schema: { type: 'string' } },
    ...(example ? { example } : {}),
  }))
  const media = (example: unknown, schema: object) => ({ 'application/json': { schema, ...(example === undefined ? {} : { example }) } })
  return {
    operationId: operation.name,
    summary: operation.title,
    ...(operation.description ? { description: operation.description } : {}),
    parameters,
    ...(body ? { requestBody: { required: true, content: media(operation.requestExample, requestSchema(operation, keys, titles)) } } : {}),
    responses: {
      '200': { description: 'OK', content: media(operation.example, answerSchema(operation, titles)) },
      ...Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [status, { description, content: { 'application/problem+json': { schema: PROBLEM } } }]),
      ),
    },
  }
}

function requestSchema(operation: Operation, keys: readonly string[], titles: Readonly<Record<string, string>>): object {
  if (!('question' in operation)) return {}
  const { question } = operation
  const textsOf = (names: readonly string[]) => ({
    type: 'object',
    required: [...names],
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string', title: titles[name] ?? name }])),
  })
  if (question.kind === 'verify') return textsOf([...new Set([...keys, ...question.compare])])
  if (question.kind === 'batch')
    return { type: 'object', required: ['keys'], properties: { keys: { type: 'array', minItems: 1, maxItems: question.most, items: textsOf(keys) } } }
  if (question.kind === 'byKey') return {}
  const filter = {
    type: 'object',
    description: `fields: ${question.by.join(', ')}; { "op": "eq", "field": "…", "value": "…" }, and / or / not / in / between / startsWith`,
  }
  const limit = { type: 'integer', minimum: 1, maximum: question.most }
  return { type: 'object', required: ['filter'], properties: { filter, after: { type: 'array', items: { type: 'string' } }, limit } }
}

function answerSchema(operation: Operation, titles: Readonly<Record<string, string>>): object {
  if (!('question' in operation)) return {}
  const { question } = operation
  if (question.kind === 'verify')
    return {
      type: 'object',
      properties: {
        answer: { enum: ['yes', 'no'] },
        at: { type: 'string', format: 'date-time' },
        proof: { type: 'object', description: 'signed by the provider’s node: { text, key, signature }' },
      },
    }
  const row = { type: 'object', properties: Object.fromEntries(question.fields.map((name) => [name, { title: titles[name] ?? name }])) }
  if (question.kind === 'byKey') return row
  return {
    type: 'object',
    properties: { items: { type: 'array', items: row }, ...(question.kind === 'find' ? { next: { type: ['array', 'null'], items: { type: 'string' } } } : {}) },
  }
}

const problemSchema = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    call: { type: 'string' },
  },
}

function schemes(): Record<string, unknown> {
  const of = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description })
  return {
    key: of(CALL_HEADERS.key, 'id of the key'),
    time: of(CALL_HEADERS.time, 'milliseconds since 1970'),
    nonce: of(CALL_HEADERS.nonce, '16 to 64 characters, new for each call'),
    signature: of(
      CALL_HEADERS.signature,
      'base64url of HMAC-SHA256(secret, "zhenghe-call-v1\\nMETHOD\\ntarget\\nkey\\ntime\\nnonce\\nhex SHA-256 of the body")',
    ),
  }
}
