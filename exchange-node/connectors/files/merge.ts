/** Rows brought into a file by their keys: the file is written anew, each row in its place, new ones behind, and is put in the old one's place at once. */
import { Readable } from 'node:stream'
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { evaluate } from '@zhenghe/wire/filter.ts'
import { decode } from '../../kernels/decode.ts'
import { type Places, places, walk } from '../../kernels/layout.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { Key } from '../connector.ts'
import { Comparable } from '../passing.ts'
import { TupleReader } from '../tuples/values.ts'
import type { FileWriter } from './formats/write.ts'
import type { Place } from './place.ts'
import { TupleCutter } from './tuple-files.ts'

/** Changed rows held in memory; where there are more, the file is gone through once more for each such lot. */
const MOST_BYTES = 48 << 20
const MOST_ROWS = 200_000

export type Merging = {
  place: Place
  grant: Pick<Grant, 'fields' | 'cursor'>
  /** the rows of the file as it is */
  base: () => AsyncIterable<RowFrame>
  staged: AsyncIterable<RowFrame>
  /** keys whose rows go, with those that are staged in their place or none */
  remove: readonly Key[]
  /** a staged row that is older by the cursor than the file's leaves it as it is */
  newest: boolean
  writer: FileWriter
  /** where the whole file is written, and where what lies in between */
  into: string
  between: (lot: number) => string
}

/** Answers how many rows the new file has. Refuses `duplicate_keys` where two staged rows are one. */
export async function mergeFile({ place, grant, base, staged, remove, newest, writer, into, between }: Merging): Promise<number> {
  const lot = () => new Lot(grant, newest)
  let [changes, under, lots] = [lot(), base, 0]
  changes.remove(remove)
  for await (const { payload } of staged) {
    changes.add(payload)
    if (!changes.full) continue
    const file = between(lots++)
    await place.write(file, Readable.from(payloads(changes.over(under())), { objectMode: false }))
    under = async function* () {
      yield* new TupleCutter(grant.fields, new Set()).frames(await place.read(file))
    }
    changes = lot()
  }
  const counted = { rows: 0 }
  await place.write(into, Readable.from(texts(writer, changes.over(under()), counted), { objectMode: false }))
  for (let n = 0; n < lots; n++) await place.remove(between(n))
  return counted.rows
}

async function* payloads(frames: AsyncIterable<RowFrame>): AsyncGenerator<Buffer> {
  for await (const { payload } of frames) yield payload
}

async function* texts(writer: FileWriter, frames: AsyncIterable<RowFrame>, counted: { rows: number }): AsyncGenerator<Buffer> {
  if (writer.head !== '') yield Buffer.from(writer.head)
  for await (const { payload, rows } of frames) {
    counted.rows += rows
    yield Buffer.from(writer.rows(payload))
  }
}

type Change = { tuple: Buffer | undefined; met: boolean }

/** As many changed rows as are held at once, by their keys. */
class Lot {
  readonly #fields: readonly GrantField[]
  readonly #newer: Newer | undefined
  readonly #places: Places
  readonly #changes = new Map<string, Change>()
  #bytes = 0

  constructor({ fields, cursor }: Merging['grant'], newest: boolean) {
    this.#fields = fields
    this.#places = places(fields.length)
    const field = newest ? fields.find(({ name }) => name === cursor) : undefined
    this.#newer = field && new Newer(fields, field)
  }

  get full(): boolean {
    return this.#bytes >= MOST_BYTES || this.#changes.size >= MOST_ROWS
  }

  remove(keys: readonly Key[]): void {
    for (const key of keys) this.#changes.set(keyText(key), { tuple: undefined, met: false })
  }

  add(payload: Buffer): void {
    for (let at = 0; at < payload.length; ) {
      const next = walk(payload, at, this.#places)
      const key = this.#keyOf(payload)
      if (this.#changes.get(key)?.tuple)
        throw refusal('duplicate_keys', `the source sent two rows with the same key (${key.slice(1, 80)}): mend them there, then deliver again`)
      this.#changes.set(key, { tuple: Buffer.from(payload.subarray(at, next)), met: false })
      this.#bytes += next - at
      at = next
    }
  }

  async *over(base: AsyncIterable<RowFrame>): AsyncGenerator<RowFrame> {
    for await (const { payload } of base) yield this.#merged(payload)
    const added = [...this.#changes.values()].flatMap(({ tuple, met }) => (tuple && !met ? [tuple] : []))
    for (let at = 0; at < added.length; at += ADDED_A_FRAME) yield frameOf(added.slice(at, at + ADDED_A_FRAME))
  }

  #merged(payload: Buffer): RowFrame {
    const kept: Buffer[] = []
    for (let at = 0; at < payload.length; ) {
      const next = walk(payload, at, this.#places)
      const there = payload.subarray(at, next)
      const change = this.#changes.get(this.#keyOf(payload))
      if (!change) kept.push(there)
      else if (change.tuple && !change.met) kept.push(this.#newer?.isOlder(change.tuple, there) ? there : change.tuple)
      if (change) change.met = true
      at = next
    }
    return frameOf(kept)
  }

  #keyOf(payload: Buffer): string {
    const { offsets, lengths } = this.#places
    const key = this.#fields.flatMap(({ type, key }, field) =>
      key ? [decode(type, payload.subarray(offsets[field]!, offsets[field]! + lengths[field]!))] : [],
    )
    return keyText(key)
  }
}

const ADDED_A_FRAME = 1000
const frameOf = (tuples: Buffer[]): RowFrame => ({ payload: Buffer.concat(tuples), rows: tuples.length })
const keyText = (key: Key): string => JSON.stringify(key)

/** Compares rows by the change time of the grant. */
class Newer {
  readonly #reader: TupleReader
  readonly #at: number
  readonly #field: GrantField
  readonly #comparable: Comparable

  constructor(fields: readonly GrantField[], field: GrantField) {
    this.#reader = new TupleReader(fields.map(({ type }) => type))
    this.#at = fields.indexOf(field)
    this.#field = field
    this.#comparable = new Comparable({ fields: [field] }, new Set([field.name]))
  }

  isOlder(came: Buffer, there: Buffer): boolean {
    const { name } = this.#field
    const [one, other] = [this.#valueOf(came), this.#valueOf(there)]
    if (one === null || other === null) return false
    return evaluate({ op: 'lt', field: name, value: String(other) }, { [name]: one }, [this.#field]) === true
  }

  #valueOf(tuple: Buffer) {
    const [row] = this.#reader.rows(tuple)
    return this.#comparable.of([row![this.#at]])[this.#field.name] ?? null
  }
}
