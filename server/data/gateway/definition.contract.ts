/** What an interface is (服务接口): its operations, their parameters, limits, examples and words. A published definition never changes. */
import { type ApiGrant, ApiOperation, OperationName } from '@zhenghe/wire/api-grant.ts'
import { FieldName } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { Id } from '../../kernel/contract.ts'

export const ApiCode = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/)
export const Parameter = z.object({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,59}$/),
  in: z.enum(['path', 'query']),
  required: z.boolean().default(true),
  title: z.string().max(100).default(''),
  example: z.string().max(200).default(''),
})
export type Parameter = z.infer<typeof Parameter>

/** What holds of every operation, whoever carries it out. */
const Common = {
  name: OperationName,
  title: z.string().trim().min(2).max(100),
  description: z.string().max(2000).default(''),
  timeoutMs: z.int().min(100).max(60_000).default(5000),
  cacheSeconds: z.int().min(0).max(86_400).default(0),
  example: z.unknown().optional().meta({ description: 'what an answer looks like; answered in mock mode' }),
  requestExample: z.unknown().optional(),
}
export const PathTemplate = z.string().regex(/^(\/([A-Za-z0-9_.~-]+|\{[A-Za-z_][A-Za-z0-9_.-]{0,59}\})){1,12}$/, 'like /companies/{uscc}')
export const RegisteredOperation = z.object({
  ...Common,
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  path: PathTemplate,
  parameters: z.array(Parameter).max(30).default([]),
  body: z.enum(['none', 'json']).default('none'),
  mostBytes: z
    .int()
    .min(1024)
    .max(16 << 20)
    .default(1 << 20)
    .meta({ description: 'of an answer; a longer one is refused' }),
})
export type RegisteredOperation = z.infer<typeof RegisteredOperation>

/** A closed question to a bound table, as the node answers it. */
export const GeneratedOperation = z.object({ ...Common, question: ApiOperation })
export type GeneratedOperation = z.infer<typeof GeneratedOperation>

const Words = { documentation: z.string().max(20_000).default(''), ratePerSecond: z.int().min(1).max(1_000_000).default(50) }
export const RegisteredDefinition = z.object({
  kind: z.literal('registered'),
  ...Words,
  upstream: Id,
  operations: z.array(RegisteredOperation).min(1).max(50),
})
export const GeneratedDefinition = z.object({
  kind: z.literal('generated'),
  ...Words,
  entry: Id,
  fields: z.array(FieldName).min(1).max(400),
  operations: z.array(GeneratedOperation).min(1).max(20),
})
export const Definition = z.discriminatedUnion('kind', [RegisteredDefinition, GeneratedDefinition])
export type Definition = z.infer<typeof Definition>
export type GeneratedDefinition = z.infer<typeof GeneratedDefinition>
export type RegisteredDefinition = z.infer<typeof RegisteredDefinition>

/** The question of a generated operation stands in the grant under the operation's own name. */
export type Questions = ApiGrant['operations']
