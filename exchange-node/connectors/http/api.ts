/** How the answers of an HTTP API become a table: a JSON file beside the node's configuration. A closed language: nothing in it is a program. */
import { z } from 'zod'
import { JsonPath as Path } from '../json-path.ts'

const Parameter = z.string().min(1).max(100)
const Size = z.strictObject({ parameter: Parameter, value: z.int().min(1).max(100_000) })
const Type = z.enum([
  'bool',
  'int2',
  'int4',
  'int8',
  'float4',
  'float8',
  'numeric',
  'text',
  'bytea',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
  'jsonb',
])

const Paging = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('none') }),
  /** by number; ends with the first page that is empty */
  z.strictObject({ by: z.literal('page'), parameter: Parameter, first: z.int().min(0).default(1), size: Size.optional() }),
  /** by how many rows came before; ends with the first page that is empty */
  z.strictObject({ by: z.literal('offset'), parameter: Parameter, size: Size.optional() }),
  /** by a mark that stands in the answer; ends where it is absent, null or empty */
  z.strictObject({ by: z.literal('cursor'), parameter: Parameter, path: Path, size: Size.optional() }),
  /** by an address that stands in the answer, of the same server */
  z.strictObject({ by: z.literal('link'), path: Path }),
])

/** A value that may stand in the file itself, or where only this node's user can read it. */
const Secret = z.union([
  z.string(),
  z.strictObject({ env: z.string().min(1), prefix: z.string().default('') }),
  z.strictObject({ file: z.string().min(1), prefix: z.string().default('') }),
])
export const Headers = z.record(z.string().regex(/^[A-Za-z0-9-]+$/), Secret).default({})
/** `{from}` and `{to}` are the bounds of an increment; a parameter whose bound is open is left out. */
const QueryValue = z.string().refine((text) => /^(\{from\}|\{to\}|[^{}]*)$/.test(text), 'holds another placeholder than {from} or {to}, or something beside it')

export const ApiFile = z.strictObject({
  /** the name of the table */
  table: z.string().min(1).max(63),
  comment: z.string().max(1000).optional(),
  /** where in the answer the rows are; empty: the answer is the array */
  rows: Path.default(''),
  /** where in the answer it says how many rows there are in all pages; then that many must come */
  total: Path.optional(),
  columns: z.array(z.strictObject({ name: z.string().min(1).max(63), path: Path.optional(), type: Type, key: z.boolean().default(false) })).min(1),
  query: z.record(Parameter, QueryValue).default({}),
  headers: Headers,
  paging: Paging.default({ by: 'none' }),
  timeoutSeconds: z.int().min(1).max(600).default(30),
  mostPages: z.int().min(1).max(1_000_000).default(10_000),
})

type Written = z.output<typeof ApiFile>
export type Paging = Written['paging']
/** With the headers' values in place: never log it. */
export type Api = Omit<Written, 'headers'> & { headers: Readonly<Record<string, string>> }
export type ApiSecret = z.output<typeof Secret>
