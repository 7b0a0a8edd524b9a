/** What a batch holds, through rules and masks, to the session: rows that are there, rows that changed in part, rows that are gone. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { ChangeCounts } from '@zhenghe/wire/messages.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { type Rejection, RowKernel } from '../kernels/kernel.ts'
import type { RowFrame } from '../pg/copy-out.ts'
import { RateBudget } from '../rate.ts'
import { refusal } from '../refusal.ts'
import type { Batch } from './batch.ts'
import { addCounts } from './period.ts'

/** The longest row that still fits into one frame of the wire, as in loads. */
const LONGEST_ROW_BYTES = 7 << 20

export class PieceSender {
  readonly #session: Session
  readonly #grant: Grant
  readonly #rates: readonly RateBudget[]
  readonly #kernel: RowKernel
  #batch: Batch | undefined
  #revoked = 0
  #sent = 0
  #bytes = 0

  constructor(session: Session, grant: Grant, rate: RateBudget, rejectionLimit: number) {
    this.#session = session
    this.#grant = grant
    this.#rates = [rate, new RateBudget(grant.limits.rowsPerSecond)]
    this.#kernel = new RowKernel(grant.fields, rejectionLimit, (payload, places) => {
      if (this.#batch?.revoke(payload, places)) this.#revoked++
    })
  }

  /** Sends all of a batch's rows; answers the counts with these added. A row that breaks a rule is held back, and what the target has of it is taken away. */
  async send(batch: Batch, before: ChangeCounts): Promise<{ counts: ChangeCounts; rejections: readonly Rejection[] }> {
    this.#batch = batch
    this.#revoked = this.#sent = this.#bytes = 0
    this.#kernel.begin()
    const entries = batch.rows
    if (batch.emptied) await this.#session.send({ kind: 'changes', of: 'empty', rows: 0, unchanged: [] })
    const upserts = batch.upserts()
    if (upserts.rows > 0) await this.#group('upsert', upserts.rows, [], upserts.frames(), true)
    for (const { unchanged, rows, frames } of batch.patches()) {
      const names = unchanged.map((field) => this.#grant.fields[field]!.name)
      await this.#group('patch', rows, names, frames(), true)
    }
    const removals = batch.removals()
    if (removals.rows > 0) await this.#group('remove', removals.rows, [], removals.frames(), false)
    const { rejected, masked, reasons } = this.#kernel.counts()
    const read = batch.filtered + entries + this.#revoked
    const counts = { changes: batch.changes, read, filtered: batch.filtered, rejected, sent: this.#sent, bytes: this.#bytes, masked, reasons }
    return { counts: addCounts(before, counts), rejections: this.#kernel.rejections() }
  }

  async #group(of: 'upsert' | 'patch' | 'remove', rows: number, unchanged: string[], frames: Iterable<RowFrame>, checked: boolean): Promise<void> {
    await this.#session.send({ kind: 'changes', of, rows, unchanged })
    for (const frame of frames) {
      if (frame.payload.length > LONGEST_ROW_BYTES)
        throw refusal(
          'row_too_long',
          `source: a row of ${frame.payload.length} bytes is longer than the ${LONGEST_ROW_BYTES} a frame can carry: grant the table without its longest column`,
        )
      const { payload, rows: passed } = checked ? this.#kernel.run(frame) : frame
      if (passed === 0) continue
      for (const rate of this.#rates) await rate.take(passed)
      await this.#session.sendFrame(0, passed, payload)
      this.#sent += passed
      this.#bytes += payload.length
    }
  }
}
