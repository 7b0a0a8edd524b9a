/** Files as a target: each granted table is a file, written anew by every load, increment and mending, and put in the old one's place at once. */
import { Readable } from 'node:stream'
import type { Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { DeliveryRow, Plan, TargetName } from '../../target/ledger.ts'
import { AddressProblem } from '../address.ts'
import type { Key, Landing, Look, Sink, Target, TargetConnector, TargetRequest, Place as Where } from '../connector.ts'
import { type FieldValue, RowEncoder } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import { formatOf } from './formats/formats.ts'
import { type WrittenFormat, writerOf } from './formats/write.ts'
import { holdTable } from './hold.ts'
import { FileLedger } from './ledger.ts'
import { mergeFile } from './merge.ts'
import { inside, type Place } from './place.ts'
import { columnsOfTable } from './tables.ts'
import { FileSink, loadedRows, MendSink, TupleCutter } from './tuple-files.ts'

/** Ranges being written at once. */
const SINKS = 8

/** The `format` of an address: what files are written as, CSV where it says nothing. */
export function writtenFormat(url: string): WrittenFormat {
  const format = new URL(url).searchParams.get('format') ?? 'csv'
  if (format !== 'csv' && format !== 'jsonl') throw new AddressProblem('the format of the address is neither csv nor jsonl, the two that are written')
  return format
}

export class FileTarget implements TargetConnector {
  readonly #open: () => Place
  readonly #format: WrittenFormat

  constructor(open: () => Place, format: WrittenFormat = 'csv') {
    this.#open = open
    this.#format = format
  }

  async look(): Promise<Look> {
    return this.#at(async (place) => {
      await place.list('')
      return { product: place.product, database: place.name }
    })
  }

  tables(): Promise<SourceTable[]> {
    return this.#at(async (place) => {
      const files = (await place.list('')).filter(({ path }) => path.endsWith(`.${this.#format}`))
      const found = files.map(async ({ path, bytes }): Promise<SourceTable> => {
        const at = path.lastIndexOf('/')
        const table = path.slice(at + 1, -this.#format.length - 1)
        const columns = (await columnsOfTable(place, path)) ?? []
        return { schema: at < 0 ? '.' : path.slice(0, at), table, kind: 'table', comment: null, estimatedRows: 0, bytes, columns }
      })
      return Promise.all(found)
    })
  }

  async open(request: TargetRequest): Promise<Target> {
    const place = this.#open()
    try {
      const release = await holdTable(`${place.product} ${place.name} ${request.name.schema}.${request.name.table}`)
      const table = new TableFile(place, request, this.#format, release)
      await table.complete().catch((error: unknown) => {
        release()
        throw error
      })
      return table
    } catch (error) {
      await place.end()
      throw error
    }
  }

  discard(delivery: string): Promise<void> {
    return this.#at(async (place) => {
      const ledger = new FileLedger(place)
      if (!(await ledger.ended(delivery))) await ledger.forget(delivery)
    })
  }

  receiptHeld(delivery: string): Promise<{ receipt: Receipt; checkpoint: string | null } | undefined> {
    return this.#at(async (place) => {
      const ended = await new FileLedger(place).ended(delivery)
      return ended && { receipt: ended.receipt, checkpoint: ended.checkpoint }
    })
  }

  async #at<T>(work: (place: Place) => Promise<T>): Promise<T> {
    const place = this.#open()
    try {
      return await work(place)
    } finally {
      await place.end()
    }
  }
}

class TableFile implements Target {
  readonly sinks = SINKS
  readonly #place: Place
  readonly #ledger: FileLedger
  readonly #request: TargetRequest
  readonly #format: WrittenFormat
  readonly #release: () => void
  readonly #file: string

  constructor(place: Place, request: TargetRequest, format: WrittenFormat, release: () => void) {
    this.#place = place
    this.#ledger = new FileLedger(place)
    this.#request = request
    this.#format = format
    this.#release = release
    this.#file = fileOf(request.name, format)
  }

  /** What ended here and was not put in its place, because this node was killed in between: it is told as done, so it comes first. */
  async complete(): Promise<void> {
    for (const other of (await this.#ledger.open()).unswapped) if ((await this.#ledger.begun(other))?.file === this.#file) await this.#swap(other)
  }

  async found(): Promise<DeliveryRow | undefined> {
    const { delivery: id } = this.#request
    const begun = await this.#ledger.begun(id)
    if (!begun) return undefined
    const ended = await this.#ledger.ended(id)
    return { id, plan: begun.plan, startedAt: begun.startedAt, receipt: ended?.receipt ?? null, manifest: ended?.manifest ?? null }
  }

  async check(): Promise<void> {
    const { name } = this.#request
    const there = await this.#place.stat(this.#file)
    if (there && there.bytes > 0 && !(await this.#ledger.filled(name)))
      throw refusal('target_not_ours', `${this.#file} was not put there by an exchange and would be replaced: move it away, or choose another name`)
    if (there && there.bytes > 0 && this.#merges) await this.#demandColumns()
  }

  /** Rows are merged into a file of the same columns only. */
  async #demandColumns(): Promise<void> {
    const names = (await columnsOfTable(this.#place, this.#file))?.map(({ column }) => column) ?? []
    const granted = this.#request.grant.fields.map(({ name }) => name)
    if (names.length > 0 && (names.length !== granted.length || names.some((name) => !granted.includes(name))))
      throw refusal('target_incompatible', `${this.#file} has the columns ${names.join(', ')}, granted are ${granted.join(', ')}: deliver it whole once`)
  }

  get #merges(): boolean {
    return this.#request.mode !== 'snapshot'
  }

  async done(): Promise<RangeCounts[]> {
    return (await this.#ledger.landed(this.#request.delivery)).map(({ counts }) => counts)
  }

  async checkpoint(): Promise<string | null> {
    const filled = await this.#ledger.filled(this.#request.name)
    return filled && filled.grant === this.#request.grant.id ? filled.checkpoint : null
  }

  async begin(plan: Plan): Promise<void> {
    const { delivery, name, quotaBytes } = this.#request
    for (const other of (await this.#ledger.open()).begun) {
      const begun = other === delivery ? undefined : await this.#ledger.begun(other)
      if (begun?.file === this.#file) await this.#ledger.forget(other)
    }
    const used = (await this.#place.list('')).reduce((sum, { bytes }) => sum + bytes, 0)
    if (quotaBytes !== undefined && used >= quotaBytes)
      throw refusal('target_room', `the files of the target hold ${used} bytes and ${quotaBytes} are allowed: make room or raise quotaMiB`)
    await this.#ledger.begin(delivery, { plan, startedAt: new Date().toISOString(), target: name, file: this.#file })
  }

  async sink(landing: Landing): Promise<Sink> {
    if (landing.kind === 'mend' && landing.place === 'table') {
      const { name } = this.#request
      await this.#place.remove(this.#ledger.mendOf(name, ''))
      return new MendSink(this.#place, this.#ledger.mendOf(name, 'rows'), (read) => this.#mend(landing.remove, read))
    }
    return new FileSink(this.#place, this.#ledger, this.#request.delivery, landing.kind === 'mend' ? landing.remove : [])
  }

  async exists(place: Where): Promise<boolean> {
    return place === 'load' ? (await this.#ledger.begun(this.#request.delivery)) !== undefined : (await this.#place.stat(this.#file)) !== undefined
  }

  /** Of an increment, the table as it will be: what has landed is merged into it first, and seen by nobody before the end. */
  async count(place: Where): Promise<number> {
    if (place === 'table' && this.#merges) return this.#mergeLanded()
    let rows = 0
    for await (const frame of this.rows(place)) rows += frame.rows
    return rows
  }

  rows(place: Where): AsyncGenerator<RowFrame, number> {
    return place === 'load' ? loadedRows(this.#place, this.#ledger, this.#request) : this.#written()
  }

  async remove(place: Where, keys: readonly Key[]): Promise<void> {
    if (place === 'table') return this.#mend(keys, async () => Readable.from([]))
    const { delivery } = this.#request
    const last = (await this.#ledger.landed(delivery)).at(-1)
    if (last) await this.#ledger.removed(delivery, { before: last.counts.n + 1, keys })
  }

  /** The end is written before the file is swapped in, and whoever finds it finishes the swap. */
  async finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void> {
    const { delivery } = this.#request
    const whole = this.#ledger.wholeOf(delivery)
    if (!this.#merges) await this.#place.write(whole, Readable.from(this.#text(), { objectMode: false }))
    else if (!(await this.#place.stat(whole))) await this.#mergeLanded()
    const kept = this.#merges ? await this.checkpoint() : null
    await this.#ledger.end(delivery, { receipt, manifest, checkpoint: checkpoint ?? kept })
    await this.#swap(delivery)
  }

  #mergeLanded(): Promise<number> {
    const { delivery } = this.#request
    return mergeFile({
      ...this.#merging(this.rows('load'), []),
      newest: true,
      into: this.#ledger.wholeOf(delivery),
      between: (lot) => this.#ledger.partOf(delivery, `lot-${lot}`),
    })
  }

  async #mend(remove: readonly Key[], read: () => Promise<Readable>): Promise<void> {
    const { grant, name } = this.#request
    await this.#demandColumns()
    const staged = new TupleCutter(grant.fields, new Set()).frames(await read())
    const [into, between] = [this.#ledger.mendOf(name, 'whole'), (lot: number) => this.#ledger.mendOf(name, `lot-${lot}`)]
    await mergeFile({ ...this.#merging(staged, remove), newest: false, into, between })
    await this.#place.move(into, this.#file)
  }

  #merging(staged: AsyncIterable<RowFrame>, remove: readonly Key[]) {
    const { grant } = this.#request
    const base = () => this.#written()
    return { place: this.#place, grant, base, staged, remove, writer: writerOf(this.#format, grant.fields) }
  }

  async forget(): Promise<void> {
    const { delivery } = this.#request
    if (!(await this.#ledger.ended(delivery))) await this.#ledger.forget(delivery)
  }

  async end(): Promise<void> {
    this.#release()
    await this.#place.end()
  }

  async #swap(delivery: string): Promise<void> {
    const whole = this.#ledger.wholeOf(delivery)
    if (!(await this.#place.stat(whole))) return
    const { receipt, checkpoint } = (await this.#ledger.ended(delivery))!
    const { plan, target } = (await this.#ledger.begun(delivery))!
    await this.#ledger.fill(target, { grant: plan.grant.id, delivery, checkpoint, rows: receipt.target.rows })
    await this.#place.move(whole, this.#file)
    await this.#ledger.dropRows(delivery)
  }

  async *#text(): AsyncGenerator<Buffer> {
    const writer = writerOf(this.#format, this.#request.grant.fields)
    if (writer.head !== '') yield Buffer.from(writer.head)
    for await (const { payload } of this.rows('load')) yield Buffer.from(writer.rows(payload))
  }

  async *#written(): AsyncGenerator<RowFrame, number> {
    const { fields } = this.#request.grant
    const frames = new TupleFrames()
    const encoder = new RowEncoder(frames, fields)
    let rows = 0
    if (!(await this.#place.stat(this.#file))) return 0
    for await (const record of formatOf(this.#file)!.records(await this.#place.read(this.#file))) {
      if ('problem' in record) throw record.problem
      const { values } = record
      encoder.write(fields.map(({ name }) => values[name] as FieldValue))
      rows++
      if (frames.full) yield frames.take()
    }
    if (frames.rows > 0) yield frames.take()
    return rows
  }
}

function fileOf({ schema, table }: TargetName, format: WrittenFormat): string {
  return inside(schema, `${table}.${format}`)
}
