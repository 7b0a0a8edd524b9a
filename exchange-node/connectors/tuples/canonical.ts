/** Values of any store as their canonical type has them, for comparing. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { encodeValue } from './encode.ts'
import { TupleFrames } from './frames.ts'
import { TupleReader, type TupleValue } from './values.ts'

/** Values of one field in their canonical form. */
export class Canonical {
  readonly #frames = new TupleFrames()
  readonly #reader: TupleReader
  readonly #type: CanonicalType

  constructor(type: CanonicalType) {
    this.#type = type
    this.#reader = new TupleReader([type])
  }

  /** Undefined where the value is none of the type. */
  of(value: Parameters<typeof encodeValue>[2]): TupleValue | undefined {
    const frames = this.#frames
    frames.beginRow(1)
    if (encodeValue(frames, this.#type, value) !== undefined) {
      frames.dropRow()
      return undefined
    }
    frames.endRow()
    return this.#reader.rows(frames.take().payload).next().value?.[0]
  }
}
