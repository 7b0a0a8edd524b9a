/** Fields of tuples as JavaScript's own values, for drivers that take those. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { type Places, places, readInt32, walk } from '../../kernels/layout.ts'
import { textOf } from './text.ts'

/** bool a boolean, int2 and int4 numbers, int8 a bigint, floats numbers, bytea the bytes (copied), everything else its text. */
export type TupleValue = boolean | number | bigint | Buffer | string | null

export function tupleValue(type: CanonicalType, from: Buffer, at: number, length: number): TupleValue {
  if (length < 0) return null
  switch (type) {
    case 'bool':
      return from[at] === 1
    case 'int2':
      return from.readInt16BE(at)
    case 'int4':
      return readInt32(from, at)
    case 'int8':
      return from.readBigInt64BE(at)
    case 'float4':
      return from.readFloatBE(at)
    case 'float8':
      return from.readDoubleBE(at)
    case 'bytea':
      return Buffer.from(from.subarray(at, at + length))
    default:
      return textOf(type, from, at, length)
  }
}

/** The rows of a frame, each as the values of its fields. */
export class TupleReader {
  readonly #types: readonly CanonicalType[]
  readonly #places: Places

  constructor(types: readonly CanonicalType[]) {
    this.#types = types
    this.#places = places(types.length)
  }

  *rows(payload: Buffer): Generator<TupleValue[]> {
    const { offsets, lengths } = this.#places
    for (let at = 0; at < payload.length; ) {
      at = walk(payload, at, this.#places)
      yield this.#types.map((type, field) => tupleValue(type, payload, offsets[field]!, lengths[field]!))
    }
  }
}
