/** Changes of one relation as tuples of a batch: projected to the granted fields, converted byte by byte, held against the grant's row filter. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import { type Places, places, walk, writeInt32 } from '../../kernels/layout.ts'
import type { Batch } from '../batch.ts'
import { compileFilter, filterFields, type RowFilter } from '../row-filter.ts'
import type { Conversion } from './convert.ts'
import { IS_NULL, IS_UNCHANGED, Tuple, walkImages } from './pgoutput.ts'

/** Of a granted field: its column's number in the relation. `identity`: an old key image carries it. */
export type FieldColumn = { column: number; identity: boolean; conversion: Conversion }
/** The granted tuple of the row of a key as it is now, by the texts of its key fields; undefined where it is gone or no longer granted. */
export type FetchRow = (bytes: Buffer, at: Places) => Promise<Buffer | undefined>
type Room = Pick<Batch, 'bytes' | 'length' | 'reserve'>

class Scratch implements Room {
  bytes = Buffer.allocUnsafeSlow(1 << 12)
  length = 0
  reserve(bytes: number): void {
    if (bytes > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(2 * bytes)
  }
}

export class RelationRows {
  readonly #columns: readonly FieldColumn[]
  readonly #fetch: FetchRow
  readonly #filter: RowFilter | undefined
  /** fields without which a row can be neither named nor judged */
  readonly #needed: ReadonlySet<number>
  readonly #hasRules: boolean
  readonly #growth: number
  readonly #old: Tuple
  readonly #fresh: Tuple
  readonly #scratch = new Scratch()
  readonly #oldPlaces: Places
  readonly #places: Places
  #unchanged: number[] = []

  /** @param columns for each granted field in its order @param width columns of the relation */
  constructor({ fields, filter }: Pick<Grant, 'fields' | 'filter'>, columns: readonly FieldColumn[], width: number, fetch: FetchRow) {
    this.#columns = columns
    this.#fetch = fetch
    this.#filter = filter && compileFilter(filter, fields)
    const asked = filter ? filterFields(filter) : new Set<string>()
    this.#needed = new Set(fields.flatMap(({ key, name }, at) => (key || asked.has(name) ? [at] : [])))
    this.#hasRules = fields.some(({ rules }) => rules.length > 0)
    this.#growth = 2 + columns.reduce((sum, { conversion }) => sum + 4 + conversion.growth, 0)
    this.#old = new Tuple(width)
    this.#fresh = new Tuple(width)
    this.#oldPlaces = places(fields.length)
    this.#places = places(fields.length)
  }

  /** `at` is behind the relation's id, on the kind of the tuple. */
  insert(bytes: Buffer, at: number, batch: Batch): void {
    batch.changes++
    this.#fresh.walk(bytes, at + 1)
    const end = this.#write(batch, this.#fresh, this.#places)
    if (this.#passes(batch, this.#places)) batch.upsert(this.#places, end, true)
    else batch.filtered++
  }

  delete(bytes: Buffer, at: number, end: number, batch: Batch): void {
    batch.changes++
    walkImages(bytes, at, end, this.#old, this.#fresh)
    this.#write(this.#scratch, this.#old, this.#oldPlaces)
    if (this.#passes(this.#scratch, this.#oldPlaces)) batch.remove(this.#scratch.bytes, this.#oldPlaces)
    else batch.filtered++
  }

  /** Resolves where the row had to be asked for: a value that did not change and was not sent is needed and stands nowhere else. */
  update(bytes: Buffer, at: number, end: number, batch: Batch): Promise<void> | undefined {
    batch.changes++
    const { old } = walkImages(bytes, at, end, this.#old, this.#fresh)
    let tupleEnd = this.#writeFresh(batch, old)
    if (this.#unchanged.some((field) => this.#needed.has(field))) return this.#ask(batch, this.#places)
    const passes = this.#passes(batch, this.#places)
    let passed = passes
    let moved = false
    if (old !== 'none') {
      this.#write(this.#scratch, this.#old, this.#oldPlaces)
      passed = this.#passes(this.#scratch, this.#oldPlaces)
      moved = batch.keyOf(this.#scratch.bytes, this.#oldPlaces) !== batch.keyOf(batch.bytes, this.#places)
      if (passed && (moved || !passes)) {
        batch.remove(this.#scratch.bytes, this.#oldPlaces)
        tupleEnd = this.#writeFresh(batch, old)
      }
    }
    if (!passes) {
      if (!passed) batch.filtered++
      return undefined
    }
    if (this.#unchanged.length === 0) batch.upsert(this.#places, tupleEnd, moved || !passed)
    else if (passed && !moved && !this.#hasRules) batch.patch(this.#places, tupleEnd, this.#unchanged)
    else return this.#ask(batch, this.#places)
    return undefined
  }

  #passes({ bytes }: Room, at: Places): boolean {
    return this.#filter === undefined || this.#filter(bytes, at)
  }

  #writeFresh(batch: Batch, old: 'none' | 'key' | 'row'): number {
    this.#unchanged = []
    for (let field = 0; field < this.#columns.length; field++) {
      const { column, identity } = this.#columns[field]!
      if (this.#fresh.lengths[column] !== IS_UNCHANGED) continue
      const carried = old === 'row' || (old === 'key' && identity)
      if (!carried || this.#old.lengths[column] === IS_UNCHANGED) this.#unchanged.push(field)
    }
    return this.#write(batch, this.#fresh, this.#places, old === 'none' ? undefined : this.#old)
  }

  /** The granted tuple behind the length of a room; answers its end. What is unchanged comes from the other tuple, or is null. */
  #write(room: Room, tuple: Tuple, into: Places, other?: Tuple): number {
    let size = this.#growth
    for (const { column } of this.#columns) size += Math.max(tuple.lengths[column]!, other ? other.lengths[column]! : 0, 0)
    room.reserve(size)
    const { bytes } = room
    let to = bytes.writeInt16BE(this.#columns.length, room.length)
    for (let field = 0; field < this.#columns.length; field++) {
      const { column, conversion } = this.#columns[field]!
      const from = tuple.lengths[column] === IS_UNCHANGED && other ? other : tuple
      const length = from.lengths[column]!
      const written = length < 0 ? IS_NULL : conversion.write(from.bytes, from.offsets[column]!, length, bytes, to + 4)
      writeInt32(bytes, to, written)
      into.offsets[field] = to + 4
      into.lengths[field] = written
      to += 4 + Math.max(written, 0)
    }
    return to
  }

  /** The row of the key at these places, as it is by now: whatever became of it since comes later in the log, on top. */
  async #ask(batch: Batch, at: Places): Promise<void> {
    const tuple = await this.#fetch(batch.bytes, at)
    if (!tuple) {
      batch.filtered++
      return
    }
    batch.reserve(tuple.length)
    tuple.copy(batch.bytes, batch.length)
    walk(batch.bytes, batch.length, this.#places)
    batch.upsert(this.#places, batch.length + tuple.length, false)
  }
}
