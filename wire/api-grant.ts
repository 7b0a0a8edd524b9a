/**
 * What platform and nodes say of an API over a table (接口授权): the grant that an approver signs and the verdict that a node signs.
 * A domain of its own: such a grant never passes for leave to carry a whole table, nor the other way round. Safe in a browser.
 */
import { z } from 'zod'
import { FieldName, Filter, Grant, GrantField, NodeIdentity } from './documents.ts'
import { WireError } from './error.ts'
import { checkGrantFields } from './grant-fields.ts'
import type { Domain } from './signed.ts'

export const API_GRANT = 'zhenghe-api-grant-v1' satisfies Domain
export const VERDICT = 'zhenghe-verdict-v1' satisfies Domain

/** Lower case, as it stands in a path. */
export const OperationName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const Fields = z.array(FieldName).min(1).max(400)

/** What may be asked of the table. Only these four: no statement ever comes from a caller. */
export const ApiOperation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('byKey'), name: OperationName, fields: Fields }).meta({ description: 'one row by its whole key' }),
  z.object({ kind: z.literal('find'), name: OperationName, fields: Fields, by: Fields, most: z.int().min(1).max(1000) }).meta({
    description: 'rows by a filter over `by`, at least one condition of which an index serves; page by key, `most` rows a page',
  }),
  z
    .object({ kind: z.literal('batch'), name: OperationName, fields: Fields, most: z.int().min(1).max(1000) })
    .meta({ description: 'rows by at most `most` keys' }),
  z.object({ kind: z.literal('verify'), name: OperationName, compare: Fields }).meta({
    description: 'whether a row has this key and these values: yes or no, signed by the node; never a row',
  }),
])
export type ApiOperation = z.infer<typeof ApiOperation>

/** Leave for one consumer to ask a table a few closed questions, for one purpose and term. Immutable; a change is a new version. */
export const ApiGrant = z.object({
  v: z.literal(1),
  id: z.uuid(),
  version: z.int().min(1),
  api: z.object({ code: z.string().min(1).max(60), version: z.int().min(1) }),
  resource: Grant.shape.resource,
  source: Grant.shape.source,
  provider: z.object({ unit: z.string(), name: z.string(), node: NodeIdentity }),
  consumer: z.object({ unit: z.string(), name: z.string() }),
  fields: z.array(GrantField).min(1).max(400),
  filter: Filter.optional().meta({ description: 'no question is answered about any other row' }),
  operations: z.array(ApiOperation).min(1).max(20),
  purpose: z.string(),
  basis: z.string(),
  notBefore: z.iso.datetime({ offset: true }),
  notAfter: z.iso.datetime({ offset: true }),
  statementSeconds: z.int().min(1).max(60).meta({ description: 'a statement that takes longer is ended' }),
})
export type ApiGrant = z.infer<typeof ApiGrant>

/** What a node answered to a verification. `question` is the hex SHA-512/256 of the canonical JSON of the input. */
export const Verdict = z.object({
  v: z.literal(1),
  grant: z.object({ id: z.uuid(), version: z.int().min(1) }),
  api: ApiGrant.shape.api,
  operation: OperationName,
  question: z.string().length(64),
  answer: z.enum(['yes', 'no']),
  at: z.iso.datetime(),
})
export type Verdict = z.infer<typeof Verdict>

/**
 * Refuses a grant at odds with itself: what `checkGrantFields` refuses, `duplicate_name` of an operation, `bad_operation` where one names a field
 * that is not granted, finds by a masked field, or a table without key.
 */
export function checkApiGrant(grant: Pick<ApiGrant, 'fields' | 'filter' | 'operations'>): void {
  checkGrantFields(grant)
  const fields = new Map(grant.fields.map((field) => [field.name, field]))
  const names = new Set<string>()
  if (!grant.fields.some(({ key }) => key)) throw new WireError('bad_operation', 'the grant names no key, and every operation goes by it')
  for (const operation of grant.operations) {
    const { name } = operation
    if (names.has(name)) throw new WireError('duplicate_name', `the operation ${name} is granted twice`, { operation: name })
    names.add(name)
    const asked = fieldsOf(operation)
    const unknown = asked.find((one) => !fields.has(one))
    if (unknown) throw new WireError('bad_operation', `the operation ${name} names ${unknown}, which is not granted`, { operation: name, field: unknown })
    const hidden = operation.kind === 'find' ? operation.by.find((one) => fields.get(one)?.mask) : undefined
    if (hidden) throw new WireError('bad_operation', `the operation ${name} would find by ${hidden}, which is masked`, { operation: name, field: hidden })
  }
}

function fieldsOf(operation: ApiOperation): readonly string[] {
  if (operation.kind === 'verify') return operation.compare
  return operation.kind === 'find' ? [...operation.fields, ...operation.by] : operation.fields
}
