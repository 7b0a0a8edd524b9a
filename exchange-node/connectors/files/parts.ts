/** Which rows of a file belong to a part of a delivery. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import { evaluate, type FilterRow } from '@zhenghe/wire/filter.ts'
import type { Part } from '../connector.ts'
import { encodeValue, type FieldValue } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'

/** Keys are compared as values of their types: 007 is 7 where the key is a number. */
export function partOf(part: Part, grant: Grant): (row: FilterRow) => boolean {
  if (part.by === 'range') return () => true
  if (part.by === 'cursor') {
    const field = grant.cursor!
    const upper = { op: 'le', field, value: part.to } as const
    const lower = part.from === undefined ? undefined : ({ op: 'ge', field, value: part.from } as const)
    return (row) => evaluate(upper, row, grant.fields) === true && (!lower || evaluate(lower, row, grant.fields) === true)
  }
  const keys = grant.fields.filter(({ key }) => key)
  const bytes = (values: readonly FieldValue[]): string => {
    const out = new TupleFrames()
    out.beginRow(values.length)
    for (const [at, { type }] of keys.entries()) encodeValue(out, type, values[at])
    out.endRow()
    return out.take().payload.toString('latin1')
  }
  const wanted = new Set(part.keys.map((key) => bytes(key)))
  return (row) => wanted.has(bytes(keys.map(({ name }) => row[name] as FieldValue)))
}
