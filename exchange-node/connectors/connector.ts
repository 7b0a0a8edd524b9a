/**
 * What the engine asks of a store of any kind. Rows always travel as whole tuples in PostgreSQL's binary COPY encoding (`kernels/layout.ts`), each field in the
 * canonical type its grant names (wire/documents.ts). Masks, rules, sealing, signatures, ranges and reconciliation are the engine's own and the same for every store;
 * a connector only reads and writes tuples, and keeps the ledger of its target. How to write one: docs/how-to/add-a-connector.md.
 */
import type { DeliveryMode, Grant, GrantField, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { Range, RangeCounts } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../pg/copy-out.ts'
import type { SourceTable } from '../source/schema.ts'
import type { SnapshotFacts } from '../source/snapshot.ts'
import type { DeliveryRow, Plan, TargetName } from '../target/ledger.ts'
import type { HoldBack } from './unfit.ts'

/** A key of a row: the texts of its key fields in the order of the grant. */
export type Key = readonly string[]

/** Which rows of a table: a range as `plan` cut it, some values of the cursor (both ends included), some keys. An undefined bound is open. */
export type Part =
  | { by: 'range'; range: Pick<Range, 'from' | 'to'> }
  | { by: 'cursor'; from: string | undefined; to: string }
  | { by: 'keys'; keys: readonly Key[] }

/** What a store is, for the beat and the catalogue: «MariaDB 10.11.6», and its database, folder, bucket or topic; and whether changes can be followed by its log. */
export type Look = { product: string; database: string; captures?: boolean }

export type SourceOptions = {
  statementTimeoutMs: number
  /** how far below the checkpoint an increment reads again */
  overlapSeconds: number
  pagesPerRange?: number | undefined
}

/** A store that rows are read from. Every method rejects with a `Refusal`, or with the driver's error, which `explain` knows. */
export interface SourceConnector {
  look(): Promise<Look>
  /** All tables, views, files or topics that may be granted. */
  tables(): Promise<SourceTable[]>
  /** Everything that can be refused before anybody is called: rights, shape, types, key, cursor, encoding, clock. */
  prepare(grant: Grant, mode: DeliveryMode, options: SourceOptions): Promise<Source>
  /** Takes away what `prepare` has made at the source for a grant that is over (a role, a user), of every version of it. Absent where it makes nothing. */
  forgetGrant?(grant: string): Promise<void>
}

/** One granted table of a store, found to be what was granted. */
export interface Source {
  readonly table: SourceTable
  /** Opens one moment of the store, as far as the store has such a thing. */
  snapshot(): Promise<SourceSnapshot>
}

export interface SourceSnapshot {
  readonly facts: SnapshotFacts
  /** True where nothing that was read under another name than this one's is worth keeping: a load that was broken off then begins anew, instead of being compared and mended. */
  readonly allOrNothing?: boolean
  /** Cuts a whole load into ranges, once; they are frozen at the target. Never scans the table to do so. */
  plan(): Promise<Range[]>
  /** The highest value of a granted field, as text; null in an empty table. */
  highWater(field: GrantField): Promise<string | null>
  /** Another reader of the same moment. The caller ends it. */
  reader(): Promise<SourceReader>
  end(): Promise<void>
}

export interface SourceReader {
  /** Its own name for what it sees, where the readers of a snapshot do not see the same moment: such a load is compared and mended before anybody sees it. */
  readonly moment?: string
  /**
   * The rows of a part that pass the grant's filter; the generator's return value is how many were read, passing or not. Leaving the loop early ends the reader. A row that
   * cannot be carried goes to `holdBack`; without it, it is refused. A store whose types are the grant's own has no such rows.
   */
  rows(part: Part, holdBack?: HoldBack): AsyncGenerator<RowFrame, number>
  /**
   * PostgreSQL's own hash of each row as it would arrive at the target: tuples of bucket (int4), hash (int8), the fields that have rules, and with `buckets` the texts of the
   * key fields. Absent where the store has no such hash; then the engine hashes tuples itself.
   */
  recordHashes?(columns: readonly string[], buckets: readonly number[] | undefined): AsyncGenerator<RowFrame, number>
  end(): Promise<void>
}

export type TargetRequest = {
  delivery: string
  mode: DeliveryMode
  grant: Grant
  name: TargetName
  quotaBytes?: number | undefined
  memoryMiB: number
  /** rows will be changed in place after the load */
  changing?: boolean | undefined
}

/** A store that rows are written to. It keeps the ledger of its deliveries beside them. */
export interface TargetConnector {
  look(): Promise<Look>
  tables(): Promise<SourceTable[]>
  /** Holds the table for one delivery until `end`; waits a while for another that is at work on it, then refuses `database_busy`. */
  open(request: TargetRequest): Promise<Target>
  /** Removes what an unfinished delivery has left. A delivery that is done stays. */
  discard(delivery: string): Promise<void>
  /** The receipt of a delivery that ended here, unsigned, whatever became of the word about it; and how far increments reach. */
  receiptHeld(delivery: string): Promise<{ receipt: Receipt; checkpoint: string | null } | undefined>
}

/** Where rows stand until a load is whole, and where they stand then. */
export type Place = 'load' | 'table'

/** How the rows of a range become part of the target, in one transaction with their ledger line. */
export type Landing =
  /** appended to the load */
  | { kind: 'load' }
  /** merged into the table by key; where the table's row is newer by the cursor, it stays. The checkpoint moves in the same transaction */
  | { kind: 'increment'; checkpoint: string | null }
  /** in place of the rows of some keys. In a load it counts as a range of it; in a table that is in use it is part of no delivery */
  | { kind: 'mend'; place: Place; remove: readonly Key[] }

export interface Target {
  /** What the ledger holds of this delivery; a plan whose rows are gone is forgotten first. */
  found(): Promise<DeliveryRow | undefined>
  /** Refuses every way in which the table as it is cannot take the delivery. */
  check(): Promise<void>
  /** The committed ranges in the order of their numbers. */
  done(): Promise<RangeCounts[]>
  /** How far increments reach; null before the first load, or where the table came from another grant. */
  checkpoint(): Promise<string | null>
  /** Clears away what never ended, checks the room, makes an empty load (or for increments the table), and freezes the plan. */
  begin(plan: Plan): Promise<void>
  /** A transaction of its own; several may be open at once, as many as `sinks`. */
  sink(landing: Landing): Promise<Sink>
  readonly sinks: number
  exists(place: Place): Promise<boolean>
  count(place: Place): Promise<number>
  /** All rows as tuples of the granted fields in their canonical types, byte for byte as they were written. */
  rows(place: Place): AsyncGenerator<RowFrame, number>
  /** As `SourceReader.recordHashes`, without rules and masks. */
  recordHashes?(place: Place, columns: readonly string[], buckets: readonly number[] | undefined): AsyncGenerator<RowFrame, number>
  remove(place: Place, keys: readonly Key[]): Promise<void>
  /** The end of the delivery, with the evidence of both sides, in one transaction: before it the old table serves, after it the new one. @param checkpoint null keeps the one before */
  finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void>
  /** A load that cannot be resumed leaves nothing behind. */
  forget(): Promise<void>
  end(): Promise<void>
}

export interface Sink {
  /** `payload` holds whole tuples and is not kept after the promise resolves. */
  write(payload: Buffer, rows: number): Promise<void>
  /** Rows and ledger line together, or neither. Refuses `counts_differ` where other rows or bytes came than the sender tells. */
  commit(counts: RangeCounts): Promise<void>
  /** Also while a commit is under way, which then ends soon, one way or the other. */
  abort(): Promise<void>
}
