/**
 * What the engine asks of a source whose changes can be followed by its log. The engine (`send.ts`) batches, checks, masks, sends, signs and keeps time; a capture only
 * says where the log is, and turns what stands there into tuples of a `Batch`. Positions and bindings are the capture's own words; the target keeps them for it.
 */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Key, Source, SourceSnapshot } from '../connectors/connector.ts'
import { Refusal } from '../refusal.ts'
import type { Batch } from './batch.ts'

export type CaptureOptions = {
  /** UUID; names what is made at the source */
  delivery: string
  /** marks of changed columns that a person has approved (source/schema.ts, `shapeOf`) */
  accepted: string
  statementTimeoutMs: number
  pagesPerRange?: number | undefined
  /** bytes of log that may wait at the source for this capture alone */
  budgetBytes: number
  /** beyond the budget: give up the place in the log, or keep it and only sound the alarm */
  overBudget: 'drop' | 'keep'
  /** large transactions wait here for their commit */
  folder: string
}

/** A place in the log from which nothing will be missed, and the moment of the store at that place. */
export type Beginning = { binding: string; position: string; source: Source }

/** A moment of the store and its place in the log: what was committed before is seen, what was committed there or later is not. Whoever asked for it ends the snapshot. */
export type Standing = { position: string; snapshot: SourceSnapshot }

/** What waits at the source. */
export type Backlog = { keptBytes: number; lagBytes: number }

/** The changes of one granted table. Every method rejects with a `Refusal`, or with the driver's error, which `explain` knows. */
export interface Capture {
  readonly grant: Grant
  /** Takes a new place in the log, in place of an earlier one of the same delivery. */
  begin(): Promise<Beginning>
  /**
   * Opens the log behind a position. Refuses `slot_lost` where it is not the log of the binding any more, or no longer reaches back so far: then only a new load helps.
   * @param before take nothing of transactions that were committed here or later @param arrived called when there may be more to take
   */
  follow(binding: string, position: string, before: string | undefined, arrived: () => void): Promise<ChangeLog>
  /** A moment of the store beside the place in the log. Refuses `database_busy` where none is to be had soon, `capture_unsupported` where the store names no place. */
  moment(): Promise<Standing>
  /** Keys of rows that were asked for beside the log, so that the target may have them newer than the place at which it stands. */
  ahead(): readonly Key[]
  /** What the source keeps for this capture, and whether all of it is still as it must be. Refuses `slot_lost`, `wal_budget`, `capture_identity`. Now and then leaves a mark in an idle log. */
  look(): Promise<Backlog>
  /** Gives up the place in the log and whatever was made for it. What is not there any more is no error. */
  drop(): Promise<void>
  end(): Promise<void>
}

export interface ChangeLog {
  /** Puts what has come into the batch, until that is full or nothing is left. Throws `SchemaChanged`. */
  take(batch: Batch): Promise<void>
  /** Take nothing of transactions that were committed at this position or later; undefined: go on. Refuses `database_busy` where the log is beyond it already. */
  stopBefore(position: string | undefined): void
  /** True once nothing is left that may be taken before the place at which to stop. */
  readonly atEnd: boolean
  /** Everything up to here is durable at the target. */
  confirm(position: string): void
  end(): Promise<void>
}

/** What the table is made of has changed outside the log. `shape` is what a person would have to accept. */
export class LayoutChanged extends Refusal {
  readonly shape: string
  constructor(detail: string, shape: string) {
    super('schema_changed', detail, false)
    this.shape = shape
  }
}

/** The granted columns are not what was agreed any more, from the transaction of this position on. `shape` is what a person would have to accept. */
export class SchemaChanged extends Error {
  override name = 'SchemaChanged'
  readonly position: string
  readonly shape: string
  constructor(detail: string, position: string, shape: string) {
    super(detail)
    this.position = position
    this.shape = shape
  }
}
