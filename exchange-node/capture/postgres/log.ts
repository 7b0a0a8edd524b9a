/** The log of one slot as changes of a batch: transactions in the order of their commits, large ones from the disk. */

import { refusal } from '../../refusal.ts'
import type { Batch } from '../batch.ts'
import type { ChangeLog } from '../capture.ts'
import type { Spill } from '../spill.ts'
import { type Relation, readMoment, readRelation, TAG } from './pgoutput.ts'
import { type LogMessage, lsnOf, printLsn, type ReplicationStream } from './replication.ts'
import type { RelationRows } from './rows.ts'

/** Compares a relation with what was agreed; undefined for another table. Throws `SchemaChanged`, from the position on. */
export type Agree = (relation: Relation, position: string) => Promise<RelationRows | undefined>
type Settings = {
  stream: ReplicationStream
  spill: Spill
  agree: Agree
  /** Whether this is the granted table, and not a partition of it. */
  isWhole(relation: Relation): boolean
  /** Of partitions: whether the table is empty now. Throws `SchemaChanged` unless that was accepted. */
  emptied(relations: readonly number[], position: string): Promise<boolean>
  /** The changes that follow are of this transaction. */
  begun(transaction: number): void
  /** what is committed at or before here is at the target already */
  from: bigint
  before: bigint | undefined
}

const TRANSACTION_BYTES = 4

export class PostgresLog implements ChangeLog {
  readonly #settings: Settings
  readonly #relations = new Map<number, RelationRows | undefined>()
  /** relations that are the granted table itself */
  readonly #whole = new Set<number>()
  atEnd = false
  #before: bigint | undefined
  /** the transaction that was met at the place to stop is to be begun */
  #pending = false
  /** the transaction whose pieces are coming */
  #streamed: number | undefined
  /** a large transaction being read from the disk */
  #replay: { changes: Generator<{ bytes: Buffer; end: number }>; committed: () => void } | undefined
  /** where the transaction under way is committed */
  #commitAt = 0n
  /** the transaction under way is known to the target */
  #known = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#before = settings.before
  }

  async take(batch: Batch): Promise<void> {
    if (this.#pending && !this.atEnd) {
      this.#pending = false
      batch.begin()
    }
    while (!batch.full && !this.atEnd) {
      if (this.#replay) await this.#takeReplayed(batch)
      else {
        const message = this.#settings.stream.read()
        if (!message) return
        const waiting = this.#handle(message, batch)
        if (waiting) await waiting
      }
    }
  }

  stopBefore(position: string | undefined): void {
    const before = position === undefined ? undefined : lsnOf(position)
    if (before !== undefined && this.#commitAt >= before) throw refusal('database_busy', `the log was read beyond ${position} already`)
    this.#before = before
    this.atEnd = false
  }

  confirm(position: string): void {
    this.#settings.stream.confirm(lsnOf(position))
  }

  async end(): Promise<void> {
    await this.#settings.stream.end()
    this.#settings.spill.end()
  }

  #handle({ bytes, at, end }: LogMessage, batch: Batch): Promise<void> | undefined {
    const tag = bytes[at]
    switch (tag) {
      case TAG.begin:
        this.#begin(bytes.readBigUInt64BE(at + 1), bytes.readUInt32BE(at + 17), batch)
        return undefined
      case TAG.commit:
        this.#commit(bytes.readBigUInt64BE(at + 10), readMoment(bytes, at + 18), batch)
        return undefined
      case TAG.streamStart:
        this.#streamed = bytes.readUInt32BE(at + 1)
        return undefined
      case TAG.streamStop:
        this.#streamed = undefined
        return undefined
      case TAG.streamAbort:
        this.#settings.spill.abort(bytes.readUInt32BE(at + 1), bytes.readUInt32BE(at + 5))
        return undefined
      case TAG.streamCommit:
        this.#streamCommit(bytes, at, batch)
        return undefined
      default:
        if (this.#streamed === undefined) return this.#change(bytes, at, at + 1, end, batch)
        this.#settings.spill.append(this.#streamed, bytes.readUInt32BE(at + 1), bytes.subarray(at, end))
        return undefined
    }
  }

  #begin(commitAt: bigint, transaction: number, batch: Batch): void {
    this.#settings.begun(transaction)
    this.#commitAt = commitAt
    this.#known = commitAt < this.#settings.from
    if (this.#before !== undefined && commitAt >= this.#before) this.atEnd = this.#pending = true
    else batch.begin()
  }

  #commit(end: bigint, at: string, batch: Batch): void {
    if (this.#known) batch.open = false
    else batch.commit(printLsn(end), at)
  }

  #streamCommit(bytes: Buffer, at: number, batch: Batch): void {
    const transaction = bytes.readUInt32BE(at + 1)
    const [end, moment] = [bytes.readBigUInt64BE(at + 14), readMoment(bytes, at + 22)]
    this.#begin(bytes.readBigUInt64BE(at + 6), transaction, batch)
    const { spill } = this.#settings
    this.#replay = { changes: spill.replay(transaction), committed: () => this.#commit(end, moment, batch) }
  }

  async #takeReplayed(batch: Batch): Promise<void> {
    const replay = this.#replay!
    while (!batch.full) {
      const { value, done } = replay.changes.next()
      if (done) {
        this.#replay = undefined
        replay.committed()
        return
      }
      const waiting = this.#change(value.bytes, 0, 1 + TRANSACTION_BYTES, value.end, batch)
      if (waiting) await waiting
    }
  }

  /** @param body behind the tag, and the transaction where there is one */
  #change(bytes: Buffer, at: number, body: number, end: number, batch: Batch): Promise<void> | undefined {
    const tag = bytes[at]
    if (tag === TAG.relation) return this.#relation(readRelation(bytes, body))
    if (this.#known) return undefined
    if (tag === TAG.truncate) return this.#truncate(bytes, body, batch)
    if (tag !== TAG.insert && tag !== TAG.update && tag !== TAG.delete) return undefined // types, origins, marks
    const rows = this.#rowsOf(bytes.readUInt32BE(body))
    if (!rows) return undefined
    if (tag === TAG.update) return rows.update(bytes, body + 4, end, batch)
    if (tag === TAG.insert) rows.insert(bytes, body + 4, batch)
    else rows.delete(bytes, body + 4, end, batch)
    return undefined
  }

  async #relation(relation: Relation): Promise<void> {
    if (this.#settings.isWhole(relation)) this.#whole.add(relation.id)
    this.#relations.set(relation.id, await this.#settings.agree(relation, printLsn(this.#commitAt)))
  }

  /** Undefined for another table than the granted one. */
  #rowsOf(relation: number): RelationRows | undefined {
    const rows = this.#relations.get(relation)
    if (!rows && !this.#relations.has(relation)) throw new Error(`a change of relation ${relation} came, which was never described`)
    return rows
  }

  async #truncate(bytes: Buffer, at: number, batch: Batch): Promise<void> {
    const count = bytes.readInt32BE(at)
    const emptied = Array.from({ length: count }, (_, index) => bytes.readUInt32BE(at + 5 + 4 * index)).filter((relation) => this.#relations.get(relation))
    if (emptied.length === 0) return
    if (!emptied.some((relation) => this.#whole.has(relation)) && !(await this.#settings.emptied(emptied, printLsn(this.#commitAt)))) return
    batch.changes++
    batch.empty()
  }
}
