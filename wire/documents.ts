/**
 * The documents that platform and exchange nodes exchange and sign: grants, manifests, receipts.
 * Plain data, safe in a browser. What is signed is always the canonical JSON text (see `canonical.ts`), never a re-serialised object.
 */
import { z } from 'zod'

/** A column or field name as the wire and the databases on both sides accept it: lower case, no quoting ever needed. */
export const FieldName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)

/**
 * The types a field may have on the wire. Each is one PostgreSQL type; a source casts to it in its SELECT, so that a binary value can
 * never be read as another type (timestamp read as timestamptz loads silently wrong).
 */
export const CanonicalType = z.enum([
  'bool',
  'int2',
  'int4',
  'int8',
  'float4',
  'float8',
  'numeric',
  'text',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
  'bytea',
  'jsonb',
])
export type CanonicalType = z.infer<typeof CanonicalType>

/** How a value is made unreadable on its way out of the provider. A mask never lets the unmasked value leave the provider's node. */
export const Mask = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('name') }).meta({ description: 'first character kept, then two asterisks: 张**' }),
  z.object({ kind: z.literal('middle'), head: z.int().min(0).max(64), tail: z.int().min(0).max(64) }).meta({
    description: 'the first `head` and last `tail` characters kept, every other one an asterisk; a value no longer than head + tail becomes asterisks whole',
  }),
  z.object({ kind: z.literal('fixed'), text: z.string().max(64) }).meta({ description: 'one constant text for every value that is not null' }),
  z.object({ kind: z.literal('null') }),
  z.object({ kind: z.literal('year') }).meta({ description: 'a date becomes 1 January of its year' }),
])
export type Mask = z.infer<typeof Mask>

/** A field rule checked on the way; a row that breaks one goes to the provider's quarantine with the rule's kind as its reason. */
export const Rule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('notNull') }),
  z.object({ kind: z.literal('uscc') }).meta({ description: 'GB 32100-2015, check character included' }),
  z.object({ kind: z.literal('residentId') }).meta({ description: 'GB 11643-1999: 18 characters, a real birth date, the check character' }),
  z.object({ kind: z.literal('length'), min: z.int().min(0), max: z.int().min(0) }).meta({ description: 'in characters (code points)' }),
  z.object({ kind: z.literal('digits') }).meta({ description: 'one or more of 0-9 and nothing else' }),
  z.object({ kind: z.literal('oneOf'), values: z.array(z.string().max(128)).min(1).max(2000) }),
  z.object({ kind: z.literal('dateBetween'), from: z.iso.date(), to: z.iso.date() }).meta({ description: 'both ends included; on date fields' }),
])
export type Rule = z.infer<typeof Rule>

export const FilterValue = z.union([z.string().max(256), z.number(), z.boolean()])
/**
 * Which rows a grant covers: a small closed expression language over the granted fields, never SQL text.
 * Comparison with null is never true (as in SQL), so a row whose field is null passes only where `null` asks for it.
 */
export type Filter =
  | { op: 'and' | 'or'; of: Filter[] }
  | { op: 'not'; of: Filter }
  | { op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'; field: string; value: z.infer<typeof FilterValue> }
  | { op: 'in'; field: string; values: z.infer<typeof FilterValue>[] }
  | { op: 'between'; field: string; low: z.infer<typeof FilterValue>; high: z.infer<typeof FilterValue> }
  | { op: 'startsWith'; field: string; value: string }
  | { op: 'null' | 'notNull'; field: string }
export const Filter: z.ZodType<Filter> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.strictObject({ op: z.enum(['and', 'or']), of: z.array(Filter).min(1).max(50) }),
    z.strictObject({ op: z.literal('not'), of: Filter }),
    z.strictObject({ op: z.enum(['eq', 'ne', 'lt', 'le', 'gt', 'ge']), field: FieldName, value: FilterValue }),
    z.strictObject({ op: z.literal('in'), field: FieldName, values: z.array(FilterValue).min(1).max(2000) }),
    z.strictObject({ op: z.literal('between'), field: FieldName, low: FilterValue, high: FilterValue }),
    z.strictObject({ op: z.literal('startsWith'), field: FieldName, value: z.string().min(1).max(256) }),
    z.strictObject({ op: z.enum(['null', 'notNull']), field: FieldName }),
  ]),
)

/** base64url without padding. */
export const Base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/)

/** By which algorithms nodes sign and seal: the international ones (suite 1), or 国密 (suite 2: SM2, SM3, SM4). */
export const SuiteName = z.enum(['international', 'gm'])
export type SuiteName = z.infer<typeof SuiteName>

const Sm2PublicKey = Base64Url.length(87).startsWith('B')
/** A node's two SM2 public keys, uncompressed points of 65 bytes (04 ‖ x ‖ y) in base64url. One signs, the other agrees keys. */
export const GmIdentity = z.object({ sign: Sm2PublicKey, seal: Sm2PublicKey })
export type GmIdentity = z.infer<typeof GmIdentity>
/**
 * A node as others know it: its name and its two public keys, raw 32 bytes each (Ed25519 signs, X25519 seals); with the keys of
 * suite 2 where it has them and they are needed.
 */
export const NodeIdentity = z.object({ id: z.uuid(), name: z.string(), sign: Base64Url.length(43), seal: Base64Url.length(43), gm: GmIdentity.optional() })
export type NodeIdentity = z.infer<typeof NodeIdentity>

/** An identity as a document of a suite names it: with the keys of suite 2 only where they are used, so that others read as they always did. */
export function identityFor(suite: SuiteName, { gm, ...international }: NodeIdentity): NodeIdentity {
  return suite === 'gm' && gm ? { ...international, gm } : international
}

/** A public key that signs, as people pin and compare it: 43 characters of base64url (Ed25519), or `sm2:` and 87 (SM2). */
export const SigningKeyText = z
  .string()
  .regex(/^([A-Za-z0-9_-]{43}|sm2:B[A-Za-z0-9_-]{86})$/, 'is a public key: Ed25519, 43 characters of base64url, or SM2, sm2: and 87')

export const GrantField = z.object({
  name: FieldName.meta({ description: 'its name at the consumer' }),
  column: z.string().min(1).max(63).meta({ description: 'its column at the provider' }),
  type: CanonicalType,
  title: z.string(),
  key: z.boolean().meta({ description: 'part of the row key; keys are never masked' }),
  nullable: z.boolean(),
  mask: Mask.optional(),
  rules: z.array(Rule).max(8).default([]),
})
export type GrantField = z.infer<typeof GrantField>

/** Leave for one consumer to receive some fields of some rows of one resource, for one purpose and term. Immutable; a change is a new version. */
export const Grant = z.object({
  v: z.literal(1),
  suite: z.literal('gm').optional().meta({ description: 'the suite the nodes speak and sign by; absent: the international one' }),
  id: z.uuid(),
  version: z.int().min(1),
  resource: z.object({ code: z.string(), name: z.string(), version: z.int().min(1) }),
  source: z.object({
    id: z.string().min(1).max(64).meta({ description: "the node's own name for the database" }),
    schema: z.string().min(1).max(63),
    table: z.string().min(1).max(63),
    shape: z.string().meta({ description: 'digest of the bound columns and their types; the node refuses when the table no longer has it' }),
  }),
  provider: z.object({ unit: z.string(), name: z.string(), node: NodeIdentity }),
  consumer: z.object({ unit: z.string(), name: z.string(), node: NodeIdentity }),
  fields: z.array(GrantField).min(1).max(400),
  filter: Filter.optional(),
  cursor: FieldName.optional().meta({ description: 'the granted field by which increments are found (a change time)' }),
  purpose: z.string(),
  basis: z.string(),
  notBefore: z.iso.datetime({ offset: true }),
  notAfter: z.iso.datetime({ offset: true }),
  limits: z.object({
    rejectShare: z.number().min(0).max(1).meta({ description: 'the delivery stops when more than this share of its rows is rejected' }),
    connections: z.int().min(1).max(32).meta({ description: 'connections to the source database at once' }),
    rowsPerSecond: z.int().min(1).optional(),
  }),
})
export type Grant = z.infer<typeof Grant>

export function suiteOfGrant({ suite }: Pick<Grant, 'suite'>): SuiteName {
  return suite ?? 'international'
}

/** A signed document: its canonical JSON text, the id of the key, the signature over domain and text. */
export const Signed = z.object({ text: z.string(), key: z.string(), signature: Base64Url.length(86) })
export type Signed = z.infer<typeof Signed>

export const DeliveryMode = z.enum(['snapshot', 'incremental', 'capture'])
export type DeliveryMode = z.infer<typeof DeliveryMode>

const Count = z.int().min(0)
/** What the sender did, signed by its node. Always read = filtered + rejected + sent. */
export const Manifest = z.object({
  v: z.literal(1),
  delivery: z.uuid(),
  grant: z.object({ id: z.uuid(), version: z.int() }),
  mode: DeliveryMode,
  read: Count,
  filtered: Count,
  rejected: Count,
  sent: Count,
  bytes: Count.meta({ description: 'payload bytes before sealing' }),
  ranges: Count,
  masked: z.record(FieldName, Count).meta({ description: 'values masked, by field' }),
  reasons: z.record(z.string(), Count).meta({ description: 'rejected rows by field and rule, «uscc:uscc»' }),
  digest: z.string().meta({ description: 'hex; over the digests of the ranges in their order' }),
  cursor: z.object({ from: z.string().nullable(), to: z.string().nullable() }).optional().meta({ description: 'of a capture: log positions' }),
  period: z.int().min(1).optional().meta({ description: 'of a capture: which of its periods this is' }),
  changes: Count.optional().meta({ description: 'of a capture: changes in the log; a row changed several times within a batch is read once' }),
  source: z.object({ system: z.string(), position: z.string() }).meta({ description: 'system identifier and log position of the source database' }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
})
export type Manifest = z.infer<typeof Manifest>

/** What the receiver did, signed by its node after the commit at the target. Always received = loaded. */
export const Receipt = z.object({
  v: z.literal(1),
  delivery: z.uuid(),
  grant: z.object({ id: z.uuid(), version: z.int() }),
  mode: DeliveryMode,
  received: Count,
  loaded: Count,
  ranges: Count,
  bytes: Count,
  digest: z.string(),
  target: z.object({ schema: z.string(), table: z.string(), rows: Count.meta({ description: 'rows of the table after the delivery' }) }),
  period: z.int().min(1).optional().meta({ description: 'of a capture: as in the manifest' }),
  manifest: z.string().meta({ description: "digest of the sender's signed manifest text: ties both sides together" }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
})
export type Receipt = z.infer<typeof Receipt>
