/**
 * From the rows of a store to frames of a part: which rows belong to it and pass the filter, each value as its granted type. A row that cannot be carried is held back, so that one bad
 * row does not stop a delivery of millions. For stores whose rows come as JavaScript's own values:
 *
 *     const sieve = new Sieve(part, grant, overlapSeconds, holdBack)
 *     for await (const row of rows) {
 *       sieve.take(row, place)
 *       if (sieve.full) yield sieve.frame()
 *     }
 *     if (sieve.pending) yield sieve.frame()
 *     return sieve.read
 */
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import type { RowFrame } from '../pg/copy-out.ts'
import type { Part } from './connector.ts'
import { type FieldRow, type Passing, passing } from './passing.ts'
import { encodeValue, type FieldValue, RowEncoder } from './tuples/encode.ts'
import { TupleFrames } from './tuples/frames.ts'
import { type HoldBack, keyOfTuple, Unfit, unfitRow } from './unfit.ts'

/** Rows held back until the engine is shown an empty frame, so that it sees in time when there are too many. */
const HELD_A_FRAME = 5000
const KEY_BYTES = 1 << 12

export class Sieve {
  /** rows of the part so far, passing or not, carried or not */
  read = 0
  readonly #fields: readonly GrantField[]
  readonly #part: Part
  readonly #holdBack: HoldBack | undefined
  readonly #passing: Passing
  readonly #frames = new TupleFrames()
  readonly #encoder: RowEncoder
  readonly #keyFields: readonly (GrantField & { at: number })[]
  readonly #keyFrames = new TupleFrames(KEY_BYTES)
  #held = 0

  constructor(part: Part, grant: Grant, overlapSeconds: number, holdBack: HoldBack | undefined) {
    this.#fields = grant.fields
    this.#part = part
    this.#holdBack = holdBack
    this.#passing = passing(part, grant, overlapSeconds)
    this.#encoder = new RowEncoder(this.#frames, grant.fields)
    this.#keyFields = grant.fields.flatMap((field, at) => (field.key ? [{ ...field, at }] : []))
  }

  get full(): boolean {
    return this.#frames.full || this.#held >= HELD_A_FRAME
  }

  get pending(): boolean {
    return this.#frames.rows > 0
  }

  /** Good until the next one. */
  frame(): RowFrame {
    this.#held = 0
    return this.#frames.take()
  }

  /** @param row values in the order of the granted fields @param place where people find it, if not by its key */
  take(row: FieldRow, place?: string): void {
    let asked = false
    try {
      if (!this.#passing.wanted(row)) return
      asked = true
      this.read++
      if (!this.#passing.passes(row)) return
      this.#demandKey(row)
      this.#encoder.write(row as FieldValue[])
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      if (!asked && this.#part.by === 'keys') return // what cannot be read is none of these keys
      if (!asked) this.read++
      this.#hold(error, row, place)
    }
  }

  /** What stands where a row should and is none. @param text of it */
  spoil(problem: Unfit, text: string | null, place?: string): void {
    if (this.#part.by === 'keys') return
    this.read++
    this.#held++
    if (!this.#holdBack) throw problem
    this.#holdBack(unfitRow(problem, {}, text, place))
  }

  #hold(problem: Unfit, row: FieldRow, place: string | undefined): void {
    if (!this.#holdBack) throw problem
    const at = this.#fields.findIndex(({ name }) => name === problem.field)
    const value = row[at] as FieldValue
    this.#held++
    this.#holdBack(unfitRow(problem, this.#keyOf(row), value === null || value === undefined ? null : shown(value), place ?? this.#rawKey(row)))
  }

  #demandKey(row: FieldRow): void {
    const missing = this.#keyFields.find(({ at }) => row[at] === null || row[at] === undefined)
    if (missing)
      throw new Unfit(
        'noKey',
        missing.name,
        'source_key',
        `source: a row has no ${missing.name}, which is its key: give it one, or let the filter pass it over`,
      )
  }

  /** Empty where the key cannot be read. */
  #keyOf(row: FieldRow): Record<string, string> {
    const out = this.#keyFrames
    const values = this.#keyFields.map(({ at }) => row[at] as FieldValue)
    out.beginRow(values.length)
    const fits = values.every(
      (value, at) =>
        value !== null && value !== undefined && shown(value).length <= LONGEST_SHOWN && encodeValue(out, this.#keyFields[at]!.type, value) === undefined,
    )
    if (!fits) {
      out.dropRow()
      return {}
    }
    out.endRow()
    return keyOfTuple(out.take().payload, this.#keyFields)
  }

  #rawKey(row: FieldRow): string | undefined {
    if (Object.keys(this.#keyOf(row)).length > 0) return undefined
    return this.#keyFields.map(({ name, at }) => `${name} = ${shown((row[at] as FieldValue) ?? null)}`).join(', ')
  }
}

/** A longer key is not told, so its row is not asked for by it. */
const LONGEST_SHOWN = 256
function shown(value: FieldValue): string {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, Math.min(value.length, LONGEST_SHOWN)).toString() : String(value)
}
