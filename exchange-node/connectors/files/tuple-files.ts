/** Ranges of a load as files of tuples, until the load is whole. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import { decode } from '../../kernels/decode.ts'
import { type Places, places, readInt32, walk } from '../../kernels/layout.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { Key, Sink, TargetRequest } from '../connector.ts'
import type { FileLedger } from './ledger.ts'
import type { Place } from './place.ts'

const BUFFERED_BYTES = 1 << 20

/** Rows on their way into a file of tuples. */
export class Staged {
  readonly #place: Place
  readonly #file: string
  readonly #stream = new PassThrough({ highWaterMark: BUFFERED_BYTES })
  readonly #written: Promise<void>
  #failure: unknown
  #rows = 0
  #bytes = 0

  constructor(place: Place, file: string) {
    this.#place = place
    this.#file = file
    this.#stream.on('error', () => undefined) // told by whoever writes next
    this.#written = place.write(file, this.#stream).catch((error: unknown) => {
      this.#failure = error
      this.#stream.destroy()
    })
  }

  async write(payload: Buffer, rows: number): Promise<void> {
    this.demandWhole()
    this.#rows += rows
    this.#bytes += payload.length
    if (!this.#stream.write(Buffer.from(payload))) await Promise.race([once(this.#stream, 'drain'), this.#written])
    this.demandWhole()
  }

  /** The file is there when it resolves. Refuses `counts_differ`. */
  async end({ n, sent, bytes }: RangeCounts): Promise<void> {
    if (this.#rows !== sent || this.#bytes !== bytes)
      throw refusal('counts_differ', `range ${n}: the sender tells of ${sent} rows in ${bytes} bytes, ${this.#rows} in ${this.#bytes} came`)
    this.#stream.end()
    await this.#written
    this.demandWhole()
  }

  async abort(): Promise<void> {
    const broken = new Error('the range was broken off')
    this.#failure ??= broken
    this.#stream.destroy(broken)
    await this.#written
    await this.#place.remove(this.#file).catch(() => undefined)
  }

  /** Throws why it was broken off, if it was. */
  demandWhole(): void {
    if (this.#failure) throw this.#failure
  }
}

/** Rows first, counts last: only then has the range landed. */
export class FileSink implements Sink {
  readonly #place: Place
  readonly #ledger: FileLedger
  readonly #delivery: string
  readonly #remove: readonly Key[]
  readonly #part: string
  readonly #staged: Staged

  /** @param remove keys whose rows of earlier ranges this range takes the place of */
  constructor(place: Place, ledger: FileLedger, delivery: string, remove: readonly Key[]) {
    this.#place = place
    this.#ledger = ledger
    this.#delivery = delivery
    this.#remove = remove
    this.#part = ledger.partOf(delivery, randomUUID())
    this.#staged = new Staged(place, this.#part)
  }

  write(payload: Buffer, rows: number): Promise<void> {
    return this.#staged.write(payload, rows)
  }

  async commit(counts: RangeCounts): Promise<void> {
    await this.#staged.end(counts)
    await this.#place.move(this.#part, this.#ledger.rowsOf(this.#delivery, counts.n))
    this.#staged.demandWhole()
    await this.#ledger.land(this.#delivery, { counts, remove: [...this.#remove] })
  }

  abort(): Promise<void> {
    return this.#staged.abort()
  }
}

/** Rows that take the place of others in a file that is in use, by their keys. */
export class MendSink implements Sink {
  readonly #place: Place
  readonly #part: string
  readonly #staged: Staged
  readonly #mend: (staged: () => Promise<Readable>) => Promise<void>

  /** @param mend brings the staged tuples into the file, at once */
  constructor(place: Place, part: string, mend: (staged: () => Promise<Readable>) => Promise<void>) {
    this.#place = place
    this.#part = part
    this.#staged = new Staged(place, part)
    this.#mend = mend
  }

  write(payload: Buffer, rows: number): Promise<void> {
    return this.#staged.write(payload, rows)
  }

  async commit(counts: RangeCounts): Promise<void> {
    await this.#staged.end(counts)
    await this.#mend(() => this.#place.read(this.#part))
    await this.#place.remove(this.#part)
  }

  abort(): Promise<void> {
    return this.#staged.abort()
  }
}

/** The rows of all ranges that have landed, without those that later ones took the place of. */
export async function* loadedRows(
  place: Place,
  ledger: FileLedger,
  { delivery, grant }: Pick<TargetRequest, 'delivery' | 'grant'>,
): AsyncGenerator<RowFrame, number> {
  const landed = await ledger.landed(delivery)
  const removals = [...landed.map(({ counts, remove }) => ({ before: counts.n, keys: remove })), ...(await ledger.removals(delivery))]
  let rows = 0
  for (const { counts } of landed) {
    if (counts.sent === 0) continue
    const gone = new Set(removals.filter(({ before }) => before > counts.n).flatMap(({ keys }) => keys.map(keyText)))
    const tuples = new TupleCutter(grant.fields, gone)
    for await (const frame of tuples.frames(await place.read(ledger.rowsOf(delivery, counts.n)))) {
      rows += frame.rows
      yield frame
    }
  }
  return rows
}

const keyText = (key: Key): string => JSON.stringify(key)

/** Cuts a stream of tuples into frames of whole ones, without those of some keys. */
export class TupleCutter {
  readonly #fields: readonly GrantField[]
  readonly #gone: ReadonlySet<string>
  readonly #places: Places
  #rest = Buffer.alloc(0)

  constructor(fields: readonly GrantField[], gone: ReadonlySet<string>) {
    this.#fields = fields
    this.#gone = gone
    this.#places = places(fields.length)
  }

  async *frames(content: Readable): AsyncGenerator<RowFrame> {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      const frame = this.#cut(this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk)
      if (frame.rows > 0) yield frame
    }
    if (this.#rest.length > 0) throw new Error('a file of tuples ends within one')
  }

  #cut(bytes: Buffer): RowFrame {
    const kept: Buffer[] = []
    let rows = 0
    let from = 0
    let at = 0
    for (let end = tupleEnd(bytes, at, this.#fields.length); end > 0; end = tupleEnd(bytes, at, this.#fields.length)) {
      if (this.#gone.size > 0 && this.#isGone(bytes, at)) {
        kept.push(bytes.subarray(from, at))
        from = end
      } else rows++
      at = end
    }
    kept.push(bytes.subarray(from, at))
    this.#rest = Buffer.from(bytes.subarray(at))
    return { payload: kept.length === 1 ? kept[0]! : Buffer.concat(kept), rows }
  }

  #isGone(bytes: Buffer, at: number): boolean {
    walk(bytes, at, this.#places)
    const { offsets, lengths } = this.#places
    const key = this.#fields.flatMap(({ type, key }, field) => (key ? [decode(type, bytes.subarray(offsets[field]!, offsets[field]! + lengths[field]!))] : []))
    return this.#gone.has(keyText(key))
  }
}

/** Where the tuple at `at` ends; -1 where the bytes do not hold all of it. */
function tupleEnd(bytes: Buffer, at: number, fields: number): number {
  let next = at + 2
  for (let field = 0; field < fields; field++) {
    if (next + 4 > bytes.length) return -1
    next += 4 + Math.max(readInt32(bytes, next), 0)
  }
  return next > bytes.length ? -1 : next
}
