import { z } from 'zod'
import { PUBLIC } from './contract.ts'
import { refusalTable } from './http/problem.ts'
import type { Module } from './module.ts'

/** The OpenAPI 3.1 document of some modules, from their contracts alone. Committed under docs/reference; a test keeps it fresh. */
export function openapi(modules: readonly Module[]) {
  const statuses = refusalTable(modules)
  const paths: Record<string, Record<string, unknown>> = {}
  for (const module of modules)
    for (const [name, endpoint] of Object.entries(module.contract)) {
      const [method = '', at = ''] = endpoint.at.split(' ')
      const schema = json(endpoint.in, 'input') as { properties?: Record<string, unknown>; required?: string[] }
      const inPath = [...at.matchAll(/\{(\w+)\}/g)].map(([, key]) => key ?? '')
      const operations = paths[`/api${at}`] ?? {}
      paths[`/api${at}`] = operations
      operations[method.toLowerCase()] = {
        operationId: `${module.name}.${name}`,
        tags: [module.name],
        summary: endpoint.summary,
        security: endpoint.right === PUBLIC ? [] : [{ session: [] }],
        'x-right': endpoint.right,
        ...parameters(schema, inPath, endpoint.kind === 'query'),
        responses: {
          200: { description: 'done', content: { 'application/json': { schema: json(endpoint.out, 'output') } } },
          ...refusals(statuses, endpoint.refusals ?? []),
        },
      }
    }
  return {
    openapi: '3.1.0',
    info: { title: 'Zhenghe', version: '1', description: 'Government information systems integration and data sharing platform' },
    paths,
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'zh_session' } } },
  }
}

const json = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>
  return rest
}

function parameters(schema: { properties?: Record<string, unknown>; required?: string[] }, inPath: readonly string[], query: boolean) {
  const properties = Object.entries(schema.properties ?? {})
  const listed = properties
    .filter(([name]) => query || inPath.includes(name))
    .map(([name, property]) => ({
      name,
      in: inPath.includes(name) ? 'path' : 'query',
      required: inPath.includes(name) || (schema.required?.includes(name) ?? false),
      schema: property,
    }))
  if (query) return { parameters: listed }
  const body = {
    ...schema,
    properties: Object.fromEntries(properties.filter(([name]) => !inPath.includes(name))),
    required: schema.required?.filter((name) => !inPath.includes(name)) ?? [],
  }
  return { ...(listed.length > 0 ? { parameters: listed } : {}), requestBody: { content: { 'application/json': { schema: body } } } }
}

function refusals(statuses: ReturnType<typeof refusalTable>, codes: readonly string[]): Record<string, unknown> {
  const byStatus: Record<string, string[]> = {}
  for (const code of codes) {
    const { status } = statuses.get(code) ?? {}
    if (!status) throw new Error(`no module defines the refusal ${code}`)
    byStatus[status] = [...(byStatus[status] ?? []), code]
  }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, list]) => [status, { description: list.join(', '), content: { 'application/problem+json': {} } }]),
  )
}
