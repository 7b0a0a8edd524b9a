/** How rows are put into an HTTP API: a JSON file beside the node's configuration. A closed language: nothing in it is a program. */
import { z } from 'zod'
import { JsonPath } from '../json-path.ts'
import { Headers } from './api.ts'

const Constant = z.union([z.string(), z.number(), z.boolean()])
/** `{table}` and `{delivery}` are filled in: the name of the table, and the delivery's own number. */
const Path = z
  .string()
  .regex(/^(\/[^\s?#]*)?$/, 'is a path after the address of the store: /companies/batch')
  .refine((path) => path.replaceAll(/\{(table|delivery)\}/g, '').search(/[{}]/) < 0, 'holds another placeholder than {table} or {delivery}')

const Endpoint = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  path: Path.default(''),
  /** what the body holds besides, by paths */
  constants: z.record(JsonPath, Constant).default({}),
})
const RowsEndpoint = Endpoint.extend({
  /** where in the body the rows are; empty: the body is the array of them */
  rows: JsonPath.default(''),
  /** rows of a request, at most */
  batch: z.int().min(1).max(10_000).default(500),
})

export const PushFile = z
  .strictObject({
    /** the only table that is taken; any where it is absent, which is told by `{table}` in the paths */
    table: z.string().min(1).max(63).optional(),
    /** takes rows */
    put: RowsEndpoint,
    /** takes rows of key fields alone, and removes what has these keys */
    delete: RowsEndpoint.optional(),
    /** around a whole load: what is put between them takes the place of all that was there, at the commit */
    begin: Endpoint.optional(),
    commit: Endpoint.optional(),
    /** throws away what was put since `begin` */
    abort: Endpoint.optional(),
    /** the fields that are taken, each under its path in a row; all granted ones by their names where this is absent */
    columns: z
      .array(z.strictObject({ name: z.string().min(1).max(63), path: JsonPath.min(1).optional() }))
      .min(1)
      .optional(),
    headers: Headers,
    /** whether a request that comes again with the same Idempotency-Key does nothing and is answered as before */
    idempotent: z.boolean(),
    /** whether a row takes the place of the one that has its key */
    upsert: z.boolean().default(false),
    /** what an answer holds where all went well; without it, that its status is 2xx */
    success: z.strictObject({ path: JsonPath.min(1), equals: z.array(Constant).min(1) }).optional(),
    /** where an answer lists the rows that were not taken, and in each of these its number in the request, from 0, and the reason */
    rejected: z.strictObject({ path: JsonPath.min(1), index: JsonPath.min(1).default('index'), reason: JsonPath.min(1).default('message') }).optional(),
    timeoutSeconds: z.int().min(1).max(600).default(30),
  })
  .refine(({ begin, commit, abort }) => commit !== undefined || (begin === undefined && abort === undefined), {
    path: ['commit'],
    message: 'is missing, though a load is begun or aborted',
  })
  .refine(({ delete: remove, upsert }) => remove === undefined || upsert, { path: ['delete'], message: 'means nothing without upsert: true' })
  .refine(({ put, delete: remove }) => [put, ...(remove ? [remove] : [])].every(({ rows, constants }) => rows !== '' || Object.keys(constants).length === 0), {
    path: ['put', 'constants'],
    message: 'have no place in a body that is an array: say with «rows» where in it the rows are',
  })
  .refine(({ columns = [] }) => apart(columns.map(({ name, path }) => path ?? name)), { path: ['columns'], message: 'have a path that leads through another' })

type Written = z.output<typeof PushFile>
export type PushEndpoint = z.output<typeof Endpoint>
export type PushRows = z.output<typeof RowsEndpoint>
/** With the headers' values in place: never log it. `folder` is where this node keeps what it has put, one for each store. */
export type Push = Omit<Written, 'headers'> & { headers: Readonly<Record<string, string>>; folder: string }

function apart(paths: readonly string[]): boolean {
  return paths.every((path, at) => !paths.some((other, there) => there !== at && (other === path || other.startsWith(`${path}.`))))
}
