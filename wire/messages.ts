/** What sender and receiver of a delivery say to each other between the frames of rows. JSON, sealed like the rows. The order of the talk: docs/protocols/wire.md §6. */
import { z } from 'zod'
import { CanonicalType, DeliveryMode, FieldName, Signed } from './documents.ts'

const Count = z.int().min(0)
const RangeNumber = z.int().min(0).max(0xffff_ffff)
const Digest = z.string().regex(/^[0-9a-f]{64}$/)
/** An integer of any size as decimal text (a sum of 64-bit hashes, a 64-bit hash). */
const Integer = z.string().regex(/^-?\d{1,40}$/)
const Key = z.array(z.string().max(1024)).min(1).max(32)

/** How many buckets the row keys are hashed into when two tables are compared. */
export const BUCKETS = 4096

/** How two tables are compared: by PostgreSQL's own hash of a row, or by a hash of its canonical tuple, which every store can give. */
export const HashKind = z.enum(['record', 'tuple'])
export type HashKind = z.infer<typeof HashKind>

/** One part of a load, frozen when it is first planned; `from` and `to` mean what the sender's source says (ctid pages, key texts), null is open. */
export const Range = z.object({ n: RangeNumber, from: z.string().nullable(), to: z.string().nullable() })
export type Range = z.infer<typeof Range>
const Ranges = z.array(Range).max(100_000)

/** What became of one range. Always read = filtered + rejected + sent; `digest` is the session's running digest after its last frame. */
export const RangeCounts = z.object({
  n: RangeNumber,
  read: Count,
  filtered: Count,
  rejected: Count,
  sent: Count,
  bytes: Count.meta({ description: 'payload bytes before sealing' }),
  digest: Digest,
  snapshot: z.string().meta({ description: "the sender's name for the moment at which the rows were read" }),
  masked: z.record(FieldName, Count).meta({ description: 'values masked, by field' }),
  reasons: z.record(z.string(), Count).meta({ description: 'rejected rows by field and rule, «uscc:uscc»' }),
})
export type RangeCounts = z.infer<typeof RangeCounts>

/** A place in the log of a source, in the source's own words (an LSN, a GTID set). Only the source's node compares two of them. */
export const Position = z.string().min(1).max(1024)

/** What became of changes: of one batch, or of all batches of a period together. Always read = filtered + rejected + sent. */
export const ChangeCounts = z.object({
  changes: Count.meta({ description: 'changes in the log; rows changed several times within a batch are read once' }),
  read: Count,
  filtered: Count,
  rejected: Count,
  sent: Count.meta({ description: 'rows in frames: upserts, patches and removals' }),
  bytes: Count,
  masked: z.record(FieldName, Count),
  reasons: z.record(z.string(), Count),
})
export type ChangeCounts = z.infer<typeof ChangeCounts>

/** A change that the target's own database refuses: by its key, the column where the database names one, and by what (a constraint's name, or the database's code). */
export const RefusedChange = z.object({ key: Key, field: z.string().max(63), rule: z.string().max(80) })
export type RefusedChange = z.infer<typeof RefusedChange>
/** Keys whose last change the target refuses, at once. Beyond it the capture stops. */
export const MOST_REFUSED = 500
const RefusedChanges = z.array(RefusedChange)

/** The batches applied since the last period was signed. */
export const OpenPeriod = z.object({
  n: z.int().min(1),
  from: Position,
  startedAt: z.iso.datetime(),
  batches: Count,
  digest: Digest.meta({ description: 'H over the digest before and that of the batch, from 32 zero bytes' }),
  counts: ChangeCounts,
})
export type OpenPeriod = z.infer<typeof OpenPeriod>

export const Message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('have').meta({ description: 'receiver, first: what its ledger already holds of this delivery' }),
    checkpoint: z.string().nullable().meta({ description: 'how far increments reach at the target; null before the first' }),
    ranges: Ranges.nullable().meta({ description: 'the plan frozen by an earlier session; null where there is none' }),
    done: z.array(RangeCounts).max(100_000),
  }),
  z.object({
    kind: z.literal('plan').meta({ description: 'sender: the whole load. Where a plan was frozen, its ranges again' }),
    grant: z.object({ id: z.uuid(), version: z.int().min(1) }),
    mode: DeliveryMode,
    ranges: Ranges,
    columns: z
      .array(z.object({ name: FieldName, type: CanonicalType }))
      .min(1)
      .max(400),
    keys: z.array(FieldName),
    totalRows: Count.meta({ description: 'an estimate, for progress only' }),
    snapshot: z.string(),
    anew: z.boolean().optional().meta({ description: 'what the receiver holds of this delivery is to be forgotten: the source is another one now' }),
    cursor: z.object({ field: FieldName, from: z.string().nullable(), to: z.string().nullable() }).nullable(),
  }),
  z.object({ kind: z.literal('want').meta({ description: 'receiver: send these ranges' }), ranges: z.array(RangeNumber).max(100_000) }),
  z.object({ kind: z.literal('rangeBegin'), n: RangeNumber }),
  z.object({ kind: z.literal('rangeEnd'), ...RangeCounts.shape }),
  z.object({ kind: z.literal('rangeDone').meta({ description: 'receiver: rows and ledger line are committed' }), n: RangeNumber }),
  z.object({ kind: z.literal('manifest'), signed: Signed }),
  z.object({ kind: z.literal('receipt'), signed: Signed }),
  z.object({
    kind: z.literal('refuse').meta({ description: 'either: no, why, and what to do; the session ends' }),
    code: z.string().min(1).max(64),
    detail: z.string().max(2000),
    resumable: z.boolean(),
  }),
  z.object({ kind: z.literal('progress').meta({ description: 'either, now and then' }), ranges: Count, rows: Count, bytes: Count }),

  z.object({
    kind: z.literal('reconcile').meta({ description: 'receiver: compare the granted rows by these columns' }),
    columns: z.array(FieldName).min(1).max(400),
    buckets: z.literal(BUCKETS),
    hashes: z.array(HashKind).min(1).default(['record']).meta({ description: 'those the receiver can give; the sender chooses' }),
  }),
  z.object({
    kind: z.literal('reconcileBuckets').meta({ description: 'sender: rows and sum of row hashes of each bucket that is not empty' }),
    snapshot: z.string(),
    by: HashKind.default('record'),
    buckets: z
      .array(
        z.object({
          k: z
            .int()
            .min(0)
            .max(BUCKETS - 1),
          n: Count,
          sum: Integer,
        }),
      )
      .max(BUCKETS),
  }),
  z.object({
    kind: z.literal('reconcileAsk').meta({ description: 'receiver: the buckets that differ' }),
    buckets: z
      .array(
        z
          .int()
          .min(0)
          .max(BUCKETS - 1),
      )
      .max(BUCKETS),
  }),
  z.object({
    kind: z.literal('reconcileKeys').meta({ description: 'sender: key and hash of every row of those buckets, in as many messages as it takes' }),
    rows: z.array(z.object({ key: Key, hash: Integer })).max(20_000),
    last: z.boolean(),
  }),
  z.object({
    kind: z.literal('reconcileMend').meta({ description: 'receiver: send these rows as range n' }),
    n: RangeNumber,
    keys: z.array(Key).max(20_000),
  }),
  z.object({
    kind: z
      .literal('reconcileMoment')
      .meta({ description: 'receiver, first, where a capture follows the table: both sides are to be held at one moment, under this id' }),
    id: z.uuid(),
  }),
  z.object({
    kind: z.literal('reconcileAt').meta({ description: "sender: the receiver's own table is held as of this position in the source's log" }),
    position: Position,
  }),
  z.object({ kind: z.literal('reconcileMended').meta({ description: 'sender: the capture has brought these rows, or taken them away' }), n: RangeNumber }),
  z.object({
    kind: z.literal('reconcileResult').meta({ description: 'receiver, last' }),
    rows: Count,
    missing: Count,
    extra: Count,
    changed: Count,
    mended: Count,
  }),

  z.object({
    kind: z.literal('captureHave').meta({ description: 'receiver, first of a change capture: what its ledger holds' }),
    loaded: z.boolean().meta({ description: 'the load from which changes go on has been swapped in' }),
    binding: z.string().max(2000).nullable().meta({ description: "the sender's own words for what the positions belong to" }),
    position: Position.nullable(),
    period: OpenPeriod.nullable(),
    last: z.object({ manifest: Signed, receipt: Signed }).nullable().meta({ description: 'the period signed last' }),
    refused: RefusedChanges.max(MOST_REFUSED).default([]).meta({ description: 'keys whose last change the target refuses' }),
  }),
  z.object({
    kind: z.literal('captureFrom').meta({ description: 'sender: changes will follow from here; before a load, that it begins at this moment' }),
    binding: z.string().max(2000),
    position: Position,
  }),
  z.object({ kind: z.literal('captureBound').meta({ description: 'receiver: binding and position of the load to come are in its ledger' }) }),
  z.object({ kind: z.literal('changesBegin').meta({ description: 'sender: a batch of whole transactions; its frames bear range 0, begun anew' }), n: Count }),
  z.object({
    kind: z.literal('changes').meta({ description: 'sender: what the frames that follow are; `empty` has none: every row goes' }),
    of: z.enum(['upsert', 'remove', 'patch', 'empty']),
    rows: Count.meta({ description: 'at most so many follow' }),
    unchanged: z.array(FieldName).max(400).meta({ description: 'of a patch: the fields that stay as the target has them' }),
  }),
  z.object({ kind: z.literal('changesApply').meta({ description: 'sender: what has come of the batch is to be applied; more follows, on top of it' }) }),
  z.object({ kind: z.literal('changesAbort').meta({ description: 'sender: the batch is forgotten' }) }),
  z.object({
    kind: z.literal('changesEnd').meta({ description: 'sender: the batch is whole' }),
    n: Count,
    position: Position,
    committedAt: z.iso.datetime().meta({ description: 'of its last transaction at the source' }),
    digest: Digest,
    ...ChangeCounts.shape,
  }),
  z.object({
    kind: z.literal('captureMoment').meta({ description: 'sender: hold the table as it is now, for the reconciliation that names this id' }),
    id: z.uuid(),
  }),
  z.object({ kind: z.literal('captureMomentHeld').meta({ description: 'receiver: it is held' }), id: z.uuid() }),
  z.object({
    kind: z.literal('changesDone').meta({ description: 'receiver: rows and position are committed' }),
    n: Count,
    position: Position,
    refused: RefusedChanges.max(2 * MOST_REFUSED)
      .default([])
      .meta({ description: 'changes of the batch that were not applied; they count as rejected, not as sent' }),
    open: RefusedChanges.max(MOST_REFUSED)
      .optional()
      .meta({ description: 'keys whose last change is refused now, where the batch has changed which they are' }),
  }),
])
export type Message = z.infer<typeof Message>
