import { z } from 'zod'

type Shape = Record<string, { type?: string | undefined; anyOf?: { type?: string }[] | undefined }>

/** Turns the texts of a URL's query into the types that an endpoint's input asks for. Built once for each endpoint. */
export function queryDecoder(schema: z.ZodType): (query: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const shape = (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: Shape }).properties ?? {}
  return (query) => Object.fromEntries(Object.entries(query).map(([name, value]) => [name, decode(typeOf(shape[name]), value)]))
}

const typeOf = (property: Shape[string] | undefined): string | undefined => property?.type ?? property?.anyOf?.find(({ type }) => type !== 'null')?.type

function decode(type: string | undefined, value: unknown): unknown {
  if (type === 'array') return Array.isArray(value) ? value : [value]
  if (typeof value !== 'string') return value
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  if (type === 'object') return parse(value)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
