/** Interfaces, their versions and where registered ones lead. */
import { z } from 'zod'
import { command, event, Id, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { ApiCode, Definition } from './definition.contract.ts'

const One = z.object({ id: Id })
/** A number in a path arrives as text. */
const Version = One.extend({ n: z.coerce.number().int().min(1) })

export const Upstream = z.object({
  id: Id,
  name: z.string(),
  baseUrl: z.string(),
  unit: Id,
  unitName: z.string(),
  note: z.string(),
  allowedAt: Moment,
  withdrawnAt: Moment.nullable(),
  credentialHeader: z.string().nullable().meta({ description: 'the header by which the platform shows itself there; its value is never given out' }),
})
export type Upstream = z.infer<typeof Upstream>

/** Headers that say how a message is carried: never anybody's to set. */
const CARRYING = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect', 'accept', 'accept-encoding'])
export const Credential = z.object({
  header: z
    .string()
    .toLowerCase()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .refine((name) => !CARRYING.has(name) && !name.startsWith('content-') && !name.startsWith('proxy-')),
  value: z
    .string()
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/)
    .max(4096),
})

export const VersionState = z.enum(['draft', 'published', 'deprecated', 'withdrawn'])
export type VersionState = z.infer<typeof VersionState>
export const BreakerState = z.enum(['closed', 'open', 'half_open'])
export type BreakerState = z.infer<typeof BreakerState>
export const BreakerView = z.object({ state: BreakerState, failures: z.int(), retryAt: Moment.nullable() })
export type BreakerView = z.infer<typeof BreakerView>

export const VersionView = z.object({
  n: z.int(),
  state: VersionState,
  definition: Definition,
  madeAt: Moment,
  publishedAt: Moment.nullable(),
  deprecation: z.string().nullable(),
  withdrawal: z.string().nullable(),
  breaker: BreakerView,
})
export type VersionView = z.infer<typeof VersionView>
export const ApiHead = z.object({
  id: Id,
  code: z.string(),
  name: z.string(),
  kind: z.enum(['registered', 'generated']),
  provider: Id,
  providerName: z.string(),
  entry: Id.nullable(),
  latest: z.int().nullable().meta({ description: 'the highest published version' }),
  live: z.int().meta({ description: 'published versions that are not withdrawn' }),
  draft: z.boolean(),
  consumers: z.int(),
  callsOfWeek: z.int(),
  madeAt: Moment,
})
export type ApiHead = z.infer<typeof ApiHead>
export const ApiView = ApiHead.extend({
  versions: z.array(VersionView),
  upstream: Upstream.nullable(),
  node: z
    .object({ id: Id, name: z.string(), sign: z.string(), connected: z.boolean() })
    .nullable()
    .meta({ description: 'who answers a generated interface; `sign` verifies its verdicts' }),
  keys: z.array(z.string()).meta({ description: 'fields that make the key of a generated interface' }),
  titles: z.record(z.string(), z.string()).meta({ description: 'words for the fields of a generated interface' }),
})
export type ApiView = z.infer<typeof ApiView>

export const Published = event('gateway.published', z.object({ api: Id, n: z.int(), provider: Id }))
export const VersionWithdrawn = event('gateway.version_withdrawn', z.object({ api: Id, n: z.int(), provider: Id, reason: z.string() }))

const WRONG = ['gateway.unknown', 'gateway.not_yours', 'gateway.wrong_state'] as const
const OF_DEFINITION = ['gateway.bad_definition', 'gateway.upstream_unknown', 'gateway.not_bound', 'gateway.not_shared', 'catalog.unknown'] as const

export const apiEndpoints = {
  upstreams: query('GET /gateway/upstreams', {
    summary: 'Addresses registered interfaces may lead to',
    right: SIGNED_IN,
    in: z.object({ unit: Id.optional() }),
    out: z.array(Upstream),
  }),
  allowUpstream: command('POST /gateway/upstreams', {
    summary: 'Allow a unit’s interfaces to lead to an address',
    right: 'gateway.allow_upstream',
    in: z.object({
      name: z.string().trim().min(2).max(60),
      baseUrl: z.url({ protocol: /^https?$/ }).max(300),
      unit: Id,
      note: z.string().max(500).default(''),
    }),
    out: Upstream,
    refusals: ['gateway.upstream_taken', 'gateway.bad_base_url', 'gateway.unknown_unit'],
  }),
  withdrawUpstream: command('POST /gateway/upstreams/{id}/withdraw', {
    summary: 'Take an address off the list; calls to it stop at once',
    right: 'gateway.allow_upstream',
    in: One,
    out: Upstream,
    refusals: ['gateway.upstream_unknown'],
  }),
  setCredential: command('POST /gateway/upstreams/{id}/credential', {
    summary: 'How the platform shows itself to the system at an address: a header and its value, which is sealed and never given out; null to show nothing',
    right: 'gateway.publish',
    in: One.extend({ credential: Credential.nullable() }),
    out: Upstream,
    refusals: ['gateway.upstream_unknown', 'gateway.not_yours'],
    personal: ['value'],
  }),
  apis: query('GET /gateway/apis', {
    summary: 'Interfaces by name; of one’s own unit or all that are published',
    right: SIGNED_IN,
    in: PageInput.extend({ of: z.enum(['mine', 'all']).default('all'), text: z.string().max(100).default('') }),
    out: pageOf(ApiHead),
  }),
  apiById: query('GET /gateway/apis/{id}', {
    summary: 'One interface with its versions',
    right: SIGNED_IN,
    in: One,
    out: ApiView,
    refusals: ['gateway.unknown'],
  }),
  register: command('POST /gateway/apis', {
    summary: 'Register an interface, or generate one from a bound entry; its first version is a draft',
    right: 'gateway.publish',
    in: z.object({ code: ApiCode, name: z.string().trim().min(2).max(100), definition: Definition }),
    out: ApiView,
    refusals: ['gateway.code_taken', ...OF_DEFINITION],
  }),
  draft: command('POST /gateway/apis/{id}/draft', {
    summary: 'Change the draft, or begin the draft of the next version',
    right: 'gateway.publish',
    in: One.extend({ definition: Definition }),
    out: ApiView,
    refusals: ['gateway.unknown', 'gateway.not_yours', 'gateway.draft_taken', ...OF_DEFINITION],
  }),
  publish: command('POST /gateway/apis/{id}/publish', {
    summary: 'Publish the draft; from then on it never changes',
    right: 'gateway.publish',
    in: One,
    out: ApiView,
    refusals: [...WRONG, ...OF_DEFINITION],
  }),
  deprecate: command('POST /gateway/apis/{id}/versions/{n}/deprecate', {
    summary: 'Tell consumers to move on; the version goes on working',
    right: 'gateway.publish',
    in: Version.extend({ reason: z.string().trim().min(4).max(500) }),
    out: ApiView,
    refusals: [...WRONG],
  }),
  withdrawVersion: command('POST /gateway/apis/{id}/versions/{n}/withdraw', {
    summary: 'End a version; calls to it are refused at once',
    right: 'gateway.publish',
    in: Version.extend({ reason: z.string().trim().min(4).max(500) }),
    out: ApiView,
    refusals: [...WRONG],
  }),
  document: query('GET /gateway/apis/{id}/versions/{n}/openapi', {
    summary: 'OpenAPI 3.1 of one version',
    right: SIGNED_IN,
    in: Version,
    out: z.record(z.string(), z.unknown()),
    refusals: ['gateway.unknown'],
  }),
}
