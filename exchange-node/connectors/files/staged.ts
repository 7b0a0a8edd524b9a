/** What targets have in common whose rows wait in a place of files until their load is whole, and then become something else than a file. */
import type { Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import type { DeliveryRow, Plan } from '../../target/ledger.ts'
import type { Key, Landing, Sink, Target, TargetRequest, Place as Where } from '../connector.ts'
import { FileLedger } from './ledger.ts'
import type { Place } from './place.ts'
import { FileSink, loadedRows } from './tuple-files.ts'

/** Ranges being written at once. */
const SINKS = 8

export abstract class StagedTarget implements Target {
  readonly sinks = SINKS
  protected readonly place: Place
  protected readonly ledger: FileLedger
  protected readonly request: TargetRequest
  /** what the rows of this table become: a topic, rows of an API */
  protected readonly goal: string

  constructor(place: Place, request: TargetRequest, goal: string) {
    this.place = place
    this.ledger = new FileLedger(place)
    this.request = request
    this.goal = goal
  }

  async found(): Promise<DeliveryRow | undefined> {
    const { delivery: id } = this.request
    const begun = await this.ledger.begun(id)
    const ended = begun && (await this.ledger.ended(id))
    return begun && { id, plan: begun.plan, startedAt: begun.startedAt, receipt: ended?.receipt ?? null, manifest: ended?.manifest ?? null }
  }

  abstract check(): Promise<void>

  async done(): Promise<RangeCounts[]> {
    return (await this.ledger.landed(this.request.delivery)).map(({ counts }) => counts)
  }

  async checkpoint(): Promise<string | null> {
    const filled = await this.ledger.filled(this.request.name)
    return filled && filled.grant === this.request.grant.id ? filled.checkpoint : null
  }

  /** Forgets what never ended of this table, makes sure of the room, and freezes the plan. */
  async begin(plan: Plan): Promise<void> {
    const { delivery, name } = this.request
    for (const other of (await this.ledger.open()).begun) {
      const begun = other === delivery ? undefined : await this.ledger.begun(other)
      if (begun?.file === this.goal) await this.abandon(other)
    }
    await this.prepare(plan)
    await this.ledger.begin(delivery, { plan, startedAt: new Date().toISOString(), target: name, file: this.goal })
  }

  /** Removes what a delivery that will not be resumed has left. */
  protected abandon(delivery: string): Promise<void> {
    return this.ledger.forget(delivery)
  }

  /** Refuses where there is no room; makes what increments come into. */
  protected abstract prepare(plan: Plan): Promise<void>

  async sink(landing: Landing): Promise<Sink> {
    if (landing.kind === 'load' || (landing.kind === 'mend' && landing.place === 'load'))
      return new FileSink(this.place, this.ledger, this.request.delivery, landing.kind === 'mend' ? landing.remove : [])
    return this.changing(landing)
  }

  /** How rows come into the table as it is; refuses where they cannot. */
  protected abstract changing(landing: Landing): Promise<Sink>

  async exists(place: Where): Promise<boolean> {
    return place === 'load' ? (await this.ledger.begun(this.request.delivery)) !== undefined : this.tableExists()
  }

  protected abstract tableExists(): Promise<boolean>

  async count(place: Where): Promise<number> {
    if (place === 'table') return this.tableCount()
    let rows = 0
    for await (const frame of this.rows('load')) rows += frame.rows
    return rows
  }

  protected abstract tableCount(): Promise<number>

  rows(place: Where): AsyncGenerator<RowFrame, number> {
    return place === 'load' ? loadedRows(this.place, this.ledger, this.request) : this.tableRows()
  }

  protected abstract tableRows(): AsyncGenerator<RowFrame, number>

  async remove(place: Where, keys: readonly Key[]): Promise<void> {
    if (place === 'table') return this.removeRows(keys)
    const { delivery } = this.request
    const last = (await this.ledger.landed(delivery)).at(-1)
    if (last) await this.ledger.removed(delivery, { before: last.counts.n + 1, keys })
  }

  protected abstract removeRows(keys: readonly Key[]): Promise<void>

  abstract finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void>

  async forget(): Promise<void> {
    const { delivery } = this.request
    if (!(await this.ledger.ended(delivery))) await this.abandon(delivery)
  }

  abstract end(): Promise<void>
}
